"""One demo node, reached in the process and over its API."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from node.core.paths import AppDirs
from node.core.settings import load_settings
from node.host import NodeOptions, open_hosted_node
from node.service.local import LocalNode
from node.service.remote import RemoteNode
from node.service.runtime_file import read_runtime


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def local(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[LocalNode]:
    patch = pytest.MonkeyPatch()
    patch.setattr("node.service.network_switch.GUIDE_WORD_DELAY_S", 0.0005)
    settings = load_settings(
        file=None, environment={"MORPHEUS_NETWORK": "demo", "WEB_ADDRESS": "127.0.0.1:0"}
    )
    dirs = AppDirs.under(tmp_path_factory.mktemp("contract"))
    async with open_hosted_node(NodeOptions(dirs=dirs, settings=settings)) as node:
        yield node
    patch.undo()


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def remote(local: LocalNode) -> AsyncIterator[RemoteNode]:
    runtime = read_runtime(local.dirs)
    assert runtime is not None
    async with RemoteNode(runtime) as node:
        yield node
