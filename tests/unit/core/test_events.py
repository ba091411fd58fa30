"""The bus: everybody gets everything; a slow subscriber loses only "look again" events."""

import asyncio

from node.core.events import (
    QUEUE_LIMIT,
    BalanceChanged,
    EventBus,
    SessionChanged,
    TransactionChanged,
)


def changed(number: int) -> TransactionChanged:
    return TransactionChanged(tx_hash=str(number), status="sent", summary="")


async def test_every_subscriber_gets_every_event_in_order() -> None:
    bus = EventBus()
    with bus.subscribe() as one, bus.subscribe() as two:
        for number in range(3):
            bus.publish(changed(number))
        for subscription in (one, two):
            got = [await subscription.get() for _ in range(3)]
            assert got == [changed(0), changed(1), changed(2)]


async def test_waiting_ends_with_the_event() -> None:
    bus = EventBus()
    with bus.subscribe() as subscription:
        asyncio.get_running_loop().call_soon(bus.publish, BalanceChanged())
        async with asyncio.timeout(2):
            assert await subscription.get() == BalanceChanged()


async def test_money_events_are_never_dropped() -> None:
    bus = EventBus()
    with bus.subscribe() as subscription:
        for number in range(QUEUE_LIMIT):
            bus.publish(BalanceChanged() if number % 2 else changed(number))
        for number in range(100):
            bus.publish(SessionChanged(intent_id=str(number), session_id="", state="active"))
        assert subscription.dropped == 100
        kept = [await subscription.get() for _ in range(QUEUE_LIMIT)]
    assert sum(isinstance(event, TransactionChanged) for event in kept) == QUEUE_LIMIT // 2
    assert sum(isinstance(event, SessionChanged) for event in kept) == 100


async def test_after_leaving_nothing_is_kept() -> None:
    bus = EventBus()
    with bus.subscribe() as subscription:
        pass
    bus.publish(BalanceChanged())
    assert subscription.dropped == 0
