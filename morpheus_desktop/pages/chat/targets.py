"""Who can answer: open sessions, models on this computer, models of the market."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from node.service.dto import LocalModel, ModelSummary, PromptPrivacy, SessionView

MARKET_CHOICES = 8
DEMO_MODEL = "Guide"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One choice of the model selector.

    `kind` market: answers only after a session was opened. `id` is the session's, the local model's
    or the model's id; `model_id` is the model's in every case.
    """

    kind: Literal["session", "local", "market"]
    id: str
    name: str
    model_id: str
    provider: str = ""
    ends_at: int = 0
    stake_per_hour: int = 0
    is_demo: bool = False
    prompt_privacy: PromptPrivacy = "unknown"

    def is_over(self, now: int) -> bool:
        """Whether its session has ended, so that another one is needed."""
        return self.kind == "session" and now >= self.ends_at

    def needs_session(self, now: int) -> bool:
        return self.kind == "market" or self.is_over(now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What the selector offers, in the order it shows it."""

    sessions: tuple[Target, ...] = ()
    local: tuple[Target, ...] = ()
    market: tuple[Target, ...] = ()

    @property
    def all(self) -> tuple[Target, ...]:
        return (*self.sessions, *self.local, *self.market)

    def default(self, *, is_demo: bool) -> Target | None:
        """What a new chat starts with: an open session, then free, then for stake."""
        guide = next((item for item in self.market if item.name == DEMO_MODEL), None)
        if self.sessions:
            return self.sessions[0]
        if is_demo and guide is not None:
            return guide
        return next(iter((*self.local, *self.market)), None)

    def of_model(self, model_id: str) -> Target | None:
        return next((item for item in self.all if model_id in (item.model_id, item.id)), None)

    def again(self, target: Target) -> Target | None:
        """The same choice in a newer list."""
        same = (item for item in self.all if (item.kind, item.id) == (target.kind, target.id))
        return next(same, None)


def session_target(session: SessionView, *, is_demo: bool) -> Target:
    return Target(
        kind="session",
        id=session.id,
        name=session.model_name,
        model_id=session.model_id,
        provider=session.provider,
        ends_at=session.ends_at,
        is_demo=is_demo,
        prompt_privacy=session.prompt_privacy,
    )


def market_target(model: ModelSummary, *, is_demo: bool) -> Target:
    return Target(
        kind="market",
        id=model.id,
        name=model.name,
        model_id=model.id,
        stake_per_hour=model.stake_per_hour or 0,
        is_demo=is_demo,
    )


def local_target(model: LocalModel) -> Target:
    return Target(kind="local", id=model.id, name=model.name, model_id=model.id)


def choices(
    *,
    sessions: Iterable[SessionView],
    local: Iterable[LocalModel],
    market: Iterable[ModelSummary],
    now: int,
    is_demo: bool,
) -> Choices:
    """Only what can answer in a chat: language models, sessions with time left in whose place no
    other one answers, models that fit.
    """
    active = [
        item
        for item in sessions
        if item.state == "active" and item.ends_at > now and not item.replaced_by
    ]
    offered = [item for item in market if item.offers and item.kind in ("LLM", "UNKNOWN")]
    cheapest = sorted(offered, key=lambda item: item.best_price or 0)
    return Choices(
        sessions=tuple(session_target(item, is_demo=is_demo) for item in active),
        local=tuple(local_target(item) for item in local if item.fit != "too_large"),
        market=tuple(market_target(item, is_demo=is_demo) for item in cheapest[:MARKET_CHOICES]),
    )
