"""What the use cases share: one chain, one wallet, the journal and the bus."""

from dataclasses import dataclass

from node.core.clock import Clock
from node.core.events import EventBus, SessionChanged
from node.core.ids import Address
from node.core.ports import Calls, Marketplace, Signer, Transactions
from node.store.journal import SessionJournal
from node.store.journal_records import SessionEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainAccess:
    """Reads, calldata, transactions and the clock of one network.

    The clock follows the demo chain.
    """

    market: Marketplace
    calls: Calls
    transactions: Transactions
    clock: Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletAccess:
    """The wallet's signer with the journal of its money on this network."""

    signer: Signer
    journal: SessionJournal
    bus: EventBus

    @property
    def address(self) -> Address:
        return self.signer.address


def announce(bus: EventBus, entry: SessionEntry) -> None:
    """Tell everybody that a session moved on in its life."""
    bus.publish(
        SessionChanged(
            intent_id=entry.intent_id,
            session_id=entry.session_id.hex if entry.session_id else "",
            state=entry.state.value,
        )
    )
