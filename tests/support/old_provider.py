"""A provider of today's protocol: nothing announced, the text of requests taken as it comes."""

from node.core.clock import Clock
from node.core.ports import Signer
from node.wire.answering import Answering, Call
from node.wire.handler import AudioHandler, ProviderHandler
from node.wire.limits import WireLimits
from node.wire.messages import (
    CallToolRequest,
    PingReply,
    PingRequest,
    PromptRequest,
    StreamEndRequest,
)
from node.wire.methods import AudioMethods, SessionMethods
from node.wire.prompt_envelope import SealedField
from node.wire.prompts import read_prompt
from node.wire.server import ProviderServer


class _Answering(Answering):
    def opened(
        self,
        text: str,
        field: SealedField,
        request: PromptRequest | StreamEndRequest | CallToolRequest,
    ) -> str:
        read_prompt(text)
        return text


class _Methods(SessionMethods):
    async def _ping(self, call: Call) -> None:
        request = self._tools.decode(PingRequest, call)
        reply = PingReply(nonce=request.nonce, version=self._tools.handler.version)
        await call.inbound.reply(call.request.id, reply)


class OldProviderServer(ProviderServer):
    def __init__(
        self,
        *,
        handler: ProviderHandler,
        audio: AudioHandler | None = None,
        signer: Signer,
        clock: Clock,
        limits: WireLimits | None = None,
    ) -> None:
        super().__init__(handler=handler, signer=signer, clock=clock, limits=limits)
        tools = _Answering(handler=handler, signer=signer, clock=clock, limits=self._limits)
        self._answers = _Methods(tools).table()
        if audio is not None:
            self._answers |= AudioMethods(tools, audio).table()
