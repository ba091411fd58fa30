"""Failures in the user's words, with ways on that fit."""

from morpheus_desktop import errors
from node.core.errors import (
    IncompleteAnswerError,
    InternalError,
    NodeError,
    NoTargetError,
    NotEnoughMorError,
    ProviderRefusedError,
    ProviderUnreachableError,
    RpcUnavailableError,
    SessionBusyError,
    SessionExpiredError,
    WalletLockedError,
)


def actions(error: NodeError) -> list[str]:
    return [action for action, _label in errors.present_turn(error).actions]


def test_each_failure_of_an_answer_has_a_way_on_and_at_most_three() -> None:
    for error in (
        NodeError("x"),
        NoTargetError("x"),
        SessionBusyError("x"),
        WalletLockedError("x"),
        InternalError("x"),
        ProviderUnreachableError("x"),
    ):
        assert 1 <= len(actions(error)) <= 3


def test_an_ended_session_is_not_retried() -> None:
    assert actions(SessionExpiredError("It has ended.")) == [
        errors.NEW_SESSION,
        errors.OTHER_MODEL,
    ]


def test_what_a_provider_says_is_quoted_and_never_the_headline() -> None:
    words = errors.present_turn(ProviderRefusedError("buy my coin"))
    assert "buy my coin" not in words.title
    assert "“buy my coin”" in words.text


def test_a_cut_answer_says_that_its_part_is_kept() -> None:
    assert "What arrived is kept." in errors.present_turn(IncompleteAnswerError("Cut.")).text
    assert "Your message is kept." in errors.present_turn(NodeError("No.")).text


def test_money_failures_say_where_the_money_is() -> None:
    assert errors.present(NotEnoughMorError("You need 4.2 MOR more.")).text == (
        "Your funds are where they were."
    )


def test_what_may_pass_is_a_warning_with_a_retry() -> None:
    words = errors.present(RpcUnavailableError("No connection to Base."))
    assert (words.severity, words.actions) == ("warning", (("retry", "Try again"),))
    assert "funds are not affected" in words.text


def test_a_fault_of_ours_can_be_reported_without_data_of_the_user() -> None:
    error = InternalError("The chat list broke.", details={"path": "/home/ada"})
    assert errors.present(error).actions[0][0] == errors.COPY_REPORT
    assert errors.report(error).startswith("InternalError node.internal\nThe chat list broke.")
    assert "/home/ada" not in errors.report(error)
