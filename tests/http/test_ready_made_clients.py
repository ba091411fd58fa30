"""litellm, LangChain and curl, unchanged: a base URL and a key are all they are given.

No session is open at first: the node opens one by the user's policy.
"""

import asyncio
import json
import os
import shutil
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from tests.http.api_market import ApiMarket, open_api_market

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
os.environ["LANGSMITH_TRACING"] = "false"

pytestmark = [pytest.mark.chain, pytest.mark.asyncio(loop_scope="module")]
QUESTION = [{"role": "user", "content": "Who is there?"}]
WEATHER = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "The weather of a city.",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}},
            "required": ["city"],
        },
    },
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def market(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ApiMarket]:
    async with open_api_market(
        tmp_path_factory.mktemp("clients"),
        MORPHEUS_AUTO_SESSION_POLICY="open",
        MORPHEUS_SESSION_POLICIES="Guide = open 10m 20 20",
    ) as opened:
        yield opened


def last_request(market: ApiMarket) -> dict[str, Any]:
    """What the provider's model was asked; there is one session, so one provider."""
    found = [
        item.backend.prompts[-1] for item in market.trio.providers.values() if item.backend.prompts
    ]
    assert len(found) == 1
    return dict(found[0])


async def sessions(market: ApiMarket) -> list[dict[str, Any]]:
    user = market.trio.world.signer.address.hex
    reply = await market.client.get("/blockchain/sessions/user", params={"user": user})
    found: list[dict[str, Any]] = reply.json()["sessions"]
    return found


async def test_twenty_requests_at_once_open_one_session(market: ApiMarket) -> None:
    """Those that find its queue full are asked to come back; clients do so by themselves."""
    body = {"model": "Guide", "messages": QUESTION}
    async with httpx.AsyncClient(
        base_url=market.base_url, headers=market.bearer, timeout=60, trust_env=False
    ) as client:
        replies = await asyncio.gather(
            *(client.post("/chat/completions", json=body) for _ in range(20))
        )
    found = sorted({reply.status_code for reply in replies})
    assert found in ([200], [200, 429])
    assert all("retry-after" in reply.headers for reply in replies if reply.status_code == 429)
    served = {reply.headers["x-morpheus-session"] for reply in replies if reply.is_success}
    assert len(served) == 1
    assert len(await sessions(market)) == 1


class TestLitellm:
    @pytest_asyncio.fixture(loop_scope="module")
    async def ask(self, market: ApiMarket) -> AsyncIterator[Any]:
        import litellm

        litellm.telemetry = False
        litellm.suppress_debug_info = True
        litellm.disable_aiohttp_transport = True  # it leaves its sockets open

        async def ask(model: str = "Guide", **more: Any) -> Any:
            request = {
                "model": f"openai/{model}",
                "api_base": market.base_url,
                "api_key": market.hosted.token,
                "messages": QUESTION,
                "max_retries": 0,
            }
            return await litellm.acompletion(**{**request, **more})

        yield ask
        await litellm.close_litellm_async_clients()

    async def test_whole_and_streamed(self, ask: Any) -> None:
        whole = await ask()
        assert whole.choices[0].message.content.endswith(" answers.")
        stream = await ask(stream=True)
        words = [chunk.choices[0].delta.content or "" async for chunk in stream]
        assert "".join(words) == whole.choices[0].message.content

    async def test_tools_and_json(self, ask: Any, market: ApiMarket) -> None:
        answer = await ask(tools=[WEATHER], tool_choice="auto", temperature=0.25)
        call = answer.choices[0].message.tool_calls[0].function
        assert (call.name, json.loads(call.arguments)) == ("weather", {"city": "Ulm"})
        asked = last_request(market)
        assert asked["tools"] == [WEATHER]
        assert (asked["tool_choice"], asked["temperature"]) == ("auto", 0.25)
        answer = await ask(response_format={"type": "json_object"})
        assert "name" in json.loads(answer.choices[0].message.content)

    async def test_errors(self, ask: Any) -> None:
        import litellm

        with pytest.raises(litellm.NotFoundError, match="There is no model"):
            await ask(model="nobody")
        with pytest.raises(litellm.BadRequestError, match="holds no messages"):
            await ask(messages=[])
        with pytest.raises(litellm.AuthenticationError):
            await ask(api_key="wrong")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chat(market: ApiMarket) -> AsyncIterator[Any]:
    from langchain_openai import ChatOpenAI

    def chat(model: str = "Guide") -> Any:
        return ChatOpenAI(
            model=model, base_url=market.base_url, api_key=market.hosted.token, max_retries=0
        )

    yield chat
    await chat().root_async_client.close()  # one connection pool serves them all


class TestLangChain:
    async def test_whole_and_streamed(self, chat: Any) -> None:
        whole = await chat().ainvoke("Who is there?")
        assert whole.content.endswith(" answers.")
        pieces = [piece.content async for piece in chat().astream("Who is there?")]
        assert "".join(pieces) == whole.content
        assert len(pieces) > 1

    async def test_tools_and_json(self, chat: Any, market: ApiMarket) -> None:
        answer = await chat().bind_tools([WEATHER]).ainvoke("How is Ulm?")
        assert answer.tool_calls[0]["name"] == "weather"
        assert answer.tool_calls[0]["args"] == {"city": "Ulm"}
        assert last_request(market)["tools"][0]["function"]["name"] == "weather"
        schema = {"title": "Who", "type": "object", "properties": {"name": {"type": "string"}}}
        reader = chat().with_structured_output(schema, method="json_mode")
        assert (await reader.ainvoke("Who? As JSON."))["name"]

    async def test_errors(self, chat: Any) -> None:
        import openai

        with pytest.raises(openai.NotFoundError, match="There is no model"):
            await chat("nobody").ainvoke("Who is there?")


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
class TestCurl:
    async def curl(self, market: ApiMarket, path: str, *words: str) -> tuple[int, str]:
        process = await asyncio.create_subprocess_exec(
            "curl", "-sS", "--noproxy", "*", "--max-time", "30", "-w", "\n%{http_code}",
            "-H", f"Authorization: Bearer {market.hosted.token}", *words,
            f"{market.base_url}/{path}",
            stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        out, _ = await process.communicate()
        assert process.returncode == 0
        text, _, status = out.decode().rpartition("\n")
        return int(status), text

    async def post(self, market: ApiMarket, **body: Any) -> tuple[int, str]:
        return await self.curl(
            market, "chat/completions", "--json", json.dumps({"messages": QUESTION, **body})
        )

    async def test_whole_and_streamed(self, market: ApiMarket) -> None:
        status, text = await self.post(market, model="Guide")
        assert status == 200
        content = json.loads(text)["choices"][0]["message"]["content"]
        assert content.endswith(" answers.")
        status, text = await self.post(market, model="Guide", stream=True)
        lines = [line for line in text.split("\n") if line]
        assert status == 200
        assert lines[-1] == "data: [DONE]"
        deltas = [json.loads(line[6:])["choices"][0]["delta"] for line in lines[:-1]]
        assert "".join(delta.get("content") or "" for delta in deltas) == content

    async def test_a_model_may_be_named_by_id_and_with_its_offer(self, market: ApiMarket) -> None:
        model = market.trio.model.hex
        status, text = await self.curl(market, "models")
        assert status == 200
        assert [item["id"] for item in json.loads(text)["data"]] == ["Guide"]
        (session,) = await sessions(market)
        for name in (model, f"Guide@{session['BidID']}", f"{model}@{session['Provider']}"):
            status, text = await self.post(market, model=name)
            assert status == 200, text

    @pytest.mark.parametrize(
        ("model", "status", "code"),
        [
            ("nobody", 404, "market.model_not_found"),
            ("Guide@0x" + "12" * 32, 404, "market.bid_not_found"),
            ("Guide@0x" + "12" * 20, 404, "market.bid_not_found"),
        ],
    )
    async def test_errors_are_openais(
        self, market: ApiMarket, model: str, status: int, code: str
    ) -> None:
        got, text = await self.post(market, model=model, stream=True)
        error = json.loads(text)["error"]
        assert (got, error["code"]) == (status, code)
        assert error["type"] == "invalid_request_error"


async def test_all_of_them_shared_one_session(market: ApiMarket) -> None:
    assert len(await sessions(market)) == 1
