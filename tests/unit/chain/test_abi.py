import eth_abi
import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.chain.abi.abi_types import AbiError, Tuple
from node.chain.abi.codec import Function, decode_values, parse_type, split_types
from node.chain.abi.events import BY_TOPIC, EVENTS
from node.chain.abi.functions import MARKET, MULTICALL, TOKEN
from node.core.errors import NodeError
from tests.support.vectors import load_vectors
from tests.unit.chain.values import codec_values, inputs_of, unhex

VECTORS = load_vectors("contracts")
FUNCTIONS = VECTORS["functions"]


@pytest.mark.parametrize("case", FUNCTIONS, ids=lambda case: case["signature"])
def test_calldata_of_every_function_equals_the_recorded_one(case):
    function = Function.parse(case["signature"])
    arguments = codec_values(inputs_of(case["signature"]), case["sampleArgs"].values())

    assert "0x" + function.selector.hex() == case["selector"]
    assert "0x" + function.encode(*arguments).hex() == case["callData"]
    assert function.decode_arguments(unhex(case["callData"])) == arguments


UNRECORDED = {
    "0x4d2301cc": {
        "signature": "getEthBalance(address)",
        "full": "function getEthBalance(address addr) view returns (uint256 balance)",
    }
}
"""Of Multicall3, as its published interface has it."""


def test_the_tables_hold_recorded_functions_with_their_outputs():
    recorded = UNRECORDED | {case["selector"]: case for case in FUNCTIONS}
    for table in (MARKET, TOKEN, MULTICALL):
        for function in table.values():
            case = recorded["0x" + function.selector.hex()]
            assert case["signature"] == function.signature
            wants_outputs = " returns (" in case["full"]
            assert bool(function.outputs.parts) == wants_outputs


def test_every_event_has_its_recorded_topic():
    topics = {case["signature"]: case["topic0"] for case in VECTORS["eventsAbi"]}
    assert {e.signature: "0x" + e.topic.hex() for e in EVENTS.values()} == topics


@pytest.mark.parametrize("index", range(len(VECTORS["eventSamples"])))
def test_recorded_logs_decode_to_their_values(index):
    sample = VECTORS["eventSamples"][index]
    topics = tuple(unhex(topic) for topic in sample["topics"])
    event = BY_TOPIC[topics[0]]

    values = event.decode(topics, unhex(sample["data"]))

    assert event.signature == sample["event"]
    assert list(values) == list(sample["decoded"])
    wanted = codec_values(inputs_of(sample["event"]), sample["decoded"].values())
    assert tuple(values.values()) == wanted


def test_a_log_with_a_topic_too_few_is_refused():
    sample = next(s for s in VECTORS["eventSamples"] if s["event"].startswith("SessionOpened"))
    topics = tuple(unhex(topic) for topic in sample["topics"])
    with pytest.raises(AbiError):
        BY_TOPIC[topics[0]].decode(topics[:-1], b"")


def test_the_recorded_aggregate_call_decodes():
    aggregate = MULTICALL["aggregate"]
    (calls,) = aggregate.decode_arguments(unhex(VECTORS["multicall"]["callData"]))
    number, answers = aggregate.decode(unhex(VECTORS["multicall"]["returnData"]))

    assert aggregate.encode(calls) == unhex(VECTORS["multicall"]["callData"])
    assert number > 0
    assert len(answers) == len(calls)
    by_selector = {f.selector: f for f in MARKET.values()}
    for (_target, calldata), answer in zip(calls, answers, strict=True):
        assert by_selector[calldata[:4]].decode(answer)


RETURNS = [
    "((string,uint256,uint128,uint128,uint256,bool))",
    "((bytes32,uint256,uint256,address,string,string[],uint128,bool))",
    "((address,bytes32,uint256,bytes,uint256,uint256,uint128,uint128,uint128,bool,bool))",
    "(((int64,int64),(int64,int64),(int64,int64),uint32))",
    "(bytes32[],uint256)",
    "((bool,bytes)[])",
]


def _strategy(kind: str) -> st.SearchStrategy:
    if kind.endswith("[]"):
        return st.lists(_strategy(kind[:-2]), max_size=5).map(tuple)
    if kind.startswith("("):
        return st.tuples(*(_strategy(part) for part in split_types(kind[1:-1])))
    if kind.startswith("uint"):
        return st.integers(0, 2 ** int(kind[4:]) - 1)
    if kind.startswith("int"):
        half = 2 ** (int(kind[3:]) - 1)
        return st.integers(-half, half - 1)
    return {
        "address": st.binary(min_size=20, max_size=20),
        "bytes32": st.binary(min_size=32, max_size=32),
        "bytes": st.binary(max_size=80),
        "bool": st.booleans(),
        "string": st.text(max_size=40),
    }[kind]


@given(st.sampled_from(RETURNS).flatmap(lambda k: st.tuples(st.just(k), _strategy(k))))
def test_encodings_are_those_of_the_reference_library(case):
    kind, values = case
    reference = eth_abi.encode(split_types(kind[1:-1]), values)

    codec = parse_type(kind)
    assert isinstance(codec, Tuple)
    assert codec.encode(values) == reference
    assert decode_values(codec, reference) == values


@given(st.sampled_from(RETURNS), st.binary(max_size=600))
def test_random_bytes_decode_or_are_refused(kind, raw):
    codec = parse_type(kind)
    assert isinstance(codec, Tuple)
    try:
        values = decode_values(codec, raw)
    except NodeError as error:
        assert isinstance(error, AbiError)
    else:
        assert len(values) == len(codec.parts)


@given(st.data())
def test_a_changed_word_never_breaks_the_decoder(data):
    function = MARKET["getModel"]
    good = function.outputs.encode(
        [(bytes(32), 0, 1, bytes(20), "name", ["LLM", "demo"], 1_700_000_000, False)]
    )
    place = data.draw(st.integers(0, len(good) // 32 - 1)) * 32
    word = data.draw(st.integers(0, 2**256 - 1)).to_bytes(32, "big")
    try:
        function.decode(good[:place] + word + good[place + 32 :])
    except NodeError as error:
        assert isinstance(error, AbiError)


def test_many_pointers_to_one_large_string_are_refused():
    count, text = 4000, bytes(100_000)
    head = [(32).to_bytes(32, "big"), count.to_bytes(32, "big")]
    pointers = [(count * 32).to_bytes(32, "big")] * count
    folded = b"".join([*head, *pointers, len(text).to_bytes(32, "big"), text])
    with pytest.raises(AbiError):
        decode_values(parse_type("(string[])"), folded)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        ("(address)", b"\x01" + bytes(31)),
        ("(bool)", (2).to_bytes(32, "big")),
        ("(uint128)", (1 << 128).to_bytes(32, "big")),
        ("(int64)", (1 << 63).to_bytes(32, "big")),
        ("(bytes4)", bytes(4) + b"\x01" + bytes(27)),
        ("(bytes)", (2**255).to_bytes(32, "big")),
        ("(bytes32[])", (32).to_bytes(32, "big") + (2**200).to_bytes(32, "big")),
        ("(uint256,uint256)", bytes(63)),
    ],
)
def test_dirty_or_cut_values_are_refused(kind, raw):
    with pytest.raises(AbiError):
        decode_values(parse_type(kind), raw)  # type: ignore[arg-type]


def test_text_that_is_no_utf8_keeps_its_record():
    function = MARKET["getProvider"]
    good = function.outputs.encode([("host:1", 1, 2, 3, 4, False)])
    values = function.decode(good.replace(b"host:1", b"h\xffst:1"))
    assert values[0][0] == "h�st:1"


@pytest.mark.parametrize("arguments", [(b"x",), (-1,), (True,), ("1",)])
def test_arguments_that_do_not_fit_are_refused_before_they_are_sent(arguments):
    with pytest.raises(ValueError, match=r"not|out of range"):
        Function.parse("f(uint256,address)").encode(*arguments, bytes(20))
