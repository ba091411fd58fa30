"""What contracts may take from the wallet, and what of it is needed right now."""

from node.chain.outgoing import outgoing_of
from node.core.ids import Address
from node.core.ports import Intent
from node.core.units import Mor
from node.service.dto import ApprovalView, Warning_
from node.service.stack import NetworkStack
from node.store.journal_records import SessionState

MARKETPLACE_NAME = "Morpheus marketplace"
_PAGE = 200
_BEFORE_STAKE = frozenset(
    {
        SessionState.APPROVE_SIGNED,
        SessionState.APPROVE_SENT,
        SessionState.APPROVE_IN_BLOCK,
        SessionState.OPEN_SIGNED,
        SessionState.OPEN_SENT,
    }
)


async def approvals_of(stack: NetworkStack) -> tuple[ApprovalView, ...]:
    """The marketplace's, also when it is 0, and what others still have."""
    market, own = stack.chain.market, stack.wallet.address
    spenders = await allowed_spenders(stack)
    amounts = await market.allowances(own, spenders)
    sessions = await stack.wallet.journal.all(own, market.chain_id, market.marketplace_address)
    first = ApprovalView(
        spender=spenders[0].checksum,
        spender_name=MARKETPLACE_NAME,
        amount=amounts[0].base,
        needed_by_open=(await needed_by_open(stack)).base,
        last_used=max((item.opened_at for item in sessions), default=0),
    )
    others = zip(spenders[1:], amounts[1:], strict=True)
    return (
        first,
        *(
            ApprovalView(spender=spender.checksum, spender_name="", amount=amount.base)
            for spender, amount in others
            if amount
        ),
    )


async def needed_by_open(stack: NetworkStack) -> Mor:
    """Stake of sessions that are being opened and have not taken it from the allowance yet."""
    market = stack.chain.market
    unfinished = await stack.wallet.journal.unfinished(
        stack.wallet.address, market.chain_id, market.marketplace_address
    )
    return Mor(sum(item.stake.base for item in unfinished if item.state in _BEFORE_STAKE))


async def allowed_spenders(stack: NetworkStack) -> tuple[Address, ...]:
    """The marketplace first, then others that got an allowance by a transaction of this journal."""
    market = stack.chain.market
    found = {market.marketplace_address: None}
    offset = 0
    while True:
        page = await stack.wallet.journal.transactions(
            stack.wallet.address, market.chain_id, offset, _PAGE
        )
        for record in page:
            if record.intent is Intent.APPROVE and record.to == market.token_address:
                spender = outgoing_of(record.raw).spender
                if spender is not None:
                    found[spender] = None
        if len(page) < _PAGE:
            return tuple(found)
        offset += _PAGE


def in_use_warning(needed: Mor, amount: int) -> tuple[Warning_, ...]:
    if needed.base <= amount:
        return ()
    return (
        Warning_(
            code="in_use",
            text=f"A session that is being opened needs {needed} of the allowance.",
            hint="With less it cannot be opened. Nothing is lost; wait until it is open.",
        ),
    )
