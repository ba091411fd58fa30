"""What all methods share: decoding, limits, proof of the user, encrypted replies."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import TypeVar

from node.core.clock import Clock
from node.core.errors import BackendRefusedError, BadMessageError
from node.core.ports import Signer
from node.wire.admission import Place, RateLimiter
from node.wire.codec import Request, decode_request
from node.wire.envelope import encrypt
from node.wire.handler import ProviderHandler
from node.wire.inbound import Inbound
from node.wire.limits import WireLimits
from node.wire.messages import (
    AgentReply,
    CallToolRequest,
    Message,
    PromptRequest,
    StreamEndRequest,
)
from node.wire.prompt_envelope import Binding, SealedField, unseal
from node.wire.prompts import model_error_text
from node.wire.refusals import TOO_MANY_REQUESTS, USER_NOT_FOUND, Refusal
from node.wire.signing import PeerKey
from node.wire.verification import RequestGuard, WorkRequest

M = TypeVar("M", bound=Message)


class Call:
    """One request on its connection."""

    __slots__ = ("inbound", "place", "request")

    def __init__(self, inbound: Inbound, place: Place, request: Request) -> None:
        self.inbound = inbound
        self.place = place
        self.request = request


Answer = Callable[[Call], Awaitable[None]]


class Answering:
    """The tools of one listener's methods, with its limits and its memory of signatures."""

    def __init__(
        self, *, handler: ProviderHandler, signer: Signer, clock: Clock, limits: WireLimits
    ) -> None:
        self.handler = handler
        self.signer = signer
        self.clock = clock
        self.guard = RequestGuard(clock, limits)
        self._rates = RateLimiter(clock, limits.requests_per_address_minute)

    def decode(self, kind: type[M], call: Call) -> M:
        """The parameters of the request. Raises Refusal with the protocol's text."""
        try:
            return decode_request(kind, call.request.params)
        except BadMessageError as error:
            raise Refusal(error.message) from error

    def check_rate(self, call: Call) -> None:
        """Raises Refusal for more calls of this method from one address than are allowed."""
        if not self._rates.admit((call.request.method, call.place.address)):
            raise Refusal(TOO_MANY_REQUESTS)

    def check_stranger(self, call: Call) -> None:
        """Looking an unknown session up costs reads of the chain: strangers get only so many."""
        if call.place.is_stranger and not self._rates.admit(("unproven", call.place.address)):
            raise Refusal(TOO_MANY_REQUESTS)

    async def write_answer(
        self, call: Call, key: PeerKey, plaintexts: AsyncGenerator[bytes, None]
    ) -> None:
        """Encrypt each part for the user and send it at once."""
        writer = call.inbound.chunk_writer(call.request.id, key)
        try:
            async with aclosing(plaintexts) as parts:
                async for plaintext in parts:
                    await writer.write(plaintext)
        except BackendRefusedError as error:
            await call.inbound.model_error(call.request.id, model_error_text(error.body), key)

    def opened(
        self,
        text: str,
        field: SealedField,
        request: PromptRequest | StreamEndRequest | CallToolRequest,
    ) -> str:
        """A request's text in clear, whichever of the two forms it came in."""
        binding = Binding(field=field, session_id=request.session_id, timestamp=request.timestamp)
        return unseal(text, self.signer, binding)

    async def reply_sealed(self, call: Call, key: PeerKey, plaintext: bytes) -> None:
        """One reply, encrypted for the user."""
        reply = AgentReply(
            message=encrypt(key, plaintext).hex(), timestamp=self.clock.unix_millis()
        )
        await call.inbound.reply(call.request.id, reply)

    async def proven(self, call: Call, request: WorkRequest) -> PeerKey:
        """The key of the session's user, who signed this request just now."""
        self.check_stranger(call)
        try:
            key = await self.handler.prompt_key(request.session_id)
        except Refusal as refusal:
            if refusal.message == USER_NOT_FOUND:
                # The protocol's order: the time comes before the user.
                self.guard.check_time(request.timestamp)
            raise
        self.guard.prompt(request, key)
        call.place.prove()
        return key
