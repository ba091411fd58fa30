"""The user's own list of servers: tried before it is saved, saved as a whole."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLayout, QWidget

from morpheus_desktop.pages.wallet.networks.presenter import NetworksPresenter
from morpheus_desktop.pages.wallet.networks.server_list import ServerList
from morpheus_desktop.pages.wallet.networks.words import height_words, masked_host
from morpheus_desktop.widgets.buttons import Button
from morpheus_desktop.widgets.fields import TextField
from morpheus_desktop.widgets.labels import Label
from morpheus_desktop.widgets.layouts import column, row
from morpheus_desktop.widgets.sheet import Sheet
from node.core.errors import NodeError
from node.service.dto import NetworkView, NodeStatus, RpcServer, RpcServers, ServerAnswer

_LEAD = (
    "The first one that answers is used; the others step in within five seconds. From {} operators"
    " on, amounts are compared between them."
)


class ServersSheet(Sheet):
    """Nothing changes before Save."""

    def __init__(
        self,
        host: QWidget,
        presenter: NetworksPresenter,
        network: NetworkView,
        servers: RpcServers,
    ) -> None:
        self._presenter, self._network, self._servers = presenter, network, servers
        self._trying = ""
        name = "wallet.networks.servers.edit"
        self.list = ServerList(servers)
        self.field = TextField("https://…", name=f"{name}.url")
        self.field.edit.setAccessibleName("Address of a server")
        self.try_button = Button("Test and add", icon="plus", name=f"{name}.add")
        self._answer = Label("", "small", "success", wrap=True)
        self._answer.hide()
        self._error = Label("", "small", "danger", wrap=True)
        self._error.hide()
        self.public_button = Button("Use the public ones", "ghost", name=f"{name}.public")
        self.save_button = Button("Save", "primary", size="primary", name=f"{name}.save")
        self.cancel_button = Button("Cancel", "ghost", size="primary", name=f"{name}.cancel")
        super().__init__(
            host,
            self._content(),
            width=620,
            name=name,
            footer=row(self.public_button, None, self.cancel_button, self.save_button),
        )
        self._connect()
        self._changed()

    def _content(self) -> QLayout:
        add = row(spacing=8)
        add.addWidget(self.field, 1)
        add.addWidget(self.try_button, 0, Qt.AlignmentFlag.AlignTop)
        return column(
            Label(f"Servers of {self._network.title}", "h2"),
            4,
            Label(_LEAD.format(self._servers.quorum_from), "small", "text2", wrap=True),
            12,
            self.list,
            14,
            Label("Add your own", "small", "text2"),
            4,
            add,
            4,
            self._answer,
            self._error,
            4,
        )

    def _connect(self) -> None:
        presenter = self._presenter
        presenter.checked.connect(self._checked)
        presenter.check_failed.connect(self._check_failed)
        presenter.servers_saved.connect(self._saved)
        presenter.save_failed.connect(self._not_saved)
        self.list.changed.connect(self._changed)
        self.field.submitted.connect(self._try)
        self.field.changed.connect(lambda _text: self._answer.hide())
        self.try_button.clicked.connect(self._try)
        self.public_button.clicked.connect(self._use_public)
        self.save_button.clicked.connect(self._save)
        self.cancel_button.clicked.connect(self.close_sheet)

    # --- trying one ---

    def _try(self) -> None:
        url = self.field.text().strip()
        if not self.try_button.isEnabled():
            return
        if not url:
            self.field.show_error("Enter the address of a server.")
        elif self.list.has(url):
            self.field.show_error("This one is in the list already.")
        else:
            self._trying = url
            self.try_button.set_busy(True)
            self._presenter.check(url)

    def _checked(self, url: str, answer: ServerAnswer) -> None:
        if url != self._trying:
            return
        self._done_trying()
        self.field.set_text("")
        host = masked_host(answer.host)
        self.list.put_first(url, host, answer.operator)
        self._answer.setText(
            f"{host} is {self._network.title}: it answered in {answer.latency_ms} ms at block"
            f" {height_words(answer.height)}. It stands first now; Save uses it."
        )
        self._answer.show()

    def _check_failed(self, url: str, error: NodeError) -> None:
        if url == self._trying:
            self._done_trying()
            self.field.show_error(_words(error))
            self.field.setFocus()

    def _done_trying(self) -> None:
        self._trying = ""
        self.try_button.set_busy(False)

    # --- saving all ---

    def _use_public(self) -> None:
        self.list.show_servers(self._servers.public)

    def _save(self) -> None:
        if not self.save_button.isEnabled():
            return
        self._error.hide()
        self._busy(True)
        urls = self.list.urls()
        self._presenter.save_servers(() if urls == _urls(self._servers.public) else urls)

    def _saved(self, status: NodeStatus) -> None:
        del status
        self._busy(False)
        self.close_sheet()

    def _not_saved(self, error: NodeError) -> None:
        self._busy(False)
        self._error.setText(_words(error))
        self._error.show()
        self.bring_into_view(self._error)

    def _busy(self, on: bool) -> None:
        self.locked = on
        self.save_button.set_busy(on)
        self.cancel_button.setEnabled(not on)

    def _changed(self) -> None:
        urls = self.list.urls()
        reason = ""
        if not urls:
            reason = "Keep at least one server."
        elif urls == _urls(self._servers.servers):
            reason = "Nothing has changed."
        self.save_button.disable_with(reason)
        public = _urls(self._servers.public)
        self.public_button.setVisible(bool(public) and urls != public)


def _urls(servers: tuple[RpcServer, ...]) -> tuple[str, ...]:
    return tuple(item.url.get_secret_value() for item in servers)


def _words(error: NodeError) -> str:
    return f"{error.message} {error.hint}".strip()
