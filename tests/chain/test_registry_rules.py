"""Providers, models, bids, the owner's table of functions, token and multicall."""

from typing import Any

import pytest
from eth_abi.abi import decode, encode

from node.core.keccak import keccak256
from node.devnet.artifacts import artifact
from node.devnet.genesis import FACETS, MARKETPLACE_ADDRESS, MULTICALL_ADDRESS, TOKEN_ADDRESS
from node.devnet.revert import reason_of
from tests.chain.replay import BIDS, MODEL, MOR, ReplayChain, calldata, hexbytes

pytestmark = pytest.mark.chain
MODEL_ID = hexbytes(MODEL["modelId"])
TRANSFER = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"
APPROVAL = "0x8c5be1e5ebec7d5bd14f71427d1e84f3dd0314c0f7b2291e5b200ac8c7c3b925"


def post(chain: ReplayChain, model: bytes, price: int = 10**14) -> str:
    """Post a bid of provider 1; returns its id."""
    provider = chain.provider1.address.raw
    pair = chain.read("getProviderBids", provider, 0, 100)[0]
    chain.expect_ok(chain.provider1, calldata("postModelBid", provider, model, price))
    after = chain.read("getProviderBids", provider, 0, 100)[0]
    assert len(after) == len(pair) + 1
    return str(after[-1])


def register_model(chain: ReplayChain, number: int, name: str = "Model") -> bytes:
    owner = chain.provider1.address.raw
    base = number.to_bytes(32, "big")
    data = calldata("modelRegister", owner, base, bytes(32), 0, MOR, name, ["LLM", "x"])
    chain.expect_ok(chain.provider1, data)
    return hexbytes(chain.read("getModelId", owner, base))


def test_active_lists_move_the_last_into_the_free_place(market: ReplayChain) -> None:
    models = [register_model(market, number) for number in (1, 2, 3)]
    bids = [post(market, model) for model in models]
    provider = market.provider1.address.raw
    before = market.read("getProviderActiveBids", provider, 0, 10)[0]
    assert before[1:] == bids
    market.expect_ok(market.provider1, calldata("deleteModelBid", hexbytes(before[0])))
    after = market.read("getProviderActiveBids", provider, 0, 10)
    assert after == [[bids[2], bids[0], bids[1]], "3"]
    market.expect_ok(market.provider1, calldata("deleteModelBid", hexbytes(bids[0])))
    market.expect_ok(market.provider1, calldata("modelDeregister", models[0]))
    active = market.read("getActiveModelIds", 0, 10)[0]
    assert active == [MODEL["modelId"], "0x" + models[2].hex(), "0x" + models[1].hex()]
    every = market.read("getModelIds", 0, 10)[0]
    assert every == [MODEL["modelId"], *("0x" + model.hex() for model in models)]


def test_a_new_bid_replaces_the_old_one(market: ReplayChain) -> None:
    fees = int(market.read("getFeeBalance"))
    bid = post(market, MODEL_ID, 3 * 10**14)
    assert bid == BIDS[2]["bidId"]
    assert market.read("isBidActive", hexbytes(BIDS[1]["bidId"])) is False
    active = market.read("getModelActiveBids", MODEL_ID, 0, 10)[0]
    assert len(active) == 2 and bid in active
    assert int(market.read("getFeeBalance")) == fees + MOR // 10


def test_withdrawn_fees_are_clamped(market: ReplayChain) -> None:
    owner = market.owner.address.raw
    before = market.mor(owner)
    market.expect_ok(market.owner, calldata("withdrawFee", owner, 2**255))
    assert market.mor(owner) - before == 3 * MOR // 10
    assert market.read("getFeeBalance") == "0"


def test_a_model_keeps_its_birthday_through_changes(market: ReplayChain) -> None:
    model = register_model(market, 9, "First")
    born = market.read("getModel", model)["createdAt"]
    market.expect_ok(market.provider1, calldata("modelDeregister", model))
    gone = market.read("getModel", model)
    assert (gone["isDeleted"], gone["stake"]) == (True, "0")
    register_model(market, 9, "Second")
    back = market.read("getModel", model)
    assert (back["createdAt"], back["name"], back["isDeleted"]) == (born, "Second", False)
    assert back["stake"] == str(MOR)


def test_a_provider_comes_back_and_tops_up(market: ReplayChain) -> None:
    provider = market.provider2.address.raw
    bid = market.read("getProviderActiveBids", provider, 0, 1)[0][0]
    market.expect_ok(market.provider2, calldata("deleteModelBid", hexbytes(bid)))
    market.expect_ok(market.provider2, calldata("providerDeregister", provider))
    again = calldata("providerDeregister", provider)
    assert market.revert_data(again, sender=market.provider2) == "0x15b52eb4"
    market.expect_ok(
        market.provider2, calldata("providerRegister", provider, MOR, "new.example.org:1")
    )
    market.expect_ok(
        market.provider2, calldata("providerRegister", provider, MOR, "new.example.org:2")
    )
    record = market.read("getProvider", provider)
    assert (record["endpoint"], record["stake"]) == ("new.example.org:2", str(2 * MOR))
    assert record["createdAt"] == "1793520251"
    assert market.read("getIsProviderActive", provider) is True


# --- the table of functions ----------------------------------------------------------------------


def test_facets_list_every_function_once(market: ReplayChain) -> None:
    listed = {entry["facetAddress"]: entry["functionSelectors"] for entry in market.read("facets")}
    assert set(listed) == {address.checksum for address in FACETS.values()}
    for name, address in FACETS.items():
        wanted = {"0x" + selector.hex() for selector in artifact(name).selectors.values()}
        assert set(listed[address.checksum]) == wanted
        assert set(market.read("facetFunctionSelectors", address.raw)) == wanted
    selectors = [selector for group in listed.values() for selector in group]
    assert len(selectors) == len(set(selectors))
    assert market.read("facetAddress", hexbytes("0x91704e1e")) == FACETS["BidFacet"].checksum


def cut(action: int, target: bytes, *selectors: str) -> bytes:
    entry = (target, action, [hexbytes(selector) for selector in selectors])
    return artifact("Diamond").call("diamondCut((address,uint8,bytes4[])[])", [entry])


def test_the_owner_removes_and_adds_functions(market: ReplayChain) -> None:
    target = FACETS["BidFacet"].raw
    get_bid = "0x91704e1e"
    remove = cut(2, bytes(20), get_bid)
    assert market.revert_data(remove, sender=market.user1) == (
        "0x118cdaa7" + market.user1.address.raw.rjust(32, b"\0").hex()
    )
    market.expect_ok(market.owner, remove)
    call = calldata("getBid", bytes(32))
    assert reason_of(hexbytes(market.revert_data(call) or "")) == (
        "Diamond: selector is not registered"
    )
    receipt = market.expect_ok(market.owner, cut(0, target, get_bid))
    assert receipt["logs"][0]["topics"][0].startswith("0x8faa70878671ccd2")
    assert market.revert_data(call) is None


def test_ownership_moves(market: ReplayChain) -> None:
    market.expect_ok(market.owner, calldata("transferOwnership", market.user1.address.raw))
    assert market.read("owner") == market.user1.address.checksum
    data = calldata("setMarketplaceBidFee", 5)
    assert market.revert_data(data, sender=market.owner) is not None
    market.expect_ok(market.user1, data)
    assert market.read("getBidFee") == "5"


def test_constants_of_the_bindings_are_not_registered(market: ReplayChain) -> None:
    for name in ("MIN_SESSION_DURATION()", "SIGNATURE_TTL()", "COMPUTE_POOL_INDEX()"):
        data = market.revert_data(keccak256(name.encode())[:4])
        assert reason_of(hexbytes(data or "")) == "Diamond: selector is not registered"


# --- token ---------------------------------------------------------------------------------------


def token_reason(chain: ReplayChain, name: str, *arguments: Any) -> str:
    receipt = chain.send(chain.user2, calldata(name, *arguments), to=TOKEN_ADDRESS.raw)
    assert receipt["status"] == "0x0"
    transaction = {
        "from": chain.user2.address.hex,
        "to": TOKEN_ADDRESS.hex,
        "data": "0x" + calldata(name, *arguments).hex(),
    }
    with pytest.raises(Exception, match="execution reverted: ") as caught:
        chain.rpc.call("eth_call", [transaction, "latest"])
    return str(caught.value).removeprefix("execution reverted: ")


def test_token_refuses_in_the_words_of_the_public_one(market: ReplayChain) -> None:
    someone, nobody = market.user1.address.raw, bytes(20)
    far = 10**40
    assert token_reason(market, "transfer", nobody, 1) == "ERC20: transfer to the zero address"
    assert token_reason(market, "transfer", someone, far) == (
        "ERC20: transfer amount exceeds balance"
    )
    assert token_reason(market, "transferFrom", someone, someone, 1) == (
        "ERC20: insufficient allowance"
    )
    assert token_reason(market, "approve", nobody, 1) == "ERC20: approve to the zero address"
    assert token_reason(market, "decreaseAllowance", someone, 1) == (
        "ERC20: decreased allowance below zero"
    )


def test_a_finite_allowance_is_used_up_and_reported(market: ReplayChain) -> None:
    holder, spender = market.user1, market.user2
    token = TOKEN_ADDRESS.raw
    market.expect_ok(holder, calldata("approve", spender.address.raw, 10), to=token)
    market.expect_ok(holder, calldata("increaseAllowance", spender.address.raw, 5), to=token)
    market.expect_ok(holder, calldata("decreaseAllowance", spender.address.raw, 3), to=token)
    move = calldata("transferFrom", holder.address.raw, spender.address.raw, 8)
    receipt = market.expect_ok(spender, move, to=token)
    assert [log["topics"][0] for log in receipt["logs"]] == [APPROVAL, TRANSFER]
    assert int(receipt["logs"][0]["data"], 16) == 4


# --- multicall -----------------------------------------------------------------------------------


def multicall(chain: ReplayChain, signature: str, *arguments: Any) -> bytes:
    data = artifact("Multicall").call(signature, *arguments)
    transaction = {"to": MULTICALL_ADDRESS.hex, "input": "0x" + data.hex()}
    return hexbytes(chain.rpc.call("eth_call", [transaction, "latest"]))


def test_one_failing_call_does_not_break_aggregate3(market: ReplayChain) -> None:
    good = calldata("getBidFee")
    calls = [
        (MARKETPLACE_ADDRESS.raw, True, good),
        (MARKETPLACE_ADDRESS.raw, True, b"\xde\xad\xbe\xef"),
    ]
    output = multicall(market, "aggregate3((address,bool,bytes)[])", calls)
    results = decode(["(bool,bytes)[]"], output)[0]
    assert results[0] == (True, encode(["uint256"], [MOR // 10]))
    assert results[1][0] is False
    assert reason_of(results[1][1]) == "Diamond: selector is not registered"


def test_a_call_that_must_not_fail_breaks_the_batch(market: ReplayChain) -> None:
    calls = [(MARKETPLACE_ADDRESS.raw, False, b"\xde\xad\xbe\xef")]
    with pytest.raises(Exception, match="Multicall3: call failed"):
        multicall(market, "aggregate3((address,bool,bytes)[])", calls)
    with pytest.raises(Exception, match="Multicall3: call failed"):
        multicall(market, "aggregate((address,bytes)[])", [(calls[0][0], calls[0][2])])


def test_multicall_reads_the_block_and_balances(market: ReplayChain) -> None:
    head = market.evm.head.header
    number = multicall(market, "getBlockNumber()")
    moment = multicall(market, "getCurrentBlockTimestamp()")
    assert int.from_bytes(number, "big") == head.block_number
    assert int.from_bytes(moment, "big") == head.timestamp
    holder = market.owner.address.raw
    balance = multicall(market, "getEthBalance(address)", holder)
    assert int.from_bytes(balance, "big") == market.evm.balance(holder)
