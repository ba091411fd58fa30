"""Whether prompts to a provider are encrypted or readable on the network.

The rules for consumers of `docs/protocol-extension.md`.
"""

import asyncio
from dataclasses import replace
from enum import StrEnum

from node.core.clock import Clock
from node.core.errors import (
    BadSignatureError,
    PromptReadableError,
    ProviderError,
    ProviderRefusedError,
)
from node.core.ids import Address
from node.core.log import get_logger
from node.core.units import UnixSeconds
from node.router.links import ProviderLink
from node.store.abilities import AbilityBook, ProviderAbilities
from node.store.peers import PeerKeys
from node.wire.prompt_envelope import announces, is_not_opened

FRESH_S = 6 * 3600
"""A signed answer so old still decides about prompts."""
OPENING_FRESH_S = 600
"""The same before MOR is locked."""
RETRY_S = 600.0
"""Time between two questions to a provider that gives no valid answer."""

_log = get_logger("node.router.privacy")


class Privacy(StrEnum):
    """`WITHDRAWN`: the provider once took encrypted prompts and no longer does; none is sent."""

    ENCRYPTED = "encrypted"
    READABLE = "readable"
    WITHDRAWN = "withdrawn"
    UNKNOWN = "unknown"


class PromptPrivacy:
    """Asks providers by signed pings, remembers their answers, and decides how prompts go."""

    def __init__(
        self, *, link: ProviderLink, peers: PeerKeys, abilities: AbilityBook, clock: Clock
    ) -> None:
        self._link = link
        self._peers = peers
        self._abilities = abilities
        self._clock = clock
        self._asking: dict[Address, asyncio.Lock] = {}
        self._silent: dict[Address, float] = {}

    async def known(self, provider: Address) -> Privacy:
        """What is known without asking anybody."""
        known = await self._abilities.get(provider)
        if known is None:
            return Privacy.UNKNOWN
        if known.is_withdrawn:
            return Privacy.WITHDRAWN
        return Privacy.ENCRYPTED if known.opens_envelopes else Privacy.READABLE

    async def seals(self, endpoint: str, provider: Address, *, fresh_s: int = FRESH_S) -> bool:
        """Whether a prompt goes as an envelope; asks the provider when nothing fresh is known.

        Without a valid answer the last one holds, and a provider that is new gets what every node
        of the network understands.

        Raises:
            PromptReadableError: the ability was withdrawn and the user did not agree.
            BadSignatureError: somebody else answers at the provider's endpoint.
        """
        async with self._asking.setdefault(provider, asyncio.Lock()):
            known = await self._abilities.get(provider)
            if not self._is_fresh(known, fresh_s) and not self._was_silent(provider):
                known = await self._ask(endpoint, provider, known)
        if known is None:
            return False
        if known.is_withdrawn:
            raise PromptReadableError.withdrawn(provider.checksum)
        return known.opens_envelopes

    async def refused(self, endpoint: str, provider: Address, error: ProviderRefusedError) -> None:
        """After an envelope was refused: ask again whether the provider still opens them.

        Raises:
            PromptReadableError: it does not; the refused prompt was readable to nobody.
        """
        if not is_not_opened(error):
            return
        async with self._asking.setdefault(provider, asyncio.Lock()):
            known = await self._ask(endpoint, provider, await self._abilities.get(provider))
        if known is not None and known.is_withdrawn:
            raise PromptReadableError.withdrawn(provider.checksum) from error

    async def agree(self, provider: Address, *, agreed: bool) -> Privacy:
        """Record that prompts to a provider that withdrew the ability may be readable, or not.

        Ends by itself when the provider announces the ability again.
        """
        known = await self._abilities.get(provider)
        if known is not None and not known.opens_envelopes:
            moment = self._clock.unix_seconds() if agreed else UnixSeconds(0)
            await self._abilities.put(replace(known, readable_agreed_at=moment))
            _log.info("readable prompts", provider=provider.checksum, agreed=agreed)
        return await self.known(provider)

    def _is_fresh(self, known: ProviderAbilities | None, fresh_s: int) -> bool:
        return known is not None and 0 <= self._clock.unix_seconds() - known.checked_at <= fresh_s

    def _was_silent(self, provider: Address) -> bool:
        since = self._silent.get(provider)
        return since is not None and self._clock.monotonic() - since < RETRY_S

    async def _ask(
        self, endpoint: str, provider: Address, known: ProviderAbilities | None
    ) -> ProviderAbilities | None:
        try:
            pong = await self._link.ping(endpoint, provider)
        except BadSignatureError:
            raise
        except ProviderError as error:
            _log.info("no answer to a ping", provider=provider.checksum, code=error.code)
            self._silent[provider] = self._clock.monotonic()
            return known
        self._silent.pop(provider, None)
        await self._peers.put_provider(provider, pong.public_key, endpoint)
        now = self._clock.unix_seconds()
        found = known or ProviderAbilities(
            address=provider, opens_envelopes=False, checked_at=UnixSeconds(0)
        )
        if announces(pong.version):
            found = replace(
                found,
                opens_envelopes=True,
                seen_with_at=found.seen_with_at or now,
                readable_agreed_at=UnixSeconds(0),
            )
        else:
            found = replace(found, opens_envelopes=False)
        found = replace(found, checked_at=now)
        await self._abilities.put(found)
        return found
