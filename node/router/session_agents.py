"""Consumer side of agents: the tools of a session's provider."""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from node.core.errors import BadMessageError, ProviderRefusedError
from node.llm.mcp.client import Tool, read_tools
from node.router.consumer import Consumer
from node.router.links import ProviderLink
from node.router.prompt_privacy import PromptPrivacy
from node.store.journal_records import SessionEntry
from node.wire.handshake import is_user_unknown

_Ask = Callable[[bytes], Awaitable[Any]]


class SessionAgents:
    """Lists and calls tools over open sessions."""

    def __init__(self, *, consumer: Consumer, link: ProviderLink, privacy: PromptPrivacy) -> None:
        self._consumer = consumer
        self._link = link
        self._privacy = privacy

    async def tools(self, entry: SessionEntry) -> tuple[Tool, ...]:
        """The tools of the session's agent, as its provider describes them.

        Raises:
            SessionClosedError, SessionExpiredError: before anything is sent.
            ProviderError: as `ProviderLink`.
        """
        session_id = self._consumer.usable(entry)
        return read_tools(
            await self._ask(
                entry, lambda key: self._link.agent_tools(entry.endpoint, session_id, key)
            )
        )

    async def call(
        self, entry: SessionEntry, tool: str, inputs: Mapping[str, Any]
    ) -> dict[str, Any]:
        """The result of one call, as MCP has it: outside data.

        Raises:
            PromptReadableError: see `PromptPrivacy.seals`; nothing was sent. Else as `tools`.
        """
        session_id = self._consumer.usable(entry)
        sealed = await self._privacy.seals(entry.endpoint, entry.provider)
        text = json.dumps(dict(inputs), separators=(",", ":"))
        try:
            result = await self._ask(
                entry,
                lambda key: self._link.call_tool(
                    entry.endpoint, session_id, tool, text, key, sealed=sealed
                ),
            )
        except ProviderRefusedError as error:
            if sealed:
                await self._privacy.refused(entry.endpoint, entry.provider, error)
            raise
        if not isinstance(result, dict):
            raise BadMessageError("The provider's answer is no result of a tool.")
        return result

    async def _ask(self, entry: SessionEntry, ask: _Ask) -> Any:
        key = await self._consumer.provider_key(entry)
        try:
            return await ask(key)
        except ProviderRefusedError as error:
            if not is_user_unknown(error):
                raise
        # The provider lost its data: introducing ourselves anew costs nothing on chain.
        return await ask(await self._consumer.introduce(entry))
