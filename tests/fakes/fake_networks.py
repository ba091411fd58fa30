"""Networks of the fake node, those that the user adds among them."""

from typing import TYPE_CHECKING

from node.core.errors import UserInputError
from node.core.network_rules import name_for
from node.core.web_address import host_only
from node.service.dto import NetworkCheck, NetworkDraft, NetworkView, ServerAnswer
from tests.fakes import sample_data, sample_servers
from tests.fakes.script import Script

if TYPE_CHECKING:
    from tests.fakes.fake_node import World


class FakeNetworks:
    """The part of the system group that is about networks."""

    def __init__(self, script: Script, world: "World") -> None:
        self._script = script
        self._world = world

    async def networks(self) -> tuple[NetworkView, ...]:
        await self._script.enter("system.networks")
        return self._known()

    async def check_network(self, draft: NetworkDraft) -> NetworkCheck:
        await self._script.enter("system.check_network", draft)
        found = [sample_servers.server(url.get_secret_value()) for url in draft.rpc_urls]
        return NetworkCheck(
            servers=tuple(
                ServerAnswer(
                    host=item.host,
                    operator=item.operator,
                    chain_id=draft.chain_id,
                    latency_ms=61,
                    height=1_204,
                )
                for item in found
            ),
            notes=self._world.network_notes,
        )

    async def add_network(self, draft: NetworkDraft) -> NetworkView:
        await self._script.enter("system.add_network", draft)
        added = NetworkView(
            name=draft.name or name_for(draft.title),
            title=draft.title,
            chain_id=draft.chain_id,
            is_demo=False,
            is_test=draft.is_test,
            is_custom=True,
            is_removable=True,
            marketplace=draft.marketplace,
            token=draft.token,
            hosts=tuple(
                host_only(url.get_secret_value()).partition("://")[2] for url in draft.rpc_urls
            ),
        )
        self._world.added.append(added)
        return added

    async def remove_network(self, name: str) -> None:
        await self._script.enter("system.remove_network", name)
        kept = [item for item in self._world.added if item.name != name]
        if len(kept) == len(self._world.added):
            raise UserInputError("This is no network that you added.", code="input.network")
        self._world.added = kept

    def _known(self) -> tuple[NetworkView, ...]:
        return (*sample_data.networks(), *self._world.added)
