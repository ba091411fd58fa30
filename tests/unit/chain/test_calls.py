import pytest

from node.chain.abi.functions import MARKET, TOKEN
from node.chain.calls import ContractCalls
from node.chain.networks import demo_network
from node.core.errors import UserInputError
from node.core.ids import Address, BidId, ModelId, SessionId
from node.core.ports import Intent
from node.core.units import Eth, Mor, PricePerSecond
from tests.support.vectors import load_vectors
from tests.unit.chain.values import unhex

VECTORS = load_vectors("contracts")
MARKETPLACE = Address.parse(VECTORS["meta"]["diamond"])
TOKEN_ADDRESS = Address.parse(VECTORS["meta"]["mor"])
CALLS = ContractCalls(demo_network(marketplace=MARKETPLACE, token=TOKEN_ADDRESS))
SAMPLES = {case["signature"].partition("(")[0]: case for case in VECTORS["functions"]}


def sample(name):
    return SAMPLES[name]["sampleArgs"], unhex(SAMPLES[name]["callData"])


def test_open_session():
    args, calldata = sample("openSession")
    call = CALLS.open_session(
        Address.parse(args["user_"]),
        Mor(int(args["amount_"])),
        args["isDirectPaymentFromUser_"],
        unhex(args["approvalEncoded_"]),
        unhex(args["signature_"]),
    )
    assert (call.intent, call.to, call.data) == (Intent.OPEN_SESSION, MARKETPLACE, calldata)
    assert call.value == Eth(0)


def test_close_session():
    args, calldata = sample("closeSession")
    call = CALLS.close_session(unhex(args["receiptEncoded_"]), unhex(args["signature_"]))
    assert (call.intent, call.to, call.data) == (Intent.CLOSE_SESSION, MARKETPLACE, calldata)


def test_withdraw_and_claim():
    args, calldata = sample("withdrawUserStakes")
    call = CALLS.withdraw_on_hold(Address.parse(args["user_"]), int(args["iterations_"]))
    assert (call.intent, call.data) == (Intent.WITHDRAW_ON_HOLD, calldata)
    args, calldata = sample("claimForProvider")
    call = CALLS.claim(SessionId.parse(args["sessionId_"]))
    assert (call.intent, call.data) == (Intent.CLAIM, calldata)


def test_token_calls_go_to_the_token():
    args, calldata = sample("transfer")
    call = CALLS.send_mor(Address.parse(args["to"]), Mor(int(args["amount"])))
    assert (call.intent, call.to, call.data) == (Intent.SEND_MOR, TOKEN_ADDRESS, calldata)
    call = CALLS.approve(Mor(5))
    assert (call.intent, call.to) == (Intent.APPROVE, TOKEN_ADDRESS)
    assert TOKEN["approve"].decode_arguments(call.data) == (MARKETPLACE.raw, 5)


def test_provider_calls():
    args, calldata = sample("providerRegister")
    provider = Address.parse(args["provider_"])
    call = CALLS.register_provider(provider, Mor(int(args["amount_"])), args["endpoint_"])
    assert (call.intent, call.data) == (Intent.REGISTER_PROVIDER, calldata)
    call = CALLS.deregister_provider(provider)
    assert MARKET["providerDeregister"].decode_arguments(call.data) == (provider.raw,)


def test_model_and_bid_calls():
    args, _ = sample("modelRegister")
    owner, base_id = Address.parse(args["modelOwner_"]), unhex(args["modelId_"])
    call = CALLS.register_model(owner, base_id, bytes(32), Mor(7), "Name", ["LLM", "tee"])
    assert MARKET["modelRegister"].decode_arguments(call.data) == (
        owner.raw,
        base_id,
        bytes(32),
        0,
        7,
        "Name",
        ("LLM", "tee"),
    )
    args, calldata = sample("postModelBid")
    call = CALLS.post_bid(
        Address.parse(args["provider_"]),
        ModelId.parse(args["modelId_"]),
        PricePerSecond(int(args["pricePerSecond_"])),
    )
    assert (call.intent, call.data) == (Intent.POST_BID, calldata)
    args, calldata = sample("deleteModelBid")
    assert CALLS.delete_bid(BidId.parse(args["bidId_"])).data == calldata
    args, calldata = sample("modelDeregister")
    assert CALLS.deregister_model(ModelId.parse(args["modelId_"])).data == calldata


def test_a_transfer_of_coins_carries_no_data():
    call = CALLS.send_eth(MARKETPLACE, Eth(9))
    assert (call.intent, call.to, call.data, call.value) == (
        Intent.SEND_ETH,
        MARKETPLACE,
        b"",
        Eth(9),
    )


@pytest.mark.parametrize(
    "build",
    [
        lambda: CALLS.approve(Mor(-1)),
        lambda: CALLS.send_eth(MARKETPLACE, Eth(2**256)),
        lambda: CALLS.withdraw_on_hold(MARKETPLACE, 0),
        lambda: CALLS.withdraw_on_hold(MARKETPLACE, 256),
        lambda: CALLS.register_model(MARKETPLACE, b"x", bytes(32), Mor(1), "n", []),
    ],
)
def test_what_cannot_be_sent_is_refused(build):
    with pytest.raises(UserInputError):
        build()


@pytest.mark.parametrize("case", VECTORS["sessions"], ids=lambda case: case["name"])
def test_calldata_of_the_recorded_sessions(case):
    opening = CALLS.open_session(
        Address.parse(case["user"]),
        Mor(int(case["stake"])),
        case["direct"],
        unhex(case["approval"]),
        unhex(case["approvalSignature"]),
    )
    assert opening.data == unhex(case["openCallData"])
    closing = CALLS.close_session(
        unhex(case["close"]["receipt"]), unhex(case["close"]["signature"])
    )
    assert closing.data == unhex(case["close"]["callData"])
