"""Sessions whose handshake a client of the API makes itself, in two steps of the public node.

First the provider is asked for its consent; later the client comes back with it and with the stake.
What comes back may be from anywhere, so everything about it is checked before a quote is made of
it; the quote is opened like any other.
"""

from dataclasses import replace

from node.core.errors import BidNotFoundError, NodeError, UserInputError
from node.core.ids import Address, BidId, address_of_public_key
from node.core.ports import HandshakeReply, SignedBlob
from node.core.units import Mor
from node.router.access import ChainAccess, WalletAccess
from node.router.clock_check import WRONG_CLOCK_S
from node.router.links import ProviderLink
from node.router.opening import APPROVAL_LIFETIME_MS
from node.router.quotes import QuoteDesk, QuoteOrder, SessionQuote
from node.store.peers import PeerKeys
from node.wire.blobs import Approval, recover_blob_key
from node.wire.handshake import SessionOffer


class ConsentDesk:
    """Asks providers for consents and makes quotes of those that come back."""

    def __init__(
        self,
        *,
        chain: ChainAccess,
        wallet: WalletAccess,
        link: ProviderLink,
        peers: PeerKeys,
        quotes: QuoteDesk,
    ) -> None:
        self._chain = chain
        self._wallet = wallet
        self._link = link
        self._peers = peers
        self._quotes = quotes

    async def ask(self, bid_id: BidId, provider: Address, spend: Mor) -> HandshakeReply:
        """Ask the provider of a bid at its endpoint on chain; nothing is paid.

        Raises:
            BidNotFoundError: withdrawn, or of another provider.
            ProviderError: it refused or its answer did not hold.
        """
        market = self._chain.market
        bid = await market.bid(bid_id)
        record = await market.provider(bid.provider)
        if not bid.is_active or bid.provider != provider or record is None:
            raise BidNotFoundError("This provider does not make this offer.")
        offer = SessionOffer(
            bid_id=bid_id, provider=provider, chain_id=market.chain_id, spend=spend.base
        )
        reply = await self._link.request_session(record.endpoint, offer)
        await self._peers.put_provider(provider, reply.provider_public_key, record.endpoint)
        return reply

    async def quote(self, blob: SignedBlob, stake: Mor, *, direct_payment: bool) -> SessionQuote:
        """A quote that opens with this consent. Nothing is paid.

        Raises:
            UserInputError: not signed by the bid's provider, or for another wallet, network or time
                (code `input.approval`).
            BidNotFoundError, OwnBidError: the offer is gone or the wallet's own.
        """
        approval, key = _read(blob)
        now, ours = self._chain.clock.unix_millis(), self._wallet.address
        bid = await self._chain.market.bid(approval.bid_id)
        _same(address_of_public_key(key) == bid.provider, "is not signed by the offer's provider")
        _same(approval.user == ours, "is for another wallet")
        _same(approval.chain_id == self._chain.market.chain_id, "is for another network")
        _same(approval.timestamp - now <= WRONG_CLOCK_S * 1000, "is from the future")
        _same(now - approval.timestamp <= APPROVAL_LIFETIME_MS, "is too old; ask for a new one")
        order = QuoteOrder(bid_id=approval.bid_id, stake=stake, direct_payment=direct_payment)
        made = await self._quotes.quote(order)
        consent = HandshakeReply(
            provider_public_key=key, approval=blob, issued_at=approval.timestamp
        )
        return self._quotes.keep(replace(made, consent=consent))


def _read(blob: SignedBlob) -> tuple[Approval, bytes]:
    try:
        return Approval.decode(blob.encoded), recover_blob_key(blob.encoded, blob.signature)
    except NodeError as error:
        raise UserInputError(error.message, code="input.approval") from error


def _same(holds: bool, what: str) -> None:
    if not holds:
        raise UserInputError(
            f"The approval {what}.", hint="Nothing was sent or paid.", code="input.approval"
        )
