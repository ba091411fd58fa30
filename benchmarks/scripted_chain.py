"""An RPC endpoint that knows one model with many bids; answers come from memory.

Runs as a process of its own: `python -m benchmarks.scripted_chain BIDS DELAY_MS` prints its port.
Each call is answered DELAY_MS after it arrived. Only the reads of a market are understood.
"""

import asyncio
import json
import sys
from collections.abc import Callable
from typing import Any

from node.chain.abi.codec import Function
from node.chain.abi.functions import MARKET, MULTICALL

CHAIN_ID = 31337
MARKETPLACE = bytes.fromhex("e7f1725e7734ce288f8367e1bb143e90bb3f0512")
MODEL = b"\x07" * 32
WEI = 10**18
CREATED = 1_700_000_000
_AGGREGATE = MULTICALL["aggregate3"]
_BY_SELECTOR = {function.selector: name for name, function in MARKET.items()}


def provider_of(number: int) -> bytes:
    return (number + 1).to_bytes(20, "big")


def bid_of(number: int) -> bytes:
    return b"\x0b" + number.to_bytes(31, "big")


class Market:
    """Answers of the contract by function."""

    def __init__(self, bids: int) -> None:
        self._bids = [bid_of(number) for number in range(bids)]
        self._numbers = {bid: number for number, bid in enumerate(self._bids)}
        self._known: dict[bytes, bytes] = {}
        self._functions: dict[str, Callable[..., Any]] = {
            "getModelActiveBids": self._page,
            "getModel": lambda _: (
                (bytes(32), 0, WEI, provider_of(0), "Bench", ["LLM"], CREATED, False),
            ),
            "getModelStats": lambda _: (((20_000, 5), (300, 5), (600, 5), 50),),
            "getProviderMinimumStake": lambda: (WEI // 10,),
            "getBid": self._bid,
            "getProvider": lambda _: (
                ("provider.example.org:3333", 1000 * WEI, CREATED, CREATED, 0, False),
            ),
            "getProviderModelStats": lambda _, provider: (
                ((20_000 + provider[-1], 5), (300 + provider[-1], 5), 6000, 49, 50),
            ),
        }

    def call(self, calldata: bytes) -> bytes:
        """Return data of one call; the second time from memory."""
        known = self._known.get(calldata)
        if known is None:
            known = self._known[calldata] = self._computed(calldata)
        return known

    def _computed(self, calldata: bytes) -> bytes:
        if calldata[:4] == _AGGREGATE.selector:
            (calls,) = _AGGREGATE.decode_arguments(calldata)
            return _AGGREGATE.outputs.encode(([(True, self.call(item[2])) for item in calls],))
        name = _BY_SELECTOR[calldata[:4]]
        function: Function = MARKET[name]
        values = self._functions[name](*function.decode_arguments(calldata))
        return function.outputs.encode(values)

    def _page(self, _: bytes, offset: int, limit: int) -> Any:
        return self._bids[offset : offset + limit], len(self._bids)

    def _bid(self, bid: bytes) -> Any:
        number = self._numbers[bid]
        return ((provider_of(number), MODEL, 10**13 + number, 0, CREATED, 0),)


class Connection(asyncio.Protocol):
    """HTTP with kept connections, as an endpoint's."""

    def __init__(self, market: Market, delay_s: float) -> None:
        self._market = market
        self._delay_s = delay_s
        self._received = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: asyncio.Transport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, separator, body = bytes(self._received).partition(b"\r\n\r\n")
        fields = (line.partition(b":") for line in head.lower().split(b"\r\n"))
        length = sum(int(value) for name, _, value in fields if name == b"content-length")
        if not separator or len(body) < length:
            return
        self._received.clear()
        answer = self._answer(json.loads(body))
        loop = asyncio.get_running_loop()
        loop.call_later(self._delay_s, self._write, json.dumps(answer).encode())

    def _write(self, body: bytes) -> None:
        head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
        self._transport.write(head % len(body) + body)

    def _answer(self, request: dict[str, Any]) -> dict[str, Any]:
        result: Any
        if request["method"] == "eth_call":
            calldata = bytes.fromhex(request["params"][0]["data"][2:])
            result = "0x" + self._market.call(calldata).hex()
        elif request["method"] == "eth_chainId":
            result = hex(CHAIN_ID)
        else:
            result = {"number": "0x10", "hash": "0x" + "00" * 32, "timestamp": hex(CREATED)}
        return {"jsonrpc": "2.0", "id": request["id"], "result": result}


async def serve(bids: int, delay_s: float) -> None:
    loop, market = asyncio.get_running_loop(), Market(bids)
    server = await loop.create_server(lambda: Connection(market, delay_s), "127.0.0.1", 0)
    print(json.dumps({"port": server.sockets[0].getsockname()[1]}), flush=True)
    await loop.run_in_executor(None, sys.stdin.buffer.read)


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), float(sys.argv[2]) / 1000))
