"""What can be done with an account, and the ways to further ones, as menus."""

from collections.abc import Callable

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from morpheus_desktop.pages.wallet.accounts.groups import brief
from morpheus_desktop.pages.wallet.accounts.presenter import AccountsState
from node.service.dto import AccountView

Entry = tuple[str, str, str, str]
"""Id, text, shortcut, and why it cannot be done now (empty: it can)."""
GAP: Entry = ("", "", "", "")
_IN_USE = "not while it is in use"
_USE_FIRST = "use it first"
_NO_KEY = "use an account with a key first"


def account_entries(account: AccountView, state: AccountsState) -> tuple[Entry, ...]:
    """What can be done with one account, most wanted first."""
    copying: Entry = ("copy", "Copy address", "Ctrl+C", "")
    if state.in_memory:
        return (copying,)
    use = () if account.active else (("use", "Use this account", "", ""),)
    seen = (
        ("hide", "Show again", "", "")
        if account.hidden
        else ("hide", "Hide", "", _IN_USE if account.active else "")
    )
    return (
        *use,
        ("rename", "Rename…", "F2", ""),
        copying,
        seen,
        *_secret_entries(account, state),
        GAP,
        ("remove", "Remove…", "Del", ""),
    )


def _secret_entries(account: AccountView, state: AccountsState) -> tuple[Entry, ...]:
    if account.kind == "watch":
        return ()
    same = state.is_used(account.group)
    backup: tuple[Entry, ...] = ()
    if account.kind == "phrase" and account.has_phrase and not account.backed_up:
        backup = (("backup", "Back up the phrase…", "", "" if same else _USE_FIRST),)
    return (
        GAP,
        *backup,
        ("reveal", "Show or export…", "", "" if account.active else _USE_FIRST),
        ("password", "Change password…", "", "" if same else _USE_FIRST),
    )


def add_entries(state: AccountsState) -> tuple[Entry, ...]:
    """The ways to further accounts; ids of phrases carry their group."""
    phrases = [item for item in state.groups if item.kind == "phrase" and item.has_phrase]
    several = len(phrases) > 1
    found: list[Entry] = []
    for group in phrases:
        first = brief(group.accounts[0].label)
        whose = f"the phrase of “{first}”" if several else "this phrase"
        asks = "" if group.by_keyring else "…"
        found.append((f"next:{group.key}", f"Next account of {whose}{asks}", "", ""))
        found.append((f"find:{group.key}", f"Find accounts of {whose}…", "", ""))
    if phrases:
        found.append(GAP)
    blocked = _NO_KEY if state.status.watch_only else ""
    return (
        *found,
        ("watch", "Watch an address…", "", ""),
        ("wallet", "Create or import another wallet…", "", ""),
        GAP,
        ("backup-file", "Back up all accounts into a file…", "", blocked),
    )


def build_menu(
    parent: QWidget, entries: tuple[Entry, ...], chosen: Callable[[str], None], *, name: str
) -> QMenu:
    """A menu that calls `chosen` with the id of an entry and goes when it is closed."""
    menu = QMenu(parent)
    menu.setObjectName(name)
    for act, text, keys, why_not in entries:
        if not act:
            menu.addSeparator()
            continue
        said = f"{text.rstrip('…')}: {why_not}" if why_not else text
        # An ampersand would underline the letter behind it.
        entry = menu.addAction(said.replace("&", "&&"))
        entry.setObjectName(f"{name}.{act}")
        if keys:
            entry.setShortcut(QKeySequence(keys))
            entry.setShortcutVisibleInContextMenu(True)
        entry.setEnabled(not why_not)
        entry.triggered.connect(lambda _checked=False, act=act: chosen(act))
    menu.aboutToHide.connect(menu.deleteLater)
    return menu
