"""The 17 messages of the protocol: field lists in wire order, which is the signed order too."""

from dataclasses import dataclass
from typing import ClassVar

from node.core.ids import Address, BidId, SessionId
from node.core.units import UnixMillis
from node.wire.fields import Field, Kind

_SIG_O = Field("signature", "signature", Kind.SIGNATURE_OMITTED)
_SIG_E = Field("signature", "signature", Kind.SIGNATURE_EMPTY)
_TIME = Field("timestamp", "timestamp", Kind.NUMBER)
_SESSION = Field("sessionid", "session_id", Kind.SESSION_ID)
_STREAM = Field("streamid", "stream_id", Kind.STRING)
_TEXT = Field("message", "message", Kind.STRING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Base of all messages. `fields` is the wire order; `signature` is empty until signed."""

    signature: bytes = b""
    fields: ClassVar[tuple[Field, ...]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PingRequest(Message):
    nonce: bytes
    fields: ClassVar[tuple[Field, ...]] = (Field("nonce", "nonce", Kind.HEX), _SIG_E)


@dataclass(frozen=True, slots=True, kw_only=True)
class PingReply(Message):
    nonce: bytes
    version: str = ""
    fields: ClassVar[tuple[Field, ...]] = (
        Field("nonce", "nonce", Kind.HEX),
        Field("version", "version", Kind.STRING, required=False, omit_empty=True),
        _SIG_E,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRequest(Message):
    """`key` is the consumer's public key, `spend` the amount it will transfer in MOR base units."""

    user: Address
    key: bytes
    spend: int
    timestamp: UnixMillis
    bid_id: BidId
    fields: ClassVar[tuple[Field, ...]] = (
        _SIG_O,
        Field("user", "user", Kind.ADDRESS),
        Field("key", "key", Kind.HEX),
        Field("spend", "spend", Kind.DECIMAL, required=False),
        _TIME,
        Field("bidid", "bid_id", Kind.BID_ID),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionReply(Message):
    """`message` is the provider's public key."""

    message: bytes
    approval: bytes
    approval_signature: bytes
    user: Address
    timestamp: UnixMillis
    fields: ClassVar[tuple[Field, ...]] = (
        Field("message", "message", Kind.HEX),
        Field("approval", "approval", Kind.HEX),
        Field("approvalSig", "approval_signature", Kind.HEX),
        Field("user", "user", Kind.ADDRESS),
        _TIME,
        _SIG_O,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptRequest(Message):
    """`message` is the JSON text of the request, in clear."""

    session_id: SessionId
    message: str
    timestamp: UnixMillis
    fields: ClassVar[tuple[Field, ...]] = (_SIG_O, _SESSION, _TEXT, _TIME)


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptReply(Message):
    """One chunk; `message` is the ciphertext in hex without prefix."""

    message: str
    timestamp: UnixMillis
    fields: ClassVar[tuple[Field, ...]] = (_TEXT, _SIG_O, _TIME)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRequest(Message):
    """`message` is the session id with its `0x` prefix."""

    message: str
    timestamp: UnixMillis
    fields: ClassVar[tuple[Field, ...]] = (_SIG_O, _TEXT, _TIME)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportReply(Message):
    """`message` is the ABI-encoded report."""

    message: bytes
    signed_report: bytes
    timestamp: UnixMillis
    fields: ClassVar[tuple[Field, ...]] = (
        Field("message", "message", Kind.HEX),
        Field("signedReport", "signed_report", Kind.HEX),
        _SIG_O,
        _TIME,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CallToolRequest(Message):
    session_id: SessionId
    tool_name: str
    message: str
    timestamp: UnixMillis
    fields: ClassVar[tuple[Field, ...]] = (
        _SESSION,
        Field("toolname", "tool_name", Kind.STRING),
        _TEXT,
        _SIG_O,
        _TIME,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class GetToolsRequest(Message):
    session_id: SessionId
    timestamp: UnixMillis
    fields: ClassVar[tuple[Field, ...]] = (_SESSION, _SIG_O, _TIME)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentReply(Message):
    """`message` is the ciphertext in hex without prefix."""

    message: str
    timestamp: UnixMillis
    fields: ClassVar[tuple[Field, ...]] = (_TEXT, _SIG_O, _TIME)


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamStartRequest(Message):
    session_id: SessionId
    stream_id: str
    total_chunks: int
    file_size: int
    content_type: str
    timestamp: UnixMillis
    fields: ClassVar[tuple[Field, ...]] = (
        _SESSION,
        _STREAM,
        Field("totalchunks", "total_chunks", Kind.NUMBER),
        Field("filesize", "file_size", Kind.NUMBER),
        Field("contenttype", "content_type", Kind.STRING),
        _SIG_E,
        _TIME,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamStartReply(Message):
    stream_id: str
    status: str
    timestamp: UnixMillis
    fields: ClassVar[tuple[Field, ...]] = (
        _STREAM,
        Field("status", "status", Kind.STRING),
        _SIG_E,
        _TIME,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamChunkRequest(Message):
    """`chunk_data` is standard padded base64; `chunk_index` counts from 0."""

    session_id: SessionId
    stream_id: str
    chunk_index: int
    chunk_data: str
    timestamp: UnixMillis
    is_last_chunk: bool = False
    fields: ClassVar[tuple[Field, ...]] = (
        _SESSION,
        _STREAM,
        Field("chunkindex", "chunk_index", Kind.NUMBER, required=False),
        Field("chunkdata", "chunk_data", Kind.STRING),
        Field("islastchunk", "is_last_chunk", Kind.BOOL, required=False),
        _SIG_O,
        _TIME,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamChunkReply(Message):
    stream_id: str
    chunk_index: int
    status: str
    timestamp: UnixMillis
    fields: ClassVar[tuple[Field, ...]] = (
        _STREAM,
        Field("chunkindex", "chunk_index", Kind.NUMBER, required=False),
        Field("status", "status", Kind.STRING),
        _SIG_O,
        _TIME,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamEndRequest(Message):
    """Answered like a prompt. `parameters` is JSON text."""

    session_id: SessionId
    stream_id: str
    parameters: str
    timestamp: UnixMillis
    fields: ClassVar[tuple[Field, ...]] = (
        _SESSION,
        _STREAM,
        Field("audiorequestparam", "parameters", Kind.STRING),
        _SIG_O,
        _TIME,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorData(Message):
    """The `data` member of an error."""

    timestamp: UnixMillis
    fields: ClassVar[tuple[Field, ...]] = (_TIME, _SIG_E)


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorReply(Message):
    """The `error` object: `message`, `code` (always 400) and `data`.

    Unsigned (signature `00` or missing): clear text that nobody vouches for. Signed: `message` is
    the ciphertext of a model error.
    """

    message: str
    timestamp: UnixMillis
    code: int = 400

    @property
    def is_signed(self) -> bool:
        return self.signature not in (b"", b"\x00")


MESSAGES: tuple[type[Message], ...] = (
    PingRequest,
    PingReply,
    SessionRequest,
    SessionReply,
    PromptRequest,
    PromptReply,
    ReportRequest,
    ReportReply,
    CallToolRequest,
    GetToolsRequest,
    AgentReply,
    StreamStartRequest,
    StreamStartReply,
    StreamChunkRequest,
    StreamChunkReply,
    StreamEndRequest,
    ErrorReply,
)
