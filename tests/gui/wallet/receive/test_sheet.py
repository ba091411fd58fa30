"""Receiving: what a camera reads is what the sheet says, on the network it names."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from morpheus_desktop.pages.wallet.receive.presenter import ReceivePresenter
from morpheus_desktop.pages.wallet.receive.sheet import ReceiveSheet
from morpheus_desktop.tasks import GuiTasks
from morpheus_desktop.widgets.address_groups import AddressGroups
from morpheus_desktop.widgets.labels import Label
from morpheus_desktop.widgets.qr import QUIET, matrix_of
from node.core.errors import NodeError, RpcUnavailableError
from node.core.ids import Address
from node.core.payment_uri import PaymentRequest, parse_payment_uri
from tests.fakes import sample_data
from tests.fakes.fake_accounts import PRIVATE_KEY
from tests.fakes.fake_node import FakeNode
from tests.fakes.fake_sending import TOKEN

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
OWN = Address.parse(sample_data.WALLET)
Open = Callable[[FakeNode], ReceiveSheet]
AMOUNT = "wallet.receive.amount"


@pytest.fixture
def open_sheet(tasks: GuiTasks, qtbot: QtBot) -> Open:
    def show(node: FakeNode) -> ReceiveSheet:
        host = QWidget()
        host.resize(900, 600)
        qtbot.addWidget(host)
        host.show()
        presenter = ReceivePresenter(node, tasks)
        presenter.setParent(host)
        sheet = ReceiveSheet(host, presenter)
        with qtbot.waitSignal(presenter.read):
            sheet.open()
        return sheet

    return show


def find(sheet: ReceiveSheet, name: str) -> QWidget:
    found = sheet.findChild(QWidget, name)
    assert found is not None, name
    return found


def fill(sheet: ReceiveSheet, text: str, qtbot: QtBot) -> None:
    edit = sheet.request.edit
    edit.clear()
    qtbot.keyClicks(edit, text)


def click(sheet: ReceiveSheet, name: str, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: find(sheet, name).isVisible())
    qtbot.mouseClick(find(sheet, name), Qt.MouseButton.LeftButton)


def texts(sheet: ReceiveSheet) -> str:
    return " ".join(item.text() for item in sheet.findChildren(Label) if item.isVisible())


def clipboard() -> str:
    return QGuiApplication.clipboard().text()


def test_the_address_is_shown_in_groups_in_the_code_and_copied_whole(
    open_sheet: Open, fake_node: FakeNode, qtbot: QtBot
) -> None:
    sheet = open_sheet(fake_node)
    groups = sheet.findChild(AddressGroups)
    assert groups is not None
    assert groups.accessibleName() == sample_data.WALLET
    assert sheet.code.text == sample_data.WALLET
    assert QApplication.focusWidget() is find(sheet, "wallet.receive.copy")
    qtbot.keyClick(sheet.copy_button, Qt.Key.Key_Space)
    assert clipboard() == sample_data.WALLET


@pytest.mark.parametrize(("network", "words"), [(0, "Base only."), (1, "Base Sepolia only.")])
def test_the_network_is_named_and_what_does_not_arrive(
    open_sheet: Open, fake_node: FakeNode, qtbot: QtBot, network: int, words: str
) -> None:
    fake_node.world.network = sample_data.networks()[network]
    sheet = open_sheet(fake_node)
    qtbot.waitUntil(lambda: words in texts(sheet))
    assert "sent on other chains do not arrive" in texts(sheet)
    assert ("worth nothing" in texts(sheet)) == (network == 1)


def test_play_money_and_a_watched_address_are_named(
    open_sheet: Open, fake_node: FakeNode, qtbot: QtBot
) -> None:
    fake_node.world.network = sample_data.networks()[2]
    fake_node.world.wallet = fake_node.world.wallet.model_copy(update={"watch_only": True})
    sheet = open_sheet(fake_node)
    qtbot.waitUntil(lambda: "Demo network: play money." in texts(sheet))
    assert "You hold no key for this address here." in texts(sheet)
    assert "other chains" not in texts(sheet)


def test_an_amount_of_mor_is_a_transfer_of_the_token_in_exact_units(
    open_sheet: Open, fake_node: FakeNode, qtbot: QtBot
) -> None:
    sheet = open_sheet(fake_node)
    fill(sheet, "2.500000000000000001", qtbot)
    assert parse_payment_uri(sheet.code.text) == PaymentRequest(
        recipient=OWN,
        chain_id=8453,
        token=Address.parse(TOKEN),
        amount=2_500_000_000_000_000_001,
    )
    assert "The code asks for 2.50" in texts(sheet)
    click(sheet, "wallet.receive.link.copy", qtbot)
    assert clipboard() == sheet.code.text
    click(sheet, "wallet.receive.copy", qtbot)
    assert clipboard() == sample_data.WALLET


def test_an_amount_of_eth_is_the_coin_of_the_chain(
    open_sheet: Open, fake_node: FakeNode, qtbot: QtBot
) -> None:
    sheet = open_sheet(fake_node)
    fill(sheet, "0.01", qtbot)
    sheet.request.asset_choice.setFocus()
    qtbot.keyClick(sheet.request.asset_choice, Qt.Key.Key_Right)
    asked = PaymentRequest(recipient=OWN, chain_id=8453, amount=10**16)
    assert parse_payment_uri(sheet.code.text) == asked
    fill(sheet, "", qtbot)
    assert sheet.code.text == sample_data.WALLET
    assert not sheet.link_button.isVisible()


def test_an_unclear_amount_is_asked_about_and_the_code_stays_the_address(
    open_sheet: Open, fake_node: FakeNode, qtbot: QtBot
) -> None:
    sheet = open_sheet(fake_node)
    fill(sheet, "1,500", qtbot)
    assert "Did you mean 1.5 or 1500?" in sheet.request.edit.accessibleDescription()
    assert sheet.code.text == sample_data.WALLET
    click(sheet, "wallet.receive.choice.1", qtbot)
    assert parse_payment_uri(sheet.code.text).amount == 1500 * 10**18


def test_a_secret_is_not_put_into_a_code(
    open_sheet: Open, fake_node: FakeNode, qtbot: QtBot
) -> None:
    sheet = open_sheet(fake_node)
    edit = find(sheet, AMOUNT)
    assert isinstance(edit, QLineEdit)
    edit.setText(PRIVATE_KEY)
    assert edit.text() == ""
    assert "private key" in edit.accessibleDescription()
    assert sheet.code.text == sample_data.WALLET


@pytest.mark.parametrize(
    "error", [RpcUnavailableError("No connection."), NodeError("Not started yet.")]
)
def test_without_the_contract_only_mor_cannot_be_asked_for(
    open_sheet: Open, fake_node: FakeNode, qtbot: QtBot, error: NodeError
) -> None:
    fake_node.fail("chain.contracts", error)
    sheet = open_sheet(fake_node)
    fill(sheet, "5", qtbot)
    assert sheet.code.text == sample_data.WALLET
    assert "cannot be asked for" in sheet.request.edit.accessibleDescription()
    sheet.request.asset_choice.choose(1)
    assert parse_payment_uri(sheet.code.text).amount == 5 * 10**18


def test_the_image_is_copied_and_saved_with_its_quiet_zone(
    open_sheet: Open, fake_node: FakeNode, qtbot: QtBot, tmp_path: Path
) -> None:
    sheet = open_sheet(fake_node)
    click(sheet, "wallet.receive.image.copy", qtbot)
    copied = QGuiApplication.clipboard().image()
    with qtbot.waitSignal(sheet.told) as told:
        sheet.save(str(tmp_path / "mine"))
    assert told.args == [f"Saved as {tmp_path / 'mine.png'}", "success"]
    saved = QImage(str(tmp_path / "mine.png"))
    assert modules(saved) == modules(copied) == matrix_of(sample_data.WALLET)


def modules(image: QImage) -> list[bytes]:
    """What stands in the picture, read at the middle of each module."""
    count = len(matrix_of(sample_data.WALLET))
    size = image.width() // (count + 2 * QUIET)
    places = [(QUIET + number) * size + size // 2 for number in range(count)]
    assert image.pixelColor(size, size).lightness() == 255
    return [bytes(image.pixelColor(x, y).lightness() < 128 for x in places) for y in places]


def test_a_folder_that_cannot_be_written_is_named(
    open_sheet: Open, fake_node: FakeNode, qtbot: QtBot, tmp_path: Path
) -> None:
    sheet = open_sheet(fake_node)
    sheet.save(str(tmp_path / "missing" / "mine.png"))
    qtbot.waitUntil(lambda: "The picture cannot be saved there." in texts(sheet))


def test_everything_is_in_view_in_the_smallest_window(
    open_sheet: Open, fake_node: FakeNode, qtbot: QtBot
) -> None:
    sheet = open_sheet(fake_node)
    fill(sheet, "2.5", qtbot)

    def is_whole(widget: QWidget) -> bool:
        return widget.visibleRegion().boundingRect().size() == widget.size()

    for widget in (sheet.code, sheet.done_button, sheet.link_button, sheet.save_button):
        qtbot.waitUntil(lambda widget=widget: is_whole(widget))
