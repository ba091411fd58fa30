"""Pictures of networks of the user's own: added, refused, shown and removed."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from morpheus_desktop.pages.wallet.networks.add_sheet import AddSheet
from morpheus_desktop.pages.wallet.tabs import NETWORKS
from morpheus_desktop.shot_stage import Scene, Stage, in_chat, section
from morpheus_desktop.shots_wallet_rules import networks_below, tab, then
from node.core.errors import RpcUnavailableError, UserInputError
from node.service.dto import NetworkView
from tests.fakes import sample_data, sample_servers
from tests.fakes.fake_node import FakeNode

_ADD = "wallet.networks.add"
_SERVERS = ("https://rpc.team.example.org/v2/key", "https://a-very-long-name.chain.example.net")
_LIKE = sample_data.networks()[1]


def own(name: str, title: str, *, is_test: bool) -> NetworkView:
    return _LIKE.model_copy(
        update={
            "name": name,
            "title": title,
            "chain_id": 4711 if is_test else 88_211,
            "is_test": is_test,
            "is_custom": True,
            "is_removable": True,
            "hosts": ("rpc.team.example.org",),
        }
    )


def with_own() -> FakeNode:
    """One of play for the team, and one with a long name where money is real."""
    node = FakeNode()
    node.world.added = [
        own("team", "Team network", is_test=True),
        own("long", "The second market of our friends (west)", is_test=False),
    ]
    return node


def uses_own() -> FakeNode:
    node = with_own()
    used = node.world.network = node.world.added[1]
    url = "https://rpc.team.example.org/v2/key"
    node.world.servers = sample_servers.servers((url,)).model_copy(update={"public": ()})
    found = sample_servers.endpoint("rpc.team.example.org")
    node.world.endpoints = (found.model_copy(update={"chain_id": used.chain_id}),)
    return node


def _sheet(stage: Stage) -> AddSheet:
    found = stage.find(_ADD)
    if not isinstance(found, AddSheet):
        raise LookupError("the sheet is not open")
    return found


async def filled(stage: Stage) -> None:
    await then(NETWORKS, f"{_ADD}.open")(stage)
    fields = _sheet(stage).fields
    fields.title.set_text("Team network")
    fields.chain_id.set_text("4711")
    fields.marketplace.set_text(_LIKE.marketplace)
    fields.token.set_text(_LIKE.token)
    fields.servers.fields[0].set_text(" ".join(_SERVERS))
    fields.explorer.set_text("https://explorer.team.example.org")
    await stage.calm()


async def checked(stage: Stage) -> None:
    await filled(stage)
    stage.node.world.network_notes = (
        "The chain has no Multicall3: lists are read one by one, which takes longer.",
    )
    _sheet(stage).fields.test.click()
    _sheet(stage).check_button.click()


async def checked_real(stage: Stage) -> None:
    await filled(stage)
    stage.node.world.network_notes = (
        "This is the chain of Base, with contracts of your own.",
        "It takes the MOR of Base, but is another contract: who made it decides what becomes of"
        " what you lock there.",
    )
    _sheet(stage).check_button.click()


async def added(stage: Stage) -> None:
    """The toast, and the new card with the focus."""
    await checked(stage)
    await stage.calm()
    _sheet(stage).add_button.click()
    name = "wallet.networks.card.team-network"
    await stage.until(lambda: stage.window.findChild(QWidget, name))


async def asking(stage: Stage) -> None:
    await filled(stage)
    stage.node.hold("system.check_network")
    _sheet(stage).check_button.click()


async def refused(stage: Stage) -> None:
    await filled(stage)
    error = UserInputError(
        "This server is not Team network: a-very-long-name.chain.example.net belongs to network 1,"
        " not to 4711.",
        hint="Nothing was kept.",
        details={"field": "rpc_urls"},
    )
    stage.node.fail("system.check_network", error)
    _sheet(stage).check_button.click()


async def unfit(stage: Stage) -> None:
    """What is wrong without asking anybody, and a key that was pasted."""
    await then(NETWORKS, f"{_ADD}.open")(stage)
    fields = _sheet(stage).fields
    fields.title.set_text("Base two")
    fields.marketplace.set_text("0x12")
    _sheet(stage).check_button.click()
    await stage.calm()
    fields.token.set_text("0x" + "a1" * 32)


async def removing_refused(stage: Stage) -> None:
    await then(NETWORKS, "wallet.networks.remove.team")(stage)
    error = UserInputError(
        "Team network still has something open: 2 sessions and 1 transaction.",
        hint="Choose it, close its sessions and wait for its transactions.",
        code="network.open",
    )
    stage.node.fail("system.remove_network", error)
    stage.find("wallet.networks.remove.confirm").click()  # type: ignore[attr-defined]


def choosing(page: str, name: str) -> Scene:
    """The question over a page; in the header it is asked over whatever page is shown."""

    async def show(stage: Stage) -> None:
        await (in_chat(stage) if page == "chat" else section(page)(stage))
        await stage.calm()
        networks = await stage.node.system.networks()
        wanted = next(item for item in networks if item.name == name)
        if page == "settings":
            stage.find(f"settings.network.{name}").chosen.emit()  # type: ignore[attr-defined]
        else:
            stage.navigation.network_change.choose(wanted)
        await stage.until(lambda: stage.window.findChild(QWidget, "network.switch"))

    return show


async def not_opened(stage: Stage) -> None:
    error = RpcUnavailableError(
        "No server of Base Sepolia answers.", hint="Try again, or name other servers."
    )
    stage.node.fail("system.select_network", error)
    await choosing("chat", "base-sepolia")(stage)
    stage.find("network.switch.go").click()  # type: ignore[attr-defined]


async def opening(stage: Stage) -> None:
    """Nothing is open, so that nobody is asked; the chip says that it takes a moment."""
    stage.node.world.sessions = []
    await section("sessions")(stage)
    stage.node.hold("system.select_network")
    stage.navigation.network_change.choose((await stage.node.system.networks())[2])


def in_demo() -> FakeNode:
    node = FakeNode()
    node.world.network = sample_data.networks()[2]
    node.world.wallet = sample_data.wallet_status("memory")
    return node


SCENES: dict[str, tuple[Callable[[], FakeNode], Scene]] = {
    "wallet-network-add": (FakeNode, then(NETWORKS, f"{_ADD}.open")),
    "wallet-network-asking": (FakeNode, asking),
    "wallet-network-found": (FakeNode, checked),
    "wallet-network-found-real": (FakeNode, checked_real),
    "wallet-network-added": (FakeNode, added),
    "wallet-network-refused": (FakeNode, refused),
    "wallet-network-unfit": (FakeNode, unfit),
    "wallet-networks-own": (with_own, networks_below),
    "wallet-networks-own-used": (uses_own, tab(NETWORKS)),
    "wallet-network-own-switch": (with_own, then(NETWORKS, "wallet.networks.use.long")),
    "wallet-network-remove": (with_own, then(NETWORKS, "wallet.networks.remove.long")),
    "wallet-network-remove-refused": (with_own, removing_refused),
    "network-switch": (FakeNode, choosing("chat", "base-sepolia")),
    "network-switch-settings": (FakeNode, choosing("settings", "demo")),
    "network-switch-real": (in_demo, choosing("chat", "base")),
    "network-switch-refused": (FakeNode, not_opened),
    "network-opening": (FakeNode, opening),
    "settings-networks": (with_own, section("settings")),
}
