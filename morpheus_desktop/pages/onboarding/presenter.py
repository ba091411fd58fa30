"""What the first start does: begin the demo, take a model file, make or import a wallet."""

import asyncio
from pathlib import Path

from pydantic import SecretStr
from PySide6.QtCore import QObject, Signal

from morpheus_desktop import formats
from morpheus_desktop.tasks import GuiTasks
from node.core.errors import NodeError
from node.core.keystore_file import read_keystore
from node.service.api import NodeService
from node.service.dto import (
    BackupQuestion,
    CreatedWallet,
    CreateWallet,
    FoundAccount,
    Hardware,
    ImportWallet,
    LocalModel,
    NodeStatus,
    ScanRequest,
    WalletStatus,
)

DEMO_NETWORK = "demo"
WALLET_NETWORK = "base"
_PHRASE_COUNTS = (12, 15, 18, 21, 24)
SETTLE_S = 0.3
"""A phrase that is still typed is not looked at."""


class OnboardingPresenter(QObject):
    """Each action ends in one signal, or in `failed(NodeError)`.

    `busy_changed(action)` names what runs (`demo`, `local`, `create`, `import`, `network`, empty).
    `demo_started()`; `local_added(LocalModel)`; `hardware_read(text)`; `wallet_created(phrase)` a
    list of words to write down, held by nobody else; `challenge_read(questions)`;
    `scanned(accounts)`; `phrase_checked(NodeError | None)` for the newest text;
    `peer_found(PeerWallet)`; `wallet_ready(WalletStatus)`.
    """

    busy_changed = Signal(str)
    demo_started = Signal()
    local_added = Signal(object)
    hardware_read = Signal(str)
    wallet_created = Signal(object)
    challenge_read = Signal(object)
    scanned = Signal(object)
    phrase_checked = Signal(object)
    peer_found = Signal(object)
    wallet_ready = Signal(object)
    failed = Signal(object)

    def __init__(self, node: NodeService, tasks: GuiTasks) -> None:
        super().__init__()
        self._node = node
        self._tasks = tasks
        self._busy = ""
        self._checking: asyncio.Task[None] | None = None
        self.keyring_available = False
        self.present = ""
        self.has_looked = False
        """A network was opened to look at accounts: it is no sign of an earlier run."""

    @property
    def busy(self) -> str:
        return self._busy

    def read_hardware(self) -> None:
        """Ask in the background what this computer can run."""
        self._tasks.attempt(
            self._node.local.hardware(),
            "hardware",
            failed=lambda _error: self.hardware_read.emit(""),
            done=lambda hardware: self.hardware_read.emit(hardware_line(hardware)),
        )

    def read_wallet(self) -> None:
        """Ask whether the system's keychain may be offered."""
        self._tasks.attempt(
            self._node.wallet.status(), "wallet", failed=self.failed.emit, done=self._wallet_read
        )

    def start_demo(self) -> None:
        if self._begin("demo"):
            self._tasks.attempt(
                self._node.system.select_network(DEMO_NETWORK),
                "demo",
                failed=self._failed,
                done=self._demo_started,
            )

    def add_local(self, path: str) -> None:
        if self._begin("local"):
            self._tasks.attempt(
                self._node.local.add_file(path),
                "add-file",
                failed=self._failed,
                done=self._local_added,
            )

    def create_wallet(self, request: CreateWallet) -> None:
        if self._begin("create"):
            self._tasks.attempt(
                self._node.wallet.create(request),
                "create-wallet",
                failed=self._failed,
                done=self._created,
            )

    def import_wallet(
        self, request: ImportWallet, file: str = "", *, is_backup: bool = False
    ) -> None:
        """Import a phrase or a key, or the keystore or backup in `file`."""
        if self._begin("import"):
            self._tasks.attempt(
                self._import(request, file, is_backup=is_backup),
                "import-wallet",
                failed=self._failed,
                done=self._ready,
            )

    def scan(self, request: ScanRequest) -> None:
        """Look which accounts of a phrase there are and what they hold, on the wallet's network."""
        if self._begin("scan"):
            self._tasks.attempt(
                self._scan(request), "scan", failed=self._failed, done=self._scanned
            )

    def check_phrase(self, text: str) -> None:
        """Check words as they are typed, when they rest; only the newest text is answered."""
        if self._checking is not None:
            self._checking.cancel()
            self._checking = None
        if text:
            self._checking = self._tasks.spawn(self._check_when_settled(text), "check-phrase")

    def find_peer(self) -> None:
        """Look into the system's secret store for the key of a Go node."""
        self._tasks.attempt(
            self._node.wallet.find_peer_wallet(),
            "find-peer",
            failed=self.failed.emit,
            done=self.peer_found.emit,
        )

    def ask_challenge(self) -> None:
        """The words were seen: which are asked back?"""
        if self._begin("challenge"):
            self._tasks.attempt(
                self._node.wallet.backup_challenge(),
                "challenge",
                failed=self._failed,
                done=self._challenged,
            )

    def confirm_backup(self, answers: tuple[str, ...]) -> None:
        """Check the words that were chosen, then go on as `finish_wallet`."""
        if self._begin("network"):
            self._tasks.attempt(
                self._confirm_backup(answers), "confirm", failed=self._failed, done=self._ready
            )

    def keep_theme(self, mode: str) -> None:
        """Start with this look from now on."""
        self._tasks.attempt(
            self._node.system.set_settings({"theme": mode}), "theme", failed=self.failed.emit
        )

    def finish_wallet(self) -> None:
        """The phrase was seen: open the network of the wallet."""
        if self._begin("network"):
            self._tasks.attempt(
                self._open_network(), "network", failed=self._failed, done=self._ready
            )

    async def _scan(self, request: ScanRequest) -> tuple[FoundAccount, ...]:
        await self._leave_demo()
        return await self._node.wallet.scan(request)

    async def _confirm_backup(self, answers: tuple[str, ...]) -> WalletStatus:
        await self._node.wallet.confirm_backup(answers)
        return await self._open_network()

    async def _check_when_settled(self, text: str) -> None:
        await asyncio.sleep(SETTLE_S)
        request = ScanRequest(phrase=SecretStr(text), count=1)
        try:
            await self._node.wallet.scan(request)
        except NodeError as error:
            self.phrase_checked.emit(error)
        else:
            self.phrase_checked.emit(None)

    async def _import(self, request: ImportWallet, file: str, *, is_backup: bool) -> WalletStatus:
        if file:
            text = await asyncio.to_thread(read_keystore, Path(file))
            field = "backup" if is_backup else "keystore"
            request = request.model_copy(update={field: text})
        await self._node.wallet.import_(request)
        return await self._open_network()

    async def _open_network(self) -> WalletStatus:
        await self._leave_demo()
        return await self._node.wallet.status()

    async def _leave_demo(self) -> None:
        """Open a network with real money, unless the settings have opened one already."""
        status = await self._node.system.status()
        if status.network is None or status.network.is_demo:
            self.has_looked = True
            await self._node.system.select_network(WALLET_NETWORK)

    def _begin(self, action: str) -> bool:
        if self._busy:
            return False
        self._set_busy(action)
        return True

    def _set_busy(self, action: str) -> None:
        self._busy = action
        self.busy_changed.emit(action)

    def _failed(self, error: NodeError) -> None:
        self._set_busy("")
        self.failed.emit(error)

    def _demo_started(self, _status: NodeStatus) -> None:
        self._set_busy("")
        self.demo_started.emit()

    def _local_added(self, model: LocalModel) -> None:
        self._set_busy("")
        self.local_added.emit(model)

    def _created(self, wallet: CreatedWallet) -> None:
        self._set_busy("")
        self.wallet_created.emit(wallet.phrase.get_secret_value().split())

    def _challenged(self, questions: tuple[BackupQuestion, ...]) -> None:
        self._set_busy("")
        self.challenge_read.emit(questions)

    def _scanned(self, found: tuple[FoundAccount, ...]) -> None:
        self._set_busy("")
        self.scanned.emit(found)

    def _wallet_read(self, status: WalletStatus) -> None:
        self.keyring_available = status.keyring_available
        self.present = status.address if status.kind == "vault" else ""

    def _ready(self, status: WalletStatus) -> None:
        self._set_busy("")
        self.wallet_ready.emit(status)


def hardware_line(hardware: Hardware) -> str:
    """What this computer runs well, from its memory: 0.75 GB per billion parameters at 4 bits."""
    usable = max(0, hardware.memory_total - 2 * 1024**3)
    billions = int(usable / (0.75 * 1024**3))
    sizes = [size for size in (1, 4, 8, 14, 32, 70) if size <= billions]
    if not sizes:
        return f"{formats.size(hardware.memory_total)} of memory: only the smallest models"
    return f"This PC runs up to {sizes[-1]}B models well"


def looks_like_phrase(text: str) -> bool:
    return len(text.split()) > 1


def entered_words(text: str) -> str:
    """What is odd about a pasted phrase, in words; empty when its length is right."""
    count = len(text.split())
    if count in _PHRASE_COUNTS or count <= 1:
        return ""
    return (
        f"{count} words found, 12, 15, 18, 21 or 24 are needed."
        " Look for a missing word or two words run together."
    )
