"""Settings: everything on one page, found by words, applied at once."""

from functools import partial
from typing import cast

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from morpheus_desktop.errors import present
from morpheus_desktop.pages.settings.cards import (
    AboutCard,
    ApiCard,
    LicencesSheet,
    NetworkCard,
    ReportCard,
)
from morpheus_desktop.pages.settings.field_row import FieldRow
from morpheus_desktop.pages.settings.presenter import SettingsPresenter, Value
from morpheus_desktop.pages.settings.theme_choice import ThemeChoice
from morpheus_desktop.pages.settings.wallet_card import WalletCard
from morpheus_desktop.theme import current
from morpheus_desktop.theme.theme import Mode
from morpheus_desktop.widgets.banner import Banner
from morpheus_desktop.widgets.buttons import Button
from morpheus_desktop.widgets.empty_state import SkeletonRows
from morpheus_desktop.widgets.fields import SearchField
from morpheus_desktop.widgets.frames import Card, line
from morpheus_desktop.widgets.labels import Label
from morpheus_desktop.widgets.layouts import boxed, clear, column, row
from morpheus_desktop.widgets.scroll import page_column
from node.core.errors import NodeError
from node.service.dto import SettingField

_WIDTH, _NAV = 640, 228
_WITH_NAV = 928
"""Below this width the list of groups gives its room to the page."""
_THEME = "theme"
_ICONS = {
    "Appearance": "palette",
    "Network": "globe",
    "Chat": "chats",
    "Sessions": "timer",
    "Wallet": "wallet",
    "API": "terminal-window",
    "Hosting": "broadcast",
    "Diagnostics": "heartbeat",
    "About": "info",
}


class SettingsPage(QWidget):
    """`told(text, tone)` for a toast; `theme_chosen(mode)` after the window has changed its look;
    `backup_requested()`, `reveal_requested()`, `password_requested()` for the wallet's sheets,
    `report_requested()` for that of the support report; `network_requested(NetworkView)`.

    Object names of controls: `settings.<name of the setting>`.
    """

    told = Signal(str, str)
    theme_chosen = Signal(str)
    backup_requested = Signal()
    reveal_requested = Signal()
    password_requested = Signal()
    report_requested = Signal()
    network_requested = Signal(object)

    def __init__(self, presenter: SettingsPresenter) -> None:
        super().__init__()
        self.setObjectName("settings")
        self._presenter = presenter
        self.rows: dict[str, FieldRow] = {}
        self._groups: dict[str, _Group] = {}
        self.search = SearchField("Find a setting", name="settings.search")
        self._nav_list = column(spacing=2)
        self._nav = boxed(column(self._nav_list, None, margins=(14, 20, 14, 12)))
        self._failure = column(spacing=0)
        self._skeleton = SkeletonRows(5, height=60)
        self._no_match = Label("No setting has these words.", "body", "text3")
        self._body = column(spacing=0)
        self.themes = ThemeChoice()
        self.network = NetworkCard()
        self.api = ApiCard()
        self.wallet = WalletCard()
        self.report = ReportCard()
        self.about = AboutCard()
        self._scroll = self._build()
        self._connect()

    def _build(self) -> QScrollArea:
        self._no_match.hide()
        self.search.setFixedWidth(220)
        head = row(Label("Settings", "h1"), None, self.search)
        whole = column(head, 18, self._failure, self._skeleton, self._no_match, self._body)
        whole.addStretch(1)
        scroll = page_column(whole, width=_WIDTH)
        self._nav.setFixedWidth(_NAV)
        self._line = line(vertical=True)
        outer = row(self._nav, self._line, spacing=0)
        outer.addWidget(scroll, 1)
        self.setLayout(outer)
        return scroll

    def _connect(self) -> None:
        presenter = self._presenter
        presenter.loaded.connect(self._show)
        presenter.failed.connect(self._show_failure)
        presenter.saved.connect(self._saved)
        presenter.save_failed.connect(self._save_failed)
        presenter.token_read.connect(self._copy_token)
        self.search.changed.connect(self._filter)
        self.themes.chosen.connect(self._theme_chosen)
        self.network.chosen.connect(self.network_requested)
        self.api.token_wanted.connect(presenter.read_token)
        self.wallet.backup_clicked.connect(self.backup_requested)
        self.wallet.reveal_clicked.connect(self.reveal_requested)
        self.wallet.password_clicked.connect(self.password_requested)
        self.report.report_clicked.connect(self.report_requested)
        self.about.licences_clicked.connect(self._licences)
        find = QShortcut(QKeySequence.StandardKey.Find, self)
        find.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        find.activated.connect(self.search.setFocus)

    def shown(self) -> None:
        self._presenter.load()

    # --- what is there ---

    def _show(self) -> None:
        state = self._presenter.state
        if state is None:
            return
        self._skeleton.hide()
        if not self._groups:
            self._make_groups(state.fields)
        for field in state.fields:
            self._show_field(field)
        used = state.status.network
        self.network.show_networks(state.networks, used.name if used is not None else "")
        self.wallet.show_wallet(state.wallet)
        address = self._presenter.field("web_address")
        is_settled = address is not None and address.name not in self._presenter.waiting
        wanted = str(address.value) if address is not None and is_settled else ""
        self.api.show_access(state.api_url, state.cookie_file, wanted)
        self.about.show_version(state.status.version)

    def _make_groups(self, fields: tuple[SettingField, ...]) -> None:
        """One block per group, in the order of `_ICONS`, unknown groups before "About"."""
        special = {
            "Appearance": self.themes,
            "Network": self.network,
            "Wallet": self.wallet,
            "API": self.api,
            "Diagnostics": self.report,
        }
        named = dict.fromkeys([*_ICONS, *(field.group for field in fields)])
        named.pop("About", None)
        for title in named:
            rows = [self._row(field) for field in fields if _listed(field, title)]
            if rows or title in special:
                self._add_group(_Group(title, special.get(title), rows))
        self._add_group(_Group("About", self.about, []))

    def _add_group(self, group: "_Group") -> None:
        self._groups[group.title] = group
        self._body.addWidget(group)
        icon = _ICONS.get(group.title, "sliders-horizontal")
        entry = Button(group.title, "ghost", icon=icon, name=f"settings.go.{group.title.lower()}")
        entry.setStyleSheet("text-align: left")
        entry.clicked.connect(partial(self._go, group))
        self._nav_list.addWidget(entry)

    def _row(self, field: SettingField) -> FieldRow:
        item = FieldRow(field)
        item.changed.connect(partial(self._changed, field.name))
        item.reset_clicked.connect(partial(self._presenter.reset, field.name))
        self.rows[field.name] = item
        return item

    def _show_field(self, field: SettingField) -> None:
        if field.name == _THEME:
            self.themes.show_choice(str(field.value))
        elif field.name in self.rows:
            waiting = field.name in self._presenter.waiting
            self.rows[field.name].show_field(field, waiting=waiting)

    def _show_failure(self, error: NodeError) -> None:
        clear(self._failure)
        words = present(error)
        banner = Banner(words.title, words.text, tone=words.severity, close=True)
        banner.setObjectName("settings.banner")
        self._failure.addWidget(banner)
        self._failure.addSpacing(16)
        self._scroll.verticalScrollBar().setValue(0)

    def _filter(self, words: str) -> None:
        shown = [group for group in self._groups.values() if group.filter(words)]
        self._no_match.setVisible(bool(self._groups) and not shown)

    def _go(self, group: "_Group") -> None:
        self._scroll.verticalScrollBar().setValue(group.y())
        self._scroll.ensureWidgetVisible(group, 0, 0)
        group.focus_first()

    # --- what the user does ---

    def _changed(self, name: str, value: Value) -> None:
        self._presenter.set_value(name, value)

    def _saved(self, name: str) -> None:
        field = self._presenter.field(name)
        if field is not None:
            self._show_field(field)

    def _save_failed(self, name: str, error: NodeError) -> None:
        if name in self.rows:
            self.rows[name].show_error(f"{error.message} {error.hint}".strip())
        else:
            self._show_failure(error)

    def _theme_chosen(self, mode: str) -> None:
        current().set_mode(cast(Mode, mode))
        self._presenter.set_value(_THEME, mode)
        self.theme_chosen.emit(mode)

    def _copy_token(self, token: object) -> None:
        secret = getattr(token, "get_secret_value", None)
        if secret is not None:
            QGuiApplication.clipboard().setText(secret())
            self.told.emit("The token is on the clipboard", "success")

    def _licences(self) -> None:
        LicencesSheet(self.window()).open()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wide = self.width() >= _WITH_NAV
        self._nav.setVisible(wide)
        self._line.setVisible(wide)


class _Group(QWidget):
    """Title, perhaps a card of its own, then a card with the rows of settings."""

    def __init__(self, title: str, special: QWidget | None, rows: list[FieldRow]) -> None:
        super().__init__()
        self.title = title
        self._special, self._rows = special, rows
        layout = column(Label(title, "strong"), 8)
        if special is not None:
            layout.addWidget(special)
        self._lines: list[QWidget] = []
        self._card = _rows_card(rows, self._lines)
        if rows:
            layout.addSpacing(10 if special is not None else 0)
            layout.addWidget(self._card)
        layout.addSpacing(24)
        self.setLayout(layout)

    def filter(self, words: str) -> bool:
        """Show what has the words; returns whether anything is left."""
        found = False
        for number, item in enumerate(self._rows):
            matches = item.matches(words)
            item.setVisible(matches)
            if number:
                self._lines[number - 1].setVisible(matches and found)
            found = found or matches
        self._card.setVisible(found)
        named = all(word in self.title.casefold() for word in words.casefold().split())
        if self._special is not None:
            self._special.setVisible(named)
        shown = found or (named and self._special is not None)
        self.setVisible(shown)
        return shown

    def focus_first(self) -> None:
        """Put the focus on the group's first control."""
        first = self.nextInFocusChain()
        while first is not None and self.isAncestorOf(first):
            if first.focusPolicy() & Qt.FocusPolicy.TabFocus and first.isVisible():
                first.setFocus(Qt.FocusReason.TabFocusReason)
                return
            first = first.nextInFocusChain()


def _rows_card(rows: list[FieldRow], lines: list[QWidget]) -> Card:
    layout: QVBoxLayout = column()
    for number, item in enumerate(rows):
        if number:
            lines.append(boxed(column(line(), margins=(18, 0, 18, 0))))
            layout.addWidget(lines[-1])
        layout.addWidget(item)
    return Card(layout, margins=(0, 4, 0, 4))


def _listed(field: SettingField, group: str) -> bool:
    return field.group == group and field.name != _THEME
