"""State of the node's parts, from what is known already: nothing is asked over the network."""

from collections.abc import Sequence

from node.chain.rpc.health import RESTING
from node.core.errors import NodeStoppedError, StorageError
from node.service.api_binding import ApiBinding
from node.service.dto import ComponentHealth
from node.service.profile import Profile
from node.service.stack import NetworkStack, StackHolder
from node.service.vaults import VaultDesk
from node.store.db import Database


class NodeHealth:
    """One line per part; `storage` is the one without which the node is of no use."""

    def __init__(
        self,
        *,
        profile: Profile,
        stacks: StackHolder,
        databases: Sequence[Database],
        api: ApiBinding,
    ) -> None:
        self._profile = profile
        self._stacks = stacks
        self._databases = databases
        self._api = api
        self._vaults = VaultDesk(profile.vault)

    async def components(self) -> tuple[ComponentHealth, ...]:
        stack = self._stacks.current
        parts = [await self._storage(), await self._wallet(stack), self._models(), self._config()]
        if stack is not None:
            parts += [_network(stack), await _rpc(stack)]
            if stack.listening:
                parts.append(_provider(stack))
        if self._api.url:
            parts.append(ComponentHealth(name="api", ok=True, detail=self._api.url))
        return tuple(parts)

    async def _storage(self) -> ComponentHealth:
        for database in self._databases:
            try:
                await database.check()
            except (StorageError, NodeStoppedError) as error:
                return ComponentHealth(name="storage", ok=False, detail=error.message)
        return ComponentHealth(name="storage", ok=True)

    async def _wallet(self, stack: NetworkStack | None) -> ComponentHealth:
        if stack is not None and stack.memory_wallet:
            return ComponentHealth(name="wallet", ok=True, detail="in memory")
        status = await self._vaults.status()
        locked = "locked" if status.locked else "unlocked"
        return ComponentHealth(name="wallet", ok=True, detail=locked if status.address else "none")

    def _models(self) -> ComponentHealth:
        count = len(self._profile.backends.entries())
        return ComponentHealth(name="models", ok=True, detail=f"{count} on this computer")

    def _config(self) -> ComponentHealth:
        """Files that were changed while the node runs and do not fit."""
        faults = [error.message for error in self._profile.config.faults.values()]
        return ComponentHealth(name="config", ok=not faults, detail=" ".join(faults))


def _network(stack: NetworkStack) -> ComponentHealth:
    return ComponentHealth(name="network", ok=stack.keeper.is_connected, detail=stack.network.title)


def _provider(stack: NetworkStack) -> ComponentHealth:
    """What the last check of the own hosting found wrong first, else where it listens."""
    alarm = stack.self_check.alarm
    return ComponentHealth(
        name="provider", ok=alarm is None, detail=alarm.message if alarm else stack.listening
    )


async def _rpc(stack: NetworkStack) -> ComponentHealth:
    if stack.chain.sources.disagreements:
        message = stack.chain.sources.disagreements[0].message
        return ComponentHealth(name="rpc", ok=False, detail=message)
    endpoints = await stack.chain.sources.endpoints()
    usable = [item for item in endpoints if item.state not in RESTING]
    return ComponentHealth(
        name="rpc", ok=bool(usable), detail=f"{len(usable)} of {len(endpoints)} endpoints usable"
    )
