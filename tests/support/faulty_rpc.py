"""The demo chain behind an endpoint that fails on command, and a user who depends on it."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from enum import StrEnum
from http import HTTPStatus
from pathlib import Path
from typing import Any

import orjson

from node.chain.rpc.endpoint import HttpRpc
from node.chain.rpc.pool import RpcPool
from node.core.clock import Clock, SystemClock
from node.core.events import EventBus
from node.core.http_client import open_http_client
from node.core.units import UnixMillis, UnixSeconds
from node.devnet.chain import Devnet
from node.devnet.http_message import Request
from node.devnet.server import DevnetServer
from node.router.backends import Backends
from node.service.assembly import open_stack
from node.service.demo_world import DemoWorld, open_demo_world, user_parts
from node.store.journal import journal_database
from node.wire.limits import WireLimits
from tests.support.stacks import DemoStack, no_backend

TIMEOUT_S = 0.75
SHARED_TIMEOUT_S = 4.0
"""Several servers of one chain answer one after the other."""
SEND = "eth_sendRawTransaction"


class Fault(StrEnum):
    """What the endpoint does instead of answering."""

    ERROR_500 = "error_500"
    HTML = "html"
    HANG = "hang"
    DROP = "drop"
    RATE_LIMIT = "rate_limit"
    LOST_ANSWER = "lost_answer"
    """The request is carried out, its answer never arrives."""
    HUGE = "huge"
    WRONG_ID = "wrong_id"
    TRUNCATED = "truncated"
    OTHER_CHAIN = "other_chain"
    """Only for `eth_chainId`."""


class FaultyServer(DevnetServer):
    """`fault` holds for `methods` (all when empty) until `heal`; `seen` lists what was asked."""

    def __init__(self, devnet: Devnet) -> None:
        super().__init__(devnet)
        self._fault: Fault | None = None
        self._methods: frozenset[str] = frozenset()
        self._after = 0
        self._healed = asyncio.Event()
        self.seen: list[str] = []
        self.bend: Callable[[str, Any], Any] | None = None
        """Makes another result of the true one, by method: a server that lies."""
        self.knows_finality = True
        """Without it the tag `finalized` is refused, and depth decides."""
        self.lag = 0
        """So many blocks behind is what this one calls the newest."""
        self._failed = asyncio.Event()

    def break_(self, fault: Fault, *methods: str, after: int = 0) -> None:
        """Fail from now on, or after `after` more requests that would fail."""
        self._fault, self._methods, self._after = fault, frozenset(methods), after
        self._healed.clear()
        self._failed.clear()

    async def failed(self) -> None:
        """Return when a request failed since `break_`."""
        await self._failed.wait()

    def heal(self) -> None:
        self._fault = None
        self._healed.set()

    async def aclose(self) -> None:
        self._healed.set()
        await super().aclose()

    async def _respond(self, request: Request) -> tuple[HTTPStatus, bytes]:
        method = orjson.loads(request.body)["method"]
        self.seen.append(method)
        if method == "eth_getBlockByNumber" and (self.lag or not self.knows_finality):
            request = await self._older(request)
        if self._fault is None or (self._methods and method not in self._methods):
            return await self._told(method, request)
        if self._after:
            self._after -= 1
            return await super()._respond(request)
        return await self._fail(self._fault, request)

    async def _older(self, request: Request) -> Request:
        """The question for a newest or final block, as this one understands it."""
        asked = orjson.loads(request.body)
        tag = asked["params"][0]
        if tag == "latest" and self.lag:
            answer = await self._devnet.request("eth_blockNumber")
            asked["params"][0] = hex(max(0, int(answer["result"], 16) - self.lag))
        elif tag == "finalized" and not self.knows_finality:
            asked["params"][0] = "none"
        return replace(request, body=orjson.dumps(asked))

    async def _told(self, method: str, request: Request) -> tuple[HTTPStatus, bytes]:
        status, body = await super()._respond(request)
        if self.bend is None:
            return status, body
        answer = orjson.loads(body)
        if "result" in answer:
            answer["result"] = self.bend(method, answer["result"])
        return status, orjson.dumps(answer)

    async def _fail(self, fault: Fault, request: Request) -> tuple[HTTPStatus, bytes]:
        self._failed.set()
        if fault is Fault.ERROR_500:
            return HTTPStatus.INTERNAL_SERVER_ERROR, b"{}"
        if fault is Fault.HTML:
            return HTTPStatus.OK, b"<html>maintenance</html>"
        if fault is Fault.RATE_LIMIT:
            return HTTPStatus.TOO_MANY_REQUESTS, b"{}"
        if fault is Fault.HUGE:
            return HTTPStatus.OK, b'{"result":"0x' + b"0" * (10 * 1024 * 1024) + b'"}'
        if fault in (Fault.WRONG_ID, Fault.TRUNCATED):
            status, body = await super()._respond(request)
            cut = body[: len(body) // 2]
            other = {**orjson.loads(body), "id": 987654321}
            return status, orjson.dumps(other) if fault is Fault.WRONG_ID else cut
        if fault is Fault.LOST_ANSWER:
            await super()._respond(request)
        if fault is Fault.OTHER_CHAIN:
            number = orjson.loads(request.body)["id"]
            answer = {"jsonrpc": "2.0", "id": number, "result": "0x1"}
            return HTTPStatus.OK, orjson.dumps(answer)
        if fault is Fault.HANG:
            await self._healed.wait()
        raise ConnectionResetError


class WrongClock:
    """The chain's clock, some seconds off."""

    def __init__(self, right: Clock, *, ahead_s: int) -> None:
        self._right = right
        self.ahead_s = ahead_s

    def unix_millis(self) -> UnixMillis:
        return UnixMillis(self._right.unix_millis() + self.ahead_s * 1000)

    def unix_seconds(self) -> UnixSeconds:
        return UnixSeconds(self.unix_millis() // 1000)

    def monotonic(self) -> float:
        return self._right.monotonic()

    async def sleep(self, seconds: float) -> None:
        await self._right.sleep(seconds)


@asynccontextmanager
async def open_faulty_world(
    folder: Path,
) -> AsyncGenerator[tuple[DemoWorld, FaultyServer], None]:
    """Chain and providers as in `open_demo_stack`, and the endpoint for `open_user`."""
    async with (
        open_demo_world(folder=folder, clock=SystemClock(), word_delay_s=0) as world,
        FaultyServer(world.devnet) as server,
    ):
        yield world, server


@asynccontextmanager
async def open_user(
    world: DemoWorld,
    server: FaultyServer,
    folder: Path,
    *others: FaultyServer,
    clock: Clock | None = None,
) -> AsyncGenerator[DemoStack, None]:
    """The user's node, over HTTP through the servers. The journal of `folder` is kept."""
    clock = clock or world.devnet.clock
    async with open_http_client(read_timeout_s=5.0) as client, AsyncExitStack() as cleanup:
        servers = (server, *others)
        patience = SHARED_TIMEOUT_S if others else TIMEOUT_S
        endpoints = [HttpRpc(client, item.url, timeout_s=patience) for item in servers]
        pool = RpcPool(endpoints, chain_id=world.network.chain_id, clock=clock)
        journal = journal_database(folder / "journal.db")
        await journal.open()
        cleanup.push_async_callback(journal.close)
        parts = user_parts(
            replace(world, rpc=pool),
            bus=EventBus(),
            journal=journal,
            backends=Backends(entries=(), factory=no_backend),
            limits=WireLimits(requests_per_user_minute=10_000, requests_per_address_minute=10_000),
        )
        stack = await cleanup.enter_async_context(open_stack(replace(parts, clock=clock)))
        yield DemoStack(world=world, stack=stack, journal=journal)


@asynccontextmanager
async def open_faulty_stack(
    folder: Path,
) -> AsyncGenerator[tuple[DemoStack, FaultyServer], None]:
    """World and user in one."""
    async with (
        open_faulty_world(folder) as (world, server),
        open_user(world, server, folder) as demo,
    ):
        yield demo, server
