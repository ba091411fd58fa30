"""Pictures of the wallet page itself: its states, the activity, what waits."""

from collections.abc import Callable

from morpheus_desktop.pages.wallet.activity.tab import ActivityTab
from morpheus_desktop.shot_stage import Scene, Stage, section
from node.core.errors import RpcUnavailableError
from tests.fakes import sample_data
from tests.fakes.fake_node import FakeNode
from tests.fakes.fake_sending import MOR
from tests.fakes.sample_market import NOW


async def page(stage: Stage) -> None:
    await section("wallet")(stage)
    await stage.until(lambda: stage.window.findChild(ActivityTab))
    await stage.calm()


async def pending(stage: Stage) -> None:
    await page(stage)
    tab = stage.window.findChild(ActivityTab)
    tab.cards[0].speed_up.click()  # type: ignore[union-attr]
    await stage.calm()


async def cancelling(stage: Stage) -> None:
    await page(stage)
    tab = stage.window.findChild(ActivityTab)
    tab.cards[0].cancel.click()  # type: ignore[union-attr]
    await stage.calm()


async def details(stage: Stage) -> None:
    await page(stage)
    stage.window.findChild(ActivityTab).table.row_activated.emit(0)  # type: ignore[union-attr]
    await stage.calm()


async def filtered(stage: Stage) -> None:
    await page(stage)
    stage.find("wallet.activity.kind.hosting").click()  # type: ignore[attr-defined]
    await stage.calm()


async def unreachable(stage: Stage) -> None:
    await page(stage)
    stage.node.fail("wallet.overview", RpcUnavailableError("No connection to the Base network."))
    stage.window.page("wallet").shown()  # type: ignore[attr-defined]
    await stage.calm()


def host_node() -> FakeNode:
    """A host whose pay waits, with a transfer under way and a claim that does not work."""
    node = FakeNode()
    overview = sample_data.overview()
    hosting = {"provider_stake": 24 * MOR, "model_stake": MOR // 5}
    node.world.overview = overview.model_copy(
        update={
            **hosting,
            "total": overview.total + sum(hosting.values()),
            "in_flight": 5 * MOR,
            "claimable": 3 * MOR // 2,
            "claim_stuck": "the network cannot pay at the moment",
            "claim_retry_at": NOW + 900,
            "sources": "quorum",
        }
    )
    node.world.wallet = node.world.wallet.model_copy(update={"backed_up": False})
    return node


def locked_node() -> FakeNode:
    node = FakeNode()
    node.world.wallet = node.world.wallet.model_copy(update={"locked": True})
    return node


def watching_node() -> FakeNode:
    node = FakeNode()
    node.world.wallet = node.world.wallet.model_copy(update={"watch_only": True})
    return node


def troubled_node() -> FakeNode:
    """Servers that disagree."""
    node = FakeNode()
    said = "Two servers say 412.60 MOR are in the wallet, rpc.example.org says 9 412.60 MOR."
    node.world.overview = sample_data.overview().model_copy(update={"disagreement": said})
    return node


def slow_node() -> FakeNode:
    node = FakeNode()
    node.world.transactions = [
        item.model_copy(update={"created_at": item.created_at - 140})
        if item.status == "sent"
        else item
        for item in node.world.transactions
    ]
    return node


def quiet_node() -> FakeNode:
    node = FakeNode()
    node.world.transactions = []
    return node


async def key_as_note(stage: Stage) -> None:
    await details(stage)
    stage.find("wallet.transaction.label").setText("a1" * 32)  # type: ignore[attr-defined]


SCENES: dict[str, tuple[Callable[[], FakeNode], Scene]] = {
    "wallet-host": (host_node, page),
    "wallet-locked": (locked_node, page),
    "wallet-watched": (watching_node, page),
    "wallet-troubled": (troubled_node, page),
    "wallet-slow": (slow_node, page),
    "wallet-quiet": (quiet_node, page),
    "wallet-unreachable": (FakeNode, unreachable),
    "wallet-filtered": (FakeNode, filtered),
    "wallet-speed-up": (FakeNode, pending),
    "wallet-cancel": (FakeNode, cancelling),
    "wallet-transaction": (FakeNode, details),
    "wallet-transaction-key": (FakeNode, key_as_note),
}
