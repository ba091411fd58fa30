"""Checks of the consumer before it pays, without sockets."""

import dataclasses

import pytest

from node.core.clock import FakeClock
from node.core.errors import BadMessageError, BadSignatureError, NodeError
from node.core.ids import BidId, SessionId
from node.core.units import UnixMillis
from node.wire.blobs import Approval
from node.wire.handshake import (
    SessionOffer,
    check_pong,
    check_session_reply,
    is_user_unknown,
    ping_request,
    report_request,
    session_request,
)
from node.wire.messages import PingReply, SessionReply
from node.wire.signing import sign
from tests.support.signers import KeySigner

CONSUMER, PROVIDER, STRANGER = (KeySigner.number(number) for number in (1, 2, 3))
OFFER = SessionOffer(
    bid_id=BidId(b"\x0b" * 32), provider=PROVIDER.address, chain_id=31_337, spend=5
)
NOW = FakeClock().unix_millis()


def reply(
    *,
    approval_signer: KeySigner = PROVIDER,
    signer: KeySigner = PROVIDER,
    user: KeySigner = CONSUMER,
    approved: KeySigner = CONSUMER,
    at: int = NOW,
    bid: BidId = OFFER.bid_id,
    chain_id: int = OFFER.chain_id,
) -> SessionReply:
    encoded = Approval(
        bid_id=bid, chain_id=chain_id, user=approved.address, timestamp=UnixMillis(at)
    ).encode()
    message = SessionReply(
        message=signer.public_key,
        approval=encoded,
        approval_signature=approval_signer.sign_blob(encoded),
        user=user.address,
        timestamp=NOW,
    )
    return sign(message, signer)


def check(message: SessionReply) -> object:
    return check_session_reply(message, OFFER, user=CONSUMER.address, now=NOW, window_ms=300_000)


def test_right_reply_is_accepted() -> None:
    for at in (NOW, NOW - 300_000, NOW + 300_000):
        assert check(reply(at=at))


@pytest.mark.parametrize(
    "message",
    [
        reply(signer=STRANGER),
        reply(approval_signer=STRANGER),
        dataclasses.replace(reply(), signature=reply(signer=STRANGER).signature),
        dataclasses.replace(reply(), approval_signature=bytes(65)),
        dataclasses.replace(reply(), timestamp=UnixMillis(NOW + 1)),
    ],
    ids=["swapped key", "foreign approval", "foreign signature", "no approval", "altered"],
)
def test_replies_of_somebody_else(message: SessionReply) -> None:
    with pytest.raises(BadSignatureError):
        check(message)


@pytest.mark.parametrize(
    "message",
    [
        reply(user=STRANGER),
        reply(approved=STRANGER),
        reply(bid=BidId(b"\x0c" * 32)),
        reply(chain_id=8453),
        reply(at=NOW - 300_001),
        reply(at=NOW + 300_001),
        reply(at=2**127),
    ],
    ids=["user", "approved user", "bid", "chain", "old", "future", "far future"],
)
def test_approvals_of_something_else(message: SessionReply) -> None:
    with pytest.raises(BadMessageError, match="approval is for another"):
        check(message)


def test_key_that_is_no_key() -> None:
    with pytest.raises(BadMessageError):
        check(dataclasses.replace(reply(), message=b"\x04" * 65))


def test_pong_must_carry_our_nonce_and_the_right_key() -> None:
    pong = sign(PingReply(nonce=b"12345678", version="v1"), PROVIDER)
    assert check_pong(pong, nonce=b"12345678", expected=PROVIDER.address).raw == PROVIDER.public_key
    with pytest.raises(BadSignatureError, match="older ping"):
        check_pong(pong, nonce=b"87654321", expected=PROVIDER.address)
    with pytest.raises(BadSignatureError):
        check_pong(pong, nonce=b"12345678", expected=STRANGER.address)
    altered = dataclasses.replace(pong, version="v2")
    with pytest.raises(BadSignatureError):
        check_pong(altered, nonce=b"12345678", expected=PROVIDER.address)


def test_requests_are_signed_with_our_key_and_time() -> None:
    clock = FakeClock()
    request = session_request(OFFER, CONSUMER, clock)
    assert (request.user, request.key) == (CONSUMER.address, CONSUMER.public_key)
    assert (request.spend, request.timestamp) == (5, clock.unix_millis())
    report = report_request(SessionId(b"\x05" * 32), CONSUMER, clock)
    assert report.message == "0x" + "05" * 32
    assert len(ping_request(CONSUMER, b"12345678").signature) == 65


def test_only_the_exact_text_means_that_we_are_forgotten() -> None:
    assert is_user_unknown(NodeError("x", details={"text": "user not found"}))
    assert not is_user_unknown(NodeError("x", details={"text": "user not found!"}))
    assert not is_user_unknown(NodeError("user not found"))
