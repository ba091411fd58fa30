"""What the address book knows and does."""

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from morpheus_desktop.bridge import NodeSignals
from morpheus_desktop.chain_time import ChainTime
from morpheus_desktop.tasks import GuiTasks, Refresh
from node.service.api import NodeService
from node.service.dto import Contact, WalletStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactsState:
    contacts: tuple[Contact, ...]
    status: WalletStatus


class ContactsPresenter(QObject):
    """`loaded()` or `failed(NodeError)`; `stale()` when another look may show something else;
    `saved(Contact)` or `save_failed(NodeError)`; `removed(Contact)` or `remove_failed(NodeError)`.
    """

    loaded = Signal()
    failed = Signal(object)
    stale = Signal()
    saved = Signal(object)
    save_failed = Signal(object)
    removed = Signal(object)
    remove_failed = Signal(object)

    def __init__(
        self, node: NodeService, tasks: GuiTasks, signals: NodeSignals, time: ChainTime
    ) -> None:
        super().__init__()
        self._node, self._tasks = node, tasks
        self.time = time
        self.state: ContactsState | None = None
        self.load = Refresh(
            tasks, self._read, "contacts", done=self._arrived, failed=self.failed.emit
        )
        signals.wallet_changed.connect(self.stale)

    def by_address(self, address: str) -> Contact | None:
        """The contact with an address, in any case."""
        wanted = address.strip().casefold()
        known = self.state.contacts if self.state is not None else ()
        return next((item for item in known if item.address.casefold() == wanted), None)

    def save(self, address: str, name: str, note: str) -> None:
        """Add a contact, or change the one with this address."""
        self._tasks.attempt(
            self._node.wallet.save_contact(address, name, note),
            "save-contact",
            failed=self.save_failed.emit,
            done=self._saved,
        )

    def remove(self, contact: Contact) -> None:
        self._tasks.attempt(
            self._node.wallet.remove_contact(contact.address),
            "remove-contact",
            failed=self.remove_failed.emit,
            done=lambda _nothing: self._removed(contact),
        )

    def _saved(self, contact: Contact) -> None:
        self.saved.emit(contact)
        self.load()

    def _removed(self, contact: Contact) -> None:
        self.removed.emit(contact)
        self.load()

    async def _read(self) -> ContactsState:
        wallet = self._node.wallet
        contacts = await wallet.contacts()
        return ContactsState(contacts=contacts, status=await wallet.status())

    def _arrived(self, state: ContactsState) -> None:
        self.state = state
        self.loaded.emit()
