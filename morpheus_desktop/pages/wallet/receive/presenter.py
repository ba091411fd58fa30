"""What the receive sheet asks the node, and the file it writes."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from morpheus_desktop.tasks import GuiTasks
from node.core.errors import NodeError, NoTargetError, StorageError
from node.core.ids import Address
from node.core.payment_uri import PaymentRequest, payment_uri
from node.service.api import NodeService
from node.service.dto import NetworkView, WalletStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveState:
    """Whose address, on which network. `token`: the contract of MOR there, empty while unknown."""

    status: WalletStatus
    network: NetworkView | None = None
    token: str = ""

    def link(self, asset: str, amount: int) -> str:
        """The payment link (EIP-681) that asks for so many base units."""
        if self.network is None:
            raise NoTargetError("No network is chosen.")
        token = Address.parse(self.token) if asset == "MOR" else None
        return payment_uri(
            PaymentRequest(
                recipient=Address.parse(self.status.address),
                chain_id=self.network.chain_id,
                token=token,
                amount=amount,
            )
        )


class ReceivePresenter(QObject):
    """Signals: `read()`; `failed(NodeError)`; `saved(path)` or `not_saved(NodeError)`."""

    read = Signal()
    failed = Signal(object)
    saved = Signal(str)
    not_saved = Signal(object)

    def __init__(self, node: NodeService, tasks: GuiTasks) -> None:
        super().__init__()
        self._node, self._tasks = node, tasks
        self.state: ReceiveState | None = None

    def load(self) -> None:
        self._tasks.attempt(
            self._read(), "receive", failed=self.failed.emit, done=lambda _done: self.read.emit()
        )

    def save(self, path: str, content: bytes) -> None:
        """Write a picture where the user wants it."""
        self._tasks.attempt(
            _write(Path(path), content),
            "save-picture",
            failed=self.not_saved.emit,
            done=lambda where: self.saved.emit(str(where)),
        )

    async def _read(self) -> None:
        status, node = await self._node.wallet.status(), await self._node.system.status()
        token = ""
        if node.network is not None:
            try:
                token = (await self._node.chain.contracts()).token
            except NodeError:
                # The address alone can be paid to; the sheet says that an amount cannot be asked
                # for.
                token = ""
        self.state = ReceiveState(status=status, network=node.network, token=token)


async def _write(path: Path, content: bytes) -> Path:
    target = path if path.suffix.lower() == ".png" else path.with_name(f"{path.name}.png")
    try:
        await asyncio.to_thread(target.write_bytes, content)
    except OSError as error:
        raise StorageError(
            "The picture cannot be saved there.", hint="Choose another folder."
        ) from error
    return target
