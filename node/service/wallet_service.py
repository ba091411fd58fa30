"""The facade's wallet group."""

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from node.core.errors import (
    FundsError,
    NotEnoughGasError,
    NotEnoughMorError,
    QuoteExpiredError,
    UserInputError,
)
from node.core.ids import Address
from node.core.ports import Call
from node.core.units import Eth, Mor
from node.router.holdings import holdings_of
from node.service.allowance_desk import AllowanceDesk, Asset, Spending
from node.service.dto import (
    ClaimResult,
    HeldStake,
    MorOverview,
    SendDraft,
    TransactionView,
)
from node.service.stack import NetworkStack, StackHolder
from node.service.vaults import VaultDesk
from node.service.views import transaction_view
from node.service.wallet_accounts import WalletAccounts

DRAFT_LIFETIME_S = 300
ASSETS = ("MOR", "ETH")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    call: Call
    asset: Asset
    amount: int
    expires_at: int


class WalletService(WalletAccounts):
    """Accounts and keys by what it is built on, money on the network in use."""

    def __init__(
        self,
        *,
        stacks: StackHolder,
        vaults: VaultDesk,
        touch: Callable[[], None],
        allowances: AllowanceDesk,
    ) -> None:
        super().__init__(stacks=stacks, vaults=vaults)
        self._allowances = allowances
        self._touch = touch
        self._drafts: dict[str, _Draft] = {}

    async def overview(self) -> MorOverview:
        stack = self._stacks.require()
        found = await holdings_of(stack.chain.market, stack.wallet.address)
        locked = (HeldStake(amount=found.locked.base, until=found.locked_until),)
        refused = await stack.claimer.refused() if found.ready else None
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
        )

    async def transactions(self, offset: int, limit: int) -> tuple[TransactionView, ...]:
        stack = self._stacks.require()
        records = await stack.wallet.journal.transactions(
            stack.wallet.address, stack.chain.market.chain_id, offset, limit
        )
        return tuple(transaction_view(item, stack.network.explorer_tx) for item in records)

    async def draft_send(self, asset: str, to: str, amount: int) -> SendDraft:
        self._touch()
        stack = self._stacks.require()
        if asset not in ASSETS:
            raise UserInputError("Only MOR and ETH can be sent.")
        target = Address.parse(to, strict=True)
        _refuse_lost_money(stack, target, amount)
        calls, market = stack.chain.calls, stack.chain.market
        call = (
            calls.send_mor(target, Mor(amount))
            if asset == "MOR"
            else calls.send_eth(target, Eth(amount))
        )
        await _refuse_second(stack, call)
        balances = await market.balances(stack.wallet.address)
        if asset == "MOR" and balances.mor.base < amount:
            raise NotEnoughMorError(f"You have {balances.mor}; {Mor(amount)} are needed.")
        if asset == "ETH" and balances.eth.base < amount:
            raise NotEnoughGasError(f"You have {balances.eth}; {Eth(amount)} are needed.")
        fee, highest = await asyncio.gather(
            stack.chain.transactions.estimate_fee(call, stack.wallet.address),
            stack.chain.transactions.highest_fee(call, stack.wallet.address),
        )
        spent_eth = fee.base + call.value.base
        if balances.eth < call.value + highest:
            raise _fee_is_missing(balances.eth, call.value, highest)
        held = balances.mor.base if asset == "MOR" else balances.eth.base
        now = stack.chain.clock.unix_seconds()
        draft_id = secrets.token_hex(8)
        self._drafts[draft_id] = _Draft(
            call=call,
            asset="MOR" if asset == "MOR" else "ETH",
            amount=amount,
            expires_at=now + DRAFT_LIFETIME_S,
        )
        return SendDraft(
            id=draft_id,
            asset="MOR" if asset == "MOR" else "ETH",
            to=target.checksum,
            amount=amount,
            fee_wei=fee.base,
            balance_after=held - (amount if asset == "MOR" else spent_eth),
            expires_at=now + DRAFT_LIFETIME_S,
        )

    async def send(self, draft_id: str, client: str = "") -> TransactionView:
        stack = self._stacks.require()
        draft = self._drafts.pop(draft_id, None)
        if draft is None or stack.chain.clock.unix_seconds() > draft.expires_at:
            raise QuoteExpiredError("This transfer is no longer up to date.")
        await _refuse_second(stack, draft.call)
        wanted = Spending(client=client, asset=draft.asset, amount=draft.amount)
        async with self._allowances.spending(wanted) as intent_id:
            record, _ = await stack.sender.send_alone(draft.call, intent_id)
        return transaction_view(record, stack.network.explorer_tx)

    async def withdraw_released(self) -> ClaimResult:
        self._touch()
        stack = self._stacks.require()
        claimed = await stack.claimer.claim()
        stack.keeper.reconcile_soon()
        return ClaimResult(tx_hash=claimed.tx_hash, amount=claimed.amount.base)


async def _refuse_second(stack: NetworkStack, call: Call) -> None:
    """After a lost connection people order the same transfer again, and would pay twice."""
    waiting = await stack.wallet.journal.pending_transactions(
        stack.wallet.address, stack.chain.market.chain_id
    )
    for record in waiting:
        if (record.intent, record.summary) == (call.intent, call.summary):
            raise FundsError(
                "The same transfer is on its way already.",
                hint="Wait until it has arrived or is given up; see the list of transactions.",
                code="funds.same_transfer_waiting",
            )


def _fee_is_missing(has: Eth, amount: Eth, fee: Eth) -> NotEnoughGasError:
    most = has - fee
    if amount and most > Eth(0):
        return NotEnoughGasError(
            f"You have {has}; the network fee may take up to {fee} of it.",
            hint=f"At most {most} can be sent.",
        )
    return NotEnoughGasError(f"About {fee} are needed for network fees; you have {has}.")


def _refuse_lost_money(stack: NetworkStack, target: Address, amount: int) -> None:
    market = stack.chain.market
    if amount <= 0:
        raise UserInputError("Enter an amount above 0.", code="input.amount")
    if not target or target in (market.token_address, market.marketplace_address):
        raise UserInputError(
            "Sending here would lose the money.",
            hint="Choose another address.",
            code="input.address",
        )
    if target == stack.wallet.address:
        raise UserInputError(
            "This is your own address.", hint="Choose another address.", code="input.address"
        )
