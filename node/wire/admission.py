"""How many connections, half-read bytes and requests strangers may cost us."""

import asyncio
import ipaddress
from collections import Counter, OrderedDict, deque

from node.core.clock import Clock
from node.core.errors import MessageTooLargeError
from node.wire.limits import WireLimits

_MINUTE = 60.0
_MAX_KEYS = 10_000


class RateLimiter:
    """At most `per_minute` events per key in any minute; when crowded, forgets the idlest key."""

    def __init__(self, clock: Clock, per_minute: int) -> None:
        self._clock = clock
        self._per_minute = per_minute
        self._events: OrderedDict[object, deque[float]] = OrderedDict()

    def admit(self, key: object) -> bool:
        now = self._clock.monotonic()
        events = self._events.pop(key, None) or deque()
        while events and events[0] <= now - _MINUTE:
            events.popleft()
        allowed = len(events) < self._per_minute
        if allowed:
            events.append(now)
        self._events[key] = events
        if len(self._events) > _MAX_KEYS:
            self._events.popitem(last=False)
        return allowed


def network_of(address: str) -> str:
    """What counts as one sender: an IPv4 address, or the /64 network of an IPv6 address."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if parsed.version == 4:
        return str(parsed)
    return str(parsed.ipv4_mapped or ipaddress.IPv6Network((parsed, 64), strict=False))


class Admission:
    """Counts connections; one is unproven until a session's signature was verified on it.

    A sender that proved itself once is no stranger any more: a gateway that sends the prompts of
    many sessions at the same moment gets a place for each.
    """

    def __init__(self, limits: WireLimits) -> None:
        self._limits = limits
        self._total = 0
        self._strangers: Counter[str] = Counter()
        self._guests: Counter[str] = Counter()
        self._known: OrderedDict[str, None] = OrderedDict()
        self._queues: dict[str, deque[asyncio.Future[Place]]] = {}
        self._waiting = 0
        self._unread = 0

    def enter(self, address: str) -> "Place | None":
        """A place for a new connection, or None when there is none."""
        limits, address = self._limits, network_of(address)
        if self._total >= limits.connections:
            return None
        unproven = self._guests if address in self._known else self._strangers
        if unproven is self._guests:
            if unproven[address] >= limits.unproven_per_guest:
                return None
        elif (
            unproven.total() >= limits.unproven or unproven[address] >= limits.unproven_per_address
        ):
            return None
        self._total += 1
        unproven[address] += 1
        return Place(self, address, unproven)

    async def enter_later(self, address: str) -> "Place | None":
        """A place as soon as the sender proves itself on one of those that it has, or leaves one.

        A gateway's first burst waits so for its first signature instead of being cut off. Nothing
        is read meanwhile. None after `waiting_s`, or when too many wait already.
        """
        if self._waiting >= self._limits.waiting:
            return None
        address = network_of(address)
        place: asyncio.Future[Place] = asyncio.get_running_loop().create_future()
        queue = self._queues.setdefault(address, deque())
        queue.append(place)
        self._waiting += 1
        try:
            async with asyncio.timeout(self._limits.waiting_s):
                return await place
        except TimeoutError:
            return place.result() if _is_given(place) else None
        except asyncio.CancelledError:
            if _is_given(place):
                place.result().leave()
            raise
        finally:
            self._waiting -= 1
            if place in queue:
                queue.remove(place)
            if not queue:
                self._queues.pop(address, None)

    def _let_in(self, address: str) -> None:
        """Give those who wait the places that there are now, in the order they came."""
        queue = self._queues.get(address)
        while queue:
            if queue[0].done():
                queue.popleft()
                continue
            place = self.enter(address)
            if place is None:
                return
            queue.popleft().set_result(place)

    @property
    def connections(self) -> int:
        return self._total

    @property
    def unread(self) -> int:
        return self._unread

    def _hold(self, size: int) -> None:
        if self._unread + size > self._limits.unread_total:
            raise MessageTooLargeError("Too many unfinished requests are held.")
        self._unread += size

    def _release(self, size: int) -> None:
        self._unread -= size

    def _remember(self, address: str) -> None:
        self._known[address] = None
        self._known.move_to_end(address)
        if len(self._known) > _MAX_KEYS:
            self._known.popitem(last=False)

    def _left(self) -> None:
        self._total -= 1


class Place:
    """One admitted connection. `leave` exactly when it is closed; safe to call twice."""

    def __init__(self, admission: Admission, address: str, unproven: Counter[str]) -> None:
        self._admission = admission
        self.address = address
        self._held = 0
        self._unproven: Counter[str] | None = unproven
        self._open = True

    def hold(self, size: int) -> None:
        """Account for received bytes of an unfinished request. Raises MessageTooLargeError."""
        self._admission._hold(size)
        self._held += size

    def release(self) -> None:
        self._admission._release(self._held)
        self._held = 0

    @property
    def is_stranger(self) -> bool:
        """Whether no session's signature was verified yet on this address."""
        return self.address not in self._admission._known

    def prove(self) -> None:
        """A valid session signature was seen: stop counting this address as a stranger."""
        self._admission._remember(self.address)
        self._uncount()
        self._admission._let_in(self.address)

    def _uncount(self) -> None:
        unproven, self._unproven = self._unproven, None
        if unproven is not None:
            unproven[self.address] -= 1
            if not unproven[self.address]:
                del unproven[self.address]

    def leave(self) -> None:
        if self._open:
            self._open = False
            self.release()
            self._uncount()
            self._admission._left()
            self._admission._let_in(self.address)


def _is_given(place: "asyncio.Future[Place]") -> bool:
    """Whether the place came in the moment in which its taker stopped waiting."""
    return place.done() and not place.cancelled()
