"""The user's own chain servers: checked before they are used, in use without a restart."""

import asyncio
from collections.abc import Sequence

from node.chain.rpc.endpoint import HttpRpc
from node.core.errors import ConfigError, NodeError, NotSupportedError, UserInputError
from node.core.http_client import HttpClient, open_http_client
from node.service.network_switch import NetworkSwitch
from node.service.settings_book import SettingsBook
from node.service.stack import StackHolder

ANSWER_TIME_S = 2.0
MAX_ADDRESSES = 16
_FIELD = "rpc_urls"


class RpcChoice:
    """Changes the RPC addresses of the network in use."""

    def __init__(self, *, stacks: StackHolder, switch: NetworkSwitch, book: SettingsBook) -> None:
        self._stacks = stacks
        self._switch = switch
        self._book = book

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
        if self._book.is_fixed(_FIELD):
            raise ConfigError(
                "The RPC address is fixed by ETH_NODE_ADDRESS or a flag of this start.",
                hint="Start the node without it to change it here.",
                code="config.fixed",
            )
        wanted = tuple(dict.fromkeys(url.strip() for url in urls))
        if len(wanted) > MAX_ADDRESSES:
            raise UserInputError(f"At most {MAX_ADDRESSES} addresses are used.")
        await self._check_all(wanted, stack.chain.market.chain_id)
        self._switch.check(wanted)
        self._book.save({_FIELD: wanted})
        await self._switch.reopen()

    async def _check_all(self, urls: Sequence[str], chain_id: int) -> None:
        async with open_http_client(read_timeout_s=ANSWER_TIME_S) as client:
            await asyncio.gather(*(_check(client, url, chain_id) for url in urls))


async def _check(client: HttpClient, url: str, chain_id: int) -> None:
    endpoint = HttpRpc(client, url, timeout_s=ANSWER_TIME_S)
    try:
        answer = await endpoint.request("eth_chainId", [])
        found = int(answer, 16)
    except (NodeError, TypeError, ValueError) as error:
        raise _refused(f"{endpoint.name} does not answer as a node of a chain.") from error
    if found != chain_id:
        raise _refused(f"{endpoint.name} belongs to network {found}, not to {chain_id}.")


def _refused(message: str) -> UserInputError:
    return UserInputError(message, hint="Nothing was changed.", code="input.rpc_url")
