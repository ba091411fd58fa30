"""What leaves the wallet is read from the signed bytes, whatever a summary says."""

from eth_account import Account
from hypothesis import given
from hypothesis import strategies as st

from node.chain.calls import ContractCalls
from node.chain.networks import BASE
from node.chain.outgoing import outgoing_of
from node.core.errors import NodeError
from node.core.ids import Address
from node.core.keccak import keccak256
from node.core.ports import Call
from node.core.units import Eth, Mor

KEY = keccak256(b"a key of the tests")
FRIEND = Address(b"\x5a" * 20)
CALLS = ContractCalls(BASE)


def signed(call: Call) -> bytes:
    fields = {
        "nonce": 1,
        "to": call.to.checksum,
        "value": call.value.base,
        "data": call.data,
        "gas": 100_000,
        "maxFeePerGas": 5,
        "maxPriorityFeePerGas": 1,
        "chainId": 8453,
    }
    return bytes(Account.sign_transaction(fields, KEY).raw_transaction)


def test_a_token_transfer_goes_to_its_recipient_not_to_the_token() -> None:
    found = outgoing_of(signed(CALLS.send_mor(FRIEND, Mor(7))))
    assert (found.to, found.mor, found.eth, found.spender) == (FRIEND, Mor(7), Eth(0), None)


def test_coins_are_the_value() -> None:
    found = outgoing_of(signed(CALLS.send_eth(FRIEND, Eth(9))))
    assert (found.to, found.mor, found.eth) == (FRIEND, Mor(0), Eth(9))


def test_an_allowance_takes_nothing_yet() -> None:
    found = outgoing_of(signed(CALLS.approve(Mor(5))))
    assert (found.spender, found.allowance) == (BASE.marketplace, Mor(5))
    assert (found.mor, found.eth) == (Mor(0), Eth(0))
    revoked = outgoing_of(signed(CALLS.revoke(FRIEND)))
    assert (revoked.spender, revoked.allowance) == (FRIEND, Mor(0))


def test_stakes_leave_the_wallet() -> None:
    opened = CALLS.open_session(FRIEND, Mor(11), False, b"approval", b"signature")
    model = CALLS.register_model(FRIEND, bytes(32), bytes(32), Mor(13), "name", ["LLM"])
    provider = CALLS.register_provider(FRIEND, Mor(12), "host:1")
    assert [outgoing_of(signed(call)).mor.base for call in (opened, provider, model)] == [
        11,
        12,
        13,
    ]


def test_a_close_takes_nothing() -> None:
    assert outgoing_of(signed(CALLS.close_session(b"report", b"signature"))).mor == Mor(0)


@given(st.binary(max_size=120))
def test_a_cut_call_is_refused_in_words(tail: bytes) -> None:
    call = CALLS.send_mor(FRIEND, Mor(7))
    cut = Call(intent=call.intent, to=call.to, data=call.data[:4] + tail)
    try:
        found = outgoing_of(signed(cut))
    except NodeError as error:
        assert error.message
    else:
        assert len(tail) >= 64 and found.to.raw == tail[12:32]
