"""Where each MOR of the wallet is, for people."""

from node.chain.outgoing import outgoing_of
from node.router.holdings import Holdings, holdings_of
from node.service.dto import HeldStake, MorOverview
from node.service.stack import NetworkStack


async def mor_overview(stack: NetworkStack) -> MorOverview:
    """Raises SourcesDisagreeError where servers differ about it, RpcUnavailableError."""
    found = await holdings_of(stack.chain.market, stack.wallet.address)
    locked = (HeldStake(amount=found.locked.base, until=found.locked_until),)
    refused = await stack.claimer.refused() if found.ready else None
    sources = stack.chain.sources
    return MorOverview(
        address=stack.wallet.address.checksum,
        wallet=found.balances.mor.base,
        in_sessions=found.in_sessions.base,
        locked=locked if found.locked else (),
        ready=found.ready.base,
        provider_stake=found.provider_stake.base,
        model_stake=found.model_stake.base,
        total=found.total.base,
        eth_wei=found.balances.eth.base,
        allowance=found.balances.allowance.base,
        block=found.balances.block,
        block_time=found.balances.block_time,
        claim_stuck=refused.reason if refused else "",
        claim_retry_at=refused.next_at if refused else 0,
        claimable=await _claimable(stack, found),
        in_flight=await _in_flight(stack),
        sources="one" if sources.quorum is None else "quorum",
        disagreement=" ".join(error.message for error in sources.disagreements),
    )


async def _claimable(stack: NetworkStack, found: Holdings) -> int:
    if found.provider is None:
        return 0
    return (await stack.earnings.claimable_now(found.provider)).base


async def _in_flight(stack: NetworkStack) -> int:
    """MOR that waiting transactions take; of several under one nonce only one is ever mined."""
    waiting = await stack.wallet.journal.pending_transactions(
        stack.wallet.address, stack.chain.market.chain_id
    )
    by_nonce = {record.nonce: outgoing_of(record.raw).mor.base for record in waiting}
    return sum(by_nonce.values())
