"""Ids the contracts derive: keccak256 over packed values, no padding between them."""

from node.core.ids import Address, BidId, ModelId, SessionId
from node.core.keccak import keccak256


def model_id(owner: Address, base_id: bytes) -> ModelId:
    """Id of the model that `owner` registers with the 32-byte `base_id`.

    Raises ValueError on its length.
    """
    if len(base_id) != 32:
        raise ValueError("a base id has 32 bytes")
    return ModelId(keccak256(owner.raw + base_id))


def provider_model_id(provider: Address, model: ModelId) -> bytes:
    """Key of the pair in the contract's nonce table."""
    return keccak256(provider.raw + model.raw)


def bid_id(provider: Address, model: ModelId, nonce: int) -> BidId:
    """`nonce` counts all bids this provider ever posted on the model, from 0."""
    return BidId(keccak256(provider.raw + model.raw + nonce.to_bytes(32, "big")))


def session_id(user: Address, provider: Address, bid: BidId, nonce: int) -> SessionId:
    """`nonce` is one counter for all sessions of the network; the chain does not tell it in
    advance.
    """
    return SessionId(keccak256(user.raw + provider.raw + bid.raw + nonce.to_bytes(32, "big")))
