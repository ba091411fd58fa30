from typing import Any

import pytest

from node.core.clock import SystemClock
from node.core.errors import BackendRefusedError
from node.llm.faults import FlakyBackend, SlowBackend
from node.llm.guide import GuideBackend, GuideScript


class _CountingClock(SystemClock):
    def __init__(self) -> None:
        super().__init__()
        self.slept: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


def _guide() -> GuideBackend:
    return GuideBackend(GuideScript.load(), SystemClock(), delay_s=0)


def _body(stream: bool = True) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": "Hello"}], "stream": stream}


async def test_flaky_model_fails_after_three_answers() -> None:
    flaky = FlakyBackend(_guide(), name="Flaky")
    for _ in range(3):
        (answer,) = [chunk async for chunk in flaky.chat(_body(stream=False))]
        assert answer["model"] == "Flaky"
        assert (await flaky.health()).ok or _ == 2
    with pytest.raises(BackendRefusedError) as caught:
        await anext(flaky.chat(_body()))
    assert caught.value.status == 503
    assert caught.value.body["error"]["type"] == "service_unavailable"
    assert not (await flaky.health()).ok


async def test_slow_model_waits_before_each_chunk() -> None:
    clock = _CountingClock()
    slow = SlowBackend(_guide(), clock, name="Slow", first_delay_s=2, delay_s=0.2)
    chunks = [chunk async for chunk in slow.chat(_body())]
    assert clock.slept == [2] + [0.2] * (len(chunks) - 1)
    assert {chunk["model"] for chunk in chunks} == {"Slow"}
