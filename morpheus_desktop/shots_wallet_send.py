"""Pictures of sending and receiving."""

from collections.abc import Callable

from PySide6.QtWidgets import QLineEdit, QWidget

from morpheus_desktop.pages.wallet.page import WalletPage
from morpheus_desktop.pages.wallet.send.sheet import SendSheet
from morpheus_desktop.shot_stage import Scene, Stage, section
from node.core.errors import RpcUnavailableError
from node.service.dto import Contact, WalletStatus
from tests.fakes import sample_data
from tests.fakes.fake_node import FakeNode
from tests.fakes.sample_market import PROVIDERS

STRANGER = PROVIDERS[1][0]
TWIN = "0x12Ab34cd56eF7890Ab12cD34EF567899bC129F3C"


async def send_empty(stage: Stage) -> None:
    page = await wallet_page(stage)
    await stage.until(page.send_button.isVisible)
    page.send()
    await stage.until(sheet_of(stage).form.amounts.edit.isVisible)
    await stage.calm()


async def wallet_page(stage: Stage) -> WalletPage:
    await section("wallet")(stage)
    await stage.until(lambda: stage.window.findChild(WalletPage))
    page = stage.window.page("wallet")
    if not isinstance(page, WalletPage):
        raise TypeError("the section wallet has another page")
    return page


async def receive(stage: Stage) -> None:
    page = await wallet_page(stage)
    await stage.until(page.receive_button.isVisible)
    page.receive_button.click()
    await stage.calm()


def receive_amount(text: str) -> Scene:
    async def show(stage: Stage) -> None:
        await receive(stage)
        field(stage, "wallet.receive.amount").setText(text)

    return show


def sheet_of(stage: Stage) -> SendSheet:
    found = stage.window.findChild(SendSheet)
    if found is None:
        raise LookupError("there is no send sheet")
    return found


def field(stage: Stage, name: str) -> QLineEdit:
    found = stage.find(name)
    if not isinstance(found, QLineEdit):
        raise TypeError(f"{name} is no field")
    return found


def form(to: str, amount: str, *, asset: str = "MOR") -> Scene:
    async def show(stage: Stage) -> None:
        await send_empty(stage)
        sheet = sheet_of(stage)
        sheet.form.amounts.choose_asset(asset)
        field(stage, "wallet.send.to").setText(to)
        field(stage, "wallet.send.amount").setText(amount)
        sheet.form.amounts.edit.setFocus()
        for _ in range(3):
            await stage.calm()

    return show


async def send_names(stage: Stage) -> None:
    await send_empty(stage)
    sheet = sheet_of(stage)
    sheet.form.to.list_button.click()
    await stage.calm()
    stage.find("wallet.send.suggestions").choose(1)  # type: ignore[attr-defined]


def review(to: str, amount: str, *, asset: str = "MOR") -> Scene:
    async def show(stage: Stage) -> None:
        await form(to, amount, asset=asset)(stage)
        sheet_of(stage).next_button.click()
        await stage.until(sheet_of(stage).review.isVisible)
        await stage.calm()

    return show


async def send_password(stage: Stage) -> None:
    await review(STRANGER, "60")(stage)
    field(stage, "wallet.send.password").setText("wrong horse")
    sheet_of(stage).next_button.click()


async def send_advanced(stage: Stage) -> None:
    await review(PROVIDERS[0][0], "12.4")(stage)
    stage.find("wallet.send.advanced").click()  # type: ignore[attr-defined]


async def send_dearer(stage: Stage) -> None:
    await review(PROVIDERS[0][0], "12.4")(stage)
    draft = sheet_of(stage)._draft
    if draft is None:
        raise LookupError("nothing is drafted")
    sheet_of(stage)._draft = draft.model_copy(update={"fee_wei": draft.fee_wei // 2})
    stage.node.world.drafts.clear()
    sheet_of(stage).next_button.click()
    await stage.until(lambda: stage.window.findChild(QWidget, "wallet.send.changes"))


async def send_refused(stage: Stage) -> None:
    await review(PROVIDERS[0][0], "12.4")(stage)
    stage.node.fail("wallet.send", RpcUnavailableError("No connection to the Base network."))
    sheet_of(stage).next_button.click()


async def send_result(stage: Stage) -> None:
    await review(STRANGER, "12.4")(stage)
    stage.node.hold("wallet.mined")
    sheet_of(stage).next_button.click()
    await stage.until(sheet_of(stage).result.isVisible)


async def send_kept(stage: Stage) -> None:
    await review(PROVIDERS[0][0], "12.4")(stage)
    kept = RpcUnavailableError(
        "The transaction is signed and kept, but no network node took it yet.",
        hint="Do not repeat it: it is sent by itself when the connection is back. After nine"
        " minutes without one it is given up.",
        code="chain.tx_kept",
        details={"tx_hash": f"0x{0x5E4D << 200:064x}"},
    )
    stage.node.fail("wallet.send", kept)
    sheet_of(stage).next_button.click()
    await stage.until(sheet_of(stage).result.isVisible)


async def send_secret(stage: Stage) -> None:
    await send_empty(stage)
    field(stage, "wallet.send.to").setText("0x" + "1f" * 32)


def watching_node() -> FakeNode:
    node = FakeNode()
    node.world.wallet = WalletStatus(
        kind="vault", address=sample_data.WALLET, label="Cold wallet", watch_only=True
    )
    return node


def offline_node() -> FakeNode:
    node = FakeNode()
    error = RpcUnavailableError("No connection to the Base network.")
    node.fail("wallet.fee_tiers", error, times=99)
    node.fail("wallet.draft_send", error, times=99)
    return node


def long_names_node() -> FakeNode:
    """Names as nobody would type them."""
    node = FakeNode()
    label = "Savings for the boat, the harbour and everything that comes after it"
    node.world.wallet = node.world.wallet.model_copy(update={"label": label})
    node.world.contacts.append(
        Contact(
            address=PROVIDERS[3][0],
            name="Bartholomäus-Maximilian von und zu der langen Zeile am Ende der W",
            note="<b>never</b> a markup " * 8,
        )
    )
    return node


def demo_node() -> FakeNode:
    node = FakeNode()
    node.world.network = sample_data.networks()[2]
    node.world.wallet = sample_data.wallet_status("memory")
    return node


SCENES: dict[str, tuple[Callable[[], FakeNode], Scene]] = {
    "send-empty": (FakeNode, send_empty),
    "send-names": (long_names_node, send_names),
    "send-form": (FakeNode, form(PROVIDERS[0][0], "12.4")),
    "send-stranger": (FakeNode, form(STRANGER, "12.4", asset="ETH")),
    "send-unclear": (FakeNode, form("Ada", "1,500")),
    "send-ens": (FakeNode, form("ada.eth", "5")),
    "send-too-much": (FakeNode, form(PROVIDERS[0][0], "500")),
    "send-secret": (FakeNode, send_secret),
    "send-watching": (watching_node, send_empty),
    "send-offline": (offline_node, form(PROVIDERS[0][0], "5")),
    "send-review": (FakeNode, review(PROVIDERS[0][0], "12.4")),
    "send-long-names": (long_names_node, review(PROVIDERS[3][0], "12.4")),
    "send-first": (FakeNode, review(STRANGER, "12.4")),
    "send-look-alike": (FakeNode, review(TWIN.lower(), "400")),
    "send-password": (FakeNode, send_password),
    "send-advanced": (FakeNode, send_advanced),
    "send-dearer": (FakeNode, send_dearer),
    "send-refused": (FakeNode, send_refused),
    "send-kept": (FakeNode, send_kept),
    "send-result": (FakeNode, send_result),
    "receive": (FakeNode, receive),
    "receive-amount": (FakeNode, receive_amount("2.5")),
    "receive-unclear": (FakeNode, receive_amount("1,500")),
    "receive-watching": (watching_node, receive),
    "receive-demo": (demo_node, receive),
}
