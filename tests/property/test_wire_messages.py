"""T-B2: messages; round trips, random params, random answers, altered bytes."""

import contextlib
import dataclasses
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from node.core.errors import BadMessageError, NodeError
from node.core.ids import Address, BidId, SessionId
from node.wire import messages as m
from node.wire.blobs import Approval, Report, recover_blob_signer
from node.wire.codec import (
    canonical,
    decode_request,
    decode_result,
    encode,
    encode_request,
    encode_result,
    parse_request,
    parse_response,
)
from node.wire.exchange import PromptExchange
from node.wire.fields import Field, Kind
from node.wire.json_go import encode_string, encode_value
from node.wire.limits import WireLimits
from node.wire.prompts import answer_text, read_prompt
from node.wire.refusals import Refusal
from node.wire.signing import peer_key, sign, verify
from tests.support.signers import KeySigner

FAST = settings(max_examples=200, deadline=None)
SIGNER, OTHER = KeySigner.number(1), KeySigner.number(2)
KINDS = [kind for kind in m.MESSAGES if kind is not m.ErrorReply]
TEXT = st.text(st.characters(codec="utf-8"), min_size=1)

BY_KIND: dict[Kind, st.SearchStrategy[Any]] = {
    Kind.HEX: st.binary(min_size=1, max_size=80),
    Kind.ADDRESS: st.binary(min_size=20, max_size=20).filter(any).map(Address),
    Kind.BID_ID: st.binary(min_size=32, max_size=32).filter(any).map(BidId),
    Kind.SESSION_ID: st.binary(min_size=32, max_size=32).filter(any).map(SessionId),
    Kind.DECIMAL: st.integers(0, 2**256 - 1),
    Kind.NUMBER: st.integers(1, 2**64 - 1),
    Kind.STRING: TEXT,
    Kind.BOOL: st.booleans(),
}


def value_of(field: Field) -> st.SearchStrategy[Any]:
    return BY_KIND[field.kind]


@st.composite
def messages(draw: st.DrawFn) -> m.Message:
    kind = draw(st.sampled_from(KINDS))
    fields = [field for field in kind.fields if not field.kind.is_signature]
    return kind(**{field.attribute: draw(value_of(field)) for field in fields})


def test_all_field_lists_are_there() -> None:
    assert len(set(m.MESSAGES)) == 17
    assert m.ErrorReply in m.MESSAGES


@FAST
@given(message=messages(), request_id=TEXT)
def test_signed_messages_survive_the_wire(message: m.Message, request_id: str) -> None:
    signed = sign(message, SIGNER)
    request = parse_request(encode_request(request_id, "method", signed), max_id=10_000)
    assert request.id == request_id
    assert decode_request(type(message), request.params) == signed
    response = parse_response(encode_result(request_id, signed))
    read = decode_result(type(message), response.result)
    assert read == signed
    assert canonical(read) == canonical(message)
    assert verify(read, peer_key(SIGNER.public_key))
    assert not verify(read, peer_key(OTHER.public_key))


@FAST
@given(message=messages(), data=st.data())
def test_any_altered_field_breaks_the_signature(message: m.Message, data: st.DataObject) -> None:
    signed = sign(message, SIGNER)
    names = [field for field in message.fields if not field.kind.is_signature]
    field = data.draw(st.sampled_from(names))
    value = data.draw(value_of(field))
    altered = dataclasses.replace(signed, **{field.attribute: value})
    same = value == getattr(signed, field.attribute)
    assert verify(altered, peer_key(SIGNER.public_key)) is same


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just("0x" + "0" * 64),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@FAST
@given(kind=st.sampled_from(KINDS), data=st.data())
def test_random_params_give_only_declared_errors(
    kind: type[m.Message], data: st.DataObject
) -> None:
    names = st.sampled_from([field.name for field in kind.fields])
    params = data.draw(st.dictionaries(names, JSON, max_size=8) | st.none())
    for decode in (decode_request, decode_result):
        try:
            message = decode(kind, params)
        except BadMessageError:
            continue
        assert decode(kind, json.loads(encode(message))) == message


@FAST
@given(text=st.text(st.characters(codec="utf-8")))
def test_strings_are_read_back_and_both_writers_agree(text: str) -> None:
    assert json.loads(encode_string(text)) == text
    assert encode_value(text) == encode_string(text)


@FAST
@given(raw=st.binary(max_size=400) | JSON.map(lambda v: json.dumps(v).encode()))
def test_random_answers_give_only_declared_errors(raw: bytes) -> None:
    exchange = PromptExchange(
        signer=SIGNER, provider_key=peer_key(OTHER.public_key), limits=WireLimits()
    )
    assert exchange.feed(raw) == []
    assert isinstance(exchange.finish(), NodeError)


@FAST
@given(value=JSON)
def test_random_prompts_are_objects_or_refused(value: Any) -> None:
    text = json.dumps(value)
    try:
        prompt = read_prompt(text)
    except Refusal:
        return
    assert isinstance(value, dict)
    assert set(prompt.body) <= set(value)


@FAST
@given(
    chunk=st.dictionaries(st.text(st.characters(codec="utf-8")), st.text("aé<\u2028"), max_size=5)
)
def test_answer_text_keeps_every_member(chunk: dict[str, str]) -> None:
    raw = answer_text(chunk)
    assert json.loads(raw) == chunk
    assert not set(raw) & set(b"<>&")
    names = list(json.loads(raw))
    assert names == sorted(names, key=lambda name: name.encode())


@FAST
@given(data=st.binary(max_size=300), signature=st.binary(min_size=60, max_size=70))
def test_random_blobs_give_only_declared_errors(data: bytes, signature: bytes) -> None:
    for kind in (Approval, Report):
        with contextlib.suppress(BadMessageError):
            assert kind.decode(data).encode() == data
    with contextlib.suppress(NodeError):
        assert recover_blob_signer(data, signature)
