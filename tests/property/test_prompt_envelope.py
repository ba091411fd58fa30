"""Envelopes carry any text, and no garbage is taken for one."""

import base64

from hypothesis import given
from hypothesis import strategies as st

from node.core.ids import SessionId
from node.core.units import UnixMillis
from node.wire.prompt_envelope import Binding, SealedField, announce, announces, seal, unseal
from node.wire.refusals import Refusal
from node.wire.signing import peer_key
from tests.support.signers import KeySigner

PROVIDER = KeySigner.number(2)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)
BINDINGS = st.builds(
    Binding,
    field=st.sampled_from(SealedField),
    session_id=st.binary(min_size=32, max_size=32).map(SessionId),
    timestamp=st.integers(0, 2**63).map(UnixMillis),
)


@given(TEXTS, BINDINGS)
def test_any_text_comes_out_as_it_went_in(text: str, binding: Binding) -> None:
    assert unseal(seal(text, peer_key(PROVIDER.public_key), binding), PROVIDER, binding) == text


@given(BINDINGS, BINDINGS)
def test_two_requests_have_two_bindings(one: Binding, other: Binding) -> None:
    assert (one.info == other.info) is (one == other)


@given(st.one_of(st.binary().map(lambda raw: base64.b64encode(raw).decode()), st.text()))
def test_garbage_is_refused_and_nothing_else_happens(garbage: str) -> None:
    binding = Binding(
        field=SealedField.PROMPT, session_id=SessionId(bytes(32)), timestamp=UnixMillis(1)
    )
    try:
        unseal(f"pe1:{garbage}", PROVIDER, binding)
    except Refusal:
        return
    raise AssertionError("garbage was opened")


@given(st.text())
def test_what_is_announced_is_understood(version: str) -> None:
    assert announces(announce(version))
