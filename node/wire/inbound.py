"""One accepted connection of the provider: bounded reading, writing with back-pressure."""

import asyncio
import time

from node.core.clock import Clock
from node.core.keccak import keccak256
from node.core.ports import Signer
from node.wire.admission import Place
from node.wire.codec import encode_error, encode_result, infrastructure_error
from node.wire.envelope import encrypt
from node.wire.exchange import new_scanner
from node.wire.json_go import encode_string
from node.wire.limits import WireLimits
from node.wire.messages import ErrorReply, Message
from node.wire.signing import PeerKey, sign

_READ = 64 * 1024
_YIELD_EVERY = 16
"""Writes after which other connections get a turn, should the model never make us wait."""


class PeerGoneError(Exception):
    """The consumer closed the connection or does not take the answer. Never leaves the server."""


class Inbound:
    """Not shared between tasks, except that `watch` runs beside the answer."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        *,
        place: Place,
        limits: WireLimits,
        signer: Signer,
        clock: Clock,
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._place = place
        self._limits = limits
        self._signer = signer
        self._clock = clock
        self._written = 0
        self._loop = asyncio.get_running_loop()
        self._turn_open = False
        self._later: list[bytes] = []
        self._later_size = 0
        writer.transport.set_write_buffer_limits(high=limits.write_buffer)

    async def read_request(self) -> bytes | None:
        """The first JSON object; None when the peer closed or was too slow.

        Raises:
            BadMessageError, MessageTooLargeError: close without an answer.
        """
        limits, scanner = self._limits, new_scanner(self._limits)
        started, received = time.monotonic(), 0
        try:
            while True:
                wait_s = limits.progress_s if received else limits.first_byte_s
                async with asyncio.timeout(wait_s):
                    data = await self._reader.read(_READ)
                if not data:
                    return None
                self._place.hold(len(data))
                received += len(data)
                frame, _ = scanner.feed(data)
                if frame is not None:
                    return frame
                elapsed = time.monotonic() - started
                if elapsed > limits.whole_request_s and received < elapsed * limits.slow_rate:
                    return None
        except (TimeoutError, OSError):
            return None
        finally:
            self._place.release()

    async def watch(self, answer: asyncio.Task[None], *, streamed: bool) -> None:
        """Cancel `answer` when the consumer resets the connection or floods it.

        A closed sending side alone may be a half-close: a prompt's answer then goes on as long as
        something is being written.
        """
        extra = 0
        try:
            while data := await self._reader.read(_READ):
                extra += len(data)
                if extra > self._limits.trailing:
                    answer.cancel()
                    return
            while streamed:
                written = self._written
                await asyncio.sleep(self._limits.half_close_s)
                if written == self._written:
                    answer.cancel()
                    return
        except OSError:
            answer.cancel()

    async def write(self, data: bytes) -> None:
        """Queue one whole response object; waits only when the buffer is full.

        The first object in a turn of the event loop is sent at once, those that follow it in the
        same turn leave together: a system call for each costs as much as signing it.

        Raises:
            PeerGoneError: the connection is closing or stuck.
        """
        transport = self._writer.transport
        if transport.is_closing():
            raise PeerGoneError
        if self._turn_open:
            self._later.append(data)
            self._later_size += len(data)
        else:
            transport.write(data)
            self._turn_open = True
            self._loop.call_soon(self._end_turn)
        self._written += 1
        if self._written % _YIELD_EVERY == 0:
            await asyncio.sleep(0)
        if transport.get_write_buffer_size() + self._later_size > self._limits.write_buffer:
            self._flush()
            await self._drain()

    def _end_turn(self) -> None:
        self._turn_open = False
        self._flush()

    def _flush(self) -> None:
        if self._later:
            self._writer.transport.write(b"".join(self._later))
            self._later.clear()
            self._later_size = 0

    async def _drain(self) -> None:
        try:
            async with asyncio.timeout(self._limits.write_stuck_s):
                await self._writer.drain()
        except (TimeoutError, OSError) as error:
            raise PeerGoneError from error

    async def close(self) -> None:
        """Flush and close; a peer that does not take the rest is cut off."""
        try:
            self._flush()
            self._writer.close()
            async with asyncio.timeout(self._limits.write_stuck_s):
                await self._writer.wait_closed()
        except (TimeoutError, OSError):
            self._writer.transport.abort()

    def abort(self) -> None:
        self._later.clear()
        self._writer.transport.abort()

    async def reply(self, request_id: str, message: Message) -> None:
        await self.write(encode_result(request_id, sign(message, self._signer)))

    async def refuse(self, request_id: str, text: str) -> None:
        error = infrastructure_error(text, self._clock.unix_millis())
        await self.write(encode_error(request_id, error))

    async def model_error(self, request_id: str, plaintext: bytes, key: PeerKey) -> None:
        error = ErrorReply(
            message=encrypt(key, plaintext).hex(), timestamp=self._clock.unix_millis()
        )
        await self.write(encode_error(request_id, sign(error, self._signer)))

    def chunk_writer(self, request_id: str, key: PeerKey) -> "ChunkWriter":
        return ChunkWriter(self, ChunkEncoder(request_id, key, self._signer, self._clock))


class ChunkEncoder:
    """Encrypts and signs chunks; builds the bytes directly, being the hot path."""

    __slots__ = ("_clock", "_head", "_key", "_signer")

    def __init__(self, request_id: str, key: PeerKey, signer: Signer, clock: Clock) -> None:
        self._head = b'{"id":' + encode_string(request_id) + b',"result":'
        self._key = key
        self._signer = signer
        self._clock = clock

    def encode(self, plaintext: bytes) -> bytes:
        """The whole response object of one chunk."""
        message = b'{"message":"' + encrypt(self._key, plaintext).hex().encode()
        moment = b',"timestamp":%d}' % self._clock.unix_millis()
        signature = self._signer.sign_message_digest(keccak256(message + b'"' + moment))
        signed = b'","signature":"0x' + signature.hex().encode() + b'"'
        return self._head + message + signed + moment + b"}"


class ChunkWriter:
    """Writes the chunks of one answer."""

    __slots__ = ("_encoder", "_inbound")

    def __init__(self, inbound: Inbound, encoder: ChunkEncoder) -> None:
        self._inbound = inbound
        self._encoder = encoder

    async def write(self, plaintext: bytes) -> None:
        await self._inbound.write(self._encoder.encode(plaintext))
