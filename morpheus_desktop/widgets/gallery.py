"""Every control with its states on one page, to look at in both themes."""

from PySide6.QtWidgets import QLayout, QWidget

from morpheus_desktop.widgets.avatar import Avatar
from morpheus_desktop.widgets.banner import Banner
from morpheus_desktop.widgets.buttons import Button, IconButton
from morpheus_desktop.widgets.chips import Badge, Chip, StatusDot
from morpheus_desktop.widgets.choices import RadioGroup, RadioRow, Segment, Toggle
from morpheus_desktop.widgets.composer import Composer
from morpheus_desktop.widgets.duration_slider import LogSlider
from morpheus_desktop.widgets.empty_state import EmptyState
from morpheus_desktop.widgets.fields import AmountEdit, PasswordField, SearchField, TextField
from morpheus_desktop.widgets.figures import BalanceBar, Legend, Meter, Part
from morpheus_desktop.widgets.frames import Card
from morpheus_desktop.widgets.labels import CopyLabel, Label
from morpheus_desktop.widgets.layouts import column, row
from morpheus_desktop.widgets.qr import QrView
from morpheus_desktop.widgets.stepper import Stepper

_PARTS = (
    Part(name="Wallet", value=8020, amount="80.20", note="free"),
    Part(name="In sessions", value=2040, amount="20.40", note="until 18:02"),
    Part(name="Locked", value=579, amount="5.79", note="back at 01:00"),
    Part(name="Ready", value=210, amount="2.10", note="take it back"),
)


def components_page() -> QWidget:
    """The page; it stands alone and changes with the theme."""
    page = QWidget()
    page.setObjectName("window")
    banner = Banner("Demo", "Play money, simulated providers.", tone="demo", action="Leave")
    left = column(
        Label("Components", "h1"),
        _buttons(),
        _chips(),
        _fields(),
        _offers(),
        _slider(),
        _balance(),
        Composer(),
        None,
        spacing=16,
    )
    body = row(spacing=24)
    body.addLayout(left, 3)
    body.addLayout(_side(), 1)
    page.setLayout(column(banner, body, spacing=16, margins=(24, 24, 24, 24)))
    return page


def _buttons() -> QLayout:
    off = Button("Disabled", "primary")
    off.disable_with("You have 3 MOR; 12.40 are needed.")
    busy = Button("Opening", "primary")
    busy.set_busy(True)
    return row(
        Button("Primary", "primary"),
        Button("Secondary"),
        Button("Soft", "soft"),
        Button("Ghost", "ghost"),
        Button("Danger", "danger"),
        Button("Link", "link"),
        Button("With icon", icon="copy"),
        IconButton("arrows-clockwise", "Refresh"),
        off,
        busy,
        None,
    )


def _chips() -> QLayout:
    return row(
        Chip("Guide", dot="ok", caret=True),
        Chip("43:12 left", icon="timer", tone="accent", filled=True),
        Chip("8:10 left", icon="timer", tone="warning", filled=True),
        Badge("Local"),
        Badge("Demo", "demo"),
        Badge("fits", "success", dot="ok"),
        Badge("slow", "warning", dot="part"),
        Badge("too large", "danger", dot="fail"),
        StatusDot("off"),
        Toggle("On", on=True),
        Toggle("Off"),
        Segment(("Day", "Week", "Month")),
        None,
    )


def _fields() -> QLayout:
    wrong = TextField("Address")
    wrong.set_text("0x12")
    wrong.show_error("This is not an address.")
    amount = AmountEdit()
    amount.set_text("12.4")
    return row(
        TextField("Name"), wrong, PasswordField(), SearchField("Search", hint="Ctrl+F"), amount
    )


def _offers() -> QWidget:
    group = RadioGroup()
    group.set_rows(
        [
            RadioRow("Auto: best score", "97 % succeeded, 41 tok/s", "12.40 MOR"),
            RadioRow("0xA1b2…c9d0", "95 % succeeded, 38 tok/s", "11.90 MOR"),
        ]
    )
    return group


def _slider() -> QWidget:
    slider = LogSlider(300, 86_400, presets=(900, 3600, 14_400))
    slider.set_value(3600)
    return slider


def _balance() -> QWidget:
    bar, legend = BalanceBar(), Legend()
    bar.set_parts(_PARTS)
    legend.set_parts(_PARTS)
    meter = Meter("Memory")
    meter.set_share(0.42)
    return Card(column(bar, legend, meter, spacing=14))


def _side() -> QLayout:
    steps = Stepper(("Ask the provider", "Allow 12.40 MOR", "Open the session"))
    steps.set_step(0, "done")
    steps.set_step(1, "running", "2 s")
    avatars = row(Avatar("Hermes", "a"), Avatar("Guide", "b"), Avatar("M", "c", circle=True), None)
    address = "0x12Ab34Cd56Ef78Ab90Cd12Ef34Ab56Cd78Ef9F3c"
    return column(
        QrView(address, module=4),
        CopyLabel("0x12Ab…9F3c", address),
        avatars,
        steps,
        EmptyState("chats", "No chats yet", "Start one with the button.", button="New chat"),
        spacing=16,
    )
