"""A wallet's way of getting its calls mined."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from node.core.ids import Address, TxHash
from node.core.ports.calls import Call
from node.core.ports.keys import SignedTransaction, Signer
from node.core.records import (
    Receipt,
)
from node.core.units import Eth

Speed = Literal["slow", "normal", "fast"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeTier:
    """What a transaction of this speed pays for each gas (wei), and how long it waits."""

    speed: Speed
    fee_per_gas: int
    seconds: int


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

    async def fee_tiers(self) -> tuple[FeeTier, ...]:
        """Slow, normal and fast, as the last blocks suggest."""
        ...

    async def data_fee(self, calldata: bytes) -> Eth:
        """What a layer-2 network charges on top for publishing the call; 0 elsewhere."""
        ...

    async def estimate_fee(self, call: Call, sender: Address, speed: Speed = "normal") -> Eth:
        """Expected network fee. Raises RevertedError when the call would fail now."""
        ...

    async def highest_fee(self, call: Call, sender: Address, speed: Speed = "normal") -> Eth:
        """What the wallet must hold for the fee. Raises RevertedError when the call would fail."""
        ...

    async def prepare(
        self,
        call: Call,
        signer: Signer,
        *,
        nonce: int | None = None,
        speed: Speed = "normal",
        most: Eth | None = None,
    ) -> PreparedTransaction:
        """Simulate, estimate and sign. `most`: the fee that was agreed to; a higher one is lowered
        to it, or refused (code `funds.fee_rose`) where no block would take that.

        Raises RevertedError, NotEnoughGasError, SpendLimitError, SourcesDisagreeError,
        RpcUnavailableError.
        """
        ...

    async def replacement_fee(self, raw: bytes, *, cancel: bool) -> tuple[Eth, Eth]:
        """Most that `raw` may cost, and most that its replacement would."""
        ...

    async def replace(
        self, previous: PreparedTransaction, signer: Signer, *, most: Eth | None = None
    ) -> PreparedTransaction:
        """The same call under the same nonce for at least 12.5 % more, within `most`. Raises
        SpendLimitError, NotEnoughGasError.
        """
        ...

    async def cancel(
        self, previous: PreparedTransaction, signer: Signer, *, most: Eth | None = None
    ) -> PreparedTransaction:
        """Nothing to oneself under the nonce of `previous`. Raises as `replace`."""
        ...

    def remember(self, sender: Address, nonce: int, signed: Sequence[SignedTransaction]) -> None:
        """Bytes signed earlier for a nonce, oldest first; the newest hold it until they are mined
        or given up.
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

    async def free_nonce(self, sender: Address) -> int:
        """The lowest number that no transaction known to the network has, waiting ones included."""
        ...

    def calldata(self, raw: bytes) -> bytes:
        """Calldata of signed bytes. Raises UserInputError for what is no transaction."""
        ...

    async def final_block(self) -> int:
        """Highest block that no reorganisation is expected to take away."""
        ...

    async def block_hash(self, number: int) -> bytes | None:
        """Hash of the block of this number now, None while there is none."""
        ...

    @property
    def seen_block(self) -> int:
        """Number of the newest block seen so far; asks nobody."""
        ...

    def give_up(self, tx_hash: TxHash) -> None:
        """The bytes are not sent again from here; their nonce goes to the next transaction."""
        ...


class AsyncLane(Protocol):
    async def __aenter__(self) -> Any: ...

    async def __aexit__(self, *args: Any) -> None: ...
