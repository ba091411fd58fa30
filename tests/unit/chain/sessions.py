"""Opening and closing sessions on the demo chain, both sides signed here."""

from eth_abi import encode

from node.core.ids import BidId, SessionId
from node.core.records import Receipt
from node.core.units import Mor
from tests.unit.chain.conftest import Chain

PROVIDER = 2
USER = 3


def approval_of(chain: Chain, bid: BidId, *, millis: int | None = None) -> tuple[bytes, bytes]:
    """Approval of the provider `harbor` for the demo's consumer, as the wire carries it."""
    moment = chain.devnet.clock.unix_millis() if millis is None else millis
    blob = encode(
        ["bytes32", "uint256", "address", "uint128"],
        [bid.raw, chain.network.chain_id, chain.signer(USER).address.raw, moment],
    )
    return blob, chain.signer(PROVIDER).sign_blob(blob)


async def open_session(chain: Chain, *, stake: Mor = Mor(200 * 10**18)) -> SessionId:  # noqa: B008
    """Approve exactly `stake` and open on the bid of `harbor` on the model `guide`."""
    await chain.send(chain.calls.approve(stake))
    approval, signature = approval_of(chain, chain.market.bids["harbor", "guide"])
    user = chain.signer(USER).address
    receipt = await chain.send(chain.calls.open_session(user, stake, False, approval, signature))
    assert receipt.opened is not None
    return receipt.opened


async def close_session(chain: Chain, session: SessionId) -> Receipt:
    report = encode(
        ["bytes32", "uint256", "uint128", "uint32", "uint32"],
        [session.raw, chain.network.chain_id, chain.devnet.clock.unix_millis(), 12_000, 300],
    )
    signature = chain.signer(PROVIDER).sign_blob(report)
    return await chain.send(chain.calls.close_session(report, signature))
