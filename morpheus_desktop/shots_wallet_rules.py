"""Pictures of the wallet's approvals, address book and networks, with their sheets."""

from collections.abc import Callable

from PySide6.QtWidgets import QScrollArea

from morpheus_desktop.pages.wallet.contacts.tab import ContactsTab
from morpheus_desktop.pages.wallet.tabs import APPROVALS, CONTACTS, NETWORKS, WalletTabs
from morpheus_desktop.shot_stage import Scene, Stage, section
from morpheus_desktop.widgets.fields import TextField
from node.core.errors import StorageError, UserInputError
from node.service.dto import ApprovalView, Contact
from tests.fakes import sample_data, sample_servers
from tests.fakes.fake_node import FakeNode
from tests.fakes.fake_sending import MOR
from tests.fakes.sample_market import PROVIDERS

_EDIT = "wallet.networks.servers.edit"
_NAMES = (
    ("Ada Lovelace", "pays back on Fridays"),
    ("Exchange", "needs the memo of the account with every single transfer, says its support"),
    ("Grace Hopper", "GPU rental, an invoice per month"),
    ("Landlord", ""),
    ("Nobody in particular", "met at the fair"),
    ("Savings on the hardware wallet in the drawer, the second one", "cold"),
    ("Zuse", ""),
)


def many_approvals() -> FakeNode:
    """One that is being used, and one that nobody should have."""
    node = FakeNode()
    known = node.world.approvals[0].model_copy(update={"needed_by_open": 5 * MOR})
    stranger = ApprovalView(spender=PROVIDERS[1][0], spender_name="", amount=2**256 - 1)
    node.world.approvals = [known, stranger]
    return node


def no_approvals() -> FakeNode:
    node = FakeNode()
    node.world.approvals = [node.world.approvals[0].model_copy(update={"amount": 0})]
    return node


def many_contacts() -> FakeNode:
    node = FakeNode()
    node.world.contacts = [
        Contact(address=f"{PROVIDERS[n % 3][0][:-2]}{n:02x}", name=name, note=note)
        for n, (name, note) in enumerate(_NAMES)
    ]
    return node


def sick_servers() -> FakeNode:
    """A server of another chain, one that lags, one that is silent."""
    node = FakeNode()
    good, late, silent = sample_data.endpoints()
    own = sample_servers.endpoint("base.example.com")
    wrong = {"state": "wrong_chain", "chain_id": 1, "in_use": False, "lag": None}
    node.world.servers = sample_servers.servers(
        ("https://base.example.com/v2/key", *sample_servers.PUBLIC)
    )
    node.world.endpoints = (
        own.model_copy(update={**wrong, "error_permille": 1000}),
        good,
        late.model_copy(update={"state": "behind", "lag": 240, "rest_s": 44.0}),
        silent.model_copy(
            update={"state": "failing", "reason": "The network node does not answer."}
        ),
    )
    return node


def demo_node() -> FakeNode:
    node = FakeNode()
    node.world.network = sample_data.networks()[2]
    node.world.wallet = sample_data.wallet_status("memory")
    return node


def watched_node() -> FakeNode:
    node = FakeNode()
    node.world.wallet = node.world.wallet.model_copy(update={"watch_only": True})
    return node


def tab(title: str) -> Scene:
    async def show(stage: Stage) -> None:
        await section("wallet")(stage)
        await stage.until(lambda: stage.window.findChild(WalletTabs))
        await stage.until(lambda: stage.find("wallet.tabs").isVisible())
        tabs = stage.window.findChild(WalletTabs)
        if tabs is not None:
            tabs.choose(title)
        await stage.calm()

    return show


def then(title: str, *steps: str) -> Scene:
    """The tab, and then clicks on what has these names."""

    async def show(stage: Stage) -> None:
        await tab(title)(stage)
        for name in steps:
            stage.find(name).click()  # type: ignore[attr-defined]
            await stage.calm()

    return show


async def networks_below(stage: Stage) -> None:
    """The end of the page, which needs scrolling."""
    await tab(NETWORKS)(stage)
    for area in stage.window.page("wallet").findChildren(QScrollArea):
        area.verticalScrollBar().setValue(area.verticalScrollBar().maximum())


async def approval_amount(stage: Stage) -> None:
    await then(APPROVALS, "wallet.approvals.change.6abe1d")(stage)
    stage.find("wallet.approvals.sheet.once").chosen.emit()  # type: ignore[attr-defined]
    stage.find("wallet.approvals.sheet.amount").setText("80")  # type: ignore[attr-defined]


async def approval_password(stage: Stage) -> None:
    await approval_amount(stage)
    stage.find("wallet.approvals.sheet.go").click()  # type: ignore[attr-defined]


async def contact(stage: Stage) -> None:
    await tab(CONTACTS)(stage)
    page = stage.find("wallet.contacts")
    if isinstance(page, ContactsTab):
        page.table.row_activated.emit(0)


async def contact_remove(stage: Stage) -> None:
    await contact(stage)
    stage.find("wallet.contacts.detail.remove").click()  # type: ignore[attr-defined]


async def contact_secret(stage: Stage) -> None:
    await then(CONTACTS, "wallet.contacts.add")(stage)
    stage.find("wallet.contacts.edit.name").setText("Ada")  # type: ignore[attr-defined]
    key = "0x" + "a1" * 32
    stage.find("wallet.contacts.edit.address").setText(key)  # type: ignore[attr-defined]


async def contacts_error(stage: Stage) -> None:
    await tab(CONTACTS)(stage)
    stage.node.fail(
        "wallet.contacts",
        StorageError("The address book cannot be read.", hint="Is the disk full?"),
    )
    page = stage.find("wallet.contacts")
    if isinstance(page, ContactsTab):
        page.shown()


async def servers_added(stage: Stage) -> None:
    await then(NETWORKS, "wallet.networks.edit")(stage)
    _field(stage).set_text("https://rpc.example.org/v2/key")
    stage.find(f"{_EDIT}.add").click()  # type: ignore[attr-defined]


async def servers_refused(stage: Stage) -> None:
    await then(NETWORKS, "wallet.networks.edit")(stage)
    words = "This server is not Base: eth.example.org belongs to network 1, not to 8453."
    stage.node.fail("system.check_rpc_url", UserInputError(words, hint="Nothing was changed."))
    _field(stage).set_text("https://eth.example.org")
    stage.find(f"{_EDIT}.add").click()  # type: ignore[attr-defined]


def _field(stage: Stage) -> TextField:
    for item in stage.window.findChildren(TextField):
        if item.edit.objectName() == f"{_EDIT}.url":
            return item
    raise LookupError("there is no field for an address")


SCENES: dict[str, tuple[Callable[[], FakeNode], Scene]] = {
    "wallet-approvals": (many_approvals, tab(APPROVALS)),
    "wallet-approvals-none": (no_approvals, tab(APPROVALS)),
    "wallet-approvals-watched": (watched_node, tab(APPROVALS)),
    "wallet-revoke": (
        many_approvals,
        then(APPROVALS, "wallet.approvals.revoke.6abe1d", "wallet.approvals.sheet.advanced"),
    ),
    "wallet-approve": (FakeNode, approval_amount),
    "wallet-approve-password": (FakeNode, approval_password),
    "wallet-contacts": (many_contacts, tab(CONTACTS)),
    "wallet-contacts-error": (many_contacts, contacts_error),
    "wallet-contact": (many_contacts, contact),
    "wallet-contact-remove": (many_contacts, contact_remove),
    "wallet-contact-secret": (FakeNode, contact_secret),
    "wallet-networks": (FakeNode, tab(NETWORKS)),
    "wallet-networks-below": (FakeNode, networks_below),
    "wallet-networks-sick": (sick_servers, tab(NETWORKS)),
    "wallet-networks-demo": (demo_node, tab(NETWORKS)),
    "wallet-network-switch": (FakeNode, then(NETWORKS, "wallet.networks.use.base-sepolia")),
    "wallet-servers": (sick_servers, servers_added),
    "wallet-servers-refused": (FakeNode, servers_refused),
}
