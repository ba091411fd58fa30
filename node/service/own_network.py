"""One network of the user's own, from what was entered to what the node opens."""

from dataclasses import replace

from pydantic import SecretStr

from node.chain.networks import (
    DEMO_CHAIN_ID,
    REAL_MONEY_CHAINS,
    Network,
    by_chain_id,
    custom_network,
)
from node.core import network_rules as rules
from node.core.errors import ConfigError, UserInputError
from node.core.ids import Address
from node.core.settings import OwnNetwork
from node.service.dto import NetworkDraft


def network_of(entry: OwnNetwork) -> Network:
    """What a table of the settings describes.

    Raises:
        ConfigError: it claims to be a network of the program, or to be play where money is real.
    """
    known = by_chain_id(entry.chain_id)
    market = Address.parse(entry.marketplace)
    if known is not None and market == known.marketplace:
        raise ConfigError(
            f"This is the marketplace of {known.title}.",
            hint=f"Choose {known.title}; its servers can be changed.",
            details={"field": "marketplace"},
        )
    if entry.is_test and entry.chain_id in REAL_MONEY_CHAINS:
        raise ConfigError(
            f"Chain {entry.chain_id} is no test network.",
            hint="Transactions there cost real money. Say that its money is real.",
            details={"field": "is_test"},
        )
    network = custom_network(
        chain_id=entry.chain_id,
        marketplace=market,
        token=Address.parse(entry.token),
        rpc_urls=entry.rpc_urls,
        multicall=Address.parse(entry.multicall) if entry.multicall else None,
        explorer_tx=_transaction_page(entry.explorer),
        title=entry.title,
    )
    return replace(network, key=entry.name, is_test=entry.is_test)


def entry_of(draft: NetworkDraft, *, multicall: Address | None = None) -> OwnNetwork:
    """What was entered, as the settings keep it.

    Raises:
        UserInputError: a field breaks a rule; `details["field"]` names it.
        ConfigError: as `network_of`.
    """
    title = rules.checked_title(draft.title)
    market = rules.checked_contract("marketplace", draft.marketplace)
    token = rules.checked_contract("token", draft.token)
    if market == token:
        raise UserInputError(
            "Marketplace and token are two contracts.",
            code="input.network",
            details={"field": "token"},
        )
    entry = OwnNetwork(
        name=rules.checked_name(draft.name.strip() or rules.name_for(title)),
        title=title,
        chain_id=rules.checked_chain_id(draft.chain_id),
        marketplace=market.checksum,
        token=token.checksum,
        rpc_urls=rules.checked_servers([_clear(url) for url in draft.rpc_urls]),
        explorer=rules.checked_explorer(draft.explorer),
        is_test=draft.is_test,
        multicall=multicall.checksum if multicall is not None else "",
    )
    network_of(entry)
    return entry


def notes_on(entry: OwnNetwork) -> tuple[str, ...]:
    """What the user should know before it is kept."""
    notes = []
    known = by_chain_id(entry.chain_id)
    if known is not None:
        notes.append(f"This is the chain of {known.title}, with contracts of your own.")
        if entry.token == known.token.checksum:
            notes.append(
                f"It takes the MOR of {known.title}, but is another contract: who made it decides"
                " what becomes of what you lock there."
            )
    if entry.chain_id == DEMO_CHAIN_ID:
        notes.append("Local test chains have this chain id, and so has the demo: it is not that.")
    if not entry.multicall:
        notes.append("The chain has no Multicall3: lists are read one by one, which takes longer.")
    return tuple(notes)


def _transaction_page(explorer: str) -> str:
    if not explorer or "{hash}" in explorer:
        return explorer
    return f"{explorer.removesuffix('/tx')}/tx/{{hash}}"


def _clear(url: SecretStr) -> str:
    return url.get_secret_value()
