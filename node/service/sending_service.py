"""Transfers and allowances: drafted with all that the user must know, sent once after the yes."""

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from node.core.errors import (
    InvalidAmountError,
    QuoteExpiredError,
    UserInputError,
)
from node.core.ids import Address
from node.core.ports import Call
from node.core.units import MAX_UINT256, Eth, Mor
from node.service.allowance_desk import AllowanceDesk, Asset, Spending
from node.service.contacts import ContactDesk, recipient_warnings
from node.service.dto import ApprovalView, Effect, SendDraft, Speed
from node.service.guards import Consent, SpendingGuards, Wish
from node.service.spenders import (
    MARKETPLACE_NAME,
    approvals_of,
    in_use_warning,
    needed_by_open,
)
from node.service.stack import NetworkStack, StackHolder
from node.service.transfer_checks import (
    asset_of,
    check_balance,
    fee_is_missing,
    recipient_of,
    refuse_second,
    share_warning,
)
from node.service.vaults import VaultDesk
from node.store.journal_records import TxRecord

DRAFT_LIFETIME_S = 300
_RISKY = frozenset({"look_alike", "most_of_balance"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    """What may be sent: this call of this account on this chain for this fee, nothing else."""

    call: Call
    asset: Asset
    amount: int
    wish: Wish
    speed: Speed
    most: Eth
    wallet: Address
    chain_id: int
    marketplace: Address
    expires_at: int

    @classmethod
    def of(
        cls,
        stack: NetworkStack,
        call: Call,
        *,
        asset: Asset,
        amount: int,
        wish: Wish,
        speed: Speed,
        most: Eth,
    ) -> "_Draft":
        market = stack.chain.market
        return cls(
            call=call,
            asset=asset,
            amount=amount,
            wish=wish,
            speed=speed,
            most=most,
            wallet=stack.wallet.address,
            chain_id=market.chain_id,
            marketplace=market.marketplace_address,
            expires_at=stack.chain.clock.unix_seconds() + DRAFT_LIFETIME_S,
        )

    def belongs_to(self, stack: NetworkStack) -> bool:
        market = stack.chain.market
        return (self.wallet, self.chain_id, self.marketplace) == (
            stack.wallet.address,
            market.chain_id,
            market.marketplace_address,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Costs:
    """`expected` and `most` of the network fee, and the nonce if nothing is sent before."""

    expected: Eth
    most: Eth
    nonce: int

    @property
    def effects(self) -> tuple[Effect, ...]:
        return (Effect(what="fee", amount=self.most.base, asset="ETH", direction="out"),)


class SendingService:
    """Drafts live in memory for five minutes and are used up by the first send."""

    def __init__(
        self,
        *,
        stacks: StackHolder,
        touch: Callable[[], None],
        allowances: AllowanceDesk,
        guards: SpendingGuards,
        contacts: ContactDesk,
        vaults: VaultDesk,
    ) -> None:
        self._stacks = stacks
        self._vaults = vaults
        self._touch = touch
        self._allowances = allowances
        self._guards = guards
        self._contacts = contacts
        self._drafts: dict[str, _Draft] = {}

    async def draft_send(
        self, asset: str, to: str, amount: int, speed: Speed = "normal"
    ) -> SendDraft:
        self._touch()
        stack, kind = self._stacks.require(), asset_of(asset)
        target = recipient_of(stack, to)
        if not 0 < amount <= MAX_UINT256:
            raise InvalidAmountError("Enter an amount above 0.", hint=f"For example 1.5 {kind}.")
        call = _transfer(stack, kind, target, amount)
        await refuse_second(stack, call)
        balances = await stack.chain.market.balances(stack.wallet.address)
        check_balance(kind, amount, balances)
        costs = await _costs(stack, call, speed)
        if balances.eth < call.value + costs.most:
            raise fee_is_missing(balances.eth, call.value, costs.most)
        names = await self._names()
        odd = await recipient_warnings(stack, target, names)
        held = balances.mor.base if kind == "MOR" else balances.eth.base
        warnings = (*odd, *share_warning(amount, held))
        wish = Wish(
            worth=Mor(amount) if kind == "MOR" else self._guards.worth_of_eth(Eth(amount)),
            amount=amount,
            is_risky=any(item.code in _RISKY for item in warnings),
        )
        demand = await self._guards.demand(stack, wish)
        left = held - amount - (costs.expected.base if kind == "ETH" else 0)
        draft = _Draft.of(
            stack, call, asset=kind, amount=amount, wish=wish, speed=speed, most=costs.most
        )
        view = SendDraft(
            id=secrets.token_hex(8),
            asset=kind,
            to=target.checksum,
            amount=amount,
            balance_after=left,
            speed=speed,
            effects=(
                Effect(what="transfer", amount=amount, asset=kind, direction="out"),
                *costs.effects,
            ),
            warnings=(*warnings, *demand.warnings),
            contact=names.get(target, ""),
            needs_password=demand.password,
            needs_typed=demand.typed,
            expires_at=draft.expires_at,
            fee_wei=costs.expected.base,
            fee_max_wei=costs.most.base,
            nonce=costs.nonce,
        )
        return self._keep(draft, view)

    async def max_send(self, asset: str, to: str) -> int:
        """For ETH a quarter more than the highest fee stays, because fees move."""
        stack, kind = self._stacks.require(), asset_of(asset)
        target = recipient_of(stack, to)
        balances = await stack.chain.market.balances(stack.wallet.address)
        if kind == "MOR":
            return balances.mor.base
        if not balances.eth:
            return 0
        call = stack.chain.calls.send_eth(target, Eth(1))
        fee = await stack.chain.transactions.highest_fee(call, stack.wallet.address)
        return max(0, balances.eth.base - fee.base * 5 // 4)

    async def draft_approval(self, amount: int, spender: str = "") -> SendDraft:
        self._touch()
        stack = self._stacks.require()
        market = stack.chain.market
        target = Address.parse(spender, strict=True) if spender else market.marketplace_address
        if not 0 <= amount <= MAX_UINT256:
            raise InvalidAmountError("Enter an amount of 0 or more.", hint="0 takes it back.")
        if amount and target != market.marketplace_address:
            raise UserInputError(
                "Only the marketplace gets an allowance from this app.",
                hint="Allowances of other contracts can be taken back here.",
                code="input.spender",
            )
        calls = stack.chain.calls
        call = calls.approve(Mor(amount)) if amount else calls.revoke(target)
        balances = await market.balances(stack.wallet.address)
        costs = await _costs(stack, call, "normal")
        if balances.eth < costs.most:
            raise fee_is_missing(balances.eth, Eth(0), costs.most)
        wish = Wish(worth=Mor(amount), amount=amount, moves=False)
        demand = await self._guards.demand(stack, wish)
        needed = await needed_by_open(stack)
        draft = _Draft.of(
            stack, call, asset="MOR", amount=amount, wish=wish, speed="normal", most=costs.most
        )
        view = SendDraft(
            id=secrets.token_hex(8),
            kind="approval",
            asset="MOR",
            to=target.checksum,
            amount=amount,
            balance_after=balances.mor.base,
            effects=(
                Effect(what="allowance", amount=amount, asset="MOR", direction="none"),
                *costs.effects,
            ),
            warnings=(*in_use_warning(needed, amount), *demand.warnings),
            contact=MARKETPLACE_NAME if target == market.marketplace_address else "",
            needs_password=demand.password,
            needs_typed=demand.typed,
            expires_at=draft.expires_at,
            fee_wei=costs.expected.base,
            fee_max_wei=costs.most.base,
            nonce=costs.nonce,
        )
        return self._keep(draft, view)

    async def send(self, draft_id: str, consent: Consent, client: str = "") -> TxRecord:
        """Send a draft, once; see `MoneyApi.send`."""
        stack = self._stacks.require()
        # Taken before anything is waited for: a second click finds nothing.
        draft = self._drafts.pop(draft_id, None)
        now = stack.chain.clock.unix_seconds()
        if draft is None or now > draft.expires_at or not draft.belongs_to(stack):
            raise QuoteExpiredError("This transfer is no longer up to date.")
        passed = False
        try:
            await refuse_second(stack, draft.call)
            if client:
                # What the owner granted it is its limit.
                passed = True
                return await self._sent(stack, draft, client)
            async with self._guards.passing(stack, draft.wish, consent):
                passed = True
                return await self._sent(stack, draft, "")
        finally:
            if not passed:
                self._drafts[draft_id] = draft

    async def approvals(self) -> tuple[ApprovalView, ...]:
        """See `MoneyApi.approvals`."""
        return await approvals_of(self._stacks.require())

    async def _sent(self, stack: NetworkStack, draft: _Draft, client: str) -> TxRecord:
        wanted = Spending(client=client, asset=draft.asset, amount=draft.amount)
        async with self._allowances.spending(wanted) as intent_id:
            record, _ = await stack.sender.send_alone(
                draft.call, intent_id, draft.speed, draft.most
            )
        return record

    async def _names(self) -> dict[Address, str]:
        own = {Address.parse(item.address): item.label for item in self._vaults.accounts()}
        return {**own, **await self._contacts.names()}

    def _keep(self, draft: _Draft, view: SendDraft) -> SendDraft:
        now = draft.expires_at - DRAFT_LIFETIME_S
        self._drafts = {key: old for key, old in self._drafts.items() if old.expires_at >= now}
        self._drafts[view.id] = draft
        return view


def _transfer(stack: NetworkStack, asset: Asset, target: Address, amount: int) -> Call:
    calls = stack.chain.calls
    if asset == "MOR":
        return calls.send_mor(target, Mor(amount))
    return calls.send_eth(target, Eth(amount))


async def _costs(stack: NetworkStack, call: Call, speed: Speed) -> _Costs:
    transactions, own = stack.chain.transactions, stack.wallet.address
    expected, most, mined, waiting = await asyncio.gather(
        transactions.estimate_fee(call, own, speed),
        transactions.highest_fee(call, own, speed),
        transactions.next_nonce(own),
        stack.wallet.journal.pending_transactions(own, stack.chain.market.chain_id),
    )
    nonce = max([mined, *(record.nonce + 1 for record in waiting)])
    return _Costs(expected=expected, most=most, nonce=nonce)
