"""A wallet's way of getting its calls mined."""

from dataclasses import dataclass
from typing import Any, Protocol

from node.core.ids import Address, TxHash
from node.core.ports.calls import Call
from node.core.ports.keys import SignedTransaction, Signer
from node.core.records import (
    Receipt,
)
from node.core.units import Eth


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedTransaction:
    """A transaction that was simulated and signed but not sent.

    Persist `raw` before `broadcast`.
    """

    call: Call
    nonce: int
    signed: SignedTransaction
    max_fee: Eth


class Transactions(Protocol):
    """One wallet's lane of transactions on one chain.

    Order of use, all under `lane()`: `prepare` (simulate, estimate, nonce, fees, sign) -> the
    caller persists
    -> `broadcast` -> `wait`. The same raw bytes may be broadcast again at any time.
    """

    def lane(self) -> "AsyncLane":
        """Lock held from prepare to persist, so that one intent gets one nonce."""
        ...

    async def gas_price(self) -> int:
        """Highest fee per gas (wei) that a transaction sent now would offer."""
        ...

    async def estimate_fee(self, call: Call, sender: Address) -> Eth:
        """Expected network fee. Raises RevertedError when the call would fail now."""
        ...

    async def highest_fee(self, call: Call, sender: Address) -> Eth:
        """What the wallet must hold for the fee. Raises RevertedError when the call would fail."""
        ...

    async def prepare(
        self, call: Call, signer: Signer, *, nonce: int | None = None
    ) -> PreparedTransaction:
        """Simulate, estimate and sign.

        Raises RevertedError, NotEnoughGasError, RpcUnavailableError.
        """
        ...

    async def broadcast(self, raw: bytes) -> TxHash:
        """Send signed bytes. "Already known" counts as success; the hash is computed locally."""
        ...

    async def receipt(self, tx_hash: TxHash) -> Receipt | None: ...

    async def wait(self, tx_hash: TxHash, *, timeout_s: float) -> Receipt:
        """Wait until mined. Raises TxStuckError on time-out, RevertedError when it failed (with
        reason).
        """
        ...

    async def next_nonce(self, sender: Address) -> int:
        """Transactions of `sender` that are mined (block tag `latest`)."""
        ...

    async def is_known(self, tx_hash: TxHash) -> bool:
        """Whether the network has the transaction, mined or waiting."""
        ...

    def give_up(self, tx_hash: TxHash) -> None:
        """The bytes are not sent again from here; their nonce goes to the next transaction."""
        ...


class AsyncLane(Protocol):
    async def __aenter__(self) -> Any: ...

    async def __aexit__(self, *args: Any) -> None: ...
