"""What must hold for journal and chain whenever everything has settled."""

import asyncio

from node.core.ports import Intent
from node.core.records import Session
from node.core.units import Mor
from node.router.holdings import all_sessions, holdings_of
from node.router.recovery import RecoveryReport
from node.service.stack import NetworkStack
from node.store.journal_records import OPENING_STATES, SessionEntry, SessionState, TxRecord

ALL_MOR = Mor(1000 * 10**18)


async def rows(stack: NetworkStack) -> tuple[SessionEntry, ...]:
    return await stack.wallet.journal.all(stack.wallet.address, stack.chain.market.chain_id)


async def row(stack: NetworkStack, intent_id: str) -> SessionEntry:
    found = await stack.wallet.journal.entry(intent_id)
    assert found is not None
    return found


async def open_on_chain(stack: NetworkStack) -> list[Session]:
    sessions = await all_sessions(stack.chain.market, stack.wallet.address)
    return [item for item in sessions if not item.is_closed]


async def sent_of(stack: NetworkStack, intent_id: str, intent: Intent) -> list[TxRecord]:
    records = await stack.wallet.journal.transactions_of(intent_id)
    return [item for item in records if item.intent is intent]


async def recovered(stack: NetworkStack) -> RecoveryReport:
    """Bring journal and chain together, and wait for what the keeper has in hand meanwhile.

    The keeper of a program that just started does the same work, and each leaves alone what the
    other is carrying out.
    """
    while True:
        report = await stack.recovery.run()
        pending = await stack.wallet.journal.pending_transactions(
            stack.wallet.address, stack.chain.market.chain_id
        )
        at_work = stack.wallet.at_work
        intents = {item.intent_id for item in (*await rows(stack), *pending)}
        held = [intent for intent in intents if intent in at_work]
        if not held:
            return report
        for intent in held:
            async with asyncio.timeout(60), at_work.hold(intent):
                pass


async def assert_settled(stack: NetworkStack) -> None:
    """Nothing is under way, each open session has one row, and all MOR is accounted for."""
    entries = await rows(stack)
    assert [item.state for item in entries if item.state in OPENING_STATES] == []
    journalled = sorted(
        item.session_id.raw
        for item in entries
        if item.state is SessionState.ACTIVE and item.session_id is not None
    )
    assert journalled == sorted(item.id.raw for item in await open_on_chain(stack))
    pending = await stack.wallet.journal.pending_transactions(
        stack.wallet.address, stack.chain.market.chain_id
    )
    assert pending == ()
    found = await holdings_of(stack.chain.market, stack.wallet.address)
    assert found.total == ALL_MOR


async def close_all(stack: NetworkStack) -> None:
    for entry in await rows(stack):
        if entry.state is SessionState.ACTIVE:
            await stack.closer.close(entry)
