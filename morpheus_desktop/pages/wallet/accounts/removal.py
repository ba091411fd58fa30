"""What is said before an account is removed."""

from dataclasses import dataclass

from morpheus_desktop.pages.wallet.accounts.groups import brief, holding
from morpheus_desktop.pages.wallet.accounts.presenter import AccountsState
from node.service.dto import AccountView

_COPY = "An encrypted copy of its file stays in the wallet folder; its password opens it."
_ONLY_KEY = "Only a copy of its private key, its keystore or a backup file brings it back."
_ONLY_WORDS = "Only its written words, or a backup file, bring it back."
_AGAIN = "It can be added again from its phrase, which stays with the other accounts."
_NOT_MOVED = "Removing does not move it. Without a copy of the key it is lost."
_STAYS = "Removing does not move it: it stays at this address."
_GOES = "It goes with its last account. Write it down first, or what it holds may be lost."
_NO_WATCH = "Nothing is lost: it can be watched again at any time."


@dataclass(frozen=True, slots=True, kw_only=True)
class Warned:
    """`can_back_up`: saving the phrase first is one click away."""

    text: str
    detail: str
    tone: str = "warning"
    can_back_up: bool = False


def warnings_of(account: AccountView, state: AccountsState) -> tuple[Warned, ...]:
    """What may cost money; nothing for a watched address."""
    if account.kind == "watch":
        return ()
    found: list[Warned] = []
    if account.mor is None or account.eth_wei is None:
        found.append(Warned(text="What it holds cannot be read now.", detail=_NOT_MOVED))
    elif account.mor or account.eth_wei:
        safe = bool(_siblings(account, state)) and account.backed_up
        tone = "danger" if account.mor and not safe else "warning"
        detail = _STAYS if safe else _NOT_MOVED
        found.append(Warned(text=f"It holds {holding(account)}.", detail=detail, tone=tone))
    if not account.backed_up:
        alone = not _siblings(account, state)
        detail = "It stays with the other accounts of this phrase."
        if alone:
            detail = _GOES
        found.append(
            Warned(
                text="This phrase was never backed up.",
                detail=detail,
                tone="danger" if alone else "warning",
                can_back_up=account.has_phrase and state.is_used(account.group),
            )
        )
    return tuple(found)


def consequences(account: AccountView, state: AccountsState) -> tuple[str, ...]:
    """What happens, a sentence each."""
    found = [_NO_WATCH] if account.kind == "watch" else [_way_back(account, state), _COPY]
    if account.active:
        rest = [item for item in state.accounts if item.address != account.address]
        following = next((item for item in rest if not item.hidden), rest[0] if rest else None)
        found.append(
            f"{brief(following.label)} is used next."
            if following is not None
            else "It is the only account: no wallet is left here."
        )
    return tuple(found)


def _way_back(account: AccountView, state: AccountsState) -> str:
    if account.kind == "key":
        return _ONLY_KEY
    return _AGAIN if _siblings(account, state) else _ONLY_WORDS


def _siblings(account: AccountView, state: AccountsState) -> tuple[AccountView, ...]:
    """Other accounts that keep the same phrase."""
    return tuple(
        item
        for item in state.accounts
        if item.group == account.group and item.address != account.address and item.has_phrase
    )
