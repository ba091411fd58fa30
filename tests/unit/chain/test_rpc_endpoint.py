import asyncio
import json

import pytest

from node.chain.rpc import endpoint as endpoint_module
from node.chain.rpc.answers import Fault, RpcFaultError
from node.chain.rpc.endpoint import HttpRpc, LocalRpc
from node.chain.rpc.pauses import LONGEST_S
from node.core.errors import ConfigError, RevertedError, RpcAnswerError, RpcUnavailableError
from node.core.http_client import open_http_client
from tests.unit.chain.nodes import RpcServer, failure, http, result


@pytest.fixture
async def client():
    async with open_http_client() as opened:
        yield opened


async def ask(client, answer, *, timeout_s=5.0):
    async with RpcServer(answer).running() as server:
        return await HttpRpc(client, server.url, timeout_s=timeout_s).request("eth_x", ["0x1"])


async def test_a_result_comes_back(client):
    assert await ask(client, lambda r: result(r, [r["method"], r["params"]])) == ["eth_x", ["0x1"]]


async def test_a_revert_carries_its_reason(client):
    with pytest.raises(RevertedError) as caught:
        await ask(client, lambda r: failure(r, 3, "execution reverted", "0xf4d7eed5"))
    assert caught.value.reason == "SessionTooShort"


async def test_an_error_in_a_bad_status_is_still_read(client):
    def answer(request):
        error = {"code": -32000, "message": "nonce too low"}
        return http(json.dumps({"id": request["id"], "error": error}), "400 Bad Request")

    with pytest.raises(RpcFaultError) as caught:
        await ask(client, answer)
    assert caught.value.fault is Fault.NONCE_TOO_LOW


@pytest.mark.parametrize(
    "answer",
    [
        lambda r: http("<html>Service unavailable</html>", "503 Service Unavailable"),
        lambda r: http("<html>welcome</html>"),
        lambda r: http("{}", "302 Found", "location: http://127.0.0.1:1/\r\n"),
        lambda r: b"not http at all\r\n\r\n",
        lambda r: b"",
        lambda r: http(json.dumps({"id": r["id"], "result": 1}))[:-4],
    ],
    ids=["503", "html", "redirect", "no http", "hang up", "cut"],
)
async def test_a_broken_endpoint_is_unavailable(client, answer):
    with pytest.raises(RpcUnavailableError) as caught:
        await ask(client, answer)
    assert "secret-key" not in str(caught.value.details)


async def test_429_is_a_rate_limit(client):
    with pytest.raises(RpcFaultError) as caught:
        await ask(client, lambda r: http("slow down", "429 Too Many Requests"))
    assert caught.value.fault is Fault.RATE_LIMIT


@pytest.mark.parametrize(
    "body", ["[]", "null", '{"id":1}', '{"id":77,"result":"0x1"}', '{"id":[1],"result":"0x1"}']
)
async def test_answers_that_answer_nothing_are_refused(client, body):
    with pytest.raises(RpcAnswerError):
        await ask(client, lambda r: http(body))


async def test_an_answer_over_the_limit_is_cut_off(client, monkeypatch):
    monkeypatch.setattr(endpoint_module, "MAX_ANSWER_BYTES", 100_000)
    with pytest.raises(RpcFaultError) as caught:
        await ask(client, lambda r: result(r, "0" * 200_000))
    assert caught.value.fault is Fault.TOO_LARGE


@pytest.mark.parametrize(
    ("answer", "pause"),
    [
        (lambda r: http("", "429 Too Many Requests", "retry-after: 7\r\n"), 7),
        (lambda r: http("", "503 Service Unavailable", "retry-after: 8\r\n"), 8),
        (lambda r: http("", "429 Too Many Requests", "retry-after: 99999\r\n"), LONGEST_S),
        (
            lambda r: http(
                "", "429 Too Many Requests", "retry-after: Wed, 01 Jan 2020 00:00:00 GMT\r\n"
            ),
            0,
        ),
        (lambda r: failure(r, -32005, "limit", {"rate": {"backoff_seconds": 30}}), 30),
        (lambda r: failure(r, -32090, "Too many requests, retry in 10s"), 10),
        (lambda r: failure(r, -32005, "rate limit exceeded, try again in 250ms"), 0.25),
        (lambda r: failure(r, -32016, "over rate limit"), None),
        (lambda r: failure(r, 429, "exceeded its compute units per second capacity"), None),
    ],
    ids=["seconds", "503", "a day", "date", "data", "sentence", "millis", "-32016", "units"],
)
async def test_how_long_a_rate_limited_endpoint_wants_to_rest(client, answer, pause):
    with pytest.raises(RpcFaultError) as caught:
        await ask(client, answer)
    assert caught.value.fault is Fault.RATE_LIMIT
    assert caught.value.details.get("retry_after_s") == pause


@pytest.mark.parametrize(
    "answer",
    [
        lambda r: http("", "413 Content Too Large"),
        lambda r: failure(r, -32008, "response size exceeded: 10 MB limit exceeded"),
        lambda r: failure(r, -32600, "batch size exceeds limit"),
    ],
    ids=["413", "response", "batch"],
)
async def test_too_much_at_once_is_told_from_asking_too_often(client, answer):
    with pytest.raises(RpcFaultError) as caught:
        await ask(client, answer)
    assert caught.value.fault is Fault.TOO_LARGE


async def test_a_hanging_endpoint_is_given_up(client):
    async def hang() -> bytes:
        await asyncio.Event().wait()
        return b""

    with pytest.raises(RpcUnavailableError, match="does not answer"):
        await ask(client, lambda r: hang(), timeout_s=0.1)


async def test_nobody_listens(client):
    with pytest.raises(RpcUnavailableError, match="cannot be reached"):
        await HttpRpc(client, "http://127.0.0.1:1").request("eth_chainId", [])


@pytest.mark.parametrize("url", ["http://example.org", "ftp://127.0.0.1", "https://", "x"])
def test_addresses_we_do_not_connect_to(url):
    with pytest.raises(ConfigError):
        HttpRpc(open_http_client(), url)


async def test_a_chain_in_the_process_answers_and_refuses():
    class Chain:
        async def request(self, method, params):
            if method == "eth_call":
                return {"id": 1, "error": {"code": 3, "message": "x", "data": "0xf4d7eed5"}}
            return {"id": 1, "result": params}

    assert await LocalRpc(Chain()).request("eth_y", ("0x1",)) == ["0x1"]
    with pytest.raises(RevertedError):
        await LocalRpc(Chain()).request("eth_call", [])
