"""Several endpoints of one chain behind one `JsonRpc`.

One endpoint serves until it fails, so that reads of one operation see one history. Transport
errors, rate limits, missing blocks and a newest block older than a minute rotate to the next;
reverts and other error answers are final. An endpoint of another chain is dropped for good. Raw
transactions go to up to three endpoints at once.
"""

import asyncio
import logging
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from node.chain.networks import Network
from node.chain.rpc.answers import Fault, RpcFaultError
from node.chain.rpc.endpoint import HttpRpc
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
from node.core.tasks import TaskScope

_ROUNDS = 3
_FIRST_PAUSE_S = 0.3
_LONGEST_COOL_DOWN_S = 60.0
_RATE_LIMIT_COOL_DOWN_S = 10.0
_STALE_HEAD_S = 60
_TOTAL_S = 30.0
_BROADCAST_WIDTH = 3
_PASSING = (Fault.RATE_LIMIT, Fault.MISSING_STATE)
_OWN = (Fault.NO_METHOD, Fault.OTHER)
"""Faults that another endpoint may not have, but that waiting does not heal."""
_STRAGGLER_S = 0.3
_log = logging.getLogger("node.chain.rpc")


class Endpoint(Protocol):
    """A `JsonRpc` with a name that may be shown (no access keys in it)."""

    name: str

    async def request(self, method: str, params: Sequence[Any]) -> Any: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointHealth:
    """What the pool knows of one endpoint.

    `chain_id` is what it claims, None before the first contact.
    """

    name: str
    usable: bool
    in_use: bool
    faults: int
    chain_id: int | None


class _Member:
    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self.chain_id: int | None = None
        self.faults = 0
        self.rest_until = 0.0


class RpcPool:
    """`chain_id` is asked from every endpoint before its first use."""

    def __init__(self, endpoints: Sequence[Endpoint], *, chain_id: int, clock: Clock) -> None:
        if not endpoints:
            raise ConfigError(
                "This network has no RPC address.", hint="Enter one in the settings of the network."
            )
        self._members = [_Member(endpoint) for endpoint in endpoints]
        self._chain_id = chain_id
        self._clock = clock
        self._current = self._members[0]
        self._trust_heads_until = 0.0

    def health(self) -> tuple[EndpointHealth, ...]:
        now = self._clock.monotonic()
        return tuple(
            EndpointHealth(
                name=item.endpoint.name,
                usable=item.rest_until <= now and item.chain_id in (None, self._chain_id),
                in_use=item is self._current,
                faults=item.faults,
                chain_id=item.chain_id,
            )
            for item in self._members
        )

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
            candidates = self._candidates()
            if not candidates:
                raise self._wrong_network()
            for member in candidates:
                try:
                    result = await self._ask(member, method, params)
                    if not self._is_stale(member, method, params, result):
                        return result
                    stale.append(result)
                except (RpcUnavailableError, RpcAnswerError, RpcFaultError) as error:
                    failure = self._keep_or_raise(error)
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

    def _keep_or_raise(self, error: NodeError) -> NodeError:
        """Errors that another endpoint may not have are returned, the others are raised."""
        if isinstance(error, RpcFaultError) and error.fault not in (*_PASSING, *_OWN):
            raise error
        return error

    async def _ask(self, member: _Member, method: str, params: Sequence[Any]) -> Any:
        try:
            if member.chain_id is None and not await self._verify(member):
                raise self._wrong_network()
            result = await member.endpoint.request(method, params)
        except (RpcUnavailableError, RpcAnswerError) as error:
            self._rest(member, min(_LONGEST_COOL_DOWN_S, 2.0 ** min(member.faults, 16)))
            _log.info("rpc endpoint %s failed: %s", member.endpoint.name, error)
            raise
        except RpcFaultError as error:
            if error.fault is Fault.RATE_LIMIT:
                wanted = float(error.details.get("retry_after_s", _RATE_LIMIT_COOL_DOWN_S))
                self._rest(member, min(wanted, _LONGEST_COOL_DOWN_S))
            raise
        member.faults = 0
        self._current = member
        return result

    async def _verify(self, member: _Member) -> bool:
        answer = await member.endpoint.request("eth_chainId", [])
        try:
            member.chain_id = int(answer, 16)
        except (TypeError, ValueError) as error:
            raise RpcAnswerError("A network node sent a chain id that is none.") from error
        if member.chain_id == self._chain_id:
            return True
        _log.warning("rpc endpoint %s is of chain %d", member.endpoint.name, member.chain_id)
        return False

    def _is_stale(self, member: _Member, method: str, params: Sequence[Any], result: Any) -> bool:
        """Whether this is the newest block of an endpoint that stopped following the chain."""
        if method != "eth_getBlockByNumber" or params[0] != "latest" or len(self._members) == 1:
            return False
        if self._clock.monotonic() < self._trust_heads_until:
            return False
        if self._clock.unix_seconds() - _timestamp(result) <= _STALE_HEAD_S:
            return False
        self._rest(member, _LONGEST_COOL_DOWN_S)
        _log.info("rpc endpoint %s is behind the chain", member.endpoint.name)
        return True

    def _rest(self, member: _Member, seconds: float) -> None:
        """Requests that fail together count as one fault."""
        now = self._clock.monotonic()
        member.faults += member.rest_until <= now
        member.rest_until = max(member.rest_until, now + seconds)

    def _candidates(self) -> list[_Member]:
        """Endpoints in the order to try: the one in use, others, then those that should rest."""
        now = self._clock.monotonic()
        right = [item for item in self._members if item.chain_id in (None, self._chain_id)]
        return sorted(
            right,
            key=lambda item: (
                max(item.rest_until - now, 0.0),
                item is not self._current,
                self._members.index(item),
            ),
        )

    def _wrong_network(self) -> NodeError:
        claimed = next((m.chain_id for m in self._members if m.chain_id is not None), 0)
        if any(m.chain_id in (None, self._chain_id) for m in self._members):
            return RpcUnavailableError("A network node belongs to another network.")
        return WrongNetworkError(
            f"The RPC address belongs to network {claimed}, not to {self._chain_id}.",
            hint="Choose the right network, or another RPC address.",
        )

    async def _broadcast(self, method: str, params: Sequence[Any]) -> Any:
        async def send(member: _Member) -> Any:
            try:
                return await self._ask(member, method, params)
            except (RpcUnavailableError, RpcAnswerError, RpcFaultError, RevertedError) as error:
                return error

        candidates = self._candidates()[:_BROADCAST_WIDTH]
        if not candidates:
            raise self._wrong_network()
        async with TaskScope("broadcast") as scope:
            tasks = [scope.spawn(send(item), name=item.endpoint.name) for item in candidates]
            results: list[Any] = []
            for finished in asyncio.as_completed(tasks):
                results.append(await finished)
                if not isinstance(results[-1], NodeError):
                    # The others get a moment to take it over; one node has it already.
                    await asyncio.wait(tasks, timeout=_STRAGGLER_S)
                    return results[-1]
        raise _most_telling(results)


def _timestamp(block: Any) -> int:
    """Time of a block answer; 0 for what is none (the reader of the block refuses it)."""
    try:
        return int(block["timestamp"], 16)
    except (TypeError, KeyError, ValueError):
        return 0


def _most_telling(errors: Sequence[NodeError]) -> NodeError:
    """A node that understood the transaction and refused it knows more than one that did not
    answer.
    """
    final = [item for item in errors if isinstance(item, RpcFaultError | RevertedError)]
    known = [e for e in final if isinstance(e, RpcFaultError) and e.fault is Fault.ALREADY_KNOWN]
    return (known or final or list(errors))[0]


def open_pool(network: Network, client: HttpClient, clock: Clock) -> RpcPool:
    """The pool of a network's endpoints over HTTP. Raises ConfigError when it has none."""
    return RpcPool(
        [HttpRpc(client, url) for url in network.rpc_urls], chain_id=network.chain_id, clock=clock
    )
