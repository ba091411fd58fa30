import pytest

from node.chain.abi import structs
from node.chain.abi.abi_types import AbiError
from node.chain.abi.functions import MARKET
from node.core.ids import Address, BidId, ModelId, SessionId
from tests.support.vectors import load_vectors
from tests.unit.chain.values import codec_value, unhex

STRUCTS = load_vectors("contracts")["structs"]
KINDS = {
    "provider": "(string,uint256,uint128,uint128,uint256,bool)",
    "model": "(bytes32,uint256,uint256,address,string,string[],uint128,bool)",
    "bid": "(address,bytes32,uint256,uint256,uint128,uint128)",
    "session": (
        "(address,bytes32,uint256,bytes,uint256,uint256,uint128,uint128,uint128,bool,bool)"
    ),
}


def values_of(name: str, kind: str):
    """The struct as a node would send it, decoded again."""
    function = MARKET[f"get{kind.capitalize()}"]
    raw = function.outputs.encode([codec_value(KINDS[kind], STRUCTS[name])])
    return function.decode(raw)[0]


def test_provider():
    address = Address(bytes(19) + b"\x01")
    record = structs.provider_record(address, values_of("provider", "provider"))
    want = STRUCTS["provider"]
    assert record is not None
    assert record.address == address
    assert record.endpoint == want["endpoint"]
    assert record.stake.base == int(want["stake"])
    assert record.created_at == int(want["createdAt"])
    assert record.limit_period_end == int(want["limitPeriodEnd"])
    assert record.limit_period_earned.base == int(want["limitPeriodEarned"])
    assert record.is_deleted is want["isDeleted"]


def test_model():
    model_id = ModelId(bytes([7]) * 32)
    record = structs.model_record(model_id, values_of("model", "model"))
    want = STRUCTS["model"]
    assert record is not None
    assert record.ipfs_cid == unhex(want["ipfsCID"])
    assert (record.fee.base, record.stake.base) == (int(want["fee"]), int(want["stake"]))
    assert record.owner == Address.parse(want["owner"])
    assert (record.name, record.tags) == (want["name"], tuple(want["tags"]))
    assert record.created_at == int(want["createdAt"])


@pytest.mark.parametrize(("name", "active"), [("bidActive", True), ("bidDeleted", False)])
def test_bid(name, active):
    record = structs.bid_record(BidId(bytes([7]) * 32), values_of(name, "bid"))
    want = STRUCTS[name]
    assert record is not None
    assert record.is_active is active
    assert record.provider == Address.parse(want["provider"])
    assert record.model_id == ModelId.parse(want["modelId"])
    assert record.price_per_second.base == int(want["pricePerSecond"])
    assert record.nonce == int(want["nonce"])
    assert record.deleted_at == int(want["deletedAt"])


def test_unknown_keys_are_no_records():
    address = Address(bytes(20))
    assert structs.provider_record(address, values_of("unknownProvider", "provider")) is None
    session = values_of("unknownSession", "session")
    assert structs.session_record(SessionId(bytes(32)), session) is None


def test_endless_text_is_cut():
    values = (bytes(32), 0, 0, bytes(20), "n" * 9000, ("t" * 500,) * 300, 1, False)
    record = structs.model_record(ModelId(bytes(32)), values)
    assert record is not None
    assert len(record.name) == structs.MAX_NAME_CHARS
    assert len(record.tags) == structs.MAX_TAGS
    assert {len(tag) for tag in record.tags} == {structs.MAX_TAG_CHARS}


def test_a_date_beyond_all_calendars_is_no_record():
    with pytest.raises(AbiError):
        structs.provider_record(Address(bytes(20)), ("h:1", 0, 2**100, 0, 0, False))
