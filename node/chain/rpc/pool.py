"""Several endpoints of one chain behind one `JsonRpc`.

One endpoint serves until it fails, so that reads of one operation see one history. Transport
errors, silence, rate limits, missing blocks and a newest block older than a minute rotate to the
next; reverts and other error answers are final. An endpoint is asked for its chain before its first
use and again after each failure; one of another chain is left out. Raw transactions go to up to
three endpoints at once.
"""

import asyncio
import logging
import random
from collections.abc import Sequence
from functools import partial
from typing import Any

from node.chain.networks import Network
from node.chain.rpc.answers import Fault, RpcFaultError
from node.chain.rpc.broadcast import BROADCAST_WIDTH, first_success
from node.chain.rpc.endpoint import HttpRpc
from node.chain.rpc.health import (
    LAG_LIMIT,
    Endpoint,
    EndpointHealth,
    EndpointState,
    Member,
    median_height,
)
from node.core.clock import Clock
from node.core.errors import (
    ConfigError,
    NodeError,
    RevertedError,
    RpcAnswerError,
    RpcUnavailableError,
    WrongNetworkError,
)
from node.core.http_client import HttpClient

ATTEMPT_S = 4.0
"""Longest silence of one endpoint while there are others: users notice five seconds."""
_ROUNDS = 3
_FIRST_PAUSE_S = 0.3
_LONGEST_COOL_DOWN_S = 60.0
_FIRST_LIMIT_PAUSE_S = 2.0
_OTHER_CHAIN_REST_S = 300.0
_STALE_HEAD_S = 60
_TOTAL_S = 30.0
_PASSING = (Fault.RATE_LIMIT, Fault.MISSING_STATE)
_OWN = (Fault.NO_METHOD, Fault.OTHER)
"""Faults that another endpoint may not have, but that waiting does not heal."""
_HEADS = ("eth_blockNumber", "eth_getBlockByNumber")
_log = logging.getLogger("node.chain.rpc")


class RpcPool:
    """See the module. `attempt_s` limits one try when there is more than one endpoint."""

    def __init__(
        self,
        endpoints: Sequence[Endpoint],
        *,
        chain_id: int,
        clock: Clock,
        attempt_s: float = ATTEMPT_S,
    ) -> None:
        if not endpoints:
            raise ConfigError(
                "This network has no RPC address.", hint="Enter one in the settings of the network."
            )
        self._members = [Member(endpoint, clock) for endpoint in endpoints]
        self._chain_id = chain_id
        self._clock = clock
        self._attempt_s = attempt_s if len(endpoints) > 1 else None
        self._current = self._members[0]
        self._trust_heads_until = 0.0

    def health(self) -> tuple[EndpointHealth, ...]:
        """All endpoints in the order of the settings, as last seen. Asks nobody."""
        heights = [item.height for item in self._members if item.height is not None]
        highest = max(heights, default=None)
        return tuple(
            item.health(in_use=item is self._current, highest=highest) for item in self._members
        )

    async def probe(self) -> tuple[EndpointHealth, ...]:
        """As `health`, after asking each endpoint that need not be spared for its newest block."""
        asked = [item for item in self._members if not self._is_spared(item)]
        await asyncio.gather(*(self._probe(item) for item in asked))
        self.rest_laggards()
        return self.health()

    async def _probe(self, member: Member) -> None:
        try:
            await self.ask(member, "eth_getBlockByNumber", ["latest", False])
        except NodeError as error:
            _log.debug("probe of %s: %s", member.name, error)

    def members(self) -> list[Member]:
        """Endpoints that may be asked now, best first; those that should rest come last."""
        return self._candidates()

    async def request(self, method: str, params: Sequence[Any]) -> Any:
        """Ask the endpoint in use, others when it fails.

        Raises:
            RpcUnavailableError, RpcAnswerError: no endpoint gave an answer.
            WrongNetworkError: every endpoint belongs to another chain.
            RevertedError, RpcFaultError: an error answer.
        """
        if method == "eth_sendRawTransaction":
            return await self._broadcast(method, params)
        failure: NodeError | None = None
        stale: list[Any] = []
        deadline = self._clock.monotonic() + _TOTAL_S
        for attempt in range(_ROUNDS):
            if attempt:
                pause = _FIRST_PAUSE_S * 3 ** (attempt - 1) * random.uniform(0.5, 1.0)  # noqa: S311
                await self._clock.sleep(pause)
            for member in await self._round(deadline, failure):
                try:
                    result = await self._ask_first(member, method, params)
                    if not self._is_stale(member, method, params, result):
                        return result
                    stale.append(result)
                except (RpcUnavailableError, RpcAnswerError, RpcFaultError) as error:
                    failure = _keep_or_raise(error, method)
                if failure is not None and self._clock.monotonic() > deadline:
                    raise failure
            if stale:
                # All are behind: the chain stands still, or this computer's clock is wrong. Not
                # every read needs to find that out anew.
                self._trust_heads_until = self._clock.monotonic() + _LONGEST_COOL_DOWN_S
                return max(stale, key=_timestamp)
            if isinstance(failure, RpcFaultError) and failure.fault in _OWN:
                break
        raise failure or self._wrong_network()

    async def _round(self, deadline: float, failure: NodeError | None) -> list[Member]:
        """Whom to ask now. Waits where all asked us to slow down, if that is soon enough."""
        candidates = self._candidates()
        if candidates:
            return candidates
        limited = [item for item in self._members if item.state is EndpointState.RATE_LIMITED]
        if not limited:
            raise failure or self._wrong_network()
        wait = min(item.rest_until for item in limited) - self._clock.monotonic()
        if self._clock.monotonic() + wait > deadline:
            refused = RpcFaultError(Fault.RATE_LIMIT, rpc_code=429, text="all endpoints rest")
            refused.details["retry_after_s"] = round(wait, 1)
            raise refused
        await self._clock.sleep(max(wait, 0.0) + random.uniform(0.0, 0.1))  # noqa: S311
        return self._candidates()

    async def _ask_first(self, member: Member, method: str, params: Sequence[Any]) -> Any:
        result = await self.ask(member, method, params)
        self._current = member
        return result

    async def ask(self, member: Member, method: str, params: Sequence[Any]) -> Any:
        """One request to one endpoint, noted in its record; its chain is checked first if needed.

        Raises as `request`, without another try.
        """
        began = self._clock.monotonic()
        try:
            async with asyncio.timeout(self._attempt_s):
                if not member.verified:
                    await self._verify(member)
                result = await member.endpoint.request(method, params)
        except TimeoutError as error:
            failure = RpcUnavailableError(
                "The network node does not answer.", details={"host": member.name}
            )
            self._fail(member, failure)
            raise failure from error
        except (RpcUnavailableError, RpcAnswerError) as error:
            if member.state is not EndpointState.WRONG_CHAIN:
                self._fail(member, error)
            raise
        except RpcFaultError as error:
            if error.fault is Fault.RATE_LIMIT:
                self._limit(member, error)
            else:
                member.answered(self._clock.monotonic() - began)
            raise
        except RevertedError:
            member.answered(self._clock.monotonic() - began)
            raise
        seconds = self._clock.monotonic() - began
        member.answered(seconds)
        _log.debug("%s by %s in %.0f ms", method, member.name, seconds * 1000)
        _note_height(member, method, params, result)
        return result

    def _fail(self, member: Member, error: NodeError) -> None:
        member.failed(error.message)
        pause = min(_LONGEST_COOL_DOWN_S, 2.0 ** min(member.faults, 16))
        member.faults += member.rest(pause, EndpointState.FAILING, error.message)
        _log.info("rpc endpoint %s failed: %s", member.name, error)

    def _limit(self, member: Member, error: RpcFaultError) -> None:
        """Leave it alone as long as it asks for, else longer with each refusal in a row."""
        doubled = min(_LONGEST_COOL_DOWN_S, _FIRST_LIMIT_PAUSE_S * 2.0 ** min(member.limits, 16))
        pause = float(error.details.get("retry_after_s", doubled))
        member.limits += member.rest(pause, EndpointState.RATE_LIMITED, error.message)
        _log.info("rpc endpoint %s asks for a pause of %.1f s", member.name, pause)

    async def _verify(self, member: Member) -> None:
        answer = await member.endpoint.request("eth_chainId", [])
        try:
            member.chain_id = int(answer, 16)
        except (TypeError, ValueError) as error:
            raise RpcAnswerError("A network node sent a chain id that is none.") from error
        member.verified = member.chain_id == self._chain_id
        if not member.verified:
            reason = f"It is a server of chain {member.chain_id}; {self._chain_id} is needed."
            member.rest(_OTHER_CHAIN_REST_S, EndpointState.WRONG_CHAIN, reason)
            _log.warning("rpc endpoint %s is of chain %d", member.name, member.chain_id)
            raise self._wrong_network()

    def _is_stale(self, member: Member, method: str, params: Sequence[Any], result: Any) -> bool:
        """Whether this is the newest block of an endpoint that stopped following the chain."""
        if method != "eth_getBlockByNumber" or params[0] != "latest" or len(self._members) == 1:
            return False
        if self._clock.monotonic() < self._trust_heads_until:
            return False
        if self._clock.unix_seconds() - _timestamp(result) > _STALE_HEAD_S:
            reason = "Its newest block is more than a minute old."
        elif member in self._laggards():
            reason = f"It is more than {LAG_LIMIT} blocks behind the others."
        else:
            return False
        member.rest(_LONGEST_COOL_DOWN_S, EndpointState.BEHIND, reason)
        _log.info("rpc endpoint %s is behind the chain", member.name)
        return True

    def _laggards(self) -> list[Member]:
        middle = median_height(self._members)
        if middle is None:
            return []
        return [
            item
            for item in self._members
            if item.height is not None and item.height < middle - LAG_LIMIT
        ]

    def rest_laggards(self) -> None:
        """Leave those alone that are far behind the others, as far as heights are known."""
        reason = f"It is more than {LAG_LIMIT} blocks behind the others."
        for item in self._laggards():
            item.rest(_LONGEST_COOL_DOWN_S, EndpointState.BEHIND, reason)

    def distrust(self, member: Member, reason: str) -> None:
        """Others agree on another answer than this endpoint gave: leave it alone for a minute."""
        _log.warning("rpc endpoint %s disagrees with the others", member.name)
        member.rest(_LONGEST_COOL_DOWN_S, EndpointState.DISAGREES, reason)

    def _is_spared(self, member: Member) -> bool:
        return member.state in (EndpointState.RATE_LIMITED, EndpointState.WRONG_CHAIN)

    def _candidates(self) -> list[Member]:
        """Endpoints in the order to try: the one in use, others, then those that should rest."""
        now = self._clock.monotonic()
        return sorted(
            (item for item in self._members if not self._is_spared(item)),
            key=lambda item: (
                max(item.rest_until - now, 0.0),
                item is not self._current,
                self._members.index(item),
            ),
        )

    def _wrong_network(self) -> NodeError:
        if any(item.state is not EndpointState.WRONG_CHAIN for item in self._members):
            return RpcUnavailableError("A network node belongs to another network.")
        claimed = next((m.chain_id for m in self._members if m.chain_id is not None), 0)
        return WrongNetworkError(
            f"The RPC address belongs to network {claimed}, not to {self._chain_id}.",
            hint="Choose the right network, or another RPC address.",
        )

    async def _broadcast(self, method: str, params: Sequence[Any]) -> Any:
        candidates = (await self._round(self._clock.monotonic() + _TOTAL_S, None))[:BROADCAST_WIDTH]
        if not candidates:
            raise self._wrong_network()
        return await first_success(
            [(item.name, partial(self.ask, item, method, params)) for item in candidates]
        )


def _keep_or_raise(error: NodeError, method: str) -> NodeError:
    """Errors that another endpoint may not have are returned, the others are raised."""
    if isinstance(error, RpcFaultError) and error.fault not in (*_PASSING, *_OWN):
        raise error
    return error


def _note_height(member: Member, method: str, params: Sequence[Any], result: Any) -> None:
    if method not in _HEADS or (method == "eth_getBlockByNumber" and params[0] != "latest"):
        return
    number: Any = result.get("number") if isinstance(result, dict) else result
    try:
        member.saw_height(int(number, 16))
    except (TypeError, ValueError):
        return  # the reader of the answer refuses it


def _timestamp(block: Any) -> int:
    """Time of a block answer; 0 for what is none (the reader of the block refuses it)."""
    try:
        return int(block["timestamp"], 16)
    except (TypeError, KeyError, ValueError):
        return 0


def open_pool(network: Network, client: HttpClient, clock: Clock) -> RpcPool:
    """The pool of a network's endpoints over HTTP. Raises ConfigError when it has none."""
    return RpcPool(
        [HttpRpc(client, url) for url in network.rpc_urls], chain_id=network.chain_id, clock=clock
    )
