"""Explains what is wrong with this node and how to put it right."""

from collections.abc import AsyncGenerator, Awaitable, Callable

from node.core.errors import NodeError, NoWalletError
from node.llm.hardware import free_disk
from node.service.dto import DoctorFinding
from node.service.profile import Profile
from node.service.stack import NetworkStack, StackHolder

CLOCK_WARN_S = 30
MIN_DISK_BYTES = 500 * 1024 * 1024
MIN_GAS_WEI = 10**14


class Doctor:
    """Runs read-only checks. Nothing is changed and nothing is sent."""

    def __init__(self, *, profile: Profile, stacks: StackHolder) -> None:
        self._profile = profile
        self._stacks = stacks

    async def examine(self) -> tuple[DoctorFinding, ...]:
        """All findings; those that are fine as well."""
        return tuple([finding async for finding in self._checks()])

    async def _checks(self) -> AsyncGenerator[DoctorFinding, None]:
        yield self._disk()
        stack = self._stacks.current
        if stack is None:
            yield DoctorFinding(
                name="network",
                ok=True,
                message="No network is chosen; local models work without one.",
            )
            return
        yield await _guarded("chain", lambda: self._chain(stack))
        yield await _guarded("wallet", lambda: self._wallet(stack))
        yield await _guarded("provider", lambda: self._provider(stack))

    def _disk(self) -> DoctorFinding:
        free = free_disk(self._profile.dirs.data)
        return DoctorFinding(
            name="disk",
            ok=free >= MIN_DISK_BYTES,
            message=f"{free // 1024**2} MiB are free for the data folder.",
            hint="" if free >= MIN_DISK_BYTES else "Make room; funds are safe meanwhile.",
        )

    async def _chain(self, stack: NetworkStack) -> DoctorFinding:
        block_time = await stack.chain.market.block_time()
        skew = stack.chain.clock.unix_seconds() - block_time
        ok = -CLOCK_WARN_S <= skew <= 15 * CLOCK_WARN_S
        return DoctorFinding(
            name="chain",
            ok=ok,
            message=f"{stack.network.title} answers; its newest block is {max(skew, 0)} s old.",
            hint=""
            if ok
            else "Set this computer's clock; providers refuse messages that are 5 minutes off.",
        )

    async def _wallet(self, stack: NetworkStack) -> DoctorFinding:
        try:
            address = stack.wallet.address
        except NoWalletError:
            return DoctorFinding(
                name="wallet",
                ok=False,
                message="There is no wallet.",
                hint="Create or import one in the app, or with `mor-cli wallet create`.",
            )
        balances = await stack.chain.market.balances(address)
        enough = balances.eth.base >= MIN_GAS_WEI
        return DoctorFinding(
            name="wallet",
            ok=enough,
            message=f"{address.checksum} holds {balances.mor} and {balances.eth}.",
            hint="" if enough else "Send a little ETH to this wallet; it pays the network fees.",
        )

    async def _provider(self, stack: NetworkStack) -> DoctorFinding:
        if not stack.listening:
            return DoctorFinding(name="provider", ok=True, message="This node hosts nothing.")
        record = await stack.provider_admin.record()
        if record is None or record.is_deleted:
            return DoctorFinding(
                name="provider",
                ok=False,
                message="The provider's port is open, but the wallet is no registered provider.",
                hint="Register with `mor-cli provider register`.",
            )
        pong = await stack.consumer.ping(record.endpoint, stack.wallet.address)
        return DoctorFinding(
            name="provider",
            ok=True,
            message=f"{record.endpoint} answers in {pong.rtt_ms} ms with this wallet's signature.",
        )


async def _guarded(name: str, check: Callable[[], Awaitable[DoctorFinding]]) -> DoctorFinding:
    try:
        return await check()
    except NodeError as error:
        return DoctorFinding(name=name, ok=False, message=error.message, hint=error.hint)
