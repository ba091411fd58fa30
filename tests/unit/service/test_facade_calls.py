"""The facade as data: whatever the protocols say crosses a process border unchanged."""

import json
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from node.core.events import HealthChanged, NodeEvent, SessionChanged
from node.service import dto
from node.service.facade_calls import FacadeCall, facade_calls, facade_groups


def call(group: str, name: str) -> FacadeCall:
    return facade_calls()[group, name]


def through(found: FacadeCall, value: Any) -> Any:
    return found.load(json.loads(found.dump(value)))


def test_every_group_of_the_node_is_there() -> None:
    assert set(facade_groups()) == {
        "wallet",
        "market",
        "sessions",
        "chat",
        "provider",
        "local",
        "chain",
        "agents",
        "clients",
        "system",
    }
    streams = {key for key, found in facade_calls().items() if found.streams}
    assert streams == {
        ("sessions", "open"),
        ("chat", "send"),
        ("chat", "complete"),
        ("chat", "speech"),
        ("chat", "transcribe"),
        ("system", "events"),
    }


def test_arguments_by_place_and_by_name_are_the_same() -> None:
    found = call("wallet", "draft_send")
    expected = {"asset": "MOR", "to": "0x1", "amount": 10**30}
    assert found.unpack(found.pack(("MOR", "0x1", 10**30), {})) == expected
    assert found.unpack(found.pack(("MOR",), {"amount": 10**30, "to": "0x1"})) == expected


def test_defaults_stay_with_the_other_side() -> None:
    found = call("market", "models")
    assert found.unpack(found.pack((), {})) == {}
    assert found.unpack(found.pack((), {"refresh": True})) == {"refresh": True}


@pytest.mark.parametrize(
    "body", [b"[]", b"{", b'{"amount":1}', b'{"asset":"MOR","to":"x","amount":1,"more":1}']
)
def test_wrong_arguments_are_refused(body: bytes) -> None:
    with pytest.raises(ValidationError):
        call("wallet", "draft_send").unpack(body)


def test_a_call_with_missing_arguments_fails_at_once() -> None:
    with pytest.raises(TypeError):
        call("wallet", "draft_send").pack(("MOR",), {})


def test_secrets_arrive_in_clear() -> None:
    found = call("wallet", "import_")
    request = dto.ImportWallet(private_key=SecretStr("0xabc"), password=SecretStr("long pass"))
    arrived = found.unpack(found.pack((request,), {}))["request"]
    assert arrived.private_key.get_secret_value() == "0xabc"
    assert arrived.password.get_secret_value() == "long pass"
    created = dto.CreatedWallet(address="0x1", phrase=SecretStr("a b c"))
    assert through(call("wallet", "create"), created).phrase.get_secret_value() == "a b c"


def test_large_amounts_stay_exact() -> None:
    claim = dto.ClaimResult(tx_hash="0x1", amount=2**200 + 1)
    assert through(call("wallet", "withdraw_released"), claim) == claim


@pytest.mark.parametrize(
    "event",
    [
        dto.TurnStarted(chat_id="c", message_id="m"),
        dto.TextDelta(text="é\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16")),
        dto.TurnNotice(kind="k", text="t"),
        dto.TurnFinished(
            chat_id="c",
            message_id="m",
            finish_reason="stop",
            complete=True,
            ttft_ms=1,
            duration_ms=2,
            input_tokens=3,
            output_tokens=4,
            tokens_per_second=5.5,
        ),
    ],
)
def test_each_chat_event_keeps_its_class(event: dto.ChatEvent) -> None:
    arrived = through(call("chat", "send"), event)
    assert (type(arrived), arrived) == (type(event), event)


@pytest.mark.parametrize(
    "event",
    [
        SessionChanged(intent_id="i", session_id="0x1", state="active"),
        HealthChanged(component="network", ok=False, detail="x"),
    ],
)
def test_each_node_event_keeps_its_class(event: NodeEvent) -> None:
    assert through(call("system", "events"), event) == event


def test_what_returns_nothing_returns_none() -> None:
    assert through(call("chat", "delete"), None) is None


def test_free_json_passes() -> None:
    answer = {"data": [{"embedding": [0.1, -2e-9]}], "usage": None}
    assert through(call("chat", "embeddings"), answer) == answer


def test_pieces_of_audio_cross_as_base64_and_arrive_as_bytes() -> None:
    found, data = call("chat", "speech"), bytes(range(256))
    crossed = json.loads(found.dump(dto.AudioPiece(data=data)))
    assert isinstance(crossed["data"], str)
    assert found.load(crossed) == dto.AudioPiece(data=data)
