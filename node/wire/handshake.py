"""Consumer side of ping, session.request and session.report: build the request, check the reply.

No I/O. What the peer's consumer leaves unchecked is checked here before anything is paid.
"""

from dataclasses import dataclass

from node.core.clock import Clock
from node.core.errors import BadMessageError, BadSignatureError, NodeError
from node.core.ids import Address, BidId, SessionId
from node.core.ports import HandshakeReply, SignedBlob, Signer
from node.core.units import UnixMillis
from node.wire.blobs import Approval, Report, recover_blob_signer
from node.wire.messages import (
    PingReply,
    PingRequest,
    ReportReply,
    ReportRequest,
    SessionReply,
    SessionRequest,
)
from node.wire.signing import PeerKey, digest, peer_key, recover_key, sign, verify

NONCE_LENGTH = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Pong:
    """A provider's verified answer to a ping. `public_key` has 65 bytes."""

    version: str
    public_key: bytes
    rtt_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionOffer:
    """What a consumer asks a provider to approve.

    `spend` is what will be transferred (stake or payment), MOR base units. `accepted_signers` are
    further addresses whose signature the contract accepts for this provider: a delegate, or the
    owner when the provider is a contract.
    """

    bid_id: BidId
    provider: Address
    chain_id: int
    spend: int
    accepted_signers: frozenset[Address] = frozenset()

    def accepts(self, signer: Address) -> bool:
        return signer == self.provider or signer in self.accepted_signers


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportQuery:
    """The report wanted of a session; `provider_public_key` is the key of its handshake."""

    session_id: SessionId
    provider: Address
    provider_public_key: bytes
    chain_id: int
    accepted_signers: frozenset[Address] = frozenset()


def ping_request(signer: Signer, nonce: bytes) -> PingRequest:
    return sign(PingRequest(nonce=nonce), signer)


def check_pong(reply: PingReply, *, nonce: bytes, expected: Address) -> PeerKey:
    """The provider's key, recovered from its signature.

    Raises:
        BadSignatureError: another key signed, or it answers another ping.
    """
    key = recover_key(digest(reply), reply.signature)
    if key.address != expected:
        raise BadSignatureError("The answer does not come from this provider.")
    if reply.nonce != nonce:
        raise BadSignatureError("The provider answered an older ping.")
    return key


def session_request(offer: SessionOffer, signer: Signer, clock: Clock) -> SessionRequest:
    message = SessionRequest(
        user=signer.address,
        key=signer.public_key,
        spend=offer.spend,
        timestamp=clock.unix_millis(),
        bid_id=offer.bid_id,
    )
    return sign(message, signer)


def check_session_reply(
    reply: SessionReply, offer: SessionOffer, *, user: Address, now: UnixMillis, window_ms: int
) -> HandshakeReply:
    """Tie the reply to the bid's provider and the approval to our request.

    Raises:
        BadSignatureError: signed by somebody else.
        BadMessageError: an approval for another bid, user, chain or time.
    """
    key = peer_key(reply.message)
    if not verify(reply, key):
        raise BadSignatureError("The provider's reply carries a wrong signature.")
    if not offer.accepts(key.address):
        raise BadSignatureError("The reply does not come from the provider of this offer.")
    if not offer.accepts(recover_blob_signer(reply.approval, reply.approval_signature)):
        raise BadSignatureError("The approval is not signed by the provider of this offer.")
    approval = Approval.decode(reply.approval)
    _same(reply.user == user and approval.user == user, "another wallet")
    _same(approval.bid_id == offer.bid_id, "another offer")
    _same(approval.chain_id == offer.chain_id, "another network")
    _same(abs(approval.timestamp - now) <= window_ms, "another time; check this computer's clock")
    return HandshakeReply(
        provider_public_key=key.raw,
        approval=SignedBlob(encoded=reply.approval, signature=reply.approval_signature),
        issued_at=approval.timestamp,
    )


def _same(condition: bool, what: str) -> None:
    if not condition:
        raise BadMessageError(
            f"The provider's approval is for {what}.", hint="Nothing was sent or paid."
        )


def report_request(session_id: SessionId, signer: Signer, clock: Clock) -> ReportRequest:
    return sign(ReportRequest(message=session_id.hex, timestamp=clock.unix_millis()), signer)


def check_report(
    reply: ReportReply, query: ReportQuery, *, now: UnixMillis, window_ms: int
) -> SignedBlob:
    """A report that closes the session without a dispute.

    Raises:
        BadSignatureError, BadMessageError: treat it as "no report".
    """
    if not verify(reply, peer_key(query.provider_public_key)):
        raise BadSignatureError("The provider's report carries a wrong signature.")
    signer = recover_blob_signer(reply.message, reply.signed_report)
    if signer != query.provider and signer not in query.accepted_signers:
        raise BadSignatureError("The report is not signed by the session's provider.")
    report = Report.decode(reply.message)
    right = report.session_id == query.session_id and report.chain_id == query.chain_id
    if not right or abs(report.timestamp - now) > window_ms:
        raise BadMessageError("The provider's report is for another session, network or time.")
    return SignedBlob(encoded=reply.message, signature=reply.signed_report)


def is_user_unknown(error: NodeError) -> bool:
    """Whether a provider forgot us; one `session.request` for the same bid repairs it."""
    return error.details.get("text") == "user not found"
