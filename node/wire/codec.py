"""Messages to bytes and back: canonical (signed) bytes, wire bytes, strict decoding, envelopes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from node.core.errors import BadMessageError
from node.core.units import UnixMillis
from node.wire.fields import READERS, WRITERS, Field, Kind, read_hex, read_number, read_string
from node.wire.json_go import encode_string
from node.wire.messages import ErrorData, ErrorReply, Message
from node.wire.strict_json import parse_object

M = TypeVar("M", bound=Message)
UNSIGNED = b"\x00"


@dataclass(frozen=True, slots=True)
class Request:
    """`params` is None when the member is missing or null."""

    id: str
    method: str
    params: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Response:
    id: str
    result: dict[str, Any] | None
    error: ErrorReply | None


def _members(message: Message, *, signed: bool) -> bytes:
    parts: list[bytes] = []
    for field in message.fields:
        value = getattr(message, field.attribute)
        if field.kind.is_signature and not signed:
            if field.kind is Kind.SIGNATURE_OMITTED:
                continue
            value = b""
        if field.omit_empty and not value:
            continue
        parts.append(b'"' + field.name.encode() + b'":' + WRITERS[field.kind](value))
    return b"{" + b",".join(parts) + b"}"


def canonical(message: Message) -> bytes:
    """The bytes whose keccak256 is signed: known fields, signature slot left out or emptied."""
    if isinstance(message, ErrorReply):
        return _error(message, b"")
    return _members(message, signed=False)


def encode(message: Message) -> bytes:
    """The wire form of the params, result or error object, with the signature it carries."""
    if isinstance(message, ErrorReply):
        return _error(message, message.signature)
    return _members(message, signed=True)


def _error(error: ErrorReply, signature: bytes) -> bytes:
    data = ErrorData(timestamp=error.timestamp, signature=signature)
    return (
        b'{"message":' + encode_string(error.message) + b',"code":%d,"data":' % error.code
        + _members(data, signed=True) + b"}"
    )  # fmt: skip


def encode_request(request_id: str, method: str, params: Message) -> bytes:
    return (
        b'{"id":' + encode_string(request_id) + b',"method":' + encode_string(method)
        + b',"params":' + encode(params) + b"}"
    )  # fmt: skip


def encode_result(request_id: str, result: Message) -> bytes:
    return b'{"id":' + encode_string(request_id) + b',"result":' + encode(result) + b"}"


def encode_error(request_id: str, error: ErrorReply) -> bytes:
    head = b'{"id":' + encode_string(request_id) + b',"result":null,"error":'
    return head + encode(error) + b"}"


def infrastructure_error(text: str, timestamp: UnixMillis) -> ErrorReply:
    """An unsigned error in clear text; its signature is the single byte 00."""
    return ErrorReply(message=text, timestamp=timestamp, signature=UNSIGNED)


def _is_zero(field: Field, value: Any) -> bool:
    if field.kind is Kind.HEX or field.kind.is_signature:
        return False
    return not value


def decode_request(kind: type[M], params: Mapping[str, Any] | None) -> M:
    """Read and validate the params of a request.

    Raises:
        BadMessageError: the text is the protocol's own, ready to be sent back.
    """
    if params is None:
        raise BadMessageError("failed to unmarshal request: params are missing")
    values: dict[str, Any] = {}
    for field in kind.fields:
        if field.name not in params:
            if field.required or field.kind is Kind.DECIMAL:
                raise BadMessageError(f"request validation failed: {field.name} is required")
            continue
        values[field.attribute] = _read(field, params[field.name], "failed to unmarshal request")
    for field in kind.fields:
        if field.required and _is_zero(field, values[field.attribute]):
            raise BadMessageError(f"request validation failed: {field.name} is required")
    return _build(kind, values, "request validation failed")


def decode_result(kind: type[M], result: Mapping[str, Any] | None) -> M:
    """Read the result of a response.

    Raises:
        BadMessageError: a member is missing or malformed.
    """
    if result is None:
        raise BadMessageError("invalid response: empty result and no error")
    values: dict[str, Any] = {}
    for field in kind.fields:
        if field.name in result:
            values[field.attribute] = _read(field, result[field.name], "invalid response")
        elif not field.omit_empty:
            raise BadMessageError(f"invalid response: {field.name} is missing")
    return _build(kind, values, "invalid response")


def _read(field: Field, value: Any, prefix: str) -> Any:
    try:
        return READERS[field.kind](value)
    except BadMessageError as error:
        raise BadMessageError(f"{prefix}: {field.name}: {error.message}") from error


def _build(kind: type[M], values: dict[str, Any], prefix: str) -> M:
    try:
        return kind(**values)
    except TypeError as error:
        raise BadMessageError(f"{prefix}: a member is missing") from error


def parse_request(frame: bytes, *, max_depth: int = 32, max_id: int = 1024) -> Request:
    """Read a request envelope.

    Raises:
        BadMessageError: no JSON object, or a member of the wrong type: close silently.
    """
    members = parse_object(frame, max_depth=max_depth)
    request_id = read_string(members.get("id", ""))
    method = read_string(members.get("method", ""))
    params = members.get("params")
    if len(request_id) > max_id or len(method) > max_id:
        raise BadMessageError("The request id or method is too long.")
    if params is not None and not isinstance(params, dict):
        raise BadMessageError("The params are no object.")
    return Request(request_id, method, params)


def parse_response(frame: bytes, *, max_depth: int = 32) -> Response:
    """Read a response envelope.

    Raises:
        BadMessageError: not a response of the protocol.
    """
    members = parse_object(frame, max_depth=max_depth)
    request_id = read_string(members.get("id", ""))
    result, error = members.get("result"), members.get("error")
    if result is not None and not isinstance(result, dict):
        raise BadMessageError("invalid response: the result is no object")
    return Response(request_id, result, None if error is None else decode_error(error))


def decode_error(error: Any) -> ErrorReply:
    """Read an error object; a missing or unreadable signature makes it an unsigned one."""
    if not isinstance(error, dict):
        raise BadMessageError("invalid response: the error is no object")
    data = error.get("data")
    fields = data if isinstance(data, dict) else {}
    try:
        signature = read_hex(fields.get("signature", ""))
    except BadMessageError:
        signature = b""
    return ErrorReply(
        message=read_string(error.get("message", "")),
        code=read_number(error.get("code", 0)),
        timestamp=UnixMillis(read_number(fields.get("timestamp", 0))),
        signature=signature,
    )
