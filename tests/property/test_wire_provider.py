"""A live provider under random bytes and under random requests of right and wrong people.

Tests of the security catalogue: T-B1 (with `test_wire_scanner` for the parts), T-B3. T-B2 is in
`test_wire_messages`, T-B4 in `test_wire_envelope`, T-B5 in `unit/wire/test_signature_vectors`, T-B6
and T-B7 in `http/test_fuzz`, `http/test_slow_senders` and `http/test_matrix`.
"""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from node.core.clock import FakeClock
from node.core.ids import SessionId
from node.core.units import UnixMillis
from node.wire.codec import encode_request, parse_response
from node.wire.limits import WireLimits
from node.wire.messages import Message, PromptRequest, ReportRequest
from node.wire.signing import sign
from tests.support.signers import KeySigner
from tests.support.wire_pair import (
    CONSUMER,
    PROVIDER,
    SESSION,
    STRANGER,
    knowing_consumer,
    running,
)

QUICK = WireLimits(first_byte_s=0.02, progress_s=0.02)
PIECES = st.lists(
    st.binary(max_size=60) | st.sampled_from([b'{"id":"', b"null", b"{}"]), max_size=3
)


# What stopped other nodes, and what is close to it.
SEEDS = [
    b"null",
    b"[]",
    b"0",
    b"true",
    b'""',
    b"{}",
    b'{"id":null,"method":null,"params":null}',
    b'{"result":null}',
    b'{"id":"1","result":null,"error":null}',
    b'{"id":"1","method":"network.ping"}',
    b'{"id":"1","method":"session.prompt","params":null}',
    b'{"id":"1","method":"session.prompt","params":[]}',
    b'{"id":"1","method":"session.prompt","params":{"sessionid":null}}',
    b'{"id":"1","method":"session.report","params":{"message":7}}',
    b'{"id":{},"method":"network.ping","params":{}}',
    b"\xef\xbb\xbf{}",
    b'{"id":"\xff\xfe"}',
    b"[" * 100_000,
    b'{"a":' * 100_000,
    b'{"id":"' + b"\\u0000" * 10_000,
    b"{" + b"9" * 100_000,
    b"GET / HTTP/1.1\r\nhost: x\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
]


@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: seed[:24].decode("latin-1"))
async def test_what_stops_others_does_not_stop_us(seed: bytes) -> None:
    """T-B1, P0: no answer or one well-formed error; the next one is served."""
    async with running(knowing_consumer(), limits=QUICK) as pair:
        for cut in {0, 1, len(seed) // 2}:
            raw = await pair.raw_in_pieces([seed[:cut], seed[cut:]])
            assert raw == b"" or parse_response(raw).error is not None
        assert await pair.client().ping(pair.endpoint, PROVIDER.address)


@settings(max_examples=60, deadline=None)
@given(attempts=st.lists(PIECES, min_size=1, max_size=4))
def test_random_bytes_never_hurt_the_listener(attempts: list[list[bytes]]) -> None:
    """T-B1."""

    async def attack() -> None:
        async with running(limits=QUICK) as pair:
            for pieces in attempts:
                raw = await pair.raw(b"".join(pieces))
                assert raw == b"" or parse_response(raw).error is not None
            assert await pair.client().ping(pair.endpoint, PROVIDER.address)

    asyncio.run(attack())


@dataclass(frozen=True)
class Step:
    """One request: who signs, for which session, how old, sent how often."""

    signer: KeySigner
    session: SessionId
    age_ms: int
    times: int
    report: bool

    def message(self, now: UnixMillis, number: int) -> tuple[str, Message]:
        moment = UnixMillis(now - self.age_ms)
        if self.report:
            return "session.report", ReportRequest(message=self.session.hex, timestamp=moment)
        text = f'{{"n":{number}}}'
        return "session.prompt", PromptRequest(
            session_id=self.session, message=text, timestamp=moment
        )

    @property
    def is_right(self) -> bool:
        fresh = abs(self.age_ms) <= 300_000
        return self.signer is CONSUMER and self.session == SESSION and fresh


STEPS = st.builds(
    Step,
    signer=st.sampled_from([CONSUMER, STRANGER]),
    session=st.sampled_from([SESSION, SessionId(b"\x06" * 32)]),
    age_ms=st.sampled_from([0, 299_999, 300_001, -300_001, 10**12]),
    times=st.integers(1, 3),
    report=st.booleans(),
)


@settings(max_examples=60, deadline=None)
@given(steps=st.lists(STEPS, max_size=8))
def test_the_model_runs_only_for_fresh_new_requests_of_the_sessions_user(
    steps: Sequence[Step],
) -> None:
    """T-B3: order, repetition, age, signer and session at random."""

    async def play() -> None:
        clock, expected = FakeClock(), []
        async with running(knowing_consumer(), clock=clock) as pair:
            for number, step in enumerate(steps):
                method, message = step.message(clock.unix_millis(), number)
                raw = encode_request("1", method, sign(message, step.signer))
                answers = [await pair.raw(raw) for _ in range(step.times)]
                served = [b'"result":{' in answer for answer in answers]
                again = step.is_right and step.report
                assert served == [step.is_right, *[again] * (step.times - 1)]
                if step.is_right and isinstance(message, PromptRequest):
                    expected.append(message.message)
            assert pair.handler.prompts == expected

    asyncio.run(play())


METHODS = [
    "network.ping",
    "session.request",
    "session.prompt",
    "session.report",
    "session.prompt.stream.start",
    "session.prompt.stream.chunk",
    "session.prompt.stream.end",
    "agent.get_tools",
    "agent.call_tool",
    "session.unheard",
    "",
]
MEMBERS = [
    "nonce",
    "signature",
    "user",
    "key",
    "spend",
    "timestamp",
    "bidid",
    "sessionid",
    "message",
    "streamid",
    "totalchunks",
    "chunkindex",
    "chunkdata",
    "toolname",
]
PARAMS = st.dictionaries(
    st.sampled_from(MEMBERS),
    st.none()
    | st.booleans()
    | st.integers(-1, 2**70)
    | st.text(max_size=8)
    | st.sampled_from(["0x" + "1" * 64, "0x" + "2" * 40, "0x" + "3" * 130, "0x", "00"])
    | st.lists(st.integers(), max_size=2),
    max_size=8,
)


@settings(max_examples=80, deadline=None)
@given(requests=st.lists(st.tuples(st.sampled_from(METHODS), PARAMS), max_size=6))
def test_requests_of_every_method_with_any_members_get_one_error(
    requests: list[tuple[str, dict[str, Any]]],
) -> None:
    """T-B3: nothing that is not signed rightly is answered with a result, but a ping."""

    async def play() -> None:
        async with running(knowing_consumer()) as pair:
            for method, params in requests:
                raw = json.dumps({"id": "7", "method": method, "params": params}).encode()
                answer = parse_response(await pair.raw(raw))
                assert answer.id == "7"
                if method != "network.ping":
                    assert answer.error is not None
                    assert answer.error.signature == b"\0"
            assert pair.handler.prompts == []

    asyncio.run(play())
