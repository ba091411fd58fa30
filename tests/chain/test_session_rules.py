"""Rules of sessions that the vectors do not cover: treasury, blobs, statistics, holds."""

import pytest

from node.core.units import MAX_UINT256
from node.devnet.artifacts import artifact
from node.devnet.genesis import MARKETPLACE_ADDRESS, TOKEN_ADDRESS
from node.devnet.revert import reason_of
from tests.chain.replay import (
    BIDS,
    MODEL,
    MOR,
    ReplayChain,
    approval_of,
    calldata,
    hexbytes,
    receipt_of,
)
from tests.support.signers import KeySigner

pytestmark = pytest.mark.chain
BID = hexbytes(BIDS[1]["bidId"])
MODEL_ID = hexbytes(MODEL["modelId"])
OPENED = 1_793_527_200
ENDED = OPENED + 31_578


def reason(chain: ReplayChain, data: bytes, sender: str = "user1") -> str:
    """Text of the built-in error of a call; its hex when it is no text."""
    found = chain.revert_data(data, sender=getattr(chain, sender))
    assert found is not None
    return reason_of(hexbytes(found)) or found


def closing(chain: ReplayChain, session: bytes, *, by_user: bool = False) -> bytes:
    receipt = receipt_of(session, chain.evm.head.header.timestamp, 1000, 100)
    key = (chain.user1 if by_user else chain.provider1).private_key
    return calldata("closeSession", receipt, KeySigner(key).sign_blob(receipt))


def move(chain: ReplayChain, data: bytes) -> None:
    chain.expect_ok(chain.funding, data, to=TOKEN_ADDRESS.raw)


def test_an_empty_treasury_blocks_paid_closes_until_it_is_refilled(market: ReplayChain) -> None:
    session = market.open(market.user1, market.provider1, BID, at=OPENED)
    balance = market.mor(market.funding.address.raw)
    move(market, calldata("transfer", market.owner.address.raw, balance))
    market.go_to(ENDED + 10)
    for by_user in (False, True):
        text = reason(market, closing(market, session, by_user=by_user))
        assert text == "ERC20: transfer amount exceeds balance"
    refill = calldata("transfer", market.funding.address.raw, MOR * 100)
    market.expect_ok(market.owner, refill, to=TOKEN_ADDRESS.raw)
    before = market.mor(market.user1.address.raw)
    market.expect_ok(market.user1, closing(market, session))
    assert market.mor(market.user1.address.raw) - before == 1_000 * MOR


def test_a_revoked_allowance_blocks_as_well(market: ReplayChain) -> None:
    session = market.open(market.user1, market.provider1, BID, at=OPENED)
    move(market, calldata("approve", MARKETPLACE_ADDRESS.raw, 5))
    market.go_to(ENDED + 10)
    assert reason(market, closing(market, session)) == "ERC20: insufficient allowance"


def test_an_early_dispute_on_the_day_of_opening_needs_no_treasury(market: ReplayChain) -> None:
    session = market.open(market.user1, market.provider1, BID, at=OPENED)
    balance = market.mor(market.funding.address.raw)
    move(market, calldata("transfer", market.owner.address.raw, balance))
    market.go_to(OPENED + 600)
    market.expect_ok(market.user1, closing(market, session, by_user=True))
    record = market.read("getSession", session)
    assert (record["closeoutType"], record["providerWithdrawnAmount"]) == ("1", "0")


def test_milliseconds_never_expire(market: ReplayChain) -> None:
    """Both nodes sign milliseconds; the contract compares them as seconds."""
    approval = approval_of(BID, market.user1, OPENED * 1000)
    signature = KeySigner(market.provider1.private_key).sign_blob(approval)
    data = calldata(
        "openSession", market.user1.address.raw, 1_000 * MOR, False, approval, signature
    )
    market.go_to(OPENED + 86_400)
    assert market.revert_data(data, sender=market.user1) is None


def test_trailing_bytes_make_another_approval_dirty_words_none(market: ReplayChain) -> None:
    market.go_to(OPENED)
    signer = KeySigner(market.provider1.private_key)
    user = market.user1.address.raw

    def opening(approval: bytes) -> bytes:
        return calldata(
            "openSession", user, 1_000 * MOR, False, approval, signer.sign_blob(approval)
        )

    approval = approval_of(BID, market.user1, OPENED)
    market.expect_ok(market.user1, opening(approval))
    assert reason(market, opening(approval)) == "0x684df34c"
    assert market.revert_data(opening(approval + b"\1"), sender=market.user1) is None
    dirty = approval[:64] + b"\1" + approval[65:]
    assert reason(market, opening(dirty)) == "0x"
    assert reason(market, opening(approval[:-1])) == "0x"


def test_high_s_signatures_are_refused(market: ReplayChain) -> None:
    market.go_to(OPENED)
    order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
    approval = approval_of(BID, market.user1, OPENED)
    low = KeySigner(market.provider1.private_key).sign_blob(approval)
    high_s = order - int.from_bytes(low[32:64], "big")
    high = low[:32] + high_s.to_bytes(32, "big") + bytes((55 - low[64],))
    user = market.user1.address.raw
    data = calldata("openSession", user, 1_000 * MOR, False, approval, high)
    assert reason(market, data) == "ECDSA: invalid signature 's' value"


def test_figures_above_31_bits_turn_negative(market: ReplayChain) -> None:
    session = market.open(market.user1, market.provider1, BID, at=OPENED)
    market.close(market.user1, market.provider1, session, at=ENDED, tps=2**32 - 1, ttft=2**31)
    stats = market.read("getProviderModelStats", MODEL_ID, market.provider1.address.raw)
    assert stats["tpsScaled1000"]["mean"] == "-1"
    assert stats["ttftMs"]["mean"] == str(-(2**31))


def test_session_lists_only_grow(market: ReplayChain) -> None:
    first = market.open(market.user1, market.provider1, BID, at=OPENED)
    second = market.open(market.user1, market.provider1, BID, at=OPENED + 1)
    market.close(market.user1, market.provider1, first, at=OPENED + 400)
    ids = ["0x" + first.hex(), "0x" + second.hex()]
    user, provider = market.user1.address.raw, market.provider1.address.raw
    assert market.read("getUserSessions", user, 0, 10) == [ids, "2"]
    assert market.read("getProviderSessions", provider, 0, 10) == [ids, "2"]
    assert market.read("getModelSessions", MODEL_ID, 1, 10) == [ids[1:], "2"]
    assert market.read("getTotalSessions", provider) == "2"


def test_held_stakes_are_withdrawn_from_midnight_on(market: ReplayChain) -> None:
    user = market.user1.address.raw
    for start in (OPENED, OPENED + 1000):
        session = market.open(market.user1, market.provider1, BID, at=start)
        market.close(market.user1, market.provider1, session, at=start + 600)
    available, hold = market.read("getUserStakesOnHold", user, 0)
    assert int(available) == 0 and int(hold) > 0
    midnight = OPENED - OPENED % 86_400 + 86_400
    withdraw = calldata("withdrawUserStakes", user, 255)
    market.go_to(midnight - 1)
    assert reason(market, withdraw) == "0xc41b8c4d"
    market.go_to(midnight)
    assert market.read("getUserStakesOnHold", user, 0) == [hold, "0"]
    before = market.mor(user)
    market.expect_ok(market.user1, withdraw)
    assert market.mor(user) - before == int(hold)


def test_an_approval_by_a_delegatee_of_the_provider(market: ReplayChain) -> None:
    grant = artifact("DelegateRegistry").call(
        "delegateContract(address,address,bytes32,bool)",
        market.spare.address.raw,
        MARKETPLACE_ADDRESS.raw,
        hexbytes(market.read("DELEGATION_RULES_PROVIDER")),
        True,
    )
    registry = hexbytes(market.read("getRegistry"))
    market.expect_ok(market.provider1, grant, to=registry)
    session = market.open(market.user1, market.provider1, BID, at=OPENED, signer=market.spare)
    assert market.read("getSession", session)["isActive"] is True


def test_open_needs_the_users_allowance_even_for_a_delegatee(market: ReplayChain) -> None:
    grant = artifact("DelegateRegistry").call(
        "delegateAll(address,bytes32,bool)", market.spare.address.raw, bytes(32), True
    )
    registry = hexbytes(market.read("getRegistry"))
    market.expect_ok(market.user1, grant, to=registry)
    market.expect_ok(
        market.user1, calldata("approve", MARKETPLACE_ADDRESS.raw, 7), to=TOKEN_ADDRESS.raw
    )
    market.go_to(OPENED)
    approval = approval_of(BID, market.user1, OPENED)
    signature = KeySigner(market.provider1.private_key).sign_blob(approval)
    user = market.user1.address.raw
    data = calldata("openSession", user, 1_000 * MOR, False, approval, signature)
    assert reason(market, data, "spare") == "ERC20: insufficient allowance"
    revoke = artifact("DelegateRegistry").call(
        "delegateAll(address,bytes32,bool)", market.spare.address.raw, bytes(32), False
    )
    market.expect_ok(market.user1, revoke, to=registry)
    assert reason(market, data, "spare").startswith("0x2e980d14")


def test_infinite_allowance_is_never_reduced(market: ReplayChain) -> None:
    market.open(market.user1, market.provider1, BID, at=OPENED)
    token = {
        "to": TOKEN_ADDRESS.hex,
        "data": "0x"
        + calldata("allowance", market.user1.address.raw, MARKETPLACE_ADDRESS.raw).hex(),
    }
    assert int(market.rpc.call("eth_call", [token, "latest"]), 16) == MAX_UINT256
