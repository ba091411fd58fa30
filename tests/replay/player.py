"""Plays the recorded HTTP exchanges in order against a world, with our ids in place of theirs."""

import base64
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from node.core.http_client import HttpError
from tests.replay.world import META, ReplayWorld
from tests.support.vectors import load_vectors

EXCHANGES: list[dict[str, Any]] = load_vectors("http-recorded")["exchanges"]
MOVED_TO_THE_END = {"open.direct"}
"""The recorded nodes failed where ours succeed; played last, so that what follows sees the same
sessions on the chain."""
_SKIPPED_HEADERS = {"host", "connection", "content-length", "accept"}
_SESSION = re.compile(r'"sessionID": ?"(0x[0-9a-f]{64})"')


def in_order() -> list[int]:
    """Numbers of all exchanges in the order of play."""
    return sorted(range(len(EXCHANGES)), key=lambda n: EXCHANGES[n]["name"] in MOVED_TO_THE_END)


def numbers_of(*names: str) -> list[int]:
    return [number for number, item in enumerate(EXCHANGES) if item["name"] in names]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back; `status` 0 when the connection was cut without an answer."""

    status: int
    content_type: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """One exchange: the recorded answer with our ids in it, and ours."""

    number: int
    name: str
    expected: Answer
    found: Answer


class Player:
    """Holds what stands for what: sessions and approvals of this run for those of the recorded."""

    def __init__(self, world: ReplayWorld) -> None:
        self._world = world
        self._stands_for: dict[str, str] = {
            "127.0.0.1:3334": f"127.0.0.1:{world.provider_port}",
            "127.0.0.1:3999": f"127.0.0.1:{world.dead_port}",
            "http://127.0.0.1:8090": world.upstream.url,
        }

    async def play(self, numbers: Iterable[int]) -> list[Played]:
        """Exchanges by their numbers in the recording, in the order given."""
        return [await self._one(number, EXCHANGES[number]) for number in numbers]

    def standing_for(self, recorded_id: str) -> str:
        """Our id for a recorded one; the same where ours turned out equal."""
        return self._stands_for.get(recorded_id, recorded_id)

    async def _one(self, number: int, item: dict[str, Any]) -> Played:
        response = item["response"]
        found = await self._ask(item["node"], item["request"])
        self._learn(response.get("body") or "", found.body)
        return Played(
            number=number,
            name=item["name"],
            expected=Answer(
                status=response["status"],
                content_type=_header(response["headers"], "content-type"),
                body=self._ours(response.get("body") or ""),
            ),
            found=found,
        )

    async def _ask(self, node: str, request: dict[str, Any]) -> Answer:
        headers = {
            name: self._ours(value)
            for name, value in request["headers"]
            if name.lower() not in _SKIPPED_HEADERS
        }
        body = self._ours(request["body"] or "")
        if "multipart" in headers.get("Content-Type", ""):
            body = re.sub(r"(?<!\r)\n", "\r\n", body)
        client = self._world.clients[node]
        try:
            reply = await client.request(
                request["method"],
                self._ours(request["path"]),
                headers=headers,
                content=body.encode() if request["body"] is not None else None,
            )
        except HttpError:
            return Answer(status=0, content_type="", body="")
        return Answer(
            status=reply.status_code,
            content_type=reply.headers.get("content-type", ""),
            body=_text(reply.content),
        )

    def _ours(self, text: str) -> str:
        for theirs, ours in self._stands_for.items():
            text = text.replace(theirs, ours)
        return text

    def _learn(self, expected: str, found: str) -> None:
        """Ids that an answer names for the first time."""
        theirs, ours = _SESSION.search(expected), _SESSION.search(found)
        if theirs and ours:
            self._stands_for[theirs[1]] = ours[1]
            self._stands_for[theirs[1][2:]] = ours[1][2:]
        if '"approvalSig"' in expected and '"approvalSig"' in found:
            recorded, here = json.loads(expected), json.loads(found)
            for member in ("approval", "approvalSig"):
                self._stands_for[recorded[member]] = here[member]


def _header(headers: list[list[str]], name: str) -> str:
    return next((value for key, value in headers if key.lower() == name), "")


def _text(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError:
        return "base64:" + base64.b64encode(content).decode()


SESSIONS: dict[str, str] = {name: value for name, value in META["sessions"].items() if value}
