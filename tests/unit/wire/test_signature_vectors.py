"""T-B5: vectors/signature-verification.json, by key and by address, and values out of range."""

from typing import Any

import pytest

from node.core.errors import BadMessageError, BadSignatureError
from node.core.keccak import keccak256
from node.wire.signing import PeerKey, recover_key
from tests.support.wire_vectors import load, unhex

VECTORS = load("signature-verification")
DIGEST = keccak256(VECTORS["canonical"].encode())


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["case"])
def test_verdicts(case: dict[str, Any]) -> None:
    signature = unhex(case["signature"])
    long_key = PeerKey(unhex(VECTORS["public_key_uncompressed"]))
    short_key = PeerKey(unhex(VECTORS["public_key_compressed"]))
    assert long_key.verifies(DIGEST, signature) is case["verify_by_uncompressed_key"]
    assert short_key.verifies(DIGEST, signature) is case["verify_by_compressed_key"]
    try:
        by_address = recover_key(DIGEST, signature).address.checksum == VECTORS["address"]
    except BadSignatureError:
        by_address = False
    assert by_address is case["verify_by_address"]


ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141


@pytest.mark.parametrize("r", [0, 1, ORDER - 1, ORDER, 2**256 - 1])
@pytest.mark.parametrize("s", [0, ORDER // 2 + 1, ORDER, 2**256 - 1])
def test_values_out_of_range_never_verify(r: int, s: int) -> None:
    signature = r.to_bytes(32) + s.to_bytes(32) + b"\0"
    assert not PeerKey(unhex(VECTORS["public_key_uncompressed"])).verifies(DIGEST, signature)


@pytest.mark.parametrize(
    "raw", [b"", b"\x04" * 65, b"\x04", b"\x06" + bytes(64), bytes(65), b"\x02" * 65]
)
def test_what_is_no_public_key_is_refused(raw: bytes) -> None:
    with pytest.raises(BadMessageError):
        PeerKey(raw)
