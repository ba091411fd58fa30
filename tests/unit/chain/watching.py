"""What tests of watchers share: a long chain, a clock that hurries, and who listens."""

import asyncio

from node.chain.log_watcher import Cursor
from node.chain.rpc.answers import Fault, RpcFaultError
from node.core.clock import FakeClock


async def ignore(cursor: Cursor) -> None:
    """Somebody who keeps no cursor."""


async def cursor_at(chain, number):
    block = await chain.rpc.request("eth_getBlockByNumber", [hex(number), False])
    return Cursor(block=number, block_hash=bytes.fromhex(block["hash"][2:]))


class Told:
    """What a watch has told so far."""

    def __init__(self):
        self.items = []
        self._more = asyncio.Condition()

    async def follow(self, events):
        async for event in events:
            async with self._more:
                self.items.append(event)
                self._more.notify_all()

    async def until(self, condition):
        async with asyncio.timeout(10), self._more:
            await self._more.wait_for(lambda: condition(self.items))


class LongChain:
    """An endpoint whose chain has many empty blocks; refuses log queries over `most` blocks."""

    def __init__(self, height, most=10**9):
        self.height = height
        self.most = most
        self.ranges = []

    async def request(self, method, params):
        if method == "eth_getLogs":
            first, last = (int(params[0][name], 16) for name in ("fromBlock", "toBlock"))
            if last - first + 1 > self.most:
                raise RpcFaultError(Fault.BAD_RANGE, rpc_code=-32005, text="block range")
            self.ranges.append((first, last))
            return self.logs(first, last)
        return self.block_of(params)

    def logs(self, first, last):
        return []

    def block_of(self, params):
        number = self.height if params[0] == "latest" else int(params[0], 16)
        return {"number": hex(number), "hash": hash_of(number), "timestamp": hex(number)}


def hash_of(number):
    return "0x" + number.to_bytes(32, "big").hex()


class QuickClock(FakeClock):
    """Time that passes at once whenever somebody sleeps; `later` comes after a second of it."""

    def __init__(self):
        super().__init__()
        self.later = asyncio.Event()

    async def sleep(self, seconds):
        self.advance(seconds)
        if self.monotonic() > 1:
            self.later.set()
        await asyncio.sleep(0)
