"""What the form knows before anything is asked: balances, names, who was paid before."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from node.core.errors import NodeError
from node.service.dto import (
    AccountView,
    Contact,
    FeeTier,
    MorOverview,
    NetworkView,
    TransactionView,
    WalletStatus,
)

MAX_SENDS = 200
"""So many transfers are looked through for earlier recipients."""
_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """An address with a name: a contact, or an account of the user's own."""

    address: str
    name: str
    kind: Literal["contact", "own"]
    note: str = ""

    @property
    def words(self) -> str:
        """`contact`, `your own account`."""
        return "contact" if self.kind == "contact" else "your own account"


@dataclass(frozen=True, slots=True, kw_only=True)
class SendContext:
    """`known`: contacts first. `sent_to`: when an address was last sent to; `knows_all` that no
    earlier recipient is missing in it. `problem`: why the balances are not there.
    """

    status: WalletStatus
    network: NetworkView | None = None
    token: str = ""
    overview: MorOverview | None = None
    known: tuple[Recipient, ...] = ()
    sent_to: Mapping[str, int] = field(default_factory=dict)
    knows_all: bool = False
    seconds: Mapping[str, int] = field(default_factory=dict)
    problem: NodeError | None = None

    @property
    def payer(self) -> str:
        """The account that pays, as its user calls it."""
        return self.status.label or "this wallet"

    def held(self, asset: str) -> int | None:
        """What the wallet has of an asset, None while that is not known."""
        if self.overview is None:
            return None
        return self.overview.wallet if asset == "MOR" else self.overview.eth_wei

    def recipient(self, address: str) -> Recipient | None:
        wanted = address.lower()
        return next((item for item in self.known if item.address.lower() == wanted), None)

    def named(self, name: str) -> Recipient | None:
        """The only one of that name."""
        wanted = name.strip().casefold()
        found = [item for item in self.known if item.name.casefold() == wanted]
        return found[0] if len(found) == 1 else None

    def matching(self, text: str) -> tuple[Recipient, ...]:
        """Names with a word that begins so, and addresses that do; all for no text."""
        wanted = text.strip().casefold()
        if not wanted:
            return self.known
        return tuple(item for item in self.known if _matches(item, wanted))


def _matches(item: Recipient, wanted: str) -> bool:
    name = item.name.casefold()
    starts = [name[word.start() :] for word in _WORD.finditer(name)]
    return any(start.startswith(wanted) for start in starts) or (
        len(wanted) > 2 and item.address.lower().startswith(wanted)
    )


def recipients_of(
    contacts: Iterable[Contact], accounts: Iterable[AccountView], own: str
) -> tuple[Recipient, ...]:
    """Contacts, then the other accounts; an account that is a contact too counts as the contact."""
    found = [
        Recipient(address=item.address, name=item.name, kind="contact", note=item.note)
        for item in contacts
        if item.address != own
    ]
    taken = {item.address for item in found} | {own}
    found.extend(
        Recipient(address=item.address, name=item.label or "Account", kind="own")
        for item in accounts
        if item.address not in taken and not item.hidden
    )
    return tuple(found)


def sent_to_of(transactions: Iterable[TransactionView]) -> dict[str, int]:
    """When each recipient was last sent to; transactions come newest first."""
    found: dict[str, int] = {}
    for item in transactions:
        if item.recipient and item.status in ("signed", "sent", "mined"):
            found.setdefault(item.recipient, item.created_at)
    return found


def seconds_of(tiers: Iterable[FeeTier]) -> dict[str, int]:
    return {item.speed: item.seconds for item in tiers}
