"""Transfers, allowances, contacts and the transaction list of the fake wallet."""

from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from node.core.errors import QuoteExpiredError, UserInputError
from node.core.events import BalanceChanged, EventBus, TransactionChanged
from node.service.api.money import MoneyApi
from node.service.dto import (
    ApprovalView,
    Contact,
    Effect,
    SendDraft,
    Speed,
    TransactionView,
    Warning_,
)
from tests.fakes import sample_data
from tests.fakes.sample_market import PROVIDERS, hex_id
from tests.fakes.script import Script

if TYPE_CHECKING:
    from tests.fakes.fake_node import World

MOR = 10**18
MARKETPLACE = "0x6aBE1d282f72B474E54527D93b979A4f64d3030a"
TOKEN = "0x7431aDa8a591C955a994a21710752EF9b882b8e3"
FEES = {"slow": 3_100_000_000_000, "normal": 4_200_000_000_000, "fast": 6_300_000_000_000}
KINDS = {
    "send": ("send_mor", "send_eth"),
    "received": ("received",),
    "session": ("open_session", "close_session", "stake_returned"),
    "approval": ("approve",),
    "claim": ("withdraw_on_hold", "claim", "session_pay"),
    "hosting": ("register_provider", "register_model", "post_bid", "delete_bid"),
    "dust": ("dust",),
}


def sample_contacts() -> list[Contact]:
    return [
        Contact(address=PROVIDERS[0][0], name="Ada", note="pays back on Fridays"),
        Contact(address=PROVIDERS[2][0], name="Exchange"),
    ]


def sample_approvals() -> list[ApprovalView]:
    return [
        ApprovalView(
            spender=MARKETPLACE,
            spender_name="Morpheus marketplace",
            amount=12 * MOR,
            last_used=sample_data.NOW - 1010,
        )
    ]


class FakeSending(MoneyApi):
    """Drafts ask for the password above 50 MOR and for the amount where an address looks alike or
    most of the balance leaves, as the node does.
    """

    _script: Script
    _world: "World"
    _bus: EventBus

    async def draft_send(
        self, asset: str, to: str, amount: int, speed: Speed = "normal"
    ) -> SendDraft:
        more = () if speed == "normal" else (speed,)
        await self._script.enter("wallet.draft_send", asset, to, amount, *more)
        warnings = self._warnings(asset, to, amount)
        typed = any(item.code in ("look_alike", "most_of_balance") for item in warnings)
        held = self._held(asset)
        return self._keep(
            asset=asset,
            to=to,
            amount=amount,
            fee_wei=FEES[speed],
            fee_max_wei=2 * FEES[speed],
            balance_after=held - amount - (FEES[speed] if asset == "ETH" else 0),
            speed=speed,
            effects=(
                Effect(what="transfer", amount=amount, asset=asset, direction="out"),  # type: ignore[arg-type]
                Effect(what="fee", amount=2 * FEES[speed], asset="ETH", direction="out"),
            ),
            warnings=warnings,
            needs_password=asset == "MOR" and amount > self._world.guard_password_above,
            needs_typed=f"{amount / MOR:.4f}".rstrip("0").rstrip(".") if typed else "",
            contact=self._name(to),
        )

    async def max_send(self, asset: str, to: str) -> int:
        await self._script.enter("wallet.max_send", asset, to)
        return self._held(asset) - (2 * FEES["normal"] if asset == "ETH" else 0)

    async def send(
        self, draft_id: str, password: SecretStr | None = None, typed: str = "", client: str = ""
    ) -> TransactionView:
        given = (password, typed) if password is not None or typed else ()
        await self._script.enter("wallet.send", draft_id, *given)
        draft = self._world.drafts.get(draft_id)
        if draft is None:
            raise QuoteExpiredError("This transfer is no longer up to date.")
        self._world.check_yes(draft.needs_password, draft.needs_typed, password, typed)
        del self._world.drafts[draft_id]
        sent = self._transaction_of(draft)
        self._world.transactions.insert(0, sent)
        if draft.kind == "approval":
            self._world.approvals = [
                item.model_copy(update={"amount": draft.amount})
                if item.spender == draft.to
                else item
                for item in self._world.approvals
            ]
        self._bus.publish(
            TransactionChanged(tx_hash=sent.hash, status=sent.status, summary=sent.summary)
        )
        self._bus.publish(BalanceChanged())
        await self._script.enter("wallet.mined")
        mined = sent.model_copy(update={"status": "mined", "block": 38_212_000})
        self._world.transactions = [
            mined if item.hash == sent.hash else item for item in self._all()
        ]
        return mined

    def _transaction_of(self, draft: SendDraft) -> TransactionView:
        tx_hash = hex_id(0x5E4D << 200 | self._world.draft_count)
        transfer = draft.kind == "transfer"
        return TransactionView(
            hash=tx_hash,
            intent=f"send_{draft.asset.lower()}" if transfer else "approve",
            summary="Sent 5 MOR",
            status="sent",
            block=0,
            fee_wei=draft.fee_wei,
            created_at=self._world.now,
            explorer_url=f"https://explorer.example/tx/{tx_hash}",
            sender=sample_data.WALLET,
            recipient=draft.to if transfer else "",
            nonce=draft.nonce,
        )

    async def approvals(self) -> tuple[ApprovalView, ...]:
        await self._script.enter("wallet.approvals")
        return tuple(self._world.approvals)

    async def draft_approval(self, amount: int, spender: str = "") -> SendDraft:
        await self._script.enter("wallet.draft_approval", amount, *((spender,) if spender else ()))
        return self._keep(
            kind="approval",
            asset="MOR",
            to=spender or MARKETPLACE,
            amount=amount,
            fee_wei=FEES["normal"],
            fee_max_wei=2 * FEES["normal"],
            balance_after=self._world.overview.wallet,
            effects=(
                Effect(what="allowance", amount=amount, asset="MOR", direction="none"),
                Effect(what="fee", amount=2 * FEES["normal"], asset="ETH", direction="out"),
            ),
            warnings=self._in_use(amount, spender or MARKETPLACE),
            needs_password=amount > self._world.guard_password_above,
            contact="Morpheus marketplace" if spender in ("", MARKETPLACE) else "",
        )

    async def contacts(self) -> tuple[Contact, ...]:
        await self._script.enter("wallet.contacts")
        return tuple(sorted(self._world.contacts, key=lambda item: item.name.casefold()))

    async def save_contact(self, address: str, name: str, note: str = "") -> Contact:
        await self._script.enter("wallet.save_contact", address, name, note)
        others = [item for item in self._world.contacts if item.address != address]
        if any(item.name.casefold() == name.casefold() for item in others):
            raise UserInputError("Another contact has this name.", code="input.contact")
        saved = Contact(address=address, name=name, note=note)
        self._world.contacts = [*others, saved]
        return saved

    async def remove_contact(self, address: str) -> None:
        await self._script.enter("wallet.remove_contact", address)
        self._world.contacts = [item for item in self._world.contacts if item.address != address]

    async def transactions(
        self, offset: int, limit: int, kind: str = "", text: str = ""
    ) -> tuple[TransactionView, ...]:
        await self._script.enter("wallet.transactions", offset, limit, *_given(kind, text))
        found = [
            item
            for item in self._world.transactions
            if (not kind or item.intent in KINDS[kind]) and text.casefold() in _words(item)
        ]
        return tuple(found[offset : offset + limit])

    async def export_transactions(self) -> str:
        await self._script.enter("wallet.export_transactions")
        rows = [f"{item.created_at},{item.purpose or item.summary}" for item in self._all()]
        return "\r\n".join(["time,purpose", *rows, ""])

    async def label_transaction(self, hash: str, label: str) -> TransactionView:
        await self._script.enter("wallet.label_transaction", hash, label)
        self._world.transactions = [
            item.model_copy(update={"label": label}) if item.hash == hash else item
            for item in self._all()
        ]
        return next(item for item in self._all() if item.hash == hash)

    def _all(self) -> list[TransactionView]:
        return self._world.transactions

    def _held(self, asset: str) -> int:
        overview = self._world.overview
        return overview.wallet if asset == "MOR" else overview.eth_wei

    def _name(self, address: str) -> str:
        return next(
            (item.name for item in self._world.contacts if item.address.lower() == address.lower()),
            "",
        )

    def _warnings(self, asset: str, to: str, amount: int) -> tuple[Warning_, ...]:
        found: list[Warning_] = []
        alike = next(
            (
                item.address
                for item in self._world.contacts
                if item.address.lower() != to.lower() and _ends(item.address) == _ends(to)
            ),
            "",
        )
        if alike:
            found.append(
                Warning_(
                    code="look_alike",
                    text="Ends like a known address but is different.",
                    hint="Compare both addresses letter by letter.",
                    known=alike,
                )
            )
        elif not self._name(to):
            found.append(
                Warning_(
                    code="first_recipient",
                    text="You never sent to this address before.",
                    hint="Compare it with where it comes from.",
                )
            )
        if amount * 10 > self._held(asset) * 9:
            found.append(
                Warning_(code="most_of_balance", text="This is nearly all that this wallet holds.")
            )
        return tuple(found)

    def _in_use(self, amount: int, spender: str) -> tuple[Warning_, ...]:
        needed = sum(i.needed_by_open for i in self._world.approvals if i.spender == spender)
        if needed <= amount:
            return ()
        return (
            Warning_(
                code="in_use",
                text=f"A session that is being opened needs {needed // MOR} MOR of the allowance.",
                hint="With less it cannot be opened. Nothing is lost; wait until it is open.",
            ),
        )

    def _keep(self, **values: Any) -> SendDraft:
        self._world.draft_count += 1
        draft = SendDraft(
            id=f"draft-{self._world.draft_count}",
            nonce=42,
            expires_at=self._world.now + 300,
            **values,
        )
        self._world.drafts[draft.id] = draft
        return draft


def _given(kind: str, text: str) -> tuple[str, ...]:
    return (kind, text) if kind or text else ()


def _words(item: TransactionView) -> str:
    return f"{item.purpose} {item.summary} {item.label} {item.to} {item.hash}".casefold()


def _ends(address: str) -> tuple[str, str]:
    return address[2:6].lower(), address[-4:].lower()
