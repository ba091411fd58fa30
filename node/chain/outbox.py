"""Which nonces of a wallet are given out, and to which bytes."""

from collections.abc import Sequence
from dataclasses import dataclass

from node.core.clock import Clock
from node.core.ids import Address, TxHash
from node.core.ports import SignedTransaction

UNSENT_AGE_S = 30.0
"""How long a nonce stays given out for bytes that nobody hands to an endpoint."""
_MAX_KNOWN = 4096


@dataclass(slots=True)
class Reserved:
    """`offered` turns true when the bytes were handed to an endpoint: from then on they may be
    mined.
    """

    raw: bytes
    tx_hash: TxHash
    since: float
    offered: bool = False


class Outbox:
    """Nonces given out but not yet seen by the chain, and all hashes that share a nonce.

    An endpoint's pending count lags behind what was just signed; without this list two transactions
    would get one nonce.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._reserved: dict[Address, dict[int, Reserved]] = {}
        self._places: dict[TxHash, tuple[Address, int]] = {}
        self._hashes: dict[tuple[Address, int], list[TxHash]] = {}

    def waiting(self, sender: Address, pending: int) -> dict[int, Reserved]:
        """What is given out and not in the chain's pending count.

        Entries the chain counted are forgotten, and so are those that were signed but not sent for
        30 s: a gap in the nonces would hold up all later transactions.
        """
        lane = self._reserved.get(sender, {})
        oldest = self._clock.monotonic() - UNSENT_AGE_S
        for nonce, entry in list(lane.items()):
            if nonce < pending or (not entry.offered and entry.since < oldest):
                del lane[nonce]
        return dict(sorted(lane.items()))

    def reserve(self, sender: Address, nonce: int, raw: bytes, tx_hash: TxHash) -> None:
        entry = Reserved(raw, tx_hash, self._clock.monotonic())
        self._reserved.setdefault(sender, {})[nonce] = entry
        if len(self._places) >= _MAX_KNOWN:
            oldest = next(iter(self._places))
            self._hashes.pop(self._places.pop(oldest), None)
        place = (sender, nonce)
        self._places[tx_hash] = place
        hashes = self._hashes.setdefault(place, [])
        if tx_hash not in hashes:
            hashes.append(tx_hash)

    def remember(self, sender: Address, nonce: int, signed: Sequence[SignedTransaction]) -> None:
        """All bytes of an earlier run, or of a block that vanished, for one nonce, oldest first:
        the newest hold it. A nonce given out to others meanwhile stays with these.
        """
        holder = self._reserved.get(sender, {}).get(nonce)
        if holder is not None and holder.tx_hash not in {item.tx_hash for item in signed}:
            return
        for item in signed:
            known = self._hashes.get((sender, nonce), [])
            if item.tx_hash not in known or item is signed[-1]:
                self.reserve(sender, nonce, item.raw, item.tx_hash)
                self.mark_offered(item.tx_hash)

    def mark_offered(self, tx_hash: TxHash) -> None:
        entry = self._entry(tx_hash)
        if entry is not None:
            entry.offered = True

    def release(self, tx_hash: TxHash) -> None:
        """The bytes will never be mined: their nonce is free again."""
        place = self._places.get(tx_hash)
        if place is not None and self._entry(tx_hash) is not None:
            del self._reserved[place[0]][place[1]]

    def is_offered(self, tx_hash: TxHash) -> bool:
        entry = self._entry(tx_hash)
        return entry is None or entry.offered

    def place_of(self, tx_hash: TxHash) -> tuple[Address, int] | None:
        """Sender and nonce, known for what was prepared by this object."""
        return self._places.get(tx_hash)

    def replacements(self, sender: Address, nonce: int) -> int:
        """How often the nonce was signed anew."""
        return max(len(self._hashes.get((sender, nonce), [])) - 1, 0)

    def same_nonce(self, tx_hash: TxHash) -> list[TxHash]:
        """All hashes signed for the nonce of `tx_hash`, itself included; newest first."""
        place = self._places.get(tx_hash)
        known = self._hashes.get(place, []) if place is not None else []
        return list(reversed(known)) or [tx_hash]

    def _entry(self, tx_hash: TxHash) -> Reserved | None:
        place = self._places.get(tx_hash)
        if place is None:
            return None
        entry = self._reserved.get(place[0], {}).get(place[1])
        return entry if entry is not None and entry.tx_hash == tx_hash else None
