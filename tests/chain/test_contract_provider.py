"""A provider that is a contract: its owner signs approvals (subnets)."""

import pytest

from node.core.keccak import keccak256
from node.core.units import MAX_UINT256
from node.devnet.accounts import well_known_accounts
from node.devnet.evm import GenesisAccount
from node.devnet.genesis import MARKETPLACE_ADDRESS, REGISTRY_ADDRESS, TOKEN_ADDRESS
from tests.chain.replay import MODEL, MOR, ReplayChain, approval_of, calldata, hexbytes
from tests.support.signers import KeySigner

pytestmark = pytest.mark.chain
SUBNET = b"\x55" * 20
OWNER = well_known_accounts()[6]
OPERATOR = well_known_accounts()[2]
MODEL_ID = hexbytes(MODEL["modelId"])


def slot(key: bytes, position: bytes) -> bytes:
    """Storage slot of a mapping's entry."""
    return keccak256(key.rjust(32, b"\0") + position.rjust(32, b"\0"))


def add_subnet(accounts: dict[bytes, GenesisAccount]) -> None:
    """A contract that answers its owner to everything, holds MOR and lets OPERATOR act for it."""
    answer_owner = b"\x73" + OWNER.address.raw + bytes.fromhex("60005260206000f3")
    accounts[SUBNET] = GenesisAccount(code=answer_owner, nonce=1)
    token = accounts[TOKEN_ADDRESS.raw]
    allowance = slot(MARKETPLACE_ADDRESS.raw, slot(SUBNET, b"\1"))
    storage = {
        **token.storage,
        int.from_bytes(slot(SUBNET, b""), "big"): 10 * MOR,
        int.from_bytes(allowance, "big"): MAX_UINT256,
    }
    accounts[TOKEN_ADDRESS.raw] = GenesisAccount(code=token.code, nonce=1, storage=storage)
    registry = accounts[REGISTRY_ADDRESS.raw]
    packed = keccak256(bytes(32) + SUBNET + OPERATOR.address.raw)
    granted = slot(packed[1:] + b"\1", b"")
    accounts[REGISTRY_ADDRESS.raw] = GenesisAccount(
        code=registry.code, nonce=1, storage={int.from_bytes(granted, "big"): 1}
    )


def test_the_owner_of_a_contract_provider_signs_its_approvals() -> None:
    chain = ReplayChain(add_subnet)
    chain.set_up_market()
    chain.expect_ok(OPERATOR, calldata("providerRegister", SUBNET, MOR, "subnet.example.org:1"))
    chain.expect_ok(OPERATOR, calldata("postModelBid", SUBNET, MODEL_ID, 10**14))
    bid = hexbytes(chain.read("getBidId", SUBNET, MODEL_ID, 0))
    assert chain.read("getBid", bid)["provider"].lower() == "0x" + SUBNET.hex()

    now = chain.evm.head.header.timestamp
    approval = approval_of(bid, chain.user1, now)
    user = chain.user1.address.raw

    def opening(key: bytes) -> bytes:
        signature = KeySigner(key).sign_blob(approval)
        return calldata("openSession", user, 1_000 * MOR, False, approval, signature)

    stranger = opening(chain.user2.private_key)
    assert chain.revert_data(stranger, sender=chain.user1) == "0x453ede6a"
    receipt = chain.expect_ok(chain.user1, opening(OWNER.private_key))
    assert receipt["logs"][-1]["topics"][3].endswith(SUBNET.hex())
