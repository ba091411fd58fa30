"""Cards that are no list of settings: network in use, API access, about."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QPlainTextEdit, QWidget

from morpheus_desktop.models.networks import money_kind, network_words
from morpheus_desktop.theme import font
from morpheus_desktop.widgets.buttons import Button
from morpheus_desktop.widgets.choices import RadioGroup, RadioRow
from morpheus_desktop.widgets.frames import Card
from morpheus_desktop.widgets.labels import CopyLabel, Label
from morpheus_desktop.widgets.layouts import Item, boxed, column, row
from morpheus_desktop.widgets.sheet import Sheet
from node.core.paths import resource_path
from node.service.dto import NetworkView

_MARGINS = (18, 12, 18, 12)


class NetworkCard(Card):
    """`chosen(NetworkView)`: another one is wanted. The mark stays at the one in use."""

    chosen = Signal(object)

    def __init__(self) -> None:
        self.rows = RadioGroup()
        self._networks: tuple[NetworkView, ...] = ()
        self._used = -1
        super().__init__(column(self.rows), margins=(8, 8, 8, 8))
        self.setObjectName("settings.network")
        self.rows.chosen.connect(self._chosen)

    def show_networks(self, networks: tuple[NetworkView, ...], current: str) -> None:
        """`current` is empty while no network is chosen."""
        names = [network.name for network in networks]
        self._used = names.index(current) if current in names else -1
        if networks == self._networks:
            self.rows.mark(self._used)
            return
        self._networks = networks
        rows = [
            RadioRow(item.title, _words(item), name=f"settings.network.{item.name}")
            for item in networks
        ]
        self.rows.set_rows(rows, self._used)

    def _chosen(self, index: int) -> None:
        self.rows.mark(self._used)
        self.chosen.emit(self._networks[index])


def _words(network: NetworkView) -> str:
    return f"{money_kind(network)[0]} · {network_words(network)}"


class ApiCard(Card):
    """How a program reaches the local API. `token_wanted()`: copy the secret now."""

    token_wanted = Signal()

    def __init__(self) -> None:
        self._url = CopyLabel("", "", name="settings.api.url")
        self._cookie = CopyLabel("", "", name="settings.api.cookie")
        self.token_button = Button(
            "Copy token", "secondary", icon="copy", size="compact", name="settings.api.token"
        )
        self._other_port = Label("", "small", "warning", wrap=True)
        self._other_port.setObjectName("settings.api.port")
        self._off = Label("The API does not run. Look at its address below.", "body", "text2")
        lines: list[Item] = [
            self._line("Address", "for OpenAI clients, with /v1 at its end", self._url),
            self._other_port,
            self._line("Token", "opens your wallet to programs: keep it secret", self.token_button),
            self._line("Cookie file", "the same token for programs on this computer", self._cookie),
        ]
        self._on = boxed(column(*lines, spacing=10))
        super().__init__(column(self._off, self._on), margins=_MARGINS)
        self.setObjectName("settings.api")
        self.token_button.clicked.connect(self.token_wanted)

    def _line(self, title: str, text: str, control: QWidget) -> QWidget:
        line = row(spacing=12)
        line.addLayout(column(Label(title), Label(text, "small", "text3")), 1)
        line.addWidget(control)
        return boxed(line)

    def show_access(self, url: str, cookie_file: str, wanted: str = "") -> None:
        """`wanted` is the address of the settings; another program may have its port."""
        taken, used = wanted.rpartition(":")[2], url.rpartition(":")[2]
        is_other = bool(url) and taken not in ("", "0", used)
        self._other_port.setText(
            f"Port {taken} is used by another program; {used} is used instead in this run."
        )
        self._other_port.setVisible(is_other)
        self._on.setVisible(bool(url))
        self._off.setVisible(not url)
        self._url.set_value(url, url)
        self._cookie.set_value(_tail(cookie_file), cookie_file)


def _tail(path: str) -> str:
    """The end of a path, which tells more than its beginning."""
    return path if len(path) <= 30 else f"…{path[-29:]}"


class ReportCard(Card):
    """`report_clicked()`."""

    report_clicked = Signal()

    def __init__(self) -> None:
        self.button = Button(
            "Create report…", "secondary", size="compact", name="settings.report.create"
        )
        line = row(spacing=12)
        text = "a zip for those who help, without secrets; seen before it is saved, never sent"
        line.addLayout(column(Label("Support report"), Label(text, "small", "text3")), 1)
        line.addWidget(self.button)
        super().__init__(column(line), margins=_MARGINS)
        self.setObjectName("settings.report")
        self.button.clicked.connect(self.report_clicked)


class AboutCard(Card):
    """`licences_clicked()`."""

    licences_clicked = Signal()

    def __init__(self) -> None:
        self._version = Label("", "body", "text2", selectable=True)
        self.licences_button = Button("Licences", size="compact", name="settings.licences")
        line = row(spacing=12)
        texts = column(Label("Morpheus Desktop"), self._version)
        line.addLayout(texts, 1)
        line.addWidget(self.licences_button)
        note = (
            "No telemetry: it talks to the network you chose, to providers you use, to nobody else."
        )
        super().__init__(
            column(line, 10, Label(note, "small", "text3", wrap=True)), margins=_MARGINS
        )
        self.licences_button.clicked.connect(self.licences_clicked)

    def show_version(self, version: str) -> None:
        self._version.setText(f"Version {version} · MIT licence")


class LicencesSheet(Sheet):
    """The licences of what this program brings along."""

    def __init__(self, host: QWidget) -> None:
        self._files = sorted(resource_path("licences").glob("*.txt"))
        self.choice = QComboBox()
        self.choice.setFont(font("body"))
        self.choice.setAccessibleName("Component")
        self.choice.addItems([path.stem.replace("-", " ").capitalize() for path in self._files])
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setFont(font("mono"))
        self.text.setMinimumHeight(300)
        done = Button("Done", "primary", name="settings.licences.done")
        lead = "Qt and PySide6 are used under the LGPL 3; the libraries can be replaced."
        super().__init__(
            host,
            column(
                Label("Licences", "h2"),
                4,
                Label(lead, "body", "text2", wrap=True),
                12,
                self.choice,
                8,
                self.text,
                16,
                row(None, done),
            ),
            width=620,
            name="settings.licences.sheet",
        )
        self.choice.currentIndexChanged.connect(self._show)
        done.clicked.connect(self.close_sheet)
        self._show(0)

    def _show(self, index: int) -> None:
        if 0 <= index < len(self._files):
            self.text.setPlainText(self._files[index].read_text("utf-8"))
