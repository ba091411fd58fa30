"""Log filters of `eth_getLogs`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from node.devnet.params import address, hash32, invalid, to_hex
from node.devnet.views import Json

_MAX_TOPICS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class LogFilter:
    """Empty sets mean "any"; hex in lower case."""

    addresses: frozenset[str]
    topics: tuple[frozenset[str], ...]

    def matches(self, log: Json) -> bool:
        if self.addresses and log["address"] not in self.addresses:
            return False
        present = log["topics"]
        if len(present) < len(self.topics):
            return False
        return all(
            not wanted or topic in wanted
            for wanted, topic in zip(self.topics, present, strict=False)
        )


def parse_filter(value: dict[str, Any]) -> LogFilter:
    return LogFilter(
        addresses=frozenset(_addresses(value.get("address"))),
        topics=tuple(_topics(value.get("topics"))),
    )


def _addresses(value: Any) -> Sequence[str]:
    if value is None:
        return []
    if isinstance(value, list):
        return [to_hex(address(item)) for item in value]
    return [to_hex(address(value))]


def _topics(value: Any) -> list[frozenset[str]]:
    if value is None:
        return []
    if not isinstance(value, list) or len(value) > _MAX_TOPICS:
        raise invalid("topics: a list of at most four is expected")
    topics = []
    for item in value:
        choices = item if isinstance(item, list) else [item]
        if any(choice is None for choice in choices):
            topics.append(frozenset[str]())
        else:
            topics.append(frozenset(to_hex(hash32(choice, "topic")) for choice in choices))
    return topics
