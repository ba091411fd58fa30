"""Hosting."""

from node.service.dto.base import Dto
from node.service.dto.sessions import SessionView


class HostedModel(Dto):
    model_id: str
    name: str
    backend: str
    slots: int
    bid_id: str = ""
    price_per_second: int = 0
    sessions_active: int = 0


class ProviderStatus(Dto):
    """`listening` is host:port of the TCP listener, empty when hosting is off."""

    listening: str
    registered: bool
    endpoint: str
    stake: int
    earned_in_period: int
    headroom: int
    period_end: int
    models: tuple[HostedModel, ...]


class ProviderSession(Dto):
    session: SessionView
    claimable_now: int
    claimable_later: int
    claimable_at: int
