"""Takes back stake whose hold is over: by itself after each midnight UTC, or when the user asks.

The contract parks a part of the stake of a session closed early until the next midnight UTC and
pays it out only when `withdrawUserStakes` is called.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from node.core.errors import FundsError, NodeError, RevertedError, RpcUnavailableError
from node.core.log import get_logger
from node.core.ports import Intent
from node.core.units import NO_MOR, Eth, Mor, next_midnight
from node.router.access import ChainAccess, WalletAccess
from node.router.retrying import RetryQueue
from node.router.sending import TransactionSender
from node.store.retries import Duty, Retry

_log = get_logger("node.router.claiming")
ITERATIONS = 255
"""Entries that one transaction takes back: the contract's argument is one byte."""
MAX_ROUNDS = 8
"""Transactions of one claim; with 255 entries each, more early closes than a day has minutes."""
_ONE_MOR = 10**18
_NOTHING = "SessionUserAmountToWithdrawIsZero"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRule:
    """Whether stake is taken back without being asked, and at what network fee.

    The fee may be `fee_percent` of the stake's worth, counted with `mor_worth` (ETH for one MOR;
    no prices are fetched). 0 percent: whatever the fee, as on test networks.
    """

    automatic: bool = True
    fee_percent: int = 0
    mor_worth: Eth = field(default_factory=lambda: Eth(0))

    def allows(self, amount: Mor, fee: Eth) -> bool:
        """Whether `amount` is worth paying `fee` for."""
        if not self.fee_percent:
            return True
        worth_wei = amount.base * self.mor_worth.base // _ONE_MOR
        return fee.base * 100 <= worth_wei * self.fee_percent


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """`tx_hash` is that of the last transaction, `amount` what all of them brought."""

    tx_hash: str
    amount: Mor


class StakeClaimer:
    """Claims for one wallet on one network, one claim at a time."""

    def __init__(
        self,
        *,
        chain: ChainAccess,
        wallet: WalletAccess,
        sender: TransactionSender,
        retries: RetryQueue,
        rule: Callable[[], ClaimRule],
    ) -> None:
        self._chain = chain
        self._wallet = wallet
        self._sender = sender
        self._retries = retries
        self._rule = rule
        self._lock = asyncio.Lock()
        self._next_look = 0
        self._latest: Claimed | None = None

    def wake(self) -> None:
        """Look at the chain at the next `look`, whatever the time."""
        self._next_look = 0

    async def claim(self, iterations: int = 0) -> Claimed:
        """Take back what is released; the user asked, so the fee does not matter.

        All of it, or up to `iterations` (1 to 255) entries in one transaction.

        Raises:
            FundsError: a claim is on its way already (code `funds.claim_waiting`).
            RevertedError: there is nothing to take back yet.
            WalletLockedError, RpcUnavailableError, TxStuckError: as journalled.
        """
        was_claiming = self._lock.locked()
        async with self._lock:
            if was_claiming and self._latest is not None and not await self._available():
                # The rule was faster than the hand: this is what the user asked for.
                return self._latest
            if await self._is_waiting():
                raise FundsError(
                    "Your stake is being taken back already.",
                    hint="Wait until the transaction is in a block.",
                    code="funds.claim_waiting",
                )
            claimed = await (
                self._rounds(iterations, most=1) if iterations else self._rounds(ITERATIONS)
            )
        await self._retries.done(Duty.CLAIM, self._subject())
        return claimed

    async def look(self) -> Mor:
        """Take back what is released if the rule says so and it is time; returns how much.

        Looks at the chain once after a start and once after each midnight UTC by the chain's time.
        A failure is journalled and tried again later, a locked wallet is waited for.

        Raises:
            NoWalletError: nobody to claim for.
            RpcUnavailableError: no connection; tried again.
        """
        if not self._rule().automatic:
            self.wake()
            return NO_MOR
        subject = self._subject()
        is_time = self._chain.clock.unix_seconds() >= self._next_look
        if not is_time or not await self._retries.is_due(Duty.CLAIM, subject):
            return NO_MOR
        try:
            async with self._lock:
                amount = await self._claim_released()
        except RpcUnavailableError as error:
            await self._retries.failed(Duty.CLAIM, subject, error)
            raise
        except NodeError as error:
            await self._retries.failed(Duty.CLAIM, subject, error)
            _log.warning("released stake was not taken back, later again", code=error.code)
            return NO_MOR
        await self._retries.done(Duty.CLAIM, subject)
        return amount

    async def refused(self) -> Retry | None:
        """Why the last attempt failed and when the next one is made; None when none waits."""
        return await self._retries.get(Duty.CLAIM, self._subject())

    async def _claim_released(self) -> Mor:
        market = self._chain.market
        block_time = await market.block_time()
        if block_time < self._next_look or await self._is_waiting():
            return NO_MOR
        amount = NO_MOR
        if await self._is_worth_it():
            amount = (await self._rounds(ITERATIONS)).amount
            _log.info("released stake was taken back", amount=str(amount))
        self._next_look = next_midnight(block_time)
        return amount

    async def _is_worth_it(self) -> bool:
        available = await self._available()
        if not available:
            return False
        call = self._chain.calls.withdraw_on_hold(self._wallet.address, ITERATIONS)
        fee = await self._chain.transactions.estimate_fee(call, self._wallet.address)
        if self._rule().allows(available, fee):
            return True
        _log.info("released stake is worth less than its fee", stake=str(available))
        return False

    async def _available(self) -> Mor:
        return (await self._chain.market.on_hold(self._wallet.address)).available

    async def _rounds(self, iterations: int, most: int = MAX_ROUNDS) -> Claimed:
        own = self._wallet.address
        call = self._chain.calls.withdraw_on_hold(own, iterations)
        total, tx_hash = 0, ""
        for number in range(most):
            try:
                record, receipt = await self._sender.send_alone(call)
            except RevertedError as error:
                if tx_hash and error.reason == _NOTHING:
                    break
                raise
            tx_hash = record.tx_hash.hex
            total += sum(amount.base for _, to, amount in receipt.transfers if to == own)
            if number + 1 < most and not await self._available():
                break
        self._latest = Claimed(tx_hash=tx_hash, amount=Mor(total))
        return self._latest

    async def _is_waiting(self) -> bool:
        """A claim that was signed and is in no block yet: a second one would find nothing."""
        waiting = await self._wallet.journal.pending_transactions(
            self._wallet.address, self._chain.market.chain_id
        )
        return any(record.intent is Intent.WITHDRAW_ON_HOLD for record in waiting)

    def _subject(self) -> str:
        market = self._chain.market
        return f"{self._wallet.address.hex}:{market.chain_id}:{market.marketplace_address.hex}"
