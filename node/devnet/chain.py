"""The demo chain as the rest of the node sees it: asynchronous, one worker thread behind it."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self, TypeVar

from node.core.clock import Clock
from node.core.errors import InternalError, NodeStoppedError, UserInputError
from node.core.ids import Address
from node.core.units import Mor, UnixSeconds, next_midnight
from node.devnet import genesis, params
from node.devnet.accounts import FUNDING, OWNER, DemoAccount, well_known_accounts
from node.devnet.artifacts import artifact
from node.devnet.clock import ChainClock
from node.devnet.control import ChainControl
from node.devnet.evm import Evm
from node.devnet.genesis import GenesisConfig
from node.devnet.params import RpcError
from node.devnet.rpc import RpcHandler

CHAIN_ID = 31337
#: Networks where play money must never be taken for real: Ethereum, Base, Arbitrum and their tests.
PUBLIC_CHAIN_IDS = frozenset({1, 8453, 84532, 42161, 421614})

#: Block 0 lies this far in the past, so that the set-up's blocks do not run ahead of the clock.
_HEAD_START_S = 10

T = TypeVar("T")
_log = logging.getLogger("node.devnet")


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountCall:
    """A call that a well-known account sends."""

    account: DemoAccount
    to: Address
    data: bytes


class Devnet:
    """A running demo chain. `await Devnet.start()`, then `aclose()`, or `async with` on the result.

    All EVM work happens in one thread of its own, one request after the other, so callers may ask
    from any task without blocking the event loop.
    """

    def __init__(
        self, *, executor: ThreadPoolExecutor, evm: Evm, clock: ChainClock, block_interval_s: float
    ) -> None:
        self._executor = executor
        self._evm = evm
        self._control = ChainControl(evm, clock, block_interval_s=block_interval_s)
        self._rpc = RpcHandler(evm, self._control)
        self._closed = False
        self.clock = clock
        """Shows the chain's time; give it to everything that signs or counts down."""

    @classmethod
    async def start(
        cls,
        *,
        clock: Clock | None = None,
        chain_id: int = CHAIN_ID,
        config: GenesisConfig | None = None,
        block_interval_s: float = 1.0,
        allow_public_chain_id: bool = False,
    ) -> Self:
        """Make the chain with its contracts deployed and its accounts funded.

        `allow_public_chain_id` exists for tests that replay signatures of another network.

        Raises:
            UserInputError: `chain_id` belongs to a public network.
        """
        if chain_id in PUBLIC_CHAIN_IDS and not allow_public_chain_id:
            raise UserInputError(
                f"Chain id {chain_id} belongs to a public network; the demo must not use it.",
                hint=f"Use {CHAIN_ID}.",
                code="devnet.public_chain_id",
            )
        chain_clock = ChainClock(clock)
        executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="devnet")
        try:
            evm = await asyncio.get_running_loop().run_in_executor(
                executor, _create, chain_id, config or GenesisConfig(), chain_clock
            )
        except BaseException:
            executor.shutdown(wait=False)
            raise
        return cls(executor=executor, evm=evm, clock=chain_clock, block_interval_s=block_interval_s)

    async def aclose(self) -> None:
        """Stop the worker thread. Safe to call twice; nothing is kept."""
        if self._closed:
            return
        self._closed = True
        await asyncio.get_running_loop().run_in_executor(None, self._executor.shutdown)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()

    # ------------------------------------------------------------ what is where

    @property
    def chain_id(self) -> int:
        return self._evm.chain_id

    @property
    def marketplace_address(self) -> Address:
        return genesis.MARKETPLACE_ADDRESS

    @property
    def token_address(self) -> Address:
        return genesis.TOKEN_ADDRESS

    @property
    def multicall_address(self) -> Address:
        return genesis.MULTICALL_ADDRESS

    @property
    def registry_address(self) -> Address:
        return genesis.REGISTRY_ADDRESS

    @property
    def accounts(self) -> tuple[DemoAccount, ...]:
        """Well-known accounts with their (public) keys, by index."""
        return well_known_accounts()

    # ------------------------------------------------------------ requests

    async def request(
        self, method: str, params: Sequence[Any] = (), *, request_id: Any = 1
    ) -> dict[str, Any]:
        """One JSON-RPC 2.0 call; the answer has `result` or `error`, never both. Never raises for
        what the caller asked."""
        return await self._work(self._answer, method, params, request_id)

    async def handle(self, payload: Any) -> dict[str, Any] | list[dict[str, Any]] | None:
        """Answer a parsed JSON-RPC body: one request or a batch. None when nothing is to be sent
        (only notifications)."""
        if isinstance(payload, list):
            if not payload:
                return _error(None, params.INVALID_REQUEST, "empty batch")
            answers = [await self._handle_one(item) for item in payload]
            return [answer for answer in answers if answer is not None] or None
        return await self._handle_one(payload)

    async def _handle_one(self, item: Any) -> dict[str, Any] | None:
        if not isinstance(item, dict) or not isinstance(item.get("method"), str):
            return _error(None, params.INVALID_REQUEST, "invalid request")
        arguments = item.get("params", [])
        identifier = item.get("id")
        if not isinstance(identifier, str | int | float | None):
            return _error(None, params.INVALID_REQUEST, "invalid id")
        if not isinstance(arguments, list):
            return _error(identifier, params.INVALID_PARAMS, "params: a list is expected")
        answer = await self.request(item["method"], arguments, request_id=identifier)
        return answer if "id" in item else None

    def _answer(self, method: str, arguments: Sequence[Any], identifier: Any) -> dict[str, Any]:
        try:
            result = self._rpc.call(method, arguments)
        except RpcError as error:
            return {"jsonrpc": "2.0", "id": identifier, "error": error.as_json()}
        except Exception:
            # One bad request must not end the chain; the cause is in the log.
            _log.exception("the demo chain failed in %s", method)
            return _error(identifier, params.INTERNAL, "internal error")
        return {"jsonrpc": "2.0", "id": identifier, "result": result}

    async def _work(self, function: Callable[..., T], *arguments: Any) -> T:
        if self._closed:
            raise NodeStoppedError("The demo network is stopped.")
        return await asyncio.get_running_loop().run_in_executor(
            self._executor, function, *arguments
        )

    # ------------------------------------------------------------ time

    @property
    def timestamp(self) -> UnixSeconds:
        """The chain's time now. Blocks made in one second are a second apart, so that the newest
        one may be ahead of the clock.
        """
        return UnixSeconds(max(self.clock.unix_seconds(), self._evm.head.header.timestamp))

    async def advance_to(self, timestamp: int) -> None:
        """Move the time to `timestamp` (seconds) and make a block there; the past is refused.

        Raises:
            UserInputError: `timestamp` lies before the chain's time.
        """
        if timestamp < self.timestamp:
            raise UserInputError("The demo's time can only be moved forward.")
        self.clock.advance_to(timestamp)
        await self.mine()

    async def skip_to_midnight(self) -> None:
        """Go to the next midnight UTC, when stakes on hold become free."""
        await self.advance_to(next_midnight(self.timestamp))

    def set_speed(self, speed: int) -> None:
        """Chain seconds per real second, for example 60."""
        self.clock.set_speed(speed)

    async def mine(self) -> None:
        """Make a block now."""
        await self._work(self._control.mine)

    # ------------------------------------------------------------ set-up and faults

    async def transact(
        self, calls: Sequence[AccountCall], *, gas: int = 1_000_000
    ) -> list[dict[str, Any]]:
        """Sign and mine calls of well-known accounts, all in one block; returns their receipts.

        Calls of one account keep their order.

        Raises:
            InternalError: one of them failed.
        """
        return await self._work(self._transact, calls, gas)

    def _transact(self, calls: Sequence[AccountCall], gas: int) -> list[dict[str, Any]]:
        try:
            hashes = [
                self._evm.sign_and_submit(
                    call.account.private_key, to=call.to.raw, calldata=call.data, gas=gas
                )
                for call in calls
            ]
            genesis.mine_all(self._evm, hashes, self.clock.unix_seconds())
        except RpcError as error:
            raise InternalError(f"The demo network refused its set-up: {error.message}") from error
        return [self._evm.receipts[tx_hash] for tx_hash in hashes]

    async def hold_transactions(self, hold: bool) -> None:
        """Let transactions wait unmined ("stuck") until this is called with False."""
        await self._work(self._control.set_automine, not hold)

    async def treasury(self) -> Mor:
        """MOR of the funding account that pays providers."""
        return await self._mor_of(self.accounts[FUNDING])

    async def empty_treasury(self) -> None:
        """Take all MOR from the funding account: closes that pay a provider are refused from now
        on."""
        amount = await self.treasury()
        if amount:
            await self._move(self.accounts[FUNDING], self.accounts[OWNER], amount)

    async def refill_treasury(self, amount: Mor = Mor(1_000_000 * 10**18)) -> None:  # noqa: B008
        """Bring the funding account to `amount` of MOR; more than that is left as it is."""
        missing = amount.base - (await self.treasury()).base
        if missing > 0:
            await self._move(self.accounts[OWNER], self.accounts[FUNDING], Mor(missing))

    async def _move(self, sender: DemoAccount, receiver: DemoAccount, amount: Mor) -> None:
        calldata = artifact("Token").call(
            "transfer(address,uint256)", receiver.address.raw, amount.base
        )
        call = AccountCall(account=sender, to=self.token_address, data=calldata)
        await self.transact([call], gas=100_000)

    async def _mor_of(self, account: DemoAccount) -> Mor:
        calldata = artifact("Token").call("balanceOf(address)", account.address.raw)
        call: Mapping[str, str] = {
            "to": self.token_address.hex,
            "data": params.to_hex(calldata),
        }
        answer = await self.request("eth_call", [call, "latest"])
        if "error" in answer:
            raise InternalError(f"The demo token cannot be read: {answer['error']['message']}")
        return Mor(int(answer["result"], 16))


def _create(chain_id: int, config: GenesisConfig, clock: ChainClock) -> Evm:
    start = clock.unix_seconds() - _HEAD_START_S
    evm = Evm(chain_id=chain_id, timestamp=start, accounts=genesis.genesis_accounts(config))
    genesis.deploy(evm, config, start + 1)
    return evm


def _error(identifier: Any, code: int, message: str) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": identifier, "error": {"code": code, "message": message}}
