"""Who answers a request:

A session named by id, a local model, or whatever the model's name stands for.
"""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from node.core.errors import ModelNotFoundError, NoTargetError, SessionNotFoundError
from node.core.ids import ModelId, SessionId
from node.core.units import Mor
from node.router.auto_session import SessionWish
from node.router.backends import Backends
from node.router.succession import stand_in
from node.service.allowance_desk import AllowanceDesk, Spending
from node.service.dto import CompletionRequest
from node.service.model_names import ModelName, wish_for
from node.service.spending_rules import SpendingRules
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

    def __init__(
        self,
        *,
        stacks: StackHolder,
        local: Backends,
        rules: SpendingRules,
        allowances: AllowanceDesk,
    ) -> None:
        self._stacks = stacks
        self._local = local
        self._rules = rules
        self._allowances = allowances

    async def find(self, request: CompletionRequest) -> Target:
        """Return who answers.

        Raises:
            SessionNotFoundError, ModelNotFoundError, NoTargetError: nobody.
            SpendLimitError: only a new session could answer and it costs more than is allowed.
            UserInputError: several models have the name.
        """
        if request.session_id and request.session_id != ZERO_ID:
            return await self.session(request.session_id)
        if request.model_id and request.model_id != ZERO_ID:
            return await self._by_id(request.model_id, request.client)
        name = request.body.get("model")
        if not isinstance(name, str) or not name.strip():
            return self._default_local()
        return await self._by_name(name, request.client)

    async def session(self, session_id: str) -> SessionTarget:
        """The session, or the one that has taken its place."""
        stack = self._stacks.require()
        wanted = SessionId.parse(session_id)
        entry = await stack.session_entry(wanted)
        if entry is None:
            await stack.recovery.adopt_from_chain()
            entry = await stack.session_entry(wanted)
        if entry is None:
            raise SessionNotFoundError("session not found")
        now = stack.chain.clock.unix_seconds()
        return SessionTarget(stack=stack, entry=await stand_in(stack.wallet.journal, entry, now))

    async def _by_id(self, model_id: str, client: str) -> Target:
        local = self._local.find(model_id)
        if local is not None:
            return LocalTarget(model_id=local.model_id)
        self._local.check_served(model_id)
        stack = self._stacks.current
        if stack is None:
            raise ModelNotFoundError("api adapter not found: ")
        wish = SessionWish(model_id=ModelId.parse(model_id))
        return await self._with_session(stack, wish, client)

    async def _by_name(self, text: str, client: str) -> Target:
        local = self._local.find(text)
        if local is not None:
            return LocalTarget(model_id=local.model_id)
        self._local.check_served(text)
        stack = self._stacks.current
        if stack is None:
            raise ModelNotFoundError(
                f"There is no model “{text[:80]}” on this computer.",
                hint="Choose a network to use models of the market.",
            )
        wish = await wish_for(stack, ModelName.parse(text))
        return await self._with_session(stack, wish, client)

    async def _with_session(
        self, stack: NetworkStack, wish: SessionWish, client: str
    ) -> SessionTarget:
        names = (wish.model_id.hex, await stack.model_name(wish.model_id))
        entry = await stack.auto_sessions.ensure(
            wish, self._rules.policy(names), self._rules.api_day_cap, self._spending(client)
        )
        return SessionTarget(stack=stack, entry=entry)

    def _spending(self, client: str) -> Callable[[Mor], AbstractAsyncContextManager[str]] | None:
        """How the stake of a session counts that is opened for a client; None for the owner."""
        if not client:
            return None
        return lambda stake: self._allowances.spending(
            Spending(client=client, asset="MOR", amount=stake.base)
        )

    def _default_local(self) -> LocalTarget:
        default = self._local.default()
        if default is None:
            raise NoTargetError("The request names no model.")
        return LocalTarget(model_id=default.model_id)
