"""A chain that stands still behind three endpoints of different operators, any of which may lie.

Answers of the chain are remembered, so that thousands of questions cost no time; the clock jumps
over every pause.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from node.chain.calls import ContractCalls
from node.chain.head import ChainHead
from node.chain.marketplace import ContractMarketplace
from node.chain.networks import Network
from node.chain.rpc.endpoint import LocalRpc
from node.chain.rpc.overview import ChainSources
from node.chain.rpc.pool import RpcPool
from node.chain.transactions import WalletTransactions
from node.core.errors import NodeError
from node.core.ports import JsonRpc
from node.core.units import UnixMillis, UnixSeconds
from node.devnet.chain import Devnet

Lie = Callable[[str, Any], Any]
OPERATORS = ("one.example", "two.test", "three.invalid")


class StillClock:
    """The wall clock stands, pauses take no time."""

    def __init__(self, now: int) -> None:
        self._now = now
        self._monotonic = 0.0

    def unix_millis(self) -> UnixMillis:
        return UnixMillis(self._now * 1000)

    def unix_seconds(self) -> UnixSeconds:
        return UnixSeconds(self._now)

    def monotonic(self) -> float:
        return self._monotonic

    async def sleep(self, seconds: float) -> None:
        self._monotonic += seconds


class StillChain:
    """The first answer to a question is the answer for ever; nothing that changes it arrives."""

    def __init__(self, devnet: Devnet) -> None:
        self._rpc = LocalRpc(devnet)
        self._answers: dict[str, Any] = {}

    async def request(self, method: str, params: Sequence[Any]) -> Any:
        key = f"{method}{params}"
        if key not in self._answers:
            try:
                self._answers[key] = await self._rpc.request(method, params)
            except NodeError as error:
                self._answers[key] = error
        answer = self._answers[key]
        if isinstance(answer, NodeError):
            raise answer
        return answer


class OneEndpoint:
    """`lie` None tells the truth."""

    def __init__(self, name: str, chain: StillChain, lie: Lie | None) -> None:
        self.name = name
        self._chain = chain
        self._lie = lie

    async def request(self, method: str, params: Sequence[Any]) -> Any:
        answer = await self._chain.request(method, params)
        return answer if self._lie is None else self._lie(method, answer)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What a wallet sees and signs through the endpoints."""

    market: ContractMarketplace
    lane: WalletTransactions
    calls: ContractCalls


def open_view(chain: StillChain, network: Network, now: int, lies: Sequence[Lie | None]) -> View:
    """A fresh node with one endpoint for each entry of `lies`."""
    clock = StillClock(now)
    endpoints = [OneEndpoint(name, chain, lie) for name, lie in zip(OPERATORS, lies, strict=False)]
    pool: JsonRpc = RpcPool(endpoints, chain_id=network.chain_id, clock=clock)
    sources, head = ChainSources(pool, clock), ChainHead(pool, clock)
    return View(
        market=ContractMarketplace(pool, network, head, clock, sources.quorum),
        lane=WalletTransactions(
            pool,
            network,
            head,
            clock,
            may_sign=sources.require_agreement,
            quorum=sources.quorum,
        ),
        calls=ContractCalls(network),
    )


def _number(random: Random, value: int) -> int:
    return random.choice(
        (value * 10, value // 10, 0, value + 1, max(value - 1, 0), random.getrandbits(200))
    )


def _quantity(random: Random, answer: Any) -> Any:
    return hex(_number(random, int(answer, 16)))


def _words(random: Random, answer: Any) -> Any:
    """One 32-byte word of what a contract returned: a price, a sum, a flag, a piece of text."""
    raw = bytearray.fromhex(answer[2:])
    if len(raw) < 32:
        return answer
    place = 32 * random.randrange(len(raw) // 32)
    value = _number(random, int.from_bytes(raw[place : place + 32], "big")) % 2**256
    raw[place : place + 32] = value.to_bytes(32, "big")
    return "0x" + raw.hex()


def _history(random: Random, answer: Any) -> Any:
    factor = random.choice((0, 2, 10, 10**6))
    raised = [hex(int(fee, 16) * factor) for fee in answer["baseFeePerGas"]]
    tips = [[hex(int(item, 16) * factor) for item in row] for row in answer["reward"]]
    return {**answer, "baseFeePerGas": raised, "reward": tips}


def _block(random: Random, answer: Any) -> Any:
    name = random.choice(("number", "timestamp", "hash"))
    if name == "hash":
        return {**answer, "hash": "0x" + random.randbytes(32).hex()}
    more = random.choice((1, 5, 1000) if name == "number" else (-1000, -1, 1, 1000))
    return {**answer, name: hex(int(answer[name], 16) + more)}


def _receipt(random: Random, answer: Any) -> Any:
    if answer is None or random.random() < 0.3:
        return None
    return {
        **answer,
        **random.choice(
            (
                {"status": "0x0"},
                {"blockNumber": hex(int(answer["blockNumber"], 16) + 1)},
                {"blockHash": "0x" + random.randbytes(32).hex()},
                {"logs": []},
                {"gasUsed": hex(int(answer["gasUsed"], 16) * 10)},
            )
        ),
    }


_LIES: dict[str, Callable[[Random, Any], Any]] = {
    "eth_chainId": lambda random, answer: hex(random.choice((1, 8453, 2**60))),
    "eth_getBalance": _quantity,
    "eth_getTransactionCount": _quantity,
    "eth_estimateGas": _quantity,
    "eth_getCode": lambda random, answer: random.choice(("0x", "0x00", answer[:10])),
    "eth_call": _words,
    "eth_feeHistory": _history,
    "eth_getBlockByNumber": _block,
    "eth_getTransactionReceipt": _receipt,
}
METHODS = tuple(_LIES)


def liar(random: Random, methods: Sequence[str]) -> Lie:
    """Lies about every answer of these methods, each time anew."""

    def lie(method: str, answer: Any) -> Any:
        return _LIES[method](random, answer) if method in methods else answer

    return lie
