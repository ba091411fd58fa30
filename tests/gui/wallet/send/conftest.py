"""The send sheet over an empty window, on the scriptable node with its events."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from morpheus_desktop.bridge import NodeSignals
from morpheus_desktop.pages.wallet.send.presenter import SendPresenter
from morpheus_desktop.pages.wallet.send.sheet import SendSheet
from morpheus_desktop.tasks import GuiTasks
from morpheus_desktop.widgets.labels import ElidedLabel, Label
from node.service.dto import SendDraft
from tests.fakes.fake_node import FakeNode
from tests.fakes.sample_market import PROVIDERS

ADA = PROVIDERS[0][0]
STRANGER = PROVIDERS[1][0]


class Clock:
    """Seconds as the test sets them."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class SendKit:
    sheet: SendSheet
    presenter: SendPresenter
    node: FakeNode
    qtbot: QtBot
    clock: Clock
    told: list[tuple[str, str]] = field(default_factory=list)

    def find(self, name: str) -> QWidget:
        visible = [item for item in self.sheet.findChildren(QWidget, name) if item.isVisible()]
        assert visible, f"no visible {name}"
        return visible[-1]

    def has(self, name: str) -> bool:
        return any(item.isVisible() for item in self.sheet.findChildren(QWidget, name))

    def click(self, name: str) -> None:
        self.until(lambda: self.has(name) and self.find(name).isEnabled())
        self.qtbot.mouseClick(self.find(name), Qt.MouseButton.LeftButton)

    def fill(self, name: str, text: str) -> None:
        widget = self.find(name)
        assert isinstance(widget, QLineEdit)
        widget.clear()
        self.qtbot.keyClicks(widget, text)

    def value(self, name: str) -> str:
        widget = self.find(name)
        assert isinstance(widget, QLineEdit)
        return widget.text()

    def press(self, name: str, key: Qt.Key) -> None:
        self.qtbot.keyClick(self.find(name), key)

    def until(self, ready: Callable[[], object]) -> None:
        self.qtbot.waitUntil(lambda: bool(ready()), timeout=5000)

    def texts(self) -> str:
        """Everything that can be read now."""
        plain = [item.text() for item in self.sheet.findChildren(Label) if item.isVisible()]
        short = [item.text() for item in self.sheet.findChildren(ElidedLabel) if item.isVisible()]
        return " ".join(plain + short)

    def said(self, name: str) -> str:
        """What stands below a field."""
        return self.find(name).accessibleDescription()

    def paste(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)
        self.click("wallet.send.paste")

    def review(self, to: str = ADA, amount: str = "5.25") -> None:
        """Fill in the form and go on to the review."""
        self.fill("wallet.send.to", to)
        self.fill("wallet.send.amount", amount)
        self.press("wallet.send.amount", Qt.Key.Key_Return)
        self.until(lambda: self.sheet.review.isVisible())

    def drafts(self) -> list[tuple[object, ...]]:
        return self.node.called("wallet.draft_send")

    def change_drafts(self, change: Callable[[SendDraft], SendDraft]) -> None:
        """Let the node draft something else from now on."""
        wallet = self.node.wallet
        keep = wallet._keep

        def kept(**values: object) -> SendDraft:
            draft = change(keep(**values))
            self.node.world.drafts[draft.id] = draft
            return draft

        wallet._keep = kept  # type: ignore[method-assign]


OpenSheet = Callable[..., SendKit]


@pytest.fixture
def open_sheet(tasks: GuiTasks, qtbot: QtBot) -> OpenSheet:
    """Open the sheet on a node and wait until it knows what the wallet holds."""

    def show(node: FakeNode, to: str = "", *, wait: bool = True) -> SendKit:
        host = QWidget()
        host.resize(900, 600)
        qtbot.addWidget(host)
        host.show()
        signals, clock = NodeSignals(), Clock()
        tasks.spawn(signals.run(node), "events")
        presenter = SendPresenter(node, tasks, signals, monotonic=clock)
        presenter.setParent(host)
        sheet = SendSheet(host, presenter, to=to)
        kit = SendKit(sheet=sheet, presenter=presenter, node=node, qtbot=qtbot, clock=clock)
        presenter.told.connect(lambda text, tone: kit.told.append((text, tone)))
        sheet.open()
        if wait:
            kit.until(lambda: node.called("wallet.fee_tiers"))
            kit.until(lambda: presenter.context is not None and presenter.context.seconds)
        return kit

    return show


@pytest.fixture
def kit(open_sheet: OpenSheet, fake_node: FakeNode) -> SendKit:
    return open_sheet(fake_node)
