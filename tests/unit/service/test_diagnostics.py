"""Chain servers and log lines through the facade."""

from pathlib import Path

import pytest

from node.core.errors import UserInputError
from node.core.log import LogOptions, configure_logging, get_logger
from node.devnet.chain import Devnet
from node.devnet.server import DevnetServer
from node.service.local import LocalNode, open_node
from tests.support.small_market import CONSUMER, chain_environment, free_port
from tests.unit.service.conftest import node_options


async def test_without_a_network_there_are_no_servers(bare_node: LocalNode) -> None:
    assert await bare_node.system.endpoints() == ()


@pytest.mark.chain
async def test_servers_are_told_with_their_state_and_without_their_keys(tmp_path: Path) -> None:
    async with await Devnet.start() as chain, DevnetServer(chain) as server:
        dead = f"http://127.0.0.1:{free_port()}/v2/secret-key"
        environment = chain_environment(chain, f"{server.url}/v2/secret-key,{dead}", CONSUMER)
        async with open_node(node_options(tmp_path, **environment)) as node:
            found = await node.system.endpoints(probe=True)
            assert [(item.state, item.in_use) for item in found] == [
                ("ready", True),
                ("failing", False),
            ]
            assert found[0].chain_id == chain.chain_id
            assert found[0].height is not None
            assert found[1].reason == "The network node cannot be reached."
            assert found[1].rest_s > 0
            assert "secret-key" not in repr(found)
            components = {item.name: item for item in (await node.system.status()).components}
            assert components["rpc"].detail == "1 of 2 endpoints usable"


async def test_the_newest_lines_are_told(bare_node: LocalNode) -> None:
    configure_logging(LogOptions(folder=None, level="debug"))
    try:
        get_logger("node.chain").debug("read", block=7)
        get_logger("node.wire").warning("refused", password="hunter2")
        debug = await bare_node.system.logs("debug", 1000)
        (refused,) = await bare_node.system.logs("warning", 1)
    finally:
        configure_logging(LogOptions(folder=None))
    assert ("debug", "chain", "read", {"block": "7"}) in [
        (line.level, line.area, line.text, line.fields) for line in debug
    ]
    assert (refused.area, refused.fields) == ("wire", {"password": "[7 removed]"})
    with pytest.raises(UserInputError):
        await bare_node.system.logs("loud")
