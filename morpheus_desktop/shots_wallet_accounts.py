"""Pictures of the accounts tab and its sheets."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtWidgets import QLineEdit

from morpheus_desktop.pages.wallet.accounts.scan_sheet import ScanSheet
from morpheus_desktop.pages.wallet.accounts.tab import AccountsTab
from morpheus_desktop.pages.wallet.page import WalletPage
from morpheus_desktop.pages.wallet.tabs import ACCOUNTS
from morpheus_desktop.shot_stage import Scene, Stage, section
from morpheus_desktop.widgets.scroll import ScrollArea
from node.core.errors import (
    RpcUnavailableError,
    SessionError,
    UserInputError,
    WrongPasswordError,
)
from node.service.dto import AccountView, DamagedWallet
from tests.fakes import sample_data
from tests.fakes.fake_accounts import ADDRESSES
from tests.fakes.fake_node import FakeNode

_OTHER_GROUP = "b7e1"


async def accounts_tab(stage: Stage) -> AccountsTab:
    await section("wallet")(stage)
    page = stage.window.page("wallet")
    if not isinstance(page, WalletPage):
        raise TypeError("the section wallet has another page")
    await stage.until(page.tabs.isVisible)
    page.tabs.choose(ACCOUNTS)
    tab = stage.find("wallet.accounts")
    if not isinstance(tab, AccountsTab):
        raise TypeError("the tab of accounts is another one")
    presenter = tab._presenter
    await stage.until(lambda: presenter.state is not None and not presenter.state.is_reading)
    await stage.calm()
    return tab


async def accounts(stage: Stage) -> None:
    tab = await accounts_tab(stage)
    scroll_to(tab)


async def loading(stage: Stage) -> None:
    """Names are there, balances still come."""
    await accounts_tab(stage)
    tab = stage.find("wallet.accounts")
    if isinstance(tab, AccountsTab) and tab._presenter.state is not None:
        unread = tuple(
            item.model_copy(update={"mor": None, "eth_wei": None})
            for item in tab._presenter.state.accounts
        )
        state = replace(tab._presenter.state, accounts=unread, is_reading=True)
        tab._presenter._arrived(state)
        scroll_to(tab)


async def failed(stage: Stage) -> None:
    tab = await accounts_tab(stage)
    error = RpcUnavailableError("No connection to the Base network.")
    state = tab._presenter.state
    if state is not None:
        unread = tuple(
            item.model_copy(update={"mor": None, "eth_wei": None}) for item in state.accounts
        )
        tab._presenter._arrived(replace(state, accounts=unread))
    tab.view.show_failure(error)
    scroll_to(tab)


def scroll_to(tab: AccountsTab) -> None:
    parent = tab.parentWidget()
    while parent is not None and not isinstance(parent, ScrollArea):
        parent = parent.parentWidget()
    if parent is not None:
        parent.verticalScrollBar().setValue(parent.verticalScrollBar().maximum())


async def accounts_hidden(stage: Stage) -> None:
    tab = await accounts_tab(stage)
    tab.hidden_button.click()
    await stage.calm()
    scroll_to(tab)
    tab.rows[1].setFocus()


def act(name: str, label: str = "Savings") -> Scene:
    async def show(stage: Stage) -> None:
        tab = await accounts_tab(stage)
        row = next(item for item in tab.rows if item.account.label == label)
        tab.acts.act(name, row.account)
        await stage.calm()

    return show


async def switch_wrong(stage: Stage) -> None:
    await act("use")(stage)
    stage.node.fail(
        "wallet.select_account",
        WrongPasswordError("Wrong password. Next try in 4 s.", details={"wait_s": 4}),
    )
    text(stage, "wallet.switch.password", "wrong horse")
    stage.find("wallet.switch.unlock").click()  # type: ignore[attr-defined]


async def remove_refused(stage: Stage) -> None:
    await act("remove", "Main")(stage)
    text(stage, "wallet.accounts.remove.typed", "REMOVE")
    stage.node.fail(
        "wallet.remove_account",
        SessionError(
            "This account has open sessions on Base; their stake returns only to it.",
            hint="Close them first: choose Base, with this account in use.",
            code="wallet.open_sessions",
        ),
    )
    stage.find("wallet.accounts.remove.confirm").click()  # type: ignore[attr-defined]


async def watch_secret(stage: Stage) -> None:
    tab = await accounts_tab(stage)
    tab.acts.add("watch")
    text(stage, "wallet.accounts.watch.address", "0x" + "11" * 32)


async def watch_known(stage: Stage) -> None:
    tab = await accounts_tab(stage)
    tab.acts.add("watch")
    text(stage, "wallet.accounts.watch.address", ADDRESSES[1])
    stage.find("wallet.accounts.watch.go").click()  # type: ignore[attr-defined]


async def next_account(stage: Stage) -> None:
    tab = await accounts_tab(stage)
    tab.acts.add_next(tab.cards[0].group)


async def find_accounts(stage: Stage) -> None:
    tab = await accounts_tab(stage)
    tab.acts.add(f"find:{tab.cards[0].group.key}")


async def found_accounts(stage: Stage) -> None:
    await find_accounts(stage)
    text(stage, "wallet.accounts.find.password", stage.node.world.password)
    sheet = stage.find("wallet.accounts.find")
    if not isinstance(sheet, ScanSheet):
        raise TypeError("the sheet is another one")
    sheet.go.click()
    await stage.until(sheet.further_button.isVisible)


async def bad_path(stage: Stage) -> None:
    await find_accounts(stage)
    stage.find("wallet.accounts.find.style").choose(2)  # type: ignore[attr-defined]
    text(stage, "wallet.accounts.find.path", "44/60/x")
    text(stage, "wallet.accounts.find.password", stage.node.world.password)
    stage.node.fail(
        "wallet.scan",
        UserInputError(
            "“x” is no step of a path.",
            hint="For example m/44'/60'/0'/0/0.",
            code="input.derivation_path",
        ),
    )
    stage.find("wallet.accounts.find.go").click()  # type: ignore[attr-defined]


def text(stage: Stage, name: str, words: str) -> None:
    found = stage.find(name)
    if not isinstance(found, QLineEdit):
        raise TypeError(f"{name} is no field")
    found.setText(words)


def many_node() -> FakeNode:
    """Two phrases, one never backed up, a key, a watched address, and a file that is broken."""
    node = FakeNode()
    first, second, key, watched = node.world.accounts
    node.world.accounts = [
        first,
        second,
        AccountView(
            address=ADDRESSES[3],
            label="A name as long as names may be: rent, food and the rest",
            kind="phrase",
            group=_OTHER_GROUP,
            path="m/44'/60'/0'/0/0",
            has_phrase=True,
            backed_up=False,
        ),
        key.model_copy(update={"hidden": False}),
        watched,
    ]
    node.world.wallet = node.world.wallet.model_copy(
        update={
            "damaged": (
                DamagedWallet(
                    path="/home/ada/.morpheus/keystore/wallets/9965507d.json",
                    problem="The wallet file is damaged.",
                    hint="Put a copy of it back, or move it away and import the recovery phrase.",
                ),
            )
        }
    )
    return node


def demo_node() -> FakeNode:
    node = FakeNode()
    node.world.network = sample_data.networks()[2]
    node.world.wallet = sample_data.wallet_status("memory")
    node.world.accounts = [
        AccountView(address=sample_data.WALLET, label="Main", kind="key", group="", active=True)
    ]
    return node


def unsaved_node() -> FakeNode:
    """A phrase with one account that was never proved."""
    node = FakeNode()
    node.world.accounts = [node.world.accounts[0].model_copy(update={"backed_up": False})]
    node.world.wallet = node.world.wallet.model_copy(update={"backed_up": False})
    return node


def watched_node() -> FakeNode:
    node = FakeNode()
    cold = node.world.accounts[3]
    node.world.accounts = [
        item.model_copy(update={"active": item.address == cold.address})
        for item in node.world.accounts
    ]
    node.world.wallet = node.world.wallet.model_copy(
        update={
            "address": cold.address,
            "label": cold.label,
            "watch_only": True,
            "has_phrase": False,
        }
    )
    return node


def locked_node() -> FakeNode:
    node = FakeNode()
    node.world.wallet = node.world.wallet.model_copy(update={"locked": True})
    return node


SCENES: dict[str, tuple[Callable[[], FakeNode], Scene]] = {
    "accounts": (FakeNode, accounts),
    "accounts-many": (many_node, accounts),
    "accounts-hidden": (FakeNode, accounts_hidden),
    "accounts-demo": (demo_node, accounts),
    "accounts-locked": (locked_node, accounts),
    "accounts-watched": (watched_node, accounts),
    "accounts-loading": (FakeNode, loading),
    "accounts-failed": (FakeNode, failed),
    "accounts-unsaved": (unsaved_node, accounts),
    "accounts-switch": (FakeNode, act("use")),
    "accounts-switch-watched": (FakeNode, act("use", "Cold wallet")),
    "accounts-switch-wrong": (FakeNode, switch_wrong),
    "accounts-rename": (FakeNode, act("rename")),
    "accounts-remove": (FakeNode, act("remove")),
    "accounts-remove-unsaved": (unsaved_node, act("remove", "Main")),
    "accounts-remove-watched": (FakeNode, act("remove", "Cold wallet")),
    "accounts-remove-refused": (FakeNode, remove_refused),
    "accounts-watch-secret": (FakeNode, watch_secret),
    "accounts-watch-known": (FakeNode, watch_known),
    "accounts-next": (FakeNode, next_account),
    "accounts-find": (FakeNode, find_accounts),
    "accounts-found": (FakeNode, found_accounts),
    "accounts-path": (FakeNode, bad_path),
}
