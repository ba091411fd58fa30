"""What the user must give besides a yes: the password beyond limits, typed amounts at great risk.

The limits count what the user ordered on this UTC day, from the journal: transfers, stakes of
sessions the user opened, stakes and fees of hosting. Programs, failover and extension have limits
of their own; what users of the API send within their allowances is not asked about, but counts for
the day: the journal does not tell them apart.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from pydantic import SecretStr

from node.chain.outgoing import outgoing_of
from node.core.errors import InvalidAmountError, UserInputError, WrongPasswordError
from node.core.ports import Intent
from node.core.settings import NodeSettings
from node.core.units import NO_MOR, Eth, Mor, start_of_day
from node.router.quotes import SessionQuote
from node.service.dto import WalletStatus, Warning_
from node.service.stack import NetworkStack
from node.service.vaults import VaultDesk
from node.store.journal_records import SessionPurpose, TxRecord, TxStatus

_ONE_MOR = 10**18
_TYPED_STEP = 10**14
"""Amounts are typed with four decimals at most."""
_SENDS = frozenset({Intent.SEND_MOR, Intent.SEND_ETH})
_HOSTING = frozenset({Intent.REGISTER_PROVIDER, Intent.REGISTER_MODEL, Intent.POST_BID})
_COUNTED = frozenset({TxStatus.SIGNED, TxStatus.SENT, TxStatus.MINED})
_PAGE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What shall leave the wallet: `worth` in MOR counts against the limits, `amount` is what the
    user types when asked to. `is_session`: it will be locked by one session. `is_risky`: the amount
    must be typed whatever the limits say. `moves` is false for an allowance, which takes nothing
    by itself.
    """

    worth: Mor
    amount: int
    is_session: bool = False
    is_risky: bool = False
    moves: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What is asked for, and why. `typed` empty: nothing to type."""

    password: bool = False
    typed: str = ""
    warnings: tuple[Warning_, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """What the user gave."""

    password: SecretStr | None = None
    typed: str = ""


class SpendingGuards:
    """Reads the settings anew each time: a change holds from the next order on."""

    def __init__(self, *, settings: Callable[[], NodeSettings], vaults: VaultDesk) -> None:
        self._settings = settings
        self._vaults = vaults
        self._counting = asyncio.Lock()
        self._passing: dict[tuple[bytes, int], int] = {}

    def worth_of_eth(self, amount: Eth) -> Mor:
        """ETH as MOR, by the worth that the settings name."""
        one = Eth.parse(self._settings().mor_worth_eth).base
        return Mor(amount.base * _ONE_MOR // one) if one else NO_MOR

    async def demand(self, stack: NetworkStack, wish: Wish) -> Demand:
        """What must be given for `wish` now."""
        settings, status = self._settings(), await self.status(stack)
        guard = Mor.parse(settings.guard_password_above)
        warnings = []
        if not status.backed_up and wish.worth > guard and wish.moves:
            warnings.append(_NOT_BACKED_UP)
        over = await self._over(stack, wish) if wish.moves else None
        if over is not None and status.kind != "memory":
            warnings.append(over)
        is_guarded = status.kind != "memory" and (wish.worth > guard or over is not None)
        # Who leaves the password to the system's secret store has none to give.
        typed = wish.is_risky or (is_guarded and status.by_keyring)
        return Demand(
            password=is_guarded and not status.by_keyring,
            typed=typed_form(wish.amount) if typed else "",
            warnings=tuple(warnings),
        )

    @asynccontextmanager
    async def passing(
        self, stack: NetworkStack, wish: Wish, consent: Consent
    ) -> AsyncGenerator[None, None]:
        """Let an order pass: inside it counts, even before it stands in the journal.

        Raises:
            WrongPasswordError: wrong, or missing (code `wallet.password_needed`).
            UserInputError: the amount was not typed (code `input.typed_text`).
        """
        account = (stack.wallet.address.raw, stack.chain.market.chain_id)
        async with self._counting:
            asked = await self.demand(stack, wish)
            self._check_given(asked, consent)
            counted = wish.worth.base if wish.moves else 0
            self._passing[account] = self._passing.get(account, 0) + counted
        try:
            if asked.password and consent.password is not None:
                await self._vaults.unlock(consent.password.get_secret_value())
            yield
        finally:
            self._passing[account] -= counted

    async def status(self, stack: NetworkStack) -> WalletStatus:
        """Of the wallet that signs on this network; the demo's has no password."""
        if stack.memory_wallet:
            return WalletStatus(kind="memory", address=stack.wallet.address.checksum)
        return await self._vaults.status()

    async def used_today(self, stack: NetworkStack) -> Mor:
        """What was sent, staked or is being ordered on this UTC day, in MOR."""
        market, wallet = stack.chain.market, stack.wallet
        midnight = start_of_day(stack.chain.clock.unix_seconds())
        staked = await wallet.journal.locked_since(
            midnight,
            (SessionPurpose.USER,),
            wallet=wallet.address,
            chain_id=market.chain_id,
            marketplace=market.marketplace_address,
        )
        on_the_way = self._passing.get((wallet.address.raw, market.chain_id), 0)
        return staked + await self._sent_since(stack, midnight) + Mor(on_the_way)

    async def _sent_since(self, stack: NetworkStack, moment: int) -> Mor:
        # Of several that were signed for one nonce only one is ever mined.
        by_nonce: dict[int, Mor] = {}
        offset = 0
        while True:
            page = await stack.wallet.journal.transactions(
                stack.wallet.address, stack.chain.market.chain_id, offset, _PAGE
            )
            today = [record for record in page if record.created_at >= moment]
            for record in today:
                if record.status in _COUNTED:
                    by_nonce[record.nonce] = self._worth_of(record)
            if len(today) < _PAGE:
                return Mor(sum(worth.base for worth in by_nonce.values()))
            offset += _PAGE

    def _worth_of(self, record: TxRecord) -> Mor:
        if record.intent in _HOSTING:
            # How much it takes is seen in its receipt.
            return max(NO_MOR, NO_MOR - record.moved) if record.moved is not None else NO_MOR
        if record.intent not in _SENDS:
            return NO_MOR
        sent = outgoing_of(record.raw)
        return sent.mor + self.worth_of_eth(sent.eth)

    async def _over(self, stack: NetworkStack, wish: Wish) -> Warning_ | None:
        settings = self._settings()
        session_cap = Mor.parse(settings.guard_session_cap)
        if wish.is_session and wish.worth > session_cap:
            return Warning_(
                code="over_limit",
                text=f"This is above the limit of {session_cap} for one session.",
                hint="Choose a shorter time, or raise the limit in Settings > Sessions.",
            )
        day_cap, used = Mor.parse(settings.guard_daily_cap), await self.used_today(stack)
        if used + wish.worth > day_cap:
            return Warning_(
                code="over_limit",
                text=f"This would exceed today's limit of {day_cap}.",
                hint=f"{used} were sent or locked since 00:00 UTC. Send less, wait until"
                " tomorrow, or raise the limit in Settings > Wallet.",
            )
        return None

    def _check_given(self, asked: Demand, consent: Consent) -> None:
        if asked.typed and not is_typed(asked.typed, consent.typed):
            raise UserInputError(
                f"Type {asked.typed} to go on.",
                hint="It is the amount. Nothing was sent.",
                code="input.typed_text",
            )
        if asked.password and consent.password is None:
            why = asked.warnings[-1].text if asked.warnings else "The amount is above the guard."
            raise WrongPasswordError(
                "The password of the wallet is needed for this.",
                hint=f"{why} Nothing was sent.",
                code="wallet.password_needed",
            )


def stake_wish(quote: SessionQuote) -> Wish:
    """What opening a quote asks of the guards."""
    stake = quote.plan.stake
    return Wish(
        worth=stake, amount=stake.base, is_session=True, is_risky=bool(stake_warnings(quote))
    )


def stake_warnings(quote: SessionQuote) -> tuple[Warning_, ...]:
    """A stake of more than nine tenths of the balance is far above what is usual."""
    stake, held = quote.plan.stake, quote.balances.mor
    if stake.base * 10 <= held.base * 9 or stake > held:
        return ()
    return (
        Warning_(
            code="large_stake",
            text=f"This locks {typed_form(stake.base)} MOR:"
            f" {percent_of(stake.base, held.base)} % of your balance.",
            hint="Choose a shorter time or a cheaper offer.",
        ),
    )


def percent_of(part: int, whole: int) -> int:
    """To the nearest; 100 only for all of it."""
    return 100 if part >= whole else min(99, (200 * part + whole) // (2 * whole))


def typed_form(amount: int) -> str:
    """An amount as it is to be typed: whole, or with the decimals that can be seen at a glance."""
    cut = amount - amount % _TYPED_STEP
    return Mor(cut or amount).exact


def is_typed(wanted: str, typed: str) -> bool:
    """Whether the user typed that number, in any spelling of it."""
    try:
        return Mor.parse(typed) == Mor.parse(wanted)
    except InvalidAmountError:
        return False


_NOT_BACKED_UP = Warning_(
    code="not_backed_up",
    text="The recovery phrase of this wallet is not backed up.",
    hint="If this computer breaks, everything in the wallet is lost. Back it up first.",
)
