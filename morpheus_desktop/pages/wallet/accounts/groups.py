"""Accounts in the groups in which they stand: each phrase, imported keys, watched addresses."""

from dataclasses import dataclass

from morpheus_desktop import formats
from node.service.dto import AccountView, FoundAccount
from node.service.dto.accounts import AccountKind

UNKNOWN = "–"
UNREAD = "Balances cannot be read at the moment."
_KEYS = "Each has a key of its own: only a copy of that key, or a backup file, brings it back."
_WATCHED = "Without their keys: everything can be seen, nothing can be signed."


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountGroup:
    """`key` is the group of a phrase, else the kind. `title` fits into a headline."""

    key: str
    kind: AccountKind
    title: str
    accounts: tuple[AccountView, ...]
    note: str = ""

    @property
    def has_phrase(self) -> bool:
        return any(item.has_phrase for item in self.accounts)

    @property
    def backed_up(self) -> bool:
        return all(item.backed_up for item in self.accounts)

    @property
    def by_keyring(self) -> bool:
        return any(item.by_keyring for item in self.accounts)

    @property
    def is_used(self) -> bool:
        return any(item.active for item in self.accounts)


def grouped(accounts: tuple[AccountView, ...]) -> tuple[AccountGroup, ...]:
    """Phrases in the order of their first accounts, then keys, then watched addresses."""
    phrases: dict[str, list[AccountView]] = {}
    for item in accounts:
        if item.kind == "phrase":
            phrases.setdefault(item.group, []).append(item)
    found = [
        AccountGroup(
            key=key,
            kind="phrase",
            title="Recovery phrase" if len(phrases) == 1 else f"Phrase of {brief(items[0].label)}",
            accounts=tuple(items),
        )
        for key, items in phrases.items()
    ]
    for kind, title, note in (
        ("key", "Imported keys", _KEYS),
        ("watch", "Watched addresses", _WATCHED),
    ):
        items = [item for item in accounts if item.kind == kind]
        if items:
            found.append(
                AccountGroup(
                    key=kind, kind=items[0].kind, title=title, accounts=tuple(items), note=note
                )
            )
    return tuple(found)


def key_of(account: AccountView) -> str:
    """The part of object names that belongs to an account."""
    return account.address[2:8].lower()


def brief(label: str) -> str:
    """Names may have 60 characters; a button has not."""
    return label if len(label) <= 24 else f"{label[:23]}…"


def holding(account: AccountView | FoundAccount) -> str:
    """What it holds, in words; `empty`, or that it is not known."""
    if account.mor is None or account.eth_wei is None:
        return "balance not read"
    parts = [formats.mor(account.mor)] if account.mor else []
    if account.eth_wei:
        parts.append(formats.eth(account.eth_wei))
    return " and ".join(parts) or "empty"
