"""Pictures of sessions: the sheet that opens one, the page, what can go wrong."""

from collections.abc import Callable

from morpheus_desktop.shot_stage import Scene, Stage, in_chat, section
from node.core.session_life import SessionPhase
from node.service.dto import QuoteProblem
from tests.fakes import sample_market
from tests.fakes.fake_node import FakeNode


async def session_sheet(stage: Stage) -> None:
    await in_chat(stage)
    stage.navigation.session_sheets.open(sample_market.model_id(0))
    await stage.until(lambda: stage.node.called("sessions.preview_stop"))


async def session_options(stage: Stage) -> None:
    """All of the sheet: more options, what keeps it from opening, what must be confirmed."""
    await session_sheet(stage)
    stage.find("session.sheet.more").click()  # type: ignore[attr-defined]


async def extend_sheet(stage: Stage) -> None:
    await in_chat(stage)
    stage.navigation.go("sessions")
    active = next(item for item in stage.node.world.sessions if item.state == "active")
    stage.navigation.session_sheets.extend(active.id)
    await stage.until(lambda: stage.node.called("sessions.preview_stop"))


def extended_node() -> FakeNode:
    """One session that goes on in the next one, which is marked to be extended itself."""
    node = FakeNode()
    world = node.world
    active = next(item for item in world.sessions if item.state == "active")
    following = active.model_copy(
        update={
            "id": "0x" + "77" * 32,
            "intent_id": "next",
            "follows": active.id,
            "ends_at": active.ends_at + 3600,
            "prompts": 0,
            "tokens": 0,
            "auto_extend": True,
        }
    )
    world.sessions = [following, *world.sessions]
    return node


def sessions_tab(index: int) -> Scene:
    async def show(stage: Stage) -> None:
        await section("sessions")(stage)
        await stage.until(lambda: stage.node.called("sessions.list"))
        await stage.calm()
        stage.find("sessions.tabs").choose(index)  # type: ignore[attr-defined]

    return show


async def session_detail(stage: Stage) -> None:
    await sessions_tab(3)(stage)
    await stage.calm()
    table = stage.find("sessions.table")
    table.choose_row(0)  # type: ignore[attr-defined]
    table.row_activated.emit(0)  # type: ignore[attr-defined]


def stuck_node() -> FakeNode:
    """A session that cannot be closed, one near its end, stake that waits for an unlock."""
    node = FakeNode()
    world = node.world
    reason = "The network's payout account cannot pay the provider at present. Your stake is safe."
    changes: dict[str, dict[str, object]] = {
        "active": {"ends_at": world.now + 42, "phase": SessionPhase.ENDING},
        "ended": {"stuck": reason, "retry_at": world.now + 240},
        "closed": {"held_until": world.now + 9000, "phase": SessionPhase.ON_HOLD},
    }
    world.sessions = [
        item.model_copy(update=changes.get(item.state, {})) for item in world.sessions
    ]
    locked = "The wallet is locked. Unlock it, then this goes on by itself."
    world.overview = world.overview.model_copy(update={"claim_stuck": locked})
    return node


def guarded_node() -> FakeNode:
    """A stake above the limits of the settings."""
    node = FakeNode()
    node.world.guard_session_cap = 25 * 10**18
    node.world.overview = node.world.overview.model_copy(update={"wallet": 48 * 10**18})
    return node


def short_node() -> FakeNode:
    node = FakeNode()
    node.world.quote_problems = (
        QuoteProblem(
            code="funds.not_enough_mor",
            message="You have 4.2 MOR; 44.58 MOR are needed.",
            hint="Choose a shorter time or a cheaper offer, or receive more MOR.",
        ),
    )
    return node


SCENES: dict[str, tuple[Callable[[], FakeNode], Scene]] = {
    "session-sheet": (FakeNode, session_sheet),
    "session-options": (FakeNode, session_options),
    "session-guard": (guarded_node, session_sheet),
    "session-short": (short_node, session_sheet),
    "extend-sheet": (FakeNode, extend_sheet),
    "sessions-to-close": (FakeNode, sessions_tab(1)),
    "sessions-locked": (FakeNode, sessions_tab(2)),
    "sessions-closed": (FakeNode, sessions_tab(3)),
    "session-detail": (FakeNode, session_detail),
    "sessions-extended": (extended_node, section("sessions")),
    "sessions-stuck": (stuck_node, section("sessions")),
}
