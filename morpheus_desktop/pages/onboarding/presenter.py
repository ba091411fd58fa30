"""What the first start does: begin the demo, take a model file, make or import a wallet."""

import asyncio
import random
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from morpheus_desktop import formats
from morpheus_desktop.tasks import GuiTasks
from node.core.errors import NodeError
from node.core.keystore_file import read_keystore
from node.service.api import NodeService
from node.service.dto import (
    CreatedWallet,
    CreateWallet,
    Hardware,
    ImportWallet,
    LocalModel,
    NodeStatus,
    WalletStatus,
)

DEMO_NETWORK = "demo"
WALLET_NETWORK = "base"
CHECKED_WORDS = 3
MIN_PASSWORD = 12
_PHRASE_COUNTS = (12, 15, 18, 21, 24)
_ACCOUNTS = 2**31
"""BIP-32: indices from here on are hardened ones."""


class OnboardingPresenter(QObject):
    """Each action ends in one signal, or in `failed(NodeError)`.

    `busy_changed(action)` names what runs (`demo`, `local`, `create`, `import`, `network`, empty).
    `demo_started()`; `local_added(LocalModel)`; `hardware_read(text)`; `wallet_created(phrase)` a
    list of words to write down, held by nobody else; `wallet_ready(WalletStatus)`.
    """

    busy_changed = Signal(str)
    demo_started = Signal()
    local_added = Signal(object)
    hardware_read = Signal(str)
    wallet_created = Signal(object)
    wallet_ready = Signal(object)
    failed = Signal(object)

    def __init__(self, node: NodeService, tasks: GuiTasks) -> None:
        super().__init__()
        self._node = node
        self._tasks = tasks
        self._busy = ""
        self.keyring_available = False

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

    def import_wallet(self, request: ImportWallet, file: str = "") -> None:
        """Import a phrase or a key, or the keystore in `file`."""
        if self._begin("import"):
            self._tasks.attempt(
                self._import(request, file), "import-wallet", failed=self._failed, done=self._ready
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

    async def _import(self, request: ImportWallet, file: str) -> WalletStatus:
        if file:
            text = await asyncio.to_thread(read_keystore, Path(file))
            request = request.model_copy(update={"keystore": text})
        await self._node.wallet.import_(request)
        return await self._open_network()

    async def _open_network(self) -> WalletStatus:
        await self._node.system.select_network(WALLET_NETWORK)
        return await self._node.wallet.status()

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

    def _wallet_read(self, status: WalletStatus) -> None:
        self.keyring_available = status.keyring_available

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


def account_number(text: str) -> int | None:
    """The index of an account as typed, 0 for an empty field; None when it is none."""
    plain = text.strip() or "0"
    if not plain.isascii() or not plain.isdigit():
        return None
    return int(plain) if int(plain) < _ACCOUNTS else None


def looks_like_phrase(text: str) -> bool:
    return len(text.split()) > 1


def entered_words(text: str) -> str:
    """What is odd about a pasted phrase, in words; empty when its length is right."""
    count = len(text.split())
    if count in _PHRASE_COUNTS or count <= 1:
        return ""
    return f"A phrase has 12, 15, 18, 21 or 24 words; this has {count}."


def password_problem(password: str, again: str) -> str:
    """Why this password is not taken yet; empty when it is."""
    if len(password) < MIN_PASSWORD:
        return f"At least {MIN_PASSWORD} characters; four words are easy to remember."
    if again and password != again:
        return "The two passwords differ."
    return "" if again else "Type it once more."


def check_positions(count: int) -> list[int]:
    """Which words of the phrase to ask for, in order, counted from 0."""
    return sorted(random.SystemRandom().sample(range(count), CHECKED_WORDS))
