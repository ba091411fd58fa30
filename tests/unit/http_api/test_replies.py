"""Bodies: exact numbers, the public node's key order and escapes, both shapes of errors."""

import json

import pytest

from node.core import errors
from node.core.errors import (
    BackendRefusedError,
    NodeError,
    NoProviderError,
    NotEnoughMorError,
    OutOfCapacityError,
    ProviderModelError,
    SessionNotFoundError,
)
from node.http_api.refusal import HttpRefusal
from node.http_api.replies import error_reply, json_bytes, model_json, wants_openai_errors
from node.http_api.statuses import status_of


def test_integers_of_any_size_stay_bare_numbers() -> None:
    assert json_bytes({"Stake": 10**30, "s": "é<"}) == (
        b'{"Stake":1000000000000000000000000000000,"s":"\xc3\xa9<"}'
    )


def test_lone_surrogates_do_not_break_an_answer() -> None:
    assert json.loads(json_bytes({"error": "\ud800"})) == {"error": "?"}


def test_models_objects_are_sorted_on_top_and_escaped_like_go() -> None:
    raw = model_json({"z": {"b": 1, "a": 2}, "a": "<b>&\u2028\u2029é"})
    assert raw == (
        rb'{"a":"\u003cb\u003e\u0026\u2028\u2029' + "é".encode() + b'","z":{"b":1,"a":2}}'
    )


def test_peer_errors_have_text_hint_and_code() -> None:
    reply = error_reply(SessionNotFoundError("session not found", hint="Look."), openai=False)
    assert (reply.status, json.loads(reply.body)) == (
        404,
        {"error": "session not found", "hint": "Look.", "code": "session.not_found"},
    )
    assert reply.headers["content-type"] == "application/json; charset=utf-8"


def test_openai_errors_are_objects() -> None:
    reply = error_reply(NotEnoughMorError("Too little."), openai=True)
    error = json.loads(reply.body)["error"]
    assert reply.status == 402
    assert error["type"] == "insufficient_quota"
    assert error["code"] == "funds.not_enough_mor"
    assert error["message"].startswith("Too little.")


@pytest.mark.parametrize(
    "failure",
    [
        BackendRefusedError("no", status=401, body={"error": {"message": "bad key"}}),
        ProviderModelError("no", body={"error": {"message": "bad key"}}),
    ],
)
def test_model_errors_carry_what_the_model_said(failure: NodeError) -> None:
    peer = error_reply(failure, openai=False)
    assert peer.status == 400
    assert json.loads(peer.body) == {"providerModelError": {"error": {"message": "bad key"}}}
    assert peer.headers["content-type"] == "application/json"
    openai = error_reply(failure, openai=True)
    assert json.loads(openai.body) == {"error": {"message": "bad key"}}


def test_who_was_asked_in_vain_is_in_the_text() -> None:
    failure = NoProviderError("Nobody.", tried=[("0xab", "full")])
    body = json.loads(error_reply(failure, openai=False).body)
    assert body["error"] == (
        'no provider accepting session: [{"provider": "0xab", "reason": "full"}]'
    )


def test_busy_answers_say_when_to_come_back() -> None:
    assert "retry-after" in error_reply(OutOfCapacityError("full"), openai=False).headers


def test_a_refusal_brings_its_own_status_and_headers() -> None:
    refusal = HttpRefusal(413, "too large", code="api.too_large", headers={"connection": "close"})
    reply = error_reply(refusal, openai=False)
    assert (reply.status, reply.headers["connection"]) == (413, "close")


def _kinds() -> list[type[NodeError]]:
    found = [item for item in vars(errors).values() if isinstance(item, type)]
    return [item for item in found if issubclass(item, NodeError)]


@pytest.mark.parametrize("kind", _kinds(), ids=lambda kind: kind.__name__)
def test_every_failure_has_a_status_of_its_kind(kind: type[NodeError]) -> None:
    error = kind.__new__(kind)
    NodeError.__init__(error, "text")
    status = status_of(error)
    assert 400 <= status <= 599
    ours = kind.default_code.startswith(("node.error", "node.internal", "storage.", "node.already"))
    assert (status == 500) == ours, f"{kind.default_code} gives {status}"


@pytest.mark.parametrize(
    ("path", "header", "wanted"),
    [
        ("/v1/chat/completions", "Bearer x", True),
        ("/v1/chat/completions", "Basic x", False),
        ("/blockchain/models", "Bearer x", False),
        ("/v1/models", "", False),
    ],
)
def test_who_gets_openai_errors(path: str, header: str, wanted: bool) -> None:
    assert wants_openai_errors(path, header) is wanted
