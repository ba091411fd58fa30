"""Networks of the user's own: tried, kept, changed and forgotten."""

import asyncio
from collections.abc import Sequence

from node.chain.network_probe import ProbedChain, probe_chain
from node.chain.networks import MULTICALL3, by_chain_id
from node.chain.rpc.endpoint import HttpRpc
from node.chain.rpc.sources import operator_of
from node.core.errors import ChainError, UserInputError
from node.core.http_client import HttpClient, open_http_client
from node.core.ids import Address
from node.core.network_rules import checked_servers, same_looks
from node.core.settings import OwnNetwork
from node.core.tasks import all_of
from node.service.dto import NetworkCheck, NetworkDraft, NetworkView, ServerAnswer
from node.service.network_choice import network_view
from node.service.network_switch import NetworkSwitch
from node.service.own_network import entry_of, network_of, notes_on
from node.service.settings_book import SettingsBook
from node.service.stack import StackHolder
from node.store.chain_holdings import held_on
from node.store.db import Database

ANSWER_TIME_S = 3.0
PROBE_TIME_S = 8.0
"""For all questions to one server: one that answers each of them late is of no use."""
_TABLES = "own_networks"
_MISSING = {"marketplace": "no contract", "token": "no token"}


class NetworkBook:
    """`journal` is that of all networks but the demo."""

    def __init__(
        self, *, stacks: StackHolder, switch: NetworkSwitch, book: SettingsBook, journal: Database
    ) -> None:
        self._stacks = stacks
        self._switch = switch
        self._book = book
        self._journal = journal

    def has(self, name: str) -> bool:
        return any(item.name == name for item in self._book.current.own_networks)

    async def check(self, draft: NetworkDraft) -> NetworkCheck:
        """Raises UserInputError or ConfigError, as `SystemApi.check_network`."""
        _entry, check = await self._checked(draft)
        return check

    async def add(self, draft: NetworkDraft) -> NetworkView:
        """Raises as `check`; then nothing is kept."""
        entry, _check = await self._checked(draft)
        self._refuse_twice(entry)
        self._keep((*self._stored(), entry))
        return network_view(network_of(entry))

    async def remove(self, name: str) -> None:
        """Raises UserInputError, as `SystemApi.remove_network`."""
        async with self._switch.switching:
            await self._remove(name)

    async def _remove(self, name: str) -> None:
        entry = next((item for item in self._stored() if item.name == name), None)
        if entry is None:
            raise UserInputError(
                f"“{name[:40]}” is no network that you added.",
                hint="Those of the program and of the environment cannot be removed.",
                code="input.network",
            )
        current = self._stacks.current
        if current is not None and current.network.key == name:
            raise UserInputError(
                f"{entry.title} is in use.",
                hint="Choose another network first.",
                code="network.in_use",
            )
        await self._refuse_open(entry)
        self._keep(tuple(item for item in self._stored() if item.name != name), gone=name)

    async def change_servers(self, name: str, urls: Sequence[str]) -> None:
        """Try `urls`, and keep them as the servers of the network `name`.

        Raises UserInputError, as `check`; then nothing has changed.
        """
        servers = checked_servers(urls)
        entries = {item.name: item for item in self._book.current.own_networks}
        await _all_probed(entries[name].model_copy(update={"rpc_urls": servers}))
        self._keep(
            tuple(
                item.model_copy(update={"rpc_urls": servers}) if item.name == name else item
                for item in self._stored()
            )
        )

    # --- inside ---

    def _stored(self) -> tuple[OwnNetwork, ...]:
        """Those of the file, which may have been changed by hand meanwhile."""
        found: tuple[OwnNetwork, ...] = self._book.stored(_TABLES)
        return found

    def _keep(self, entries: Sequence[OwnNetwork], *, gone: str = "") -> None:
        changes: dict[str, object] = {_TABLES: [_table(item) for item in entries]}
        if gone and self._book.stored("network") == gone:
            changes["network"] = ""
        self._book.save(changes)

    def _refuse_twice(self, entry: OwnNetwork) -> None:
        for other in self._stored():
            field = ""
            if same_looks(other.name) == same_looks(entry.name):
                field = "name"
            elif same_looks(other.title) == same_looks(entry.title):
                field = "title"
            elif (other.chain_id, other.marketplace) == (entry.chain_id, entry.marketplace):
                field = "marketplace"
            if field:
                raise UserInputError(
                    f"This is taken by “{other.title}”, which you added before.",
                    hint="Choose another one, or remove that network.",
                    code="input.network",
                    details={"field": field},
                )

    async def _refuse_open(self, entry: OwnNetwork) -> None:
        held = await held_on(self._journal, entry.chain_id, Address.parse(entry.marketplace))
        # Transactions belong to a chain: another network of the same chain looks after them.
        others = [item for item in self._stored() if item.name != entry.name]
        is_only = by_chain_id(entry.chain_id) is None and all(
            item.chain_id != entry.chain_id for item in others
        )
        waiting = held.transactions if is_only else 0
        if held.sessions or waiting:
            what = " and ".join(
                f"{count} {word}{'s' * (count > 1)}"
                for count, word in ((held.sessions, "session"), (waiting, "transaction"))
                if count
            )
            raise UserInputError(
                f"{entry.title} still has something open: {what}.",
                hint="Choose it, close its sessions and wait for its transactions.",
                code="network.open",
            )

    async def _checked(self, draft: NetworkDraft) -> tuple[OwnNetwork, NetworkCheck]:
        entry = entry_of(draft)
        self._refuse_twice(entry)
        found = await _all_probed(entry)
        if all(chain.multicall for _answer, chain in found):
            entry = entry_of(draft, multicall=MULTICALL3)
        return entry, NetworkCheck(servers=tuple(item for item, _ in found), notes=notes_on(entry))


def _table(entry: OwnNetwork) -> dict[str, object]:
    values = entry.model_dump(exclude_defaults=True)
    return {**values, "rpc_urls": list(entry.rpc_urls), "is_test": entry.is_test}


async def _all_probed(entry: OwnNetwork) -> list[tuple[ServerAnswer, ProbedChain]]:
    async with open_http_client(read_timeout_s=ANSWER_TIME_S) as client:
        return await all_of(*(_probed(client, url, entry) for url in entry.rpc_urls))


async def _probed(
    client: HttpClient, url: str, entry: OwnNetwork
) -> tuple[ServerAnswer, ProbedChain]:
    endpoint = HttpRpc(client, url, timeout_s=ANSWER_TIME_S)
    market, token = Address.parse(entry.marketplace), Address.parse(entry.token)
    try:
        async with asyncio.timeout(PROBE_TIME_S):
            found = await probe_chain(endpoint, entry.chain_id, market, token)
    except (ChainError, TimeoutError) as error:
        raise _refused(
            "rpc_urls", f"{endpoint.name} does not answer as a node of a chain."
        ) from error
    _refuse_other(found, entry, endpoint.name)
    return (
        ServerAnswer(
            host=endpoint.name,
            operator=operator_of(endpoint.name),
            chain_id=found.chain_id,
            latency_ms=found.latency_ms,
            height=found.height,
        ),
        found,
    )


def _refuse_other(found: ProbedChain, entry: OwnNetwork, host: str) -> None:
    if found.chain_id != entry.chain_id:
        raise _refused(
            "rpc_urls",
            f"This server is not {entry.title}: {host} belongs to network {found.chain_id}, not to"
            f" {entry.chain_id}.",
        )
    for field in found.missing:
        raise _refused(field, f"At this address {host} knows {_MISSING[field]}.")
    if found.token is None:
        raise _refused("marketplace", f"At this address {host} knows no Morpheus marketplace.")
    if found.token.checksum != entry.token:
        raise _refused("token", f"The marketplace takes another token: {found.token.checksum}.")
    if found.decimals != 18:
        raise _refused("token", "At this address is no token that counts like MOR, in 18 decimals.")


def _refused(field: str, message: str) -> UserInputError:
    code = "input.rpc_url" if field == "rpc_urls" else "input.network"
    return UserInputError(message, hint="Nothing was changed.", code=code, details={"field": field})
