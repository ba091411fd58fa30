"""Many contract reads in few requests, all at one block.

Uses `aggregate3` of Multicall3 with failures allowed, so that one odd record does not break a list.
Where the contract is missing, the reads are sent one by one.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from node.chain.abi.abi_types import AbiError
from node.chain.abi.codec import Function
from node.chain.abi.functions import MARKET, MULTICALL, TOKEN
from node.chain.errors import reverted
from node.chain.rpc.answers import Fault, RpcFaultError
from node.chain.rpc.quantities import data, hex_data, hex_quantity
from node.core.errors import ChainError, RevertedError, RpcAnswerError
from node.core.ids import Address, BidId, ModelId, SessionId
from node.core.ports import JsonRpc

CHUNK = 500
"""Reads per request: about 10 million gas for the largest records, well below what endpoints allow.
Two such requests at once are read 1.7 times as fast as one of double the size, since one is decoded
while the other is computed. What an endpoint refuses is halved and remembered.
"""
_SMALLEST_CHUNK = 8
_PARALLEL = 6
_PARALLEL_SINGLE = 16
_AGGREGATE = MULTICALL["aggregate3"]
_K = TypeVar("_K", Address, BidId, ModelId, SessionId)
_R = TypeVar("_R")


@dataclass(frozen=True, slots=True)
class Query:
    """One read: a function of a contract with its arguments."""

    target: Address
    function: Function
    arguments: tuple[Any, ...]

    @property
    def calldata(self) -> bytes:
        return self.function.encode(*self.arguments)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a read returned, or the revert data when it failed."""

    ok: bool
    data: bytes


class ContractReader:
    """Reads of one marketplace and its token.

    `skipped` counts records that could not be decoded.
    """

    def __init__(
        self, rpc: JsonRpc, *, marketplace: Address, token: Address, multicall: Address | None
    ) -> None:
        self._rpc = rpc
        self._multicall = multicall
        self._chunk = CHUNK
        self.marketplace = marketplace
        self.token = token
        self.skipped = 0

    def market_query(self, name: str, *arguments: Any) -> Query:
        return Query(self.marketplace, MARKET[name], arguments)

    def token_query(self, name: str, *arguments: Any) -> Query:
        return Query(self.token, TOKEN[name], arguments)

    def coin_query(self, owner: Address) -> Query | None:
        """ETH of `owner`, to be read together with others; None without Multicall3."""
        if self._multicall is None:
            return None
        return Query(self._multicall, MULTICALL["getEthBalance"], (owner.raw,))

    async def read(self, query: Query, block: int) -> tuple[Any, ...]:
        """Values of one read. Raises RevertedError, AbiError or the errors of the endpoint."""
        answer = await self._call(query.target, query.calldata, block)
        return query.function.decode(answer)

    async def read_all(self, queries: Sequence[Query], block: int) -> list[tuple[Any, ...]]:
        """Values of several reads that must all succeed.

        Raises the error of the first that failed.
        """
        answers = await self.answers(queries, block)
        for answer in answers:
            if not answer.ok:
                raise reverted(answer.data)
        return [
            query.function.decode(answer.data)
            for query, answer in zip(queries, answers, strict=True)
        ]

    async def read_each(self, queries: Sequence[Query], block: int) -> list[tuple[Any, ...] | None]:
        """Values of many reads; None (and counted) where one failed or answered nonsense."""
        answers = await self.answers(queries, block)
        return [
            self._decoded(query.function, answer)
            for query, answer in zip(queries, answers, strict=True)
        ]

    async def records(
        self,
        function: str,
        ids: Sequence[_K],
        record: Callable[[_K, Any], _R | None],
        block: int,
    ) -> dict[_K, _R]:
        """Records of the market by id, in the order of `ids`; unknown ones are left out.

        `record` makes one of the id and the struct, or None for an id that never existed. What it
        cannot decode (AbiError) is left out and counted.
        """
        queries = [self.market_query(function, item.raw) for item in ids]
        found: dict[_K, _R] = {}
        for key, values in zip(ids, await self.read_each(queries, block), strict=True):
            if values is None:
                continue
            try:
                made = record(key, values[0])
            except AbiError:
                self.skipped += 1
                continue
            if made is not None:
                found[key] = made
        return found

    def _decoded(self, function: Function, answer: Answer) -> tuple[Any, ...] | None:
        if answer.ok:
            try:
                return function.decode(answer.data)
            except AbiError:
                pass  # counted below: one odd record does not hide the others
        self.skipped += 1
        return None

    async def answers(self, queries: Sequence[Query], block: int) -> list[Answer]:
        """Raw answers in order. Raises RpcUnavailableError, RpcAnswerError, RpcFaultError."""
        calls = [(query.target.raw, True, query.calldata) for query in queries]
        if self._multicall is not None and len(calls) > 1:
            gate = asyncio.Semaphore(_PARALLEL)
            size = self._chunk
            parts = [calls[index : index + size] for index in range(0, len(calls), size)]
            found = await asyncio.gather(*(self._aggregate(part, block, gate) for part in parts))
            if all(part is not None for part in found):
                return [answer for part in found for answer in part or ()]
            self._multicall = None
        gate = asyncio.Semaphore(_PARALLEL_SINGLE)
        return list(await asyncio.gather(*(self._single(call, block, gate) for call in calls)))

    async def _aggregate(
        self, calls: Sequence[tuple[bytes, bool, bytes]], block: int, gate: asyncio.Semaphore
    ) -> list[Answer] | None:
        """One chunk; None when there is no Multicall3.

        A chunk that is too much for a node is halved.
        """
        if self._multicall is None:
            return None
        try:
            async with gate:
                raw = await self._call(self._multicall, _AGGREGATE.encode(calls), block)
        except (RpcFaultError, RevertedError, RpcAnswerError) as error:
            if len(calls) < _SMALLEST_CHUNK or not _too_much(error):
                raise
            half = len(calls) // 2
            self._chunk = min(self._chunk, max(half, _SMALLEST_CHUNK))
            first = await self._aggregate(calls[:half], block, gate)
            second = await self._aggregate(calls[half:], block, gate)
            return None if first is None or second is None else first + second
        if not raw:
            return None
        (results,) = _AGGREGATE.decode(raw)
        if len(results) != len(calls):
            raise RpcAnswerError("A network node answered only some of the questions.")
        return [Answer(ok, answer) for ok, answer in results]

    async def _single(
        self, call: tuple[bytes, bool, bytes], block: int, gate: asyncio.Semaphore
    ) -> Answer:
        try:
            async with gate:
                return Answer(True, await self._call(Address(call[0]), call[2], block))
        except RevertedError as error:
            return Answer(False, bytes.fromhex(str(error.details["data"])[2:]))

    async def _call(self, target: Address, calldata: bytes, block: int) -> bytes:
        answer = await self._rpc.request(
            "eth_call", [{"to": target.hex, "data": hex_data(calldata)}, hex_quantity(block)]
        )
        return data(answer)


def _too_much(error: ChainError) -> bool:
    """Gas and size limits differ by endpoint and are told in many words."""
    return not isinstance(error, RpcFaultError) or error.fault in (
        Fault.OUT_OF_GAS,
        Fault.TOO_LARGE,
        Fault.OTHER,
    )
