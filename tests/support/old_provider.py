"""A provider of today's protocol: nothing announced, the text of requests taken as it comes."""

from node.wire.messages import PingReply, PingRequest, PromptRequest, StreamEndRequest
from node.wire.prompt_envelope import SealedField
from node.wire.prompts import read_prompt
from node.wire.server import ProviderServer, _Call


class OldProviderServer(ProviderServer):
    async def _ping(self, call: _Call) -> None:
        request = self._decode(PingRequest, call)
        reply = PingReply(nonce=request.nonce, version=self._handler.version)
        await call.inbound.reply(call.request.id, reply)

    def _opened(
        self, text: str, field: SealedField, request: PromptRequest | StreamEndRequest
    ) -> str:
        read_prompt(text)
        return text
