"""What the chat does, without its widgets."""

from pytestqt.qtbot import QtBot

from morpheus_desktop.bridge import NodeSignals
from morpheus_desktop.errors import NEW_SESSION, RETRY, Presented
from morpheus_desktop.pages.chat.targets import Target, choices
from node.core.errors import (
    NodeError,
    NotEnoughMorError,
    ProviderUnreachableError,
    RpcUnavailableError,
    SessionExpiredError,
    WalletLockedError,
)
from node.core.events import SessionChanged
from node.service.dto import TextDelta, TurnNotice
from tests.fakes import sample_data, sample_market
from tests.fakes.fake_node import FakeNode
from tests.fakes.sample_market import NOW
from tests.gui.chat.conftest import MakePresenter


def demo_node() -> FakeNode:
    node = FakeNode.fresh()
    node.world.network = sample_data.networks()[2]
    node.world.models = sample_market.demo_models()
    node.world.wallet = sample_data.wallet_status("memory")
    return node


def test_a_new_chat_prefers_the_open_session(
    make_presenter: MakePresenter, fake_node: FakeNode
) -> None:
    presenter = make_presenter(fake_node)
    assert presenter.target is not None
    assert (presenter.target.kind, presenter.target.name) == ("session", "Hermes 4 70B")


def test_the_demo_starts_with_its_guide(make_presenter: MakePresenter) -> None:
    presenter = make_presenter(demo_node())
    assert presenter.target is not None
    assert (presenter.target.kind, presenter.target.name) == ("market", "Guide")


def test_the_selector_leaves_out_what_cannot_chat(
    make_presenter: MakePresenter, fake_node: FakeNode
) -> None:
    choices = make_presenter(fake_node).choices
    assert [item.name for item in choices.sessions] == ["Hermes 4 70B"]
    assert [item.name for item in choices.local] == ["Qwen3 4B Instruct", "Gemma 3 12B"]
    assert "BGE M3" not in [item.name for item in choices.market]
    assert choices.market[0].name == "Mistral Small 3.2"


def test_a_session_opened_during_a_read_keeps_answering(
    make_presenter: MakePresenter, fake_node: FakeNode, qtbot: QtBot
) -> None:
    """What was read before does not know it: falling back to the market would sell a second one."""
    session, *others = fake_node.world.sessions
    fake_node.world.sessions = others
    presenter = make_presenter(fake_node)
    gate = fake_node.hold("market.models")
    before = len(fake_node.called("market.models"))
    presenter.load_choices()
    qtbot.waitUntil(lambda: len(fake_node.called("market.models")) > before)
    fake_node.world.sessions = [session, *others]
    presenter.use_session(session)
    with qtbot.waitSignal(presenter.choices_changed):
        gate.set()
    assert presenter.target is not None
    assert (presenter.target.kind, presenter.target.id) == ("session", session.id)
    qtbot.waitUntil(lambda: [item.id for item in presenter.choices.sessions] == [session.id])
    assert presenter.target.kind == "session"


def test_an_answer_streams_in_order_and_ends_with_its_figures(
    make_presenter: MakePresenter, fake_node: FakeNode, qtbot: QtBot
) -> None:
    presenter = make_presenter(fake_node)
    pieces: list[str] = []
    presenter.turns.text_arrived.connect(lambda _id, text: pieces.append(text))
    with qtbot.waitSignal(presenter.turns.line_finished) as finished:
        presenter.send("What is a session?")
    assert "".join(pieces) == sample_data.ANSWER
    assert finished.args[1] == "118 tokens · 0.4\u00a0s to first · 62\u00a0tok/s"
    assert [line.role for line in presenter.turns.lines] == ["user", "assistant"]
    request = fake_node.called("chat.send")[0][0]
    assert request.target.kind == "session"
    assert [item.content for item in request.messages] == ["What is a session?"]


def test_a_provider_that_takes_over_is_named_while_waiting_and_kept_with_the_figures(
    make_presenter: MakePresenter, fake_node: FakeNode, qtbot: QtBot
) -> None:
    presenter = make_presenter(fake_node)
    notices: list[str] = []
    presenter.turns.noticed.connect(lambda _id, text: notices.append(text))
    fake_node.world.answer = [
        TurnNotice(kind="failover", text="The provider 0xA1…c9 failed."),
        TurnNotice(kind="failover", text="0x77…02 answers now. 5 MOR are locked."),
        TextDelta(text="Hello."),
    ]
    with qtbot.waitSignal(presenter.turns.line_finished) as finished:
        presenter.send("What is a session?")
    assert notices == ["The provider 0xA1…c9 failed.", "0x77…02 answers now. 5 MOR are locked."]
    assert finished.args[1].startswith("0x77…02 answers now. 5 MOR are locked")
    fake_node.world.answer = [TextDelta(text="Again.")]
    with qtbot.waitSignal(presenter.turns.line_finished) as second:
        presenter.send("And now?")
    assert "answers now" not in second.args[1]


def test_a_session_in_whose_place_another_answers_is_no_choice(fake_node: FakeNode) -> None:
    old = next(item for item in fake_node.world.sessions if item.state == "active")
    new = old.model_copy(update={"id": "0x" + "77" * 32, "follows": old.id})
    old = old.model_copy(update={"replaced_by": new.id})
    found = choices(sessions=(old, new), local=(), market=(), now=NOW, is_demo=False)
    assert [item.id for item in found.sessions] == [new.id]


def test_the_second_turn_carries_the_history_and_stays_in_its_chat(
    make_presenter: MakePresenter, fake_node: FakeNode, qtbot: QtBot
) -> None:
    presenter = make_presenter(fake_node)
    for text in ("one", "two"):
        with qtbot.waitSignal(presenter.turns.line_finished):
            presenter.send(text)
    first, second = (call[0] for call in fake_node.called("chat.send"))
    assert first.chat_id == ""
    assert second.chat_id == presenter.turns.chat_id != ""
    assert [item.role for item in second.messages] == ["user", "assistant", "user"]


def test_stop_keeps_what_arrived(
    make_presenter: MakePresenter, fake_node: FakeNode, qtbot: QtBot
) -> None:
    presenter = make_presenter(fake_node)
    gate = fake_node.hold("chat.delta")
    gate.set()
    fake_node.world.answer = [TextDelta(text="Half an ans")]
    presenter.turns.text_arrived.connect(lambda *_: presenter.stop())
    with qtbot.waitSignal(presenter.turns.line_finished) as finished:
        presenter.send("Go on.")
    assert finished.args[1] == "stopped"
    assert presenter.turns.lines[-1].text == "Half an ans"
    assert not presenter.turns.is_streaming


def test_a_message_sent_during_an_answer_waits_for_it(
    make_presenter: MakePresenter, fake_node: FakeNode, qtbot: QtBot
) -> None:
    presenter = make_presenter(fake_node)
    gate = fake_node.hold("chat.delta")
    presenter.send("one")
    with qtbot.waitSignal(presenter.turns.queue_changed) as queued:
        presenter.send("two")
    assert queued.args == ["two"]
    assert len(presenter.turns.lines) == 2
    gate.set()
    qtbot.waitUntil(lambda: len(fake_node.called("chat.send")) == 2)
    assert fake_node.called("chat.send")[1][0].messages[-1].content == "two"


def test_stopping_returns_the_queued_message_to_the_composer(
    make_presenter: MakePresenter, fake_node: FakeNode, qtbot: QtBot
) -> None:
    presenter = make_presenter(fake_node)
    fake_node.hold("chat.delta")
    presenter.send("one")
    presenter.send("two")
    with qtbot.waitSignal(presenter.draft_returned) as draft:
        presenter.stop()
    assert draft.args == ["two"]
    assert len(fake_node.called("chat.send")) <= 1


def test_a_failed_answer_names_the_ways_on_and_retry_asks_again(
    make_presenter: MakePresenter, fake_node: FakeNode, qtbot: QtBot
) -> None:
    presenter = make_presenter(fake_node)
    fake_node.fail("chat.send", ProviderUnreachableError("0x12Ab…9F3c did not answer."))
    with qtbot.waitSignal(presenter.turns.line_failed) as failed:
        presenter.send("hello")
    words: Presented = failed.args[1]
    assert words.title == "0x12Ab…9F3c did not answer."
    assert words.text.endswith("Your message is kept.")
    assert [action for action, _ in words.actions][:2] == [RETRY, NEW_SESSION]
    with qtbot.waitSignal(presenter.turns.line_finished):
        presenter.retry()
    assert [line.role for line in presenter.turns.lines] == ["user", "assistant"]
    assert presenter.turns.lines[-1].error == ""
    assert [request.again for (request,) in fake_node.called("chat.send")] == [False, True]


def test_without_a_session_the_card_asks_first_and_keeps_the_text(
    make_presenter: MakePresenter, qtbot: QtBot
) -> None:
    node = demo_node()
    presenter = make_presenter(node)
    taken: list[None] = []
    presenter.draft_taken.connect(lambda: taken.append(None))
    with qtbot.waitSignal(presenter.quoting.quoted):
        presenter.send("What is a stake?")
    assert taken == []
    assert presenter.card_target is not None
    assert node.called("chat.send") == []
    steps: list[str] = []
    presenter.card_changed.connect(lambda: steps.append(presenter.card_step))
    with qtbot.waitSignal(presenter.turns.line_finished):
        presenter.open_and_send("What is a stake?")
    assert {"asking_provider", "allowing", "opening", "ready"} <= set(steps)
    assert len(taken) == 1
    assert presenter.card_target is None
    assert presenter.target is not None and presenter.target.kind == "session"
    assert presenter.turns.lines[0].text == "What is a stake?"


def test_a_refused_opening_keeps_the_card_with_the_reason(
    make_presenter: MakePresenter, qtbot: QtBot
) -> None:
    node = demo_node()
    presenter = make_presenter(node)
    with qtbot.waitSignal(presenter.quoting.quoted):
        presenter.send("hi")
    node.fail("sessions.open", NotEnoughMorError("You need 4.2 MOR more."))
    with qtbot.waitSignal(presenter.opening.failed):
        presenter.open_and_send("hi")
    assert presenter.card_error is not None
    assert presenter.card_error.message == "You need 4.2 MOR more."
    assert node.called("chat.send") == []
    qtbot.waitUntil(lambda: len(node.called("sessions.quote")) == 2)


def test_a_locked_wallet_is_asked_for_its_password(
    make_presenter: MakePresenter, fake_node: FakeNode, qtbot: QtBot
) -> None:
    fake_node.world.sessions = []
    presenter = make_presenter(fake_node)
    presenter.choose(presenter.choices.market[0])
    with qtbot.waitSignal(presenter.quoting.quoted):
        presenter.send("hi")
    fake_node.fail("sessions.open", WalletLockedError("The wallet is locked."))
    with qtbot.waitSignal(presenter.failed) as failed:
        presenter.open_and_send("hi")
    assert isinstance(failed.args[0], WalletLockedError)


def test_local_models_answer_also_when_the_chain_does_not(
    make_presenter: MakePresenter, fake_node: FakeNode, signals: NodeSignals, qtbot: QtBot
) -> None:
    presenter = make_presenter(fake_node)
    for name in ("sessions.list", "market.models"):
        fake_node.fail(name, RpcUnavailableError("No connection to Base."))
    failures: list[NodeError] = []
    presenter.failed.connect(failures.append)
    with qtbot.waitSignal(presenter.choices_changed):
        signals.market_changed.emit()
    assert len(failures) == 2
    assert [item.name for item in presenter.choices.local] == ["Qwen3 4B Instruct", "Gemma 3 12B"]
    assert [item.name for item in presenter.choices.sessions] == ["Hermes 4 70B"]


def test_without_a_wallet_sessions_are_not_asked_for(
    make_presenter: MakePresenter, fake_node: FakeNode
) -> None:
    fake_node.world.wallet = sample_data.wallet_status("none")
    presenter = make_presenter(fake_node)
    assert fake_node.called("sessions.list") == []
    assert presenter.choices.sessions == ()
    assert presenter.choices.market


def test_an_ended_session_is_replaced_by_an_offer_of_the_same_model(
    make_presenter: MakePresenter, fake_node: FakeNode, signals: NodeSignals, qtbot: QtBot
) -> None:
    presenter = make_presenter(fake_node)
    fake_node.world.sessions = []
    with qtbot.waitSignal(presenter.target_changed):
        signals.session_changed.emit(SessionChanged(intent_id="", session_id="", state="closed"))
    target = presenter.target
    assert target is not None and (target.kind, target.name) == ("market", "Hermes 4 70B")


def test_an_expired_session_offers_a_new_one(
    make_presenter: MakePresenter, fake_node: FakeNode, qtbot: QtBot
) -> None:
    presenter = make_presenter(fake_node)
    fake_node.fail("chat.send", SessionExpiredError("The session has ended."))
    with qtbot.waitSignal(presenter.turns.line_failed) as failed:
        presenter.send("hello")
    assert NEW_SESSION in dict(failed.args[1].actions)
    with qtbot.waitSignal(presenter.quoting.quoted):
        presenter.need_new_session()
    with qtbot.waitSignal(presenter.turns.line_finished):
        presenter.open_and_send("")
    assert presenter.turns.lines[0].text == "hello"
    assert len(presenter.turns.lines) == 2


def test_nobody_to_answer_is_said_and_the_text_kept(
    make_presenter: MakePresenter, fresh_node: FakeNode, qtbot: QtBot
) -> None:
    presenter = make_presenter(fresh_node)
    failures: list[NodeError] = []
    presenter.failed.connect(failures.append)
    with qtbot.assertNotEmitted(presenter.draft_taken):
        presenter.send("anyone?")
    assert failures[0].code == "chat.no_target"


def test_a_stored_chat_is_shown_with_its_figures(
    make_presenter: MakePresenter, fake_node: FakeNode, qtbot: QtBot
) -> None:
    presenter = make_presenter(fake_node)
    with qtbot.waitSignal(presenter.turns.replaced):
        presenter.open_chat("chat-2")
    assert [line.role for line in presenter.turns.lines] == ["user", "assistant"]
    assert presenter.turns.lines[1].stats.startswith("118 tokens")
    assert presenter.chat is not None and presenter.chat.title == "Sort a list of dates"


def test_leaving_a_chat_while_it_answers_stops_the_answer(
    make_presenter: MakePresenter, fake_node: FakeNode, qtbot: QtBot
) -> None:
    presenter = make_presenter(fake_node)
    gate = fake_node.hold("chat.delta")
    presenter.send("one")
    presenter.send("two")
    qtbot.waitUntil(lambda: bool(fake_node.called("chat.delta")))
    presenter.new_chat()
    gate.set()
    assert presenter.turns.lines == []
    assert not presenter.turns.is_streaming
    with qtbot.waitSignal(presenter.turns.line_finished):
        presenter.send("three")
    assert [call[0].messages[-1].content for call in fake_node.called("chat.send")] == [
        "one",
        "three",
    ]


def test_closing_shows_what_returns_before_it_happens(
    make_presenter: MakePresenter, fake_node: FakeNode, qtbot: QtBot
) -> None:
    presenter = make_presenter(fake_node)
    with qtbot.waitSignal(presenter.close_previewed) as previewed:
        presenter.preview_close()
    session, preview = previewed.args
    assert preview.returned_now + preview.held == session.stake
    assert fake_node.called("sessions.close") == []
    with qtbot.waitSignal(presenter.closed) as closed:
        presenter.close(session.id)
    assert closed.args[0].returned == preview.returned_now


def test_deleting_the_shown_chat_leaves_an_empty_one(
    make_presenter: MakePresenter, fake_node: FakeNode, qtbot: QtBot
) -> None:
    presenter = make_presenter(fake_node)
    with qtbot.waitSignal(presenter.turns.replaced):
        presenter.open_chat("chat-2")
    with qtbot.waitSignal(presenter.chats_loaded):
        presenter.delete("chat-2")
    assert presenter.chat is None
    assert "chat-2" not in [chat.id for chat in presenter.chats]


def test_a_session_is_over_by_the_chains_time() -> None:
    target = Target(kind="session", id="0x1", name="m", model_id="0x2", ends_at=100)
    assert not target.needs_session(99)
    assert target.needs_session(100)
