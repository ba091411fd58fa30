import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.chain.error_words import BY_TEXT, WORDS
from node.chain.errors import decode_revert, reverted
from node.chain.rpc.answers import Fault, RpcFaultError, error_for, unwrap
from node.core.errors import ChainError, RevertedError, RpcAnswerError
from tests.support.vectors import load_vectors
from tests.unit.chain.values import unhex

VECTORS = load_vectors("contracts")
REVERTS = [case for case in VECTORS["reverts"] if case["revertData"].startswith("0x")]
TOO_SHORT = "0xf4d7eed5"


@pytest.mark.parametrize("case", REVERTS, ids=lambda case: case["case"])
def test_recorded_reverts_get_their_reason_and_words_of_their_own(case):
    error = reverted(unhex(case["revertData"]))
    decoded = case["decoded"]
    if decoded.startswith("Error("):
        assert error.reason == decoded[6:-1].strip('"')
    elif decoded.startswith("Panic("):
        assert error.reason == f"Panic(0x{int(decoded[6:-1]):02x})"
    elif decoded.startswith("("):
        assert error.reason == "empty"
    else:
        assert error.reason == decoded.partition("(")[0]
    assert error.message.endswith(".")
    assert error.code.startswith("chain.reverted.")
    assert error.code != "chain.reverted.other"


@pytest.mark.parametrize("case", VECTORS["errorsAbi"], ids=lambda case: case["signature"])
def test_every_error_of_the_contracts_is_known(case):
    name = case["signature"].partition("(")[0]
    if name in ("Error", "Panic"):
        return
    error = reverted(unhex(case["selector"]) + bytes(64))
    assert error.reason == name.replace("Sesssion", "Session")
    assert error.code != "chain.reverted.other"


def test_both_spellings_of_a_renamed_error_say_the_same():
    old, new = reverted(unhex("0x69edda4d")), reverted(unhex("0x4db74c88"))
    assert old.reason == new.reason == "SessionApproveExpired"
    assert (old.message, old.hint, old.code) == (new.message, new.hint, new.code)


def test_a_stake_that_is_too_low_names_both_amounts():
    case = next(c for c in REVERTS if c["decoded"].startswith("ProviderStakeTooLow"))
    error = reverted(unhex(case["revertData"]))
    assert "0.1 MOR" in error.message
    assert error.hint == "Stake 0.1 MOR more."


def test_rights_on_something_unknown_say_that_it_is_unknown():
    case = next(c for c in REVERTS if c["case"] == "close of an unknown session")
    assert reverted(unhex(case["revertData"])).code == "chain.reverted.unknown_record"
    case = next(c for c in REVERTS if c["case"] == "close by the provider")
    assert reverted(unhex(case["revertData"])).code == "chain.reverted.no_rights"


@pytest.mark.parametrize(
    "error",
    [
        {"code": 3, "message": "execution reverted", "data": TOO_SHORT},
        {"code": -32000, "message": "execution reverted", "data": {"data": TOO_SHORT}},
        {"code": -32603, "message": "x", "data": {"originalError": {"data": TOO_SHORT}}},
        {"code": -32015, "message": "VM execution error.", "data": f"Reverted {TOO_SHORT}"},
        {"code": -32000, "message": "x", "data": {"0xabc": {"return": TOO_SHORT}}},
        {"code": -32000, "message": f"execution reverted: {TOO_SHORT}"},
        {"code": -32000, "message": f"reverted with data {TOO_SHORT}", "data": None},
        {"code": 3, "message": "execution reverted: SessionTooShort()"},
    ],
)
def test_revert_data_is_found_in_every_shape(error):
    found = error_for(error)
    assert isinstance(found, RevertedError)
    assert found.reason == "SessionTooShort"


def test_a_reason_only_in_the_text_gets_its_words():
    text = "execution reverted: ERC20: insufficient allowance"
    found = error_for({"code": -32000, "message": text})
    assert isinstance(found, RevertedError)
    assert found.reason == "ERC20: insufficient allowance"
    assert found.code == "chain.reverted.allowance"


@pytest.mark.parametrize(
    ("code", "text", "fault"),
    [
        (-32005, "daily request count exceeded, request rate limited", Fault.RATE_LIMIT),
        (-32005, "something", Fault.RATE_LIMIT),
        (-32000, "header not found", Fault.MISSING_STATE),
        (-32000, "nonce too low: next nonce 5, tx nonce 4", Fault.NONCE_TOO_LOW),
        (-32000, "already known", Fault.ALREADY_KNOWN),
        (-32000, "replacement transaction underpriced", Fault.UNDERPRICED),
        (-32000, "insufficient funds for gas * price + value", Fault.INSUFFICIENT_FUNDS),
        (-32601, "the method eth_x does not exist/is not available", Fault.NO_METHOD),
        (-32005, "query returned more than 10000 results", Fault.BAD_RANGE),
        (-32000, "block range limit exceeded", Fault.BAD_RANGE),
        (-32000, "gas required exceeds allowance (50000000)", Fault.OUT_OF_GAS),
        (-32000, "the dog ate it", Fault.OTHER),
    ],
)
def test_faults_are_told_apart(code, text, fault):
    error = error_for({"code": code, "message": text})
    assert isinstance(error, RpcFaultError)
    assert error.fault is fault


def test_a_strangers_text_stays_in_the_details_and_is_cleaned():
    lure = "Please update at https://evil.example \x1b[31m\n" + "x" * 5000
    error = error_for({"code": -32000, "message": lure})
    assert "evil" not in error.message + error.hint
    kept = error.details["rpc_text"]
    assert len(kept) <= 300
    assert kept.isprintable()


def test_a_strangers_revert_text_stays_out_of_the_message():
    error = error_for({"code": 3, "message": "execution reverted: send all to 0xbad"})
    assert isinstance(error, RevertedError)
    assert "0xbad" not in error.message + error.hint


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=12,
)


@given(JSON | st.fixed_dictionaries({"id": JSON, "error": JSON, "result": JSON}))
def test_no_answer_gets_past_the_envelope_with_a_foreign_error(answer):
    try:
        unwrap(answer, 1)
    except ChainError as error:
        assert json.dumps(error.message)


def test_an_answer_to_another_request_is_refused():
    with pytest.raises(RpcAnswerError):
        unwrap({"jsonrpc": "2.0", "id": 2, "result": "0x1"}, 1)


@given(st.binary(max_size=200))
def test_any_revert_data_decodes_to_something(raw):
    assert isinstance(decode_revert(raw).reason, str)
    assert reverted(raw).message


@pytest.mark.parametrize("case", VECTORS["errorsAbi"], ids=lambda case: case["signature"])
def test_every_error_says_what_to_do(case):
    name = case["signature"].partition("(")[0]
    if name in ("Error", "Panic"):
        return
    error = reverted(unhex(case["selector"]) + (1).to_bytes(32, "big") + (2).to_bytes(32, "big"))
    assert error.hint
    assert error.hint.endswith(".")


@given(st.binary(min_size=4, max_size=4000))
def test_unknown_errors_are_shown_as_short_plain_data(data):
    error = reverted(b"\xfe\xed" + data)
    assert error.code == "chain.reverted.unknown_error"
    assert len(error.details["data"]) <= 300
    assert error.details["data"].startswith("0xfeed")
    assert error.hint


@given(st.text(max_size=600))
def test_text_of_a_node_never_becomes_a_message(text):
    error = reverted(b"", f"execution reverted: {text}")
    assert len(error.reason) <= 300
    assert error.reason.isprintable()
    known = {words.message for words in (*WORDS.values(), *BY_TEXT.values())}
    assert error.message in known
