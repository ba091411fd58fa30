"""vectors/abi-approval-report.json: blobs, digests, identical signatures."""

from typing import Any

import pytest

from node.core.errors import BadMessageError, BadSignatureError
from node.core.ids import Address, BidId, SessionId
from node.core.units import UnixMillis
from node.wire.blobs import Approval, Report, blob_digest, recover_blob_signer
from tests.support.wire_vectors import load, signer, unhex

VECTORS = load("abi-approval-report")


def build(case: dict[str, Any]) -> Approval | Report:
    if case["kind"] == "approval":
        return Approval(
            bid_id=BidId.parse(case["bidId"]),
            chain_id=case["chainId"],
            user=Address.parse(case["user"]),
            timestamp=UnixMillis(case["timestampMs"]),
        )
    return Report(
        session_id=SessionId.parse(case["sessionId"]),
        chain_id=case["chainId"],
        timestamp=UnixMillis(case["timestampMs"]),
        tps_scaled_1000=case["tpsScaled1000"],
        ttft_ms=case["ttftMs"],
        input_tokens=case["inputTokens"],
        output_tokens=case["outputTokens"],
    )


@pytest.mark.parametrize(
    "case", VECTORS["approvals"] + VECTORS["reports"], ids=lambda c: c["encoded"][-70:]
)
def test_blob_is_encoded_signed_and_read_back(case: dict[str, Any]) -> None:
    blob = build(case)
    encoded = blob.encode()
    assert encoded == unhex(case["encoded"])
    assert blob_digest(encoded).hex() == case["eth_signed_digest"]
    signature = signer(case["signer"]).sign_blob(encoded)
    assert "0x" + signature.hex() == case["signature"]
    assert recover_blob_signer(encoded, signature) == signer(case["signer"]).address
    assert type(blob).decode(encoded) == blob


def test_wrong_lengths_and_dirty_words_are_refused() -> None:
    good = unhex(VECTORS["approvals"][0]["encoded"])
    dirty_address = good[:64] + b"\x01" + good[65:]
    dirty_time = good[:96] + b"\x01" + good[97:]
    for bad in (b"", good[:-1], good + b"\0", dirty_address, dirty_time):
        with pytest.raises(BadMessageError):
            Approval.decode(bad)
    report = unhex(VECTORS["reports"][0]["encoded"])
    for bad in (
        report[:160],
        report[:-4] + b"\x01" * 4 + b"\0" * 32,
        report[:96] + b"\x01" + report[97:],
    ):
        with pytest.raises(BadMessageError):
            Report.decode(bad)


def test_signatures_that_the_contract_refuses_are_refused() -> None:
    case = VECTORS["approvals"][0]
    encoded, good = unhex(case["encoded"]), unhex(case["signature"])
    order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
    high_s = (
        good[:32] + (order - int.from_bytes(good[32:64])).to_bytes(32) + bytes((55 - good[64],))
    )
    wire_v = good[:64] + bytes((good[64] - 27,))
    for bad in (b"", good[:-1], good + b"\0", high_s, wire_v, bytes(64) + b"\x1b"):
        with pytest.raises(BadSignatureError):
            recover_blob_signer(encoded, bad)
    altered = encoded[:-1] + bytes((encoded[-1] ^ 1,))
    assert recover_blob_signer(altered, good) != signer("provider").address
