"""A network of the user's own, the same on the node itself and over its API."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from node.core.errors import ConfigError, UserInputError
from node.devnet.chain import Devnet
from node.devnet.server import DevnetServer
from node.service.api import NodeService
from node.service.dto import NetworkDraft
from node.service.local import LocalNode
from node.service.remote import RemoteNode
from tests.support.own_networks import ACCESS_KEY, own_draft

pytestmark = [pytest.mark.chain, pytest.mark.asyncio(loop_scope="module")]


@pytest.fixture(params=["local", "remote"])
def node(request: pytest.FixtureRequest, local: LocalNode, remote: RemoteNode) -> NodeService:
    return local if request.param == "local" else remote


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def draft() -> AsyncIterator[NetworkDraft]:
    """Its server is reached with an access key, as those of operators are."""
    async with await Devnet.start(chain_id=4711) as chain, DevnetServer(chain) as server:
        yield own_draft(chain, f"{server.url}/v2/{ACCESS_KEY}")


async def test_it_is_tried_added_listed_and_removed(
    node: NodeService, local: LocalNode, draft: NetworkDraft
) -> None:
    found = await node.system.check_network(draft)
    assert [item.chain_id for item in found.servers] == [4711]
    added = await node.system.add_network(draft)
    assert (added.is_custom, added.is_removable) == (True, True)
    assert added in await node.system.networks()
    assert ACCESS_KEY not in str((found, added))
    (kept,) = local.settings.current.own_networks
    assert kept.rpc_urls[0].endswith(ACCESS_KEY), "the whole address crossed the border"
    with pytest.raises(UserInputError, match="taken") as caught:
        await node.system.add_network(draft)
    assert caught.value.code == "input.network"
    await node.system.remove_network("my-net")
    assert added not in await node.system.networks()


async def test_failures_have_their_class_and_words(node: NodeService, draft: NetworkDraft) -> None:
    for changes, kind, words in (
        ({"name": "base"}, UserInputError, "mistaken"),
        ({"token": draft.marketplace}, UserInputError, "two contracts"),
        ({"chain_id": 8453, "is_test": True}, ConfigError, "no test network"),
    ):
        with pytest.raises(kind, match=words):
            await node.system.check_network(draft.model_copy(update=changes))
    with pytest.raises(UserInputError, match="no network that you added"):
        await node.system.remove_network("base")
