"""A model of Anthropic's API resold through a session: pieces that every consumer can read."""

import json

from node.core.clock import FakeClock
from node.llm.claude import ClaudeBackend
from node.wire.handler import chat_plaintexts
from node.wire.plaintexts import PartKind, classify, parse_plaintext
from node.wire.prompts import PromptKind, UsageMeter
from tests.unit.llm.model_server import ModelServer
from tests.unit.llm.test_claude import BODY, ended, started, streams, text


async def test_a_stream_has_objects_usage_and_its_end() -> None:
    async with ModelServer(streams(started(), text("Hel"), text("lo"), ended())) as server:
        backend = ClaudeBackend(url=server.url, model="m", api_key="k", clock=FakeClock(1))
        plaintexts = [
            plaintext
            async for plaintext in chat_plaintexts(backend.chat(BODY), UsageMeter(lambda: 5))
        ]
        await backend.aclose()
    kinds = [classify(PromptKind.CHAT, parse_plaintext(item)) for item in plaintexts]
    assert kinds == [PartKind.CHUNK] * 4 + [PartKind.DONE]
    last = json.loads(plaintexts[-2])
    assert last["object"] == "chat.completion.chunk"
    assert last["usage"]["completion_tokens"] == 5
    assert last["usage_from_provider"] == {
        "completion_tokens": 1,
        "prompt_tokens": 5,
        "total_tokens": 6,
    }
