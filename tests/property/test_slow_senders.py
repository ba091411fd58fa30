"""T-F11 at the provider's port: hundreds of slow strangers are cut off and hurt nobody else.

The limits are a tenth of the real ones, so that seconds stand for half minutes. The times of honest
requests have room for busy test machines; what counts is that they do not wait for the slow ones.
"""

import asyncio
import contextlib
import dataclasses
import statistics
import time

from node.core.tasks import TaskScope
from node.wire.limits import WireLimits
from tests.support.wire_pair import PROVIDER, SESSION, Pair, knowing_consumer, running, until

SOCKETS = 200
DRIP_S = 0.1
HONEST_S, HONEST_MOST_S = 0.5, 5.0
QUICK = WireLimits(
    first_byte_s=1.0,
    progress_s=1.0,
    whole_request_s=2.0,
    unproven=SOCKETS + 20,
    unproven_per_address=SOCKETS + 20,
    requests_per_address_minute=10_000,
)
"""All senders of this test share one address, so as many strangers as there are may come in."""


async def drip(port: int, *, silent: bool = False) -> float:
    """Send a byte of a request now and then; returns after how many seconds we were cut off."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    started = time.monotonic()
    try:
        for byte in b'{"id":"' + b"x" * 1000:
            if not silent:
                writer.write(bytes((byte,)))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(DRIP_S):
                    if not await reader.read(1):
                        break
    except ConnectionError:
        return time.monotonic() - started
    finally:
        writer.transport.abort()
    return time.monotonic() - started


async def pings(pair: Pair, number: int) -> list[float]:
    """How long honest pings take, in seconds."""
    taken = []
    for _ in range(number):
        started = time.monotonic()
        assert await pair.client().ping(pair.endpoint, PROVIDER.address)
        taken.append(time.monotonic() - started)
    return taken


async def test_slow_strangers_are_cut_off_while_others_are_served() -> None:
    async with running(knowing_consumer(), limits=QUICK) as pair, TaskScope("slow") as scope:
        port = pair.server.port
        slow = [
            scope.spawn(drip(port, silent=number % 4 == 0), name=str(number))
            for number in range(SOCKETS)
        ]
        await until(lambda: pair.server.connections > SOCKETS // 2)
        taken = await pings(pair, 30)
        async with asyncio.timeout(20):
            lasted = await asyncio.gather(*slow)
        assert max(lasted) < 5 * QUICK.whole_request_s
        assert statistics.median(taken) <= HONEST_S
        assert max(taken) <= HONEST_MOST_S
        await until(lambda: pair.server.connections == 0)
        assert pair.server.unread_bytes == 0


async def test_silent_sockets_of_a_users_address_do_not_keep_him_out() -> None:
    """With the real limits: he signed for a session before, and shares the address with them."""
    limits = WireLimits(waiting_s=0.2)
    async with running(knowing_consumer(), limits=limits) as pair, TaskScope("slow") as scope:
        stream = pair.client().prompt(pair.endpoint, SESSION, "{}", PROVIDER.public_key)
        assert [part async for part in stream]
        held = [
            scope.spawn(drip(pair.server.port, silent=True), name=str(number))
            for number in range(SOCKETS)
        ]
        await until(lambda: pair.server.connections > limits.unproven_per_address)
        stream = pair.client().prompt(pair.endpoint, SESSION, "[]", PROVIDER.public_key)
        started = time.monotonic()
        assert [part async for part in stream]
        assert time.monotonic() - started <= HONEST_MOST_S
        for task in held:
            task.cancel()
        await asyncio.gather(*held, return_exceptions=True)
        await until(lambda: pair.server.connections == 0)


async def test_a_flood_that_never_ends_a_request_holds_little_memory() -> None:
    """Oversized requests from many at once: the sum of what is half read stays bounded."""
    limits = dataclasses.replace(QUICK, message_in=200_000, unread_total=1_000_000)
    most = 0

    async def flood(port: int) -> None:
        nonlocal most
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            writer.write(b'{"id":"')
            for _ in range(40):
                writer.write(b"x" * 10_000)
                await asyncio.sleep(0)
                most = max(most, pair.server.unread_bytes)
            await reader.read()
        except ConnectionError:
            return
        finally:
            writer.transport.abort()

    async with running(knowing_consumer(), limits=limits) as pair, TaskScope("flood") as scope:
        floods = [scope.spawn(flood(pair.server.port), name=str(n)) for n in range(50)]
        async with asyncio.timeout(20):
            await asyncio.gather(*floods)
        assert 0 < most <= limits.unread_total
        assert await pair.client().ping(pair.endpoint, PROVIDER.address)
