"""Opens the sheets about the wallet's secrets and reminds of the backup."""

from collections.abc import Callable

from PySide6.QtCore import QObject

from morpheus_desktop.clipboard import SecretClipboard
from morpheus_desktop.dialogs.backup_sheet import BackupSheet
from morpheus_desktop.dialogs.password_sheet import PasswordSheet
from morpheus_desktop.dialogs.reveal_sheet import RevealSheet
from morpheus_desktop.tasks import GuiTasks
from morpheus_desktop.widgets.banner import Banner
from morpheus_desktop.window import MainWindow
from node.service.api import NodeService
from node.service.dto import WalletStatus
from node.service.dto.accounts import DamagedWallet, RevealKind

Tell = Callable[[str, str], None]


class WalletDialogs(QObject):
    """`status` says what is known of the wallet at the moment."""

    def __init__(
        self,
        window: MainWindow,
        node: NodeService,
        tasks: GuiTasks,
        *,
        status: Callable[[], WalletStatus | None],
        tell: Tell,
    ) -> None:
        super().__init__(window)
        self._window, self._node, self._tasks = window, node, tasks
        self._status, self._tell = status, tell
        self._clipboard = SecretClipboard(self)
        self._postponed = False
        self._told_damage: set[str] = set()

    @property
    def wants_backup(self) -> bool:
        """Whether to remind of the backup now: the phrase is not proved and not postponed."""
        status = self._status()
        return (
            status is not None
            and status.kind == "vault"
            and status.has_phrase
            and not status.backed_up
            and not self._postponed
        )

    def new_damage(self) -> list[DamagedWallet]:
        """Wallet files that cannot be read, or could not, each once."""
        status = self._status()
        damaged = status.damaged if status is not None else ()
        found = [item for item in damaged if item.path not in self._told_damage]
        self._told_damage.update(item.path for item in found)
        return found

    def reminder(self, hidden: Callable[[], None]) -> Banner:
        """The banner of the frame; `hidden` is called when it is closed for this run."""
        banner = Banner(
            "Back up your phrase.",
            "Without it the wallet is lost together with this computer.",
            tone="warning",
            action="Back up",
            close=True,
        )
        banner.setObjectName("backup.banner")
        banner.action.connect(self.back_up)

        def postpone() -> None:
            self._postponed = True
            hidden()

        banner.dismissed.connect(postpone)
        return banner

    def back_up(self) -> None:
        """See the phrase, write it down, prove it."""
        status = self._status()
        if status is not None and status.has_phrase:
            sheet = BackupSheet(self._window, self._node, self._tasks, by_keyring=status.by_keyring)
            sheet.verified.connect(lambda: self._tell("Your phrase is backed up", "success"))
            sheet.open()

    def reveal(self, what: RevealKind = "backup") -> None:
        """Show or export a secret of the active account."""
        status = self._status()
        if status is not None and status.kind == "vault" and not status.watch_only:
            sheet = RevealSheet(
                self._window, self._node, self._tasks, status, self._clipboard, what=what
            )
            sheet.saved.connect(lambda path: self._tell(f"Saved as {path}", "success"))
            sheet.copied.connect(
                lambda: self._tell("On the clipboard for one minute, then cleared", "success")
            )
            sheet.open()

    def change_password(self) -> None:
        status = self._status()
        if status is not None and status.kind == "vault" and not status.watch_only:
            sheet = PasswordSheet(self._window, self._node, self._tasks, status)
            sheet.changed.connect(lambda: self._tell("The password is changed", "success"))
            sheet.open()
