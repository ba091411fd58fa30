"""What the settings in force let the node lock without asking."""

from collections.abc import Callable, Iterable

from node.core.settings import NodeSettings, SessionPolicy, policy_for
from node.core.units import Mor
from node.router.extension import ExtensionPlan, Planner
from node.router.failover import FailoverRules
from node.router.spending import Grant
from node.service.stack import NetworkStack
from node.store.journal_records import SessionEntry, SessionPurpose


class SpendingRules:
    """Reads the settings anew each time: a change holds from the next request on."""

    def __init__(self, settings: Callable[[], NodeSettings]) -> None:
        self._settings = settings

    def policy(self, names: Iterable[str]) -> SessionPolicy:
        """The policy for the model that has these names and ids."""
        settings = self._settings()
        return policy_for(names, settings.session_policies, settings.session_policy)

    @property
    def api_day_cap(self) -> Mor:
        return self._settings().session_policy.day_cap

    @property
    def auto_extend(self) -> bool:
        """Whether sessions that the user opens are marked to be extended."""
        return self._settings().auto_extend

    def failover(self) -> FailoverRules:
        settings = self._settings()
        return FailoverRules(
            use_open=settings.failover != "never",
            open_always=settings.failover == "always",
            prompt_cap=Mor.parse(settings.failover_max_stake),
            day_cap=Mor.parse(settings.failover_day_stake),
        )

    def planner(self, stack: NetworkStack) -> Planner:
        """How sessions of `stack` are extended; for `SessionExtender`."""

        async def plan(entry: SessionEntry) -> ExtensionPlan | None:
            if entry.purpose is SessionPurpose.API:
                return await self._for_programs(stack, entry)
            settings = self._settings()
            cap = Mor.parse(settings.auto_extend_day_stake)
            return ExtensionPlan(
                before_s=settings.extend_before_s,
                duration_s=entry.duration_s,
                grant=Grant(purpose=SessionPurpose.EXTENSION, session_cap=cap, day_cap=cap),
            )

        return plan

    async def _for_programs(self, stack: NetworkStack, entry: SessionEntry) -> ExtensionPlan | None:
        """None when the policy was changed meanwhile, or nobody used the session."""
        policy = self.policy((entry.model_id.hex, await stack.model_name(entry.model_id)))
        if not policy.may_extend or entry.session_id is None:
            return None
        if not (await stack.stats.totals(entry.session_id, "consumer")).prompts:
            return None
        grant = Grant(
            purpose=SessionPurpose.API,
            session_cap=policy.session_cap,
            day_cap=self.api_day_cap,
            model_day_cap=policy.day_cap,
        )
        return ExtensionPlan(
            before_s=self._settings().extend_before_s, duration_s=policy.duration_s, grant=grant
        )
