"""The user's own chain servers: checked before they are used, in use without a restart."""

import asyncio
from collections.abc import Sequence

from pydantic import SecretStr

from node.chain.networks import PRESETS
from node.chain.rpc.endpoint import HttpRpc
from node.chain.rpc.sources import MIN_OPERATORS, operator_of
from node.core.errors import ConfigError, NodeError, NotSupportedError, UserInputError
from node.core.http_client import HttpClient, open_http_client
from node.core.tasks import all_of
from node.core.web_address import host_only
from node.service.dto import RpcServer, RpcServers, ServerAnswer
from node.service.network_book import NetworkBook
from node.service.network_switch import NetworkSwitch
from node.service.settings_book import SettingsBook
from node.service.stack import NetworkStack, StackHolder

ANSWER_TIME_S = 2.0
MAX_ADDRESSES = 16
_FIELD, _NETWORK = "rpc_urls", "rpc_network"


class RpcChoice:
    """Changes the RPC addresses of the network in use."""

    def __init__(
        self,
        *,
        stacks: StackHolder,
        switch: NetworkSwitch,
        book: SettingsBook,
        networks: NetworkBook,
    ) -> None:
        self._networks = networks
        self._stacks = stacks
        self._switch = switch
        self._book = book

    def servers(self) -> RpcServers:
        """The addresses in force; nothing without a network and for the demo."""
        stack = self._stacks.current
        if stack is None or stack.demo is not None:
            return RpcServers()
        network = stack.network
        preset = PRESETS.get(network.key)
        public = preset.rpc_urls if preset is not None else ()
        return RpcServers(
            servers=tuple(_server(url) for url in network.rpc_urls),
            public=tuple(_server(url) for url in public),
            own=network.rpc_urls != public,
            fixed=self._is_fixed(network.key),
            quorum_from=MIN_OPERATORS,
            disagreement=next((error.message for error in stack.chain.sources.disagreements), ""),
        )

    async def check(self, url: str) -> ServerAnswer:
        """Ask the server at `url` for its chain and its newest block. Nothing is saved.

        Raises:
            ConfigError: no address. UserInputError: as `use`. NoTargetError: no network is chosen.
        """
        stack = self._stacks.require()
        async with open_http_client(read_timeout_s=ANSWER_TIME_S) as client:
            return await _ask(client, url.strip(), stack)

    async def use(self, urls: Sequence[str]) -> None:
        """Save `urls` and reach the network through them; none: the public ones again.

        Raises:
            ConfigError: fixed by a flag or the environment (code `config.fixed`), no address, or a
                network without public ones.
            UserInputError: an address does not answer within 2 s, or belongs to another network
                (code `input.rpc_url`). Nothing has changed.
            NotSupportedError: the demo has no RPC addresses. NoTargetError: no network is chosen.
        """
        stack = self._stacks.require()
        if stack.demo is not None:
            raise NotSupportedError(
                "The demo network has no RPC address.",
                hint="Choose another network first.",
                code="node.no_network",
            )
        if self._is_fixed(stack.network.key):
            raise ConfigError(
                "The RPC address is fixed by ETH_NODE_ADDRESS or a flag of this start.",
                hint="Start the node without it to change it here.",
                code="config.fixed",
            )
        if self._networks.has(stack.network.key):
            await self._networks.change_servers(stack.network.key, urls)
        else:
            await self._use_instead_of_public(tuple(urls), stack)
        await self._switch.reopen()

    async def _use_instead_of_public(self, urls: Sequence[str], stack: NetworkStack) -> None:
        wanted = tuple(dict.fromkeys(url.strip() for url in urls))
        if len(wanted) > MAX_ADDRESSES:
            raise UserInputError(f"At most {MAX_ADDRESSES} addresses are used.")
        async with open_http_client(read_timeout_s=ANSWER_TIME_S) as client:
            await all_of(*(_ask(client, url, stack) for url in wanted))
        self._switch.check(wanted)
        self._book.save({_FIELD: wanted, _NETWORK: stack.network.key if wanted else ""})

    def _is_fixed(self, network: str) -> bool:
        """Servers of a start are not those of a network that was added: it keeps its own."""
        return not self._networks.has(network) and self._book.is_fixed(_FIELD)


async def _ask(client: HttpClient, url: str, stack: NetworkStack) -> ServerAnswer:
    endpoint = HttpRpc(client, url, timeout_s=ANSWER_TIME_S)
    loop, chain_id = asyncio.get_running_loop(), stack.chain.market.chain_id
    try:
        found = int(await endpoint.request("eth_chainId", []), 16)
        if found != chain_id:
            raise _refused(
                f"This server is not {stack.network.title}: {endpoint.name} belongs to network"
                f" {found}, not to {chain_id}."
            )
        began = loop.time()
        height = int(await endpoint.request("eth_blockNumber", []), 16)
    except UserInputError:
        raise
    except (NodeError, TypeError, ValueError) as error:
        raise _refused(f"{endpoint.name} does not answer as a node of a chain.") from error
    return ServerAnswer(
        host=endpoint.name,
        operator=operator_of(endpoint.name),
        chain_id=found,
        latency_ms=round((loop.time() - began) * 1000),
        height=height,
    )


def _server(url: str) -> RpcServer:
    host = host_only(url).partition("://")[2]
    return RpcServer(url=SecretStr(url), host=host, operator=operator_of(host))


def _refused(message: str) -> UserInputError:
    return UserInputError(message, hint="Nothing was changed.", code="input.rpc_url")
