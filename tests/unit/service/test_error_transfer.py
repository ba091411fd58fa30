"""Failures keep class, words and members on their way to another process."""

import json

import pytest

from node.core.errors import (
    BackendRefusedError,
    InternalError,
    NodeError,
    NoProviderError,
    NotEnoughMorError,
    RevertedError,
    SessionNotFoundError,
)
from node.service.error_transfer import error_from_json, error_to_json


def through(error: NodeError) -> NodeError:
    return error_from_json(json.loads(json.dumps(error_to_json(error))))


@pytest.mark.parametrize(
    "error",
    [
        NotEnoughMorError("Too little.", hint="Get more.", retryable=True),
        SessionNotFoundError("gone", code="session.special"),
        RevertedError("refused", reason="SessionTooShort"),
        NoProviderError("nobody", tried=[("0x1", "full")]),
        BackendRefusedError("no", status=429, body={"error": {"message": "x"}}),
    ],
)
def test_the_same_failure_arrives(error: NodeError) -> None:
    arrived = through(error)
    assert type(arrived) is type(error)
    assert arrived.__dict__.keys() == error.__dict__.keys()
    for name in ("message", "hint", "code", "retryable"):
        assert getattr(arrived, name) == getattr(error, name)
    assert str(arrived) == error.message


def test_members_arrive() -> None:
    assert through(RevertedError("x", reason="SessionTooShort")).__dict__["reason"] == (
        "SessionTooShort"
    )
    assert through(BackendRefusedError("x", status=429, body=None)).__dict__["status"] == 429


def test_details_for_the_log_stay_in_the_process() -> None:
    error = NotEnoughMorError("x", details={"path": "/home/me"})
    assert "home" not in json.dumps(error_to_json(error))
    assert through(error).details == {}


def test_a_class_of_a_door_arrives_as_its_nearest_known_one() -> None:
    class Special(SessionNotFoundError):
        pass

    assert type(through(Special("x"))) is SessionNotFoundError


@pytest.mark.parametrize(
    "value", [None, [], {}, {"class": "OSError"}, {"class": "Mapping"}, {"class": "__name__"}]
)
def test_nonsense_is_a_fault(value: object) -> None:
    assert type(error_from_json(value)) is InternalError
