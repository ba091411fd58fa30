"""Logs of the marketplace that concern one account, as typed events."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from node.chain.abi.codec import Event
from node.chain.abi.events import EVENTS
from node.chain.logs import LogEvent, LogPlace, read_place
from node.chain.rpc.quantities import data, hex_data
from node.core.errors import RpcAnswerError
from node.core.ids import Address, ModelId, SessionId

_SESSIONS = (EVENTS["SessionOpened"], EVENTS["SessionClosed"])
_BIDS = (EVENTS["MarketplaceBidPosted"], EVENTS["MarketplaceBidDeleted"])
_KINDS = {event.topic: event for event in (*_SESSIONS, *_BIDS)}
_log = logging.getLogger("node.chain")


class SessionChange(StrEnum):
    OPENED = "opened"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionEvent(LogEvent):
    """A session was opened or closed. Amounts are not in the log: read the session."""

    change: SessionChange
    session_id: SessionId
    user: Address
    provider: Address

    @property
    def meaning(self) -> tuple[object, ...]:
        return self.change, self.session_id


@dataclass(frozen=True, slots=True, kw_only=True)
class BidEvent(LogEvent):
    """An offer of the account was posted (`posted`) or deleted."""

    posted: bool
    model_id: ModelId
    provider: Address
    nonce: int

    @property
    def meaning(self) -> tuple[object, ...]:
        return self.posted, self.model_id, self.nonce


AccountEvent = SessionEvent | BidEvent


def topic_filters(account: Address) -> tuple[list[Any], ...]:
    """`topics` of the log queries: the account's sessions as user and its offers in one, its
    sessions as provider in another.
    """
    mine = hex_data(account.raw.rjust(32, b"\0"))
    first = [hex_data(event.topic) for event in (*_SESSIONS, *_BIDS)]
    sessions = [hex_data(event.topic) for event in _SESSIONS]
    return [first, mine], [sessions, None, None, mine]


def read_log(
    item: Any, *, contract: Address, account: Address, first: int, last: int
) -> AccountEvent | None:
    """One log; None for removed ones, for unreadable ones and for those nobody asked for."""
    if not isinstance(item, Mapping) or item.get("removed") is True:
        return None
    try:
        topics = tuple(data(topic, 32) for topic in item["topics"])
        kind = _KINDS[topics[0]]
        values = kind.decode(topics, data(item["data"]))
        place = read_place(item)
        if data(item["address"], 20) != contract.raw or not first <= place.block <= last:
            return None
        event = _event(kind, values, place)
    except (RpcAnswerError, KeyError, IndexError, TypeError) as error:
        _log.warning("skipped a log that cannot be read: %s", error)
        return None
    concerned = (
        (event.provider, event.user) if isinstance(event, SessionEvent) else (event.provider,)
    )
    return event if account in concerned else None


def _event(kind: Event, values: Mapping[str, Any], place: LogPlace) -> AccountEvent:
    if kind in _SESSIONS:
        return SessionEvent(
            place=place,
            change=SessionChange.OPENED if kind is _SESSIONS[0] else SessionChange.CLOSED,
            session_id=SessionId(values["sessionId"]),
            user=Address(values["user"]),
            provider=Address(values["providerId"]),
        )
    return BidEvent(
        place=place,
        posted=kind is _BIDS[0],
        model_id=ModelId(values["modelId"]),
        provider=Address(values["provider"]),
        nonce=values["nonce"],
    )
