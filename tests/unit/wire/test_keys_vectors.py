"""vectors/keys.json: public keys and addresses."""

import pytest

from node.wire.signing import PeerKey
from tests.support.wire_vectors import load, signer, unhex


@pytest.mark.parametrize("role", ["consumer", "provider"])
def test_public_key_and_address_of_the_test_keys(role: str) -> None:
    expected = load("keys")[role]
    key = PeerKey(unhex(expected["public_key_uncompressed"]))
    assert signer(role).public_key == key.raw
    assert key.address.checksum == expected["address_checksum"]
    assert key.address.hex == expected["address_json"]
