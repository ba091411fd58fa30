"""Which users this provider serves: lists for the whole node and for single models."""

import functools
from collections.abc import Iterable
from dataclasses import dataclass

from node.core.errors import ConfigError, InvalidAddressError
from node.core.ids import Address
from node.router.models_config import ModelEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class UserRules:
    """`denied` always wins; an empty `allowed` lets everybody in who is not denied."""

    allowed: frozenset[Address] = frozenset()
    denied: frozenset[Address] = frozenset()

    def permits(self, user: Address) -> bool:
        return user not in self.denied and (not self.allowed or user in self.allowed)


@functools.lru_cache(maxsize=8)
def user_rules(allowed: tuple[str, ...], denied: tuple[str, ...]) -> UserRules:
    """Rules from addresses in text; asked for each prompt, read once.

    Raises:
        ConfigError: names the text that is no address.
    """
    return UserRules(allowed=_addresses(allowed), denied=_addresses(denied))


def rules_of(entry: ModelEntry) -> UserRules:
    """The lists of one model; both they and those of the node must let a user in."""
    return UserRules(allowed=frozenset(entry.allow_users), denied=frozenset(entry.deny_users))


def _addresses(texts: Iterable[str]) -> frozenset[Address]:
    found = set()
    for text in texts:
        try:
            found.add(Address.parse(text.strip(), strict=True))
        except InvalidAddressError as error:
            raise ConfigError(
                f"“{text[:60]}” in a list of users is no address.",
                hint=error.hint,
            ) from error
    return frozenset(found)
