"""vectors/json-encoding.json: Go's escapes and the accepted spellings of hex, numbers, ids."""

import json
from typing import Any

import pytest

from node.core.errors import BadMessageError
from node.wire.fields import (
    read_address,
    read_bid_id,
    read_decimal,
    read_hex,
    write_decimal,
    write_hex,
)
from node.wire.json_go import compact, encode_sorted, encode_string, encode_value, sort_members
from node.wire.strict_json import parse_object
from tests.support.wire_vectors import load, unhex

VECTORS = load("json-encoding")


def is_unicode(raw: bytes) -> bool:
    return raw == raw.decode(errors="replace").encode()


@pytest.mark.parametrize("case", VECTORS["string_encode"], ids=lambda case: case["input_utf8_hex"])
def test_strings_are_escaped_as_go_does(case: dict[str, Any]) -> None:
    raw = unhex(case["input_utf8_hex"])
    if is_unicode(raw):
        assert encode_string(raw.decode()).hex() == case["go_json_hex"]
        assert encode_value(raw.decode()).hex() == case["go_json_hex"]
    else:
        with pytest.raises(BadMessageError):
            encode_string(raw.decode(errors="surrogateescape"))


@pytest.mark.parametrize(
    "case", VECTORS["string_decode_then_encode"], ids=lambda case: case["json_in_hex"]
)
def test_strings_survive_decoding_and_invalid_unicode_is_refused(case: dict[str, Any]) -> None:
    raw = b'{"s":' + unhex(case["json_in_hex"]) + b"}"
    if "efbfbd" in case["decoded_utf8_hex"]:
        with pytest.raises(BadMessageError):
            parse_object(raw, max_depth=4)
        return
    text = parse_object(raw, max_depth=4)["s"]
    assert text.encode().hex() == case["decoded_utf8_hex"]
    assert encode_string(text).hex() == case["reencoded_hex"]


@pytest.mark.parametrize("case", VECTORS["hexstring"], ids=lambda case: case["json"])
def test_hex_spellings(case: dict[str, Any]) -> None:
    value = json.loads(case["json"])
    if not case["accepted"]:
        with pytest.raises(BadMessageError):
            read_hex(value)
        return
    assert read_hex(value).hex() == case["bytes_hex"]
    assert write_hex(read_hex(value)).decode() == case["reencoded"]


@pytest.mark.parametrize("case", VECTORS["bigint_spend"], ids=lambda case: case["json"])
def test_big_number_spellings(case: dict[str, Any]) -> None:
    value = parse_object(b'{"v":' + case["json"].encode() + b"}", max_depth=4)["v"]
    if not case["accepted"]:
        with pytest.raises(BadMessageError):
            read_decimal(value)
        return
    assert write_decimal(read_decimal(value)).decode() == case["reencoded"]


@pytest.mark.parametrize("case", VECTORS["fixed_hex"], ids=lambda case: case["json"][:30])
def test_fixed_length_spellings(case: dict[str, Any]) -> None:
    read = read_address if case["type"] == "address" else read_bid_id
    value = json.loads(case["json"])
    if not case["accepted"]:
        with pytest.raises(BadMessageError):
            read(value)
        return
    assert write_hex(read(value).raw).decode() == case["reencoded"]


def test_raw_text_is_compacted_without_touching_its_values() -> None:
    raw = ' { "b" : [ 1.0, 1e-7 , "a  <\\" >" ] ,\n"a":{ "z":1, "y" :"\\u00e9\u2028"} } '.encode()
    assert compact(raw) == (
        b'{"b":[1.0,1e-7,"a  \\u003c\\" \\u003e"],"a":{"z":1,"y":"\\u00e9\\u2028"}}'
    )
    assert sort_members(raw, {"aa": b"true", "b": b"0"}) == (
        b'{"a":{"z":1,"y":"\\u00e9\\u2028"},"aa":true,"b":0}'
    )


def test_members_are_sorted_by_bytes_at_the_top_only() -> None:
    assert encode_sorted({"é": 1, "z": {"b": 1, "a": 2}, "B": 2**70}) == (
        '{"B":%d,"z":{"b":1,"a":2},"é":1}'.encode() % 2**70
    )
