"""Checks of one's own hosting: would a stranger find, trust, afford and be served by this node?"""

import asyncio
import statistics
from collections.abc import AsyncGenerator

from node.core.errors import EndpointRefusedError, NodeError, ProviderUnreachableError
from node.core.events import EventBus, HealthChanged
from node.core.ids import ModelId
from node.core.log import get_logger
from node.core.ports import BackendHealth, Signer
from node.core.records import Bid, HostingTerms
from node.core.units import PricePerSecond, UnixSeconds
from node.router import hosting_findings as findings
from node.router.access import ChainAccess
from node.router.backends import Backends
from node.router.hosting_findings import Finding, Severity
from node.router.links import ProviderLink
from node.router.model_tags import is_tee
from node.router.models_config import ModelEntry

_log = get_logger("node.router.self_check")
LOOK_EVERY_S = 300.0
BACKEND_TIMEOUT_S = 5.0
PAGE = 100
UNUSUAL_TIMES = 5
"""A price so many times above or below the middle of the other offers is worth a look."""
COMPONENT = "provider"


class SelfCheck:
    """Read-only: nothing is sent to the chain, and nobody but the own endpoint is called.

    Whether strangers get through the router at home can only be seen from outside; the check says
    so where the own endpoint does not answer, and asks no service on the internet.
    """

    def __init__(
        self,
        *,
        chain: ChainAccess,
        signer: Signer,
        bus: EventBus,
        backends: Backends,
        link: ProviderLink,
        listening: str,
    ) -> None:
        self._chain = chain
        self._signer = signer
        self._bus = bus
        self._backends = backends
        self._link = link
        self._listening = listening
        self.found: tuple[Finding, ...] = ()
        """Those of the last run."""
        self.checked_at = UnixSeconds(0)

    @property
    def alarm(self) -> Finding | None:
        """The first error of the last run."""
        return next((item for item in self.found if item.severity is Severity.ERROR), None)

    async def watch(self) -> None:
        """Run at once and every five minutes, until cancelled; changes are told on the bus."""
        healthy: bool | None = None
        while True:
            await self.run()
            alarm = self.alarm
            if healthy is not (alarm is None):
                healthy = alarm is None
                detail = alarm.message if alarm else ""
                self._bus.publish(HealthChanged(component=COMPONENT, ok=healthy, detail=detail))
            if alarm is not None:
                _log.warning("hosting", code=alarm.code, subject=alarm.subject[:10])
            await asyncio.sleep(LOOK_EVERY_S)

    async def run(self) -> tuple[Finding, ...]:
        """All findings, those that are fine as well. Never raises for what the chain answers."""
        self.found = tuple([item async for item in self._checks()])
        self.checked_at = self._chain.clock.unix_seconds()
        return self.found

    async def _checks(self) -> AsyncGenerator[Finding, None]:
        try:
            own = self._signer.address
            record = await self._chain.market.provider(own)
            terms = await self._chain.market.hosting_terms()
            now = await self._chain.market.block_time()
            bids = {bid.model_id: bid for bid in await self._own_bids()}
        except NodeError as error:
            yield findings.not_checked("The own registration", error)
            return
        entries = self._backends.configured()
        if record is None or record.is_deleted:
            if self._listening or entries:
                yield findings.NOT_REGISTERED
        else:
            for item in findings.stake(record, terms, now):
                yield item
            yield await self._endpoint(record.endpoint)
        for entry in entries:
            async for item in self._model(entry, bids.get(entry.model_id), terms):
                yield item
        for bid in bids.values():
            if self._backends.entry(bid.model_id) is None:
                yield findings.not_served(bid)

    async def _own_bids(self) -> list[Bid]:
        found: list[Bid] = []
        offset, total = 0, 1
        while offset < total:
            page = await self._chain.market.bid_pages(
                provider=self._signer.address, active_only=True, offset=offset, limit=PAGE
            )
            found.extend(page.items)
            offset, total = offset + PAGE, page.total
        return found

    # --- reach -----------------------------------------------------------------------------------

    async def _endpoint(self, endpoint: str) -> Finding:
        if not self._listening:
            return findings.NOT_LISTENING
        try:
            pong = await self._link.ping(endpoint, self._signer.address)
        except EndpointRefusedError as error:
            return findings.bad_endpoint(endpoint, error)
        except ProviderUnreachableError:
            return findings.unreachable(endpoint, self._listening)
        except NodeError:
            return findings.other_key(endpoint)
        return Finding(
            code="hosting.endpoint",
            severity=Severity.OK,
            message=f"{endpoint} answers in {pong.rtt_ms} ms with this wallet's signature.",
        )

    # --- models ----------------------------------------------------------------------------------

    async def _model(
        self, entry: ModelEntry, bid: Bid | None, terms: HostingTerms
    ) -> AsyncGenerator[Finding, None]:
        try:
            model = await self._chain.market.model(entry.model_id)
        except NodeError as error:
            yield findings.unknown_model(entry, error)
            return
        if model.is_deleted:
            yield findings.problem(
                entry, "hosting.model_removed", "was removed from the network by its owner."
            )
        elif is_tee(model):
            yield findings.problem(
                entry,
                "hosting.model_attested",
                "promises attested hardware, which this app cannot prove: it is not served.",
            )
        elif bid is None:
            yield findings.no_bid(entry)
        else:
            yield await self._price(entry, bid, terms)
        yield await self._backend(entry)

    async def _price(self, entry: ModelEntry, bid: Bid, terms: HostingTerms) -> Finding:
        price = bid.price_per_second
        if not terms.min_price.base <= price.base <= terms.max_price.base:
            return findings.price_finding(
                entry,
                Severity.ERROR,
                "hosting.price_range",
                f"costs {findings.hourly(price)}, outside what the network allows now.",
            )
        try:
            offers = await self._chain.market.model_bids(entry.model_id)
        except NodeError as error:
            return findings.not_checked(f"The price of “{entry.name}”", error)
        others = [
            item.bid.price_per_second.base
            for item in offers.bids
            if item.bid.provider != self._signer.address
        ]
        middle = PricePerSecond(int(statistics.median_low(others))) if others else price
        if price.base > middle.base * UNUSUAL_TIMES or price.base * UNUSUAL_TIMES < middle.base:
            return findings.price_finding(
                entry,
                Severity.WARNING,
                "hosting.price_unusual",
                f"costs {findings.hourly(price)}; the middle of {len(others)} other offers is"
                f" {findings.hourly(middle)}.",
            )
        return Finding(
            code="hosting.bid",
            severity=Severity.OK,
            message=f"“{entry.name}” is offered at {findings.hourly(price)}.",
            subject=entry.model_id.hex,
        )

    async def _backend(self, entry: ModelEntry) -> Finding:
        return findings.backend(entry, await self._health(entry.model_id))

    async def _health(self, model_id: ModelId) -> BackendHealth:
        try:
            async with (
                asyncio.timeout(BACKEND_TIMEOUT_S),
                self._backends.backend(model_id) as backend,
            ):
                return await backend.health()
        except TimeoutError:
            return BackendHealth(ok=False, detail="timeout")
        except NodeError as error:
            return BackendHealth(ok=False, detail=error.code)
