"""The methods of the provider's listener, one class for each thing that may be offered."""

import dataclasses

from node.core.errors import BadMessageError
from node.wire.answering import Answer, Answering, Call
from node.wire.audio_upload import RECEIVED, STARTED
from node.wire.fields import read_session_id
from node.wire.handler import AgentHandler, AudioHandler
from node.wire.messages import (
    CallToolRequest,
    GetToolsRequest,
    PingReply,
    PingRequest,
    PromptRequest,
    ReportReply,
    ReportRequest,
    SessionReply,
    SessionRequest,
    StreamChunkReply,
    StreamChunkRequest,
    StreamEndRequest,
    StreamStartReply,
    StreamStartRequest,
)
from node.wire.prompt_envelope import SealedField, announce
from node.wire.refusals import SESSION_NOT_FOUND, Refusal

_MAX_NONCE = 64


class SessionMethods:
    """Ping, handshake, prompt and report: what every provider answers."""

    def __init__(self, tools: Answering) -> None:
        self._tools = tools

    def table(self) -> dict[str, Answer]:
        return {
            "network.ping": self._ping,
            "session.request": self._session_request,
            "session.prompt": self._prompt,
            "session.report": self._report,
        }

    async def _ping(self, call: Call) -> None:
        """The signature of a ping is not checked, as anybody may ping."""
        self._tools.check_rate(call)
        request = self._tools.decode(PingRequest, call)
        if len(request.nonce) > _MAX_NONCE:
            raise Refusal("request validation failed: nonce is too long")
        version = announce(self._tools.handler.version)
        reply = PingReply(nonce=request.nonce, version=version)
        await call.inbound.reply(call.request.id, reply)

    async def _session_request(self, call: Call) -> None:
        self._tools.check_rate(call)
        request = self._tools.decode(SessionRequest, call)
        key = self._tools.guard.session_request(request)
        approval = await self._tools.handler.approve(request, key)
        reply = SessionReply(
            message=self._tools.signer.public_key,
            approval=approval.encoded,
            approval_signature=approval.signature,
            user=request.user,
            timestamp=self._tools.clock.unix_millis(),
        )
        await call.inbound.reply(call.request.id, reply)

    async def _prompt(self, call: Call) -> None:
        request = self._tools.decode(PromptRequest, call)
        key = await self._tools.proven(call, request)
        text = self._tools.opened(request.message, SealedField.PROMPT, request)
        request = dataclasses.replace(request, message=text)
        await self._tools.write_answer(call, key, self._tools.handler.prompt(request))

    async def _report(self, call: Call) -> None:
        request = self._tools.decode(ReportRequest, call)
        try:
            session_id = read_session_id(request.message)
        except BadMessageError as error:
            raise Refusal(SESSION_NOT_FOUND) from error
        self._tools.check_stranger(call)
        key = await self._tools.handler.report_key(session_id)
        self._tools.guard.report(request, key)
        call.place.prove()
        blob = await self._tools.handler.report(session_id)
        reply = ReportReply(
            message=blob.encoded,
            signed_report=blob.signature,
            timestamp=self._tools.clock.unix_millis(),
        )
        await call.inbound.reply(call.request.id, reply)


class AudioMethods:
    """Uploads of audio, and the transcription at their end."""

    def __init__(self, tools: Answering, audio: AudioHandler) -> None:
        self._tools = tools
        self._audio = audio

    def table(self) -> dict[str, Answer]:
        return {
            "session.prompt.stream.start": self._stream_start,
            "session.prompt.stream.chunk": self._stream_chunk,
            "session.prompt.stream.end": self._stream_end,
        }

    async def _stream_start(self, call: Call) -> None:
        request = self._tools.decode(StreamStartRequest, call)
        await self._tools.proven(call, request)
        await self._audio.start_upload(request)
        reply = StreamStartReply(
            stream_id=request.stream_id, status=STARTED, timestamp=self._tools.clock.unix_millis()
        )
        await call.inbound.reply(call.request.id, reply)

    async def _stream_chunk(self, call: Call) -> None:
        request = self._tools.decode(StreamChunkRequest, call)
        await self._tools.proven(call, request)
        await self._audio.take_chunk(request)
        reply = StreamChunkReply(
            stream_id=request.stream_id,
            chunk_index=request.chunk_index,
            status=RECEIVED,
            timestamp=self._tools.clock.unix_millis(),
        )
        await call.inbound.reply(call.request.id, reply)

    async def _stream_end(self, call: Call) -> None:
        request = self._tools.decode(StreamEndRequest, call)
        key = await self._tools.proven(call, request)
        text = self._tools.opened(request.parameters, SealedField.AUDIO_PARAMETERS, request)
        request = dataclasses.replace(request, parameters=text)
        await self._tools.write_answer(call, key, self._audio.transcribe(request))


class AgentMethods:
    """Lists and calls of tools; both ways are sealed."""

    def __init__(self, tools: Answering, agents: AgentHandler) -> None:
        self._tools = tools
        self._agents = agents

    def table(self) -> dict[str, Answer]:
        return {
            "agent.get_tools": self._get_tools,
            "agent.call_tool": self._call_tool,
        }

    async def _get_tools(self, call: Call) -> None:
        request = self._tools.decode(GetToolsRequest, call)
        key = await self._tools.proven(call, request)
        await self._tools.reply_sealed(call, key, await self._agents.tools(request))

    async def _call_tool(self, call: Call) -> None:
        request = self._tools.decode(CallToolRequest, call)
        key = await self._tools.proven(call, request)
        text = self._tools.opened(request.message, SealedField.TOOL_INPUT, request)
        result = await self._agents.call_tool(dataclasses.replace(request, message=text))
        await self._tools.reply_sealed(call, key, result)
