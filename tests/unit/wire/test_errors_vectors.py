"""vectors/errors.json: signed, encrypted and unsigned errors."""

from typing import Any

import pytest

from node.core.units import UnixMillis
from node.wire.codec import canonical, encode_error, infrastructure_error, parse_response
from node.wire.envelope import decrypt
from node.wire.messages import ErrorReply
from node.wire.signing import digest, peer_key, sign, verify
from tests.support.wire_vectors import load, signer, unhex

CASES = load("errors")["errors"]
SIGNED = [case for case in CASES if "signature" in case]


def text_of(case: dict[str, Any]) -> str:
    raw = case.get("message_utf8_hex")
    return unhex(raw).decode() if raw is not None else str(case["message"])


@pytest.mark.parametrize("case", SIGNED, ids=lambda case: case["name"])
def test_signed_error_to_the_byte(case: dict[str, Any]) -> None:
    error = ErrorReply(message=text_of(case), timestamp=UnixMillis(case["timestamp"]))
    assert canonical(error).hex() == case["canonical_hex"]
    assert digest(error).hex() == case["digest_keccak256"]
    signed = sign(error, signer("provider"))
    assert "0x" + signed.signature.hex() == case["signature"]
    assert encode_error("e1", signed).hex() == case["wire_hex"]


@pytest.mark.parametrize("case", SIGNED, ids=lambda case: case["name"])
def test_signed_error_is_verified(case: dict[str, Any]) -> None:
    error = parse_response(unhex(case["wire_hex"])).error
    assert error is not None
    assert error.is_signed
    assert verify(error, peer_key(signer("provider").public_key))
    assert not verify(error, peer_key(signer("consumer").public_key))
    if "plaintext" in case:
        opened = decrypt(signer("consumer"), unhex(error.message))
        assert opened.decode() == case["plaintext"]


def test_unsigned_error_to_the_byte() -> None:
    case = next(case for case in CASES if "signature" not in case)
    error = infrastructure_error(case["message"], UnixMillis(case["timestamp"]))
    assert encode_error("e1", error).hex() == case["wire_hex"]
    read = parse_response(unhex(case["wire_hex"])).error
    assert read == error
    assert not read.is_signed


@pytest.mark.parametrize("data", ["", ',"data":{}', ',"data":null', ',"data":{"signature":"zz"}'])
def test_error_without_usable_signature_counts_as_unsigned(data: str) -> None:
    raw = f'{{"id":"1","result":null,"error":{{"message":"m","code":400{data}}}}}'
    error = parse_response(raw.encode()).error
    assert error is not None
    assert not error.is_signed
