"""Networks of the user's own in a real node: tried, kept, used, changed and forgotten."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from pydantic import SecretStr

from node.chain import network_probe
from node.core.errors import ConfigError, NodeError, UserInputError
from node.core.ids import Address
from node.core.paths import AppDirs
from node.core.settings import load_settings
from node.devnet.accounts import CONSUMER
from node.devnet.chain import Devnet
from node.devnet.server import DevnetServer
from node.service import network_book
from node.service.dto import NetworkDraft, NetworkView
from node.service.local import LocalNode, NodeOptions, open_node
from tests.support.faulty_rpc import Fault, FaultyServer
from tests.support.own_networks import own_draft
from tests.unit.service.conftest import node_options

pytestmark = [pytest.mark.chain, pytest.mark.asyncio(loop_scope="module")]
NOBODY = Address(bytes(19) + b"\x99").checksum


@dataclass
class Place:
    chain: Devnet
    server: FaultyServer
    node: LocalNode
    home: Path

    def draft(self, **changes: Any) -> NetworkDraft:
        return own_draft(self.chain, f"{self.server.url}/v2/geheim", **changes)

    def file(self) -> str:
        path = self.node.dirs.settings_file
        return path.read_text() if path.exists() else ""

    async def own(self) -> list[NetworkView]:
        return [item for item in await self.node.system.networks() if item.is_custom]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chain() -> AsyncIterator[tuple[Devnet, FaultyServer]]:
    async with await Devnet.start() as devnet, FaultyServer(devnet) as server:
        yield devnet, server


@pytest_asyncio.fixture(loop_scope="module")
async def place(chain: tuple[Devnet, FaultyServer], tmp_path: Path) -> AsyncIterator[Place]:
    """A node without a network, and a chain that nobody told it about."""
    devnet, server = chain
    server.heal()
    server.bend = None
    key = "0x" + devnet.accounts[CONSUMER].private_key.hex()
    async with open_node(node_options(tmp_path, WALLET_PRIVATE_KEY=key)) as node:
        yield Place(devnet, server, node, tmp_path)


async def refused(place: Place, draft: NetworkDraft) -> NodeError:
    """What checking and adding say, both the same; nothing of it is kept."""
    before = place.file()
    with pytest.raises((UserInputError, ConfigError)) as checked:
        await place.node.system.check_network(draft)
    with pytest.raises((UserInputError, ConfigError)) as added:
        await place.node.system.add_network(draft)
    assert str(checked.value) == str(added.value)
    assert place.file() == before
    said = f"{added.value.message} {added.value.hint} {added.value.details}"
    assert "geheim" not in said
    return added.value


async def test_trying_tells_what_was_found_and_keeps_nothing(place: Place) -> None:
    found = await place.node.system.check_network(place.draft())
    (server,) = found.servers
    assert server.host in place.server.url
    assert (server.chain_id, server.height >= 1) == (place.chain.chain_id, True)
    assert any("so has the demo" in note for note in found.notes)
    assert await place.own() == []
    assert place.file() == ""
    assert "geheim" not in str(found)


async def test_added_then_used_then_reached_through_others(place: Place) -> None:
    system = place.node.system
    added = await system.add_network(place.draft(explorer="https://scan.example"))
    assert (added.name, added.title, added.is_test) == ("my-net", "My net", True)
    assert (added.is_custom, added.is_removable) == (True, True)
    assert added.explorer == "https://scan.example/tx/{hash}"
    assert (await system.status()).network is None, "another network stays in use"
    assert await place.own() == [added]

    status = await system.select_network("my-net")
    assert status.network == added
    overview = await place.node.wallet.overview()
    assert overview.eth_wei > 0
    assert overview.wallet > 0
    servers = await system.rpc_servers()
    assert [item.url.get_secret_value() for item in servers.servers] == [
        f"{place.server.url}/v2/geheim"
    ]
    assert (servers.public, servers.fixed) == ((), False)

    async with DevnetServer(place.chain) as other:
        await system.set_rpc_urls([f"{other.url}/v2/anders", f"{place.server.url}/v2/geheim"])
        assert len((await system.rpc_servers()).servers) == 2
        assert (await place.node.wallet.overview()).eth_wei > 0
        await system.set_rpc_urls([f"{place.server.url}/"])
    stored = load_settings(file=place.node.dirs.settings_file, environment={})
    assert stored.own_networks[0].rpc_urls == (f"{place.server.url}/",)
    assert stored.rpc_urls == (), "those of the other networks are as they were"


async def test_a_chain_without_multicall_is_read_one_by_one(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(network_probe, "MULTICALL3", Address.parse(NOBODY))
    found = await place.node.system.check_network(place.draft())
    assert any("one by one" in note for note in found.notes)
    await place.node.system.add_network(place.draft())
    assert "multicall" not in place.file()
    await place.node.system.select_network("my-net")
    assert (await place.node.wallet.overview()).wallet > 0


async def test_the_chain_of_base_with_other_contracts(place: Place) -> None:
    """Real money there: the guards of Base hold, and its own servers do not reach it."""
    async with (
        await Devnet.start(chain_id=8453, allow_public_chain_id=True) as chain,
        DevnetServer(chain) as server,
    ):
        draft = own_draft(chain, server.url, is_test=False)
        assert "the chain of Base" in (await place.node.system.check_network(draft)).notes[0]
        await place.node.system.add_network(draft)
        status = await place.node.system.select_network("my-net")
        assert status.network is not None
        assert not status.network.is_test
        assert status.network.hosts == (server.url.partition("://")[2],)
        assert status.network.explorer == "https://basescan.org/tx/{hash}"
        assert (await place.node.wallet.overview()).wallet > 0
        await place.node.system.add_network(place.draft(name="lab", title="Lab"))
        await place.node.system.select_network("lab")


async def test_it_is_there_at_the_next_start(place: Place, tmp_path: Path) -> None:
    await place.node.system.add_network(place.draft())
    dirs = AppDirs.under(tmp_path / "second")
    dirs.ensure()
    dirs.settings_file.write_text(place.file())
    again = load_settings(file=dirs.settings_file, environment={"MORPHEUS_NETWORK": "my-net"})
    async with open_node(NodeOptions(dirs=dirs, settings=again)) as node:
        network = (await node.system.status()).network
        assert network is not None
        assert (network.name, network.is_removable) == ("my-net", True)


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"chain_id": 5}, "rpc_urls", "belongs to network 31337, not to 5"),
        ({"marketplace": NOBODY}, "marketplace", "no contract"),
        ({"token": NOBODY}, "token", "no token"),
        ({"name": "base"}, "name", "mistaken"),
        ({"title": "Arbitrum"}, "title", "mistaken"),
        ({"rpc_urls": (SecretStr("http://127.0.0.1:9/geheim"),)}, "rpc_urls", "does not answer"),
        ({"rpc_urls": (SecretStr("ftp://a/geheim"),)}, "rpc_urls", "start with https"),
        ({"chain_id": 8453, "is_test": True}, "is_test", "no test network"),
    ],
)
async def test_what_does_not_fit_is_refused_in_words(
    place: Place, changes: dict[str, Any], field: str, words: str
) -> None:
    error = await refused(place, place.draft(**changes))
    assert words in error.message
    assert error.details["field"] == field


async def test_contracts_that_are_others(place: Place) -> None:
    swapped = {"marketplace": place.chain.token_address.checksum}
    error = await refused(place, place.draft(**swapped, token=place.chain.marketplace_address.hex))
    assert "no Morpheus marketplace" in error.message
    error = await refused(place, place.draft(token=place.chain.multicall_address.checksum))
    assert place.chain.token_address.checksum in error.message, "the one it does take"
    assert error.details["field"] == "token"


async def test_a_token_of_other_decimals(place: Place) -> None:
    token = place.chain.token_address.raw.rjust(32, b"\0").hex()
    place.server.bend = lambda method, told: (
        "0x" + token + "00" * 31 + "06" if method == "eth_call" else told
    )
    error = await refused(place, place.draft())
    assert "18 decimals" in error.message


@pytest.mark.parametrize("fault", [Fault.ERROR_500, Fault.HTML, Fault.DROP, Fault.WRONG_ID])
async def test_one_server_of_two_that_fails(place: Place, fault: Fault) -> None:
    async with FaultyServer(place.chain) as other:
        other.break_(fault, "eth_getCode")
        urls = tuple(SecretStr(f"{item.url}/geheim") for item in (place.server, other))
        error = await refused(place, place.draft(rpc_urls=urls))
        assert str(other.port) in error.message
        assert (error.code, error.details["field"]) == ("input.rpc_url", "rpc_urls")


async def test_a_server_that_never_answers_ends_the_trial(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(network_book, "PROBE_TIME_S", 0.2)
    place.server.break_(Fault.HANG, "eth_call")
    async with asyncio.timeout(3):
        error = await refused(place, place.draft())
    assert "does not answer" in error.message


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({}, "name"),
        ({"title": "Other"}, "name"),
        ({"name": "rny-net"}, "name"),
        ({"name": "other"}, "title"),
        ({"name": "other", "title": "MY NET"}, "title"),
        ({"name": "other", "title": "Other"}, "marketplace"),
    ],
)
async def test_the_same_one_twice(place: Place, changes: dict[str, Any], field: str) -> None:
    await place.node.system.add_network(place.draft())
    error = await refused(place, place.draft(**changes))
    assert "taken by “My net”" in error.message
    assert error.details["field"] == field
    assert len(await place.own()) == 1


async def test_a_file_that_is_broken_meanwhile_is_not_overwritten(place: Place) -> None:
    file = place.node.dirs.settings_file
    for text in ('log_level = "', "[[own_networks]]\nname = 7\n"):
        file.write_text(text)
        error = await refused(place, place.draft())
        assert isinstance(error, ConfigError)
        assert file.read_text() == text


async def test_one_that_was_written_by_hand_meanwhile_stays(place: Place) -> None:
    await place.node.system.add_network(place.draft())
    text = place.file().replace('"my-net"', '"lab"').replace('"My net"', '"Lab"')
    place.node.dirs.settings_file.write_text(text.replace("31337", "4711"))
    await place.node.system.add_network(place.draft())
    assert {item.name for item in await place.own()} == {"lab", "my-net"}


async def test_servers_that_are_of_no_use_change_nothing(place: Place) -> None:
    system = place.node.system
    await system.add_network(place.draft())
    await system.select_network("my-net")
    before = place.file()
    async with await Devnet.start(chain_id=4711) as stranger, DevnetServer(stranger) as other:
        for urls, words in (
            ([], "needs the address"),
            ([f"{other.url}/geheim"], "belongs to network 4711"),
            (["http://127.0.0.1:9/geheim"], "does not answer"),
            (["http://rpc.example/geheim"], "start with https"),
            ([f"{place.server.url}/{n}" for n in range(17)], "At most 16"),
        ):
            with pytest.raises(UserInputError) as caught:
                await system.set_rpc_urls(urls)
            assert words in caught.value.message, urls
            assert "geheim" not in caught.value.message
    assert place.file() == before
    assert (await place.node.wallet.overview()).eth_wei > 0


async def test_the_settings_page_does_not_go_around_the_trial(place: Place) -> None:
    system = place.node.system
    await system.add_network(place.draft())
    await system.select_network("my-net")
    for values in ({"own_networks": ()}, {"rpc_urls": "http://127.0.0.1:9"}):
        before = place.file()
        with pytest.raises(ConfigError, match=r"tried before|servers of its own"):
            await system.set_settings(values)
        assert place.file() == before
    assert not [item for item in await system.settings() if item.name == "own_networks"]


@pytest.mark.parametrize("name", ["base", "demo", "custom", "their-net", "", "x" * 500])
async def test_only_what_was_added_is_removed(place: Place, name: str) -> None:
    await place.node.system.add_network(place.draft())
    with pytest.raises(UserInputError, match="no network that you added") as caught:
        await place.node.system.remove_network(name)
    assert caught.value.code == "input.network"
    assert len(await place.own()) == 1


async def test_it_is_not_removed_while_in_use(place: Place) -> None:
    system = place.node.system
    await system.add_network(place.draft())
    await system.select_network("my-net")
    with pytest.raises(UserInputError, match="in use") as caught:
        await system.remove_network("my-net")
    assert caught.value.code == "network.in_use"
    async with await Devnet.start(chain_id=4711) as stranger, DevnetServer(stranger) as other:
        await system.add_network(own_draft(stranger, other.url, name="lab", title="Lab"))
        await system.select_network("lab")
        chosen, removed = await asyncio.gather(
            system.select_network("my-net"), system.remove_network("my-net"), return_exceptions=True
        )
    assert not isinstance(chosen, BaseException)
    assert isinstance(removed, UserInputError), "it waits until the other one is open"
    assert len(await place.own()) == 2


async def test_removed_it_is_gone_and_the_rest_stays(place: Place) -> None:
    system = place.node.system
    await system.set_settings({"max_fee_eth": "0.001"})
    await system.add_network(place.draft())
    file = place.node.dirs.settings_file
    file.write_text('# mine\nnetwork = "my-net"\n' + file.read_text())
    await system.remove_network("my-net")
    assert await place.own() == []
    stored = load_settings(file=file, environment={})
    assert (stored.own_networks, stored.network) == ((), ""), "nor opened at the next start"
    assert stored.max_fee_eth == "0.001"
    assert "# mine" in place.file()
    with pytest.raises(ConfigError, match="There is no network"):
        await system.select_network("my-net")
