"""Consumer side of a prompt without I/O: bytes in, verified and decrypted answer parts out.

A provider's chunk has one exact shape, so one pattern that matches the whole of it reads it fast
and strictly at once; everything else takes the scanner and the strict decoder.
"""

import logging
import re
from collections.abc import Iterator
from typing import Any

import orjson

from node.core.errors import (
    BadMessageError,
    BadSignatureError,
    IncompleteAnswerError,
    MessageTooLargeError,
    NodeError,
    ProviderModelError,
    ProviderRefusedError,
    ProviderUnreachableError,
)
from node.core.keccak import keccak256
from node.core.ports import Signer
from node.wire.codec import Response, decode_result, parse_response
from node.wire.envelope import decrypt
from node.wire.limits import WireLimits
from node.wire.messages import ErrorReply, PromptReply
from node.wire.plaintexts import (
    AnswerPart,
    PartKind,
    classify,
    ends_answer,
    is_finished,
    parse_plaintext,
)
from node.wire.prompts import PromptKind
from node.wire.scanner import JsonScanner
from node.wire.signing import PeerKey, digest, verify

_log = logging.getLogger("node.wire")
_CHUNK = re.compile(
    rb'\{"id":("(?:[^"\\\x00-\x1f\x80-\xff]|\\["\\/bfnrt])*+"),'
    rb'"result":\{"message":"([0-9a-f]++)",'
    rb'"signature":"0x([0-9a-f]{130})","timestamp":(0|[1-9][0-9]{0,18})\}\}'
)
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]+")
_HEX = re.compile(r"(?:0x)?([0-9a-fA-F]++)", re.ASCII)
_HINT = "The answer was cut there. Choose another provider."


def new_scanner(limits: WireLimits) -> JsonScanner:
    return JsonScanner(
        max_bytes=limits.message_in, max_depth=limits.json_depth, max_tokens=limits.json_tokens
    )


def refused(error: ErrorReply, limits: WireLimits) -> ProviderRefusedError:
    """An unsigned error: outside text, cut and cleaned; kept in `details["text"]` too."""
    text = _CONTROL.sub(" ", error.message).strip()[: limits.error_text]
    return ProviderRefusedError(
        f"The provider answered: {text}" if text else "The provider refused without a reason.",
        details={"text": text},
    )


def open_message(signer: Signer, message: str) -> bytes:
    """Decrypt ciphertext in hex, prefix optional. Raises BadMessageError, WalletLockedError."""
    found = _HEX.fullmatch(message)
    if found is None or len(message) % 2:
        raise BadMessageError("The encrypted message cannot be opened.")
    return decrypt(signer, bytes.fromhex(found[1]))


def model_error(error: ErrorReply, signer: Signer, key: PeerKey) -> NodeError:
    """The error that a signed error object stands for."""
    if not verify(error, key):
        return BadSignatureError("The provider's error carries a wrong signature.", hint=_HINT)
    try:
        value = parse_plaintext(open_message(signer, error.message))
    except BadMessageError as failure:
        return failure
    body = value.get("providerModelError", value) if isinstance(value, dict) else value
    return ProviderModelError("The provider's model could not answer.", body=body)


class PromptExchange:
    """State of one prompt's answer. Feed what arrives; read `failure` and `ended` after each call.

    `failure` is set, not raised, so that parts which came before it in the same bytes are not lost.
    """

    def __init__(
        self,
        *,
        signer: Signer,
        provider_key: PeerKey,
        limits: WireLimits,
        kind: PromptKind = PromptKind.CHAT,
        request_id: str | None = None,
    ) -> None:
        self._signer = signer
        self._key = provider_key
        self._limits = limits
        self._kind = kind
        self._scanner = new_scanner(limits)
        self._expected_id = request_id
        self._chunks = 0
        self._bytes = 0
        self._finished = False
        self.ended = False
        self.failure: NodeError | None = None

    def feed(self, data: bytes) -> list[AnswerPart]:
        """Take received bytes; return the parts that are complete now."""
        parts: list[AnswerPart] = []
        try:
            for part in self._parts(data):
                parts.append(part)
                if ends_answer(part.kind):
                    self.ended = True
                    break
                self._finished = self._finished or is_finished(part)
        except NodeError as error:
            self.failure = error
        return parts

    def finish(self) -> NodeError | None:
        """The connection was closed: None when the answer is whole, else what is wrong."""
        if self.failure is not None or self.ended:
            return self.failure
        if self._chunks == 0:
            return ProviderUnreachableError(
                "The provider closed the connection without sending any data."
            )
        if self._scanner.buffered or not self._finished:
            return IncompleteAnswerError("The answer ended before it was complete.")
        return None

    @property
    def started(self) -> bool:
        return self._chunks > 0

    def _parts(self, data: bytes) -> Iterator[AnswerPart]:
        position, size = 0, len(data)
        while position < size:
            if not self._scanner.buffered:
                match = _CHUNK.match(data, position)
                if match is not None:
                    position = match.end()
                    yield self._fast(match)
                    continue
            frame, position = self._scanner.feed(data, position)
            if frame is not None:
                match = _CHUNK.fullmatch(frame)
                yield self._fast(match) if match else self._slow(parse_response(frame))

    def _fast(self, match: re.Match[bytes]) -> AnswerPart:
        echo, message, signature, timestamp = match.groups()
        if self._expected_id is not None:
            self._compare_id(orjson.loads(echo))
        signed = b'{"message":"' + message + b'","timestamp":' + timestamp + b"}"
        if not self._key.verifies(keccak256(signed), bytes.fromhex(signature.decode())):
            raise BadSignatureError("A piece of the answer carries a wrong signature.", hint=_HINT)
        return self._part(open_message(self._signer, message.decode()))

    def _compare_id(self, echo: str) -> None:
        """Once per answer: a foreign id is logged, not refused; no signature covers it."""
        if echo != self._expected_id:
            _log.info("provider echoed another request id")
        self._expected_id = None

    def _slow(self, response: Response) -> AnswerPart:
        if self._expected_id is not None:
            self._compare_id(response.id)
        if response.error is not None:
            if not response.error.is_signed:
                raise refused(response.error, self._limits)
            raise model_error(response.error, self._signer, self._key)
        reply = decode_result(PromptReply, response.result)
        if not self._key.verifies(digest(reply), reply.signature):
            raise BadSignatureError("A piece of the answer carries a wrong signature.", hint=_HINT)
        return self._part(open_message(self._signer, reply.message))

    def _part(self, plaintext: bytes) -> AnswerPart:
        self._chunks += 1
        self._bytes += len(plaintext)
        limits = self._limits
        if self._bytes > limits.answer_total or self._chunks > limits.answer_chunks:
            raise MessageTooLargeError("The answer is larger than allowed.")
        value: Any = parse_plaintext(plaintext)
        kind = classify(self._kind, value)
        if kind is PartKind.CHUNK and len(plaintext) > limits.answer_chunk:
            raise MessageTooLargeError("A piece of the answer is larger than allowed.")
        return AnswerPart(kind, plaintext, value)
