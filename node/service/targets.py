"""Who answers a request:

A session named by id, a local model, or whatever the model's name stands for.
"""

from dataclasses import dataclass

from node.core.errors import ModelNotFoundError, NoTargetError, SessionNotFoundError
from node.core.ids import ModelId, SessionId
from node.router.backends import Backends
from node.service.dto import CompletionRequest
from node.service.settings_book import SettingsBook
from node.service.stack import NetworkStack, StackHolder
from node.store.journal_records import SessionEntry

ZERO_ID = "0x" + "0" * 64


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionTarget:
    stack: NetworkStack
    entry: SessionEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalTarget:
    model_id: ModelId


Target = SessionTarget | LocalTarget


class TargetFinder:
    """Resolves requests in this order: session id, model id, model name."""

    def __init__(self, *, stacks: StackHolder, local: Backends, settings: SettingsBook) -> None:
        self._stacks = stacks
        self._local = local
        self._settings = settings

    async def find(self, request: CompletionRequest) -> Target:
        """Return who answers.

        Raises:
            SessionNotFoundError, ModelNotFoundError, NoTargetError: nobody.
            SpendLimitError: only a new session could answer and it costs more than is allowed.
        """
        if request.session_id and request.session_id != ZERO_ID:
            return await self.session(request.session_id)
        if request.model_id and request.model_id != ZERO_ID:
            return await self._by_id(request.model_id)
        name = request.body.get("model")
        if not isinstance(name, str) or not name.strip():
            return self._default_local()
        return await self._by_name(name)

    async def session(self, session_id: str) -> SessionTarget:
        stack = self._stacks.require()
        wanted = SessionId.parse(session_id)
        entry = await stack.wallet.journal.entry_by_session(wanted)
        if entry is None:
            await stack.recovery.adopt_from_chain()
            entry = await stack.wallet.journal.entry_by_session(wanted)
        if entry is None:
            raise SessionNotFoundError("session not found")
        return SessionTarget(stack=stack, entry=entry)

    async def _by_id(self, model_id: str) -> Target:
        local = self._local.find(model_id)
        if local is not None:
            return LocalTarget(model_id=local.model_id)
        stack = self._stacks.current
        if stack is None:
            raise ModelNotFoundError("api adapter not found: ")
        return await self._with_session(stack, ModelId.parse(model_id))

    async def _by_name(self, name: str) -> Target:
        local = self._local.find(name)
        if local is not None:
            return LocalTarget(model_id=local.model_id)
        stack = self._stacks.current
        if stack is None:
            raise ModelNotFoundError(
                f"There is no model “{name[:80]}” on this computer.",
                hint="Choose a network to use models of the market.",
            )
        offers = await stack.market.find_by_name(name)
        if offers is None:
            raise ModelNotFoundError(
                f"There is no model “{name[:80]}”.", hint="Look at the list of models."
            )
        return await self._with_session(stack, offers.model.id)

    async def _with_session(self, stack: NetworkStack, model_id: ModelId) -> SessionTarget:
        entry = await stack.auto_sessions.ensure(
            model_id,
            cap=self._settings.current.auto_session_cap,
            duration_s=self._settings.current.auto_session_duration_s,
        )
        return SessionTarget(stack=stack, entry=entry)

    def _default_local(self) -> LocalTarget:
        default = self._local.default()
        if default is None:
            raise NoTargetError("The request names no model.")
        return LocalTarget(model_id=default.model_id)
