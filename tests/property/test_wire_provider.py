"""A live provider under random bytes and under random requests of right and wrong people."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

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


@settings(max_examples=60, deadline=None)
@given(attempts=st.lists(PIECES, min_size=1, max_size=4))
def test_random_bytes_never_hurt_the_listener(attempts: list[list[bytes]]) -> None:
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
