"""Target headers in their spellings, and bodies that are objects."""

import pytest

from node.http_api.inference_request import completion_request, json_object
from node.http_api.refusal import HttpRefusal

ID = "0x" + "ab" * 32


@pytest.mark.parametrize("name", ["session_id", "session-id", "x-session-id"])
@pytest.mark.parametrize("value", [ID, ID[2:], ID.upper().replace("0X", "0x")])
def test_the_session_is_found_in_each_spelling(name: str, value: str) -> None:
    request = completion_request({name: value}, b'{"model":"m"}', "rid")
    assert (request.session_id, request.request_id, request.body) == (ID, "rid", {"model": "m"})


def test_model_and_chat_are_read_too() -> None:
    request = completion_request({"model_id": ID, "x-chat-id": ID}, b"{}", "")
    assert (request.session_id, request.model_id, request.chat_id) == ("", ID, ID)


@pytest.mark.parametrize("value", ["0x12", "zz" * 32, ID + "00", "0x0x" + "a" * 60])
def test_ids_of_a_wrong_length_are_refused(value: str) -> None:
    with pytest.raises(HttpRefusal) as caught:
        completion_request({"session_id": value}, b"{}", "")
    assert (caught.value.status, caught.value.message) == (400, "invalid hash length")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"NaN", b'{"a":1}x', b"\xff"])
def test_only_objects_are_taken(body: bytes) -> None:
    with pytest.raises(HttpRefusal) as caught:
        json_object(body)
    assert caught.value.status == 400
