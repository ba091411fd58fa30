"""Each recorded TCP request, signed anew for our session, answered by our provider.

What differs stands in `docs/compatibility.md` with its reason.
"""

import base64
import json
from typing import Any

import pytest

from tests.replay.listed import listed
from tests.replay.tcp_player import VECTORS, Reply, recorded_replies

LISTED = listed("TCP connections")
_CONNECTIONS: list[dict[str, Any]] = VECTORS["connections"]


def _comparable(reply: Reply) -> tuple[Any, ...]:
    """With a plaintext as its value: the order of members inside a model's answer is its own."""
    try:
        text = json.loads(reply.text)
    except ValueError:
        text = reply.text
    return reply.id, reply.kind, reply.members, reply.signed, text


def _values(replies: list[Reply], connection: dict[str, Any]) -> list[Any]:
    """Replies to compare. Speech comes in pieces as the model server's connection gave them."""
    if '"audio_speech"' not in connection["decoded"][0].get("message_plaintext", ""):
        return [_comparable(item) for item in replies]
    assert replies[-1].text == "null"
    return [b"".join(base64.b64decode(json.loads(item.text)) for item in replies[:-1])]


def _name(connection: dict[str, Any]) -> str:
    return f"{connection['n']} {connection['decoded'][0]['method']}"


@pytest.mark.parametrize("connection", _CONNECTIONS, ids=_name)
def test_connection(played_tcp: dict[int, list[Reply]], connection: dict[str, Any]) -> None:
    expected, found = recorded_replies(connection), played_tcp[connection["n"]]
    if str(connection["n"]) in LISTED:
        assert _values(found, connection) != _values(expected, connection), "no longer a deviation"
        assert found, "an answer"
        return
    assert _values(found, connection) == _values(expected, connection)
