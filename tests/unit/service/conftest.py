"""A node on the demo network for a module of tests, and empty nodes for single tests."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio

from node.core.paths import AppDirs
from node.core.settings import load_settings
from node.service.local import LocalNode, NodeOptions, open_node


def node_options(home: Path, **environment: str) -> NodeOptions:
    dirs = AppDirs.under(home)
    return NodeOptions(dirs=dirs, settings=load_settings(file=None, environment=environment))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def demo_node(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[LocalNode, None]:
    options = node_options(tmp_path_factory.mktemp("demo"), MORPHEUS_NETWORK="demo")
    async with open_node(options) as node:
        yield node


@pytest_asyncio.fixture
async def bare_node(tmp_path: Path) -> AsyncGenerator[LocalNode, None]:
    """A node without a network, as at the first start."""
    async with open_node(node_options(tmp_path)) as node:
        yield node
