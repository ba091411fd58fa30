"""Which networks there are, by what the settings say: those of the program and of the user."""

from node.chain.networks import (
    DEMO_CHAIN_ID,
    MULTICALL3,
    PRESETS,
    Network,
    chain_title,
    custom_network,
)
from node.core.errors import ConfigError, InvalidAddressError
from node.core.ids import Address
from node.core.settings import NodeSettings, OwnNetwork
from node.core.web_address import host_only
from node.service.dto import NetworkView
from node.service.own_network import network_of

DEMO = "demo"
CUSTOM = "custom"


def start_network(settings: NodeSettings) -> str:
    """The network to open at start: the named one, a custom one from addresses, or none."""
    if settings.network:
        return settings.network
    for network in PRESETS.values():
        if network.chain_id == settings.chain_id and _same_addresses(network, settings):
            return network.key
    return CUSTOM if settings.marketplace_address else ""


def _same_addresses(network: Network, settings: NodeSettings) -> bool:
    """Whether the addresses of the settings, where there are any, are those of the preset."""
    given = (settings.marketplace_address, settings.token_address)
    known = (network.marketplace.hex, network.token.hex)
    return all(not text or text.lower() == own for text, own in zip(given, known, strict=True))


def configured_network(name: str, settings: NodeSettings) -> Network:
    """A preset with the user's endpoints, one the user added with its own, or the custom network
    of the settings.

    Raises:
        ConfigError: unknown name, missing or malformed addresses, another chain id than the
        preset's.
    """
    if name == CUSTOM:
        return _custom(settings)
    added = next((item for item in settings.own_networks if item.name == name), None)
    network = PRESETS.get(name) if added is None else network_of(added)
    if network is None:
        own = [item.name for item in settings.own_networks]
        raise ConfigError(
            f"There is no network “{name[:40]}”.",
            hint=f"Known are {', '.join([DEMO, *PRESETS, CUSTOM, *own])}.",
        )
    if settings.chain_id and settings.chain_id != network.chain_id:
        raise ConfigError(
            f"The settings name chain {settings.chain_id}, but {network.title} is chain"
            f" {network.chain_id}.",
            hint="Remove one of the two.",
        )
    if added is not None:
        return network
    mine = settings.rpc_urls and settings.rpc_network in ("", name)
    return network.with_rpc_urls(settings.rpc_urls) if mine else network


def _custom(settings: NodeSettings) -> Network:
    if not settings.marketplace_address or not settings.token_address or not settings.chain_id:
        raise ConfigError(
            "A network of your own needs a chain id, a marketplace and a token address.",
            hint="Set ETH_NODE_CHAIN_ID, DIAMOND_CONTRACT_ADDRESS and MOR_TOKEN_ADDRESS.",
        )
    network = custom_network(
        chain_id=settings.chain_id,
        marketplace=_address("DIAMOND_CONTRACT_ADDRESS", settings.marketplace_address),
        token=_address("MOR_TOKEN_ADDRESS", settings.token_address),
        rpc_urls=settings.rpc_urls,
        multicall=_address("MULTICALL3_ADDR", settings.multicall_address)
        if settings.multicall_address
        else MULTICALL3,
    )
    return network


def _address(name: str, text: str) -> Address:
    try:
        return Address.parse(text)
    except InvalidAddressError as error:
        raise ConfigError(
            f"{name} is no address: “{text[:60]}”.", hint="It has 0x and 40 hex digits."
        ) from error


def market_title(settings: NodeSettings, chain_id: int, marketplace: Address) -> str:
    """The title of the network that a marketplace belongs to; that of its chain without one."""
    here = (chain_id, marketplace.checksum)
    for entry in settings.own_networks:
        if (entry.chain_id, entry.marketplace) == here:
            return entry.title
    return chain_title(chain_id)


def all_views(settings: NodeSettings, *, start: str) -> tuple[NetworkView, ...]:
    """All networks that can be chosen; the one of addresses alone where the node started with it.

    Raises ConfigError: `start` is that one, and its addresses do not fit.
    """
    demo = NetworkView(name=DEMO, title="Demo", chain_id=DEMO_CHAIN_ID, is_demo=True, is_test=True)
    found = [_reached(network, settings) for network in PRESETS.values()]
    if start == CUSTOM:
        found.append(_custom(settings))
    added = (_added_view(entry) for entry in settings.own_networks)
    return (demo, *(network_view(network) for network in found), *added)


def _reached(network: Network, settings: NodeSettings) -> Network:
    """With the servers that would be used for it; as it is where the settings forbid it."""
    try:
        return configured_network(network.key, settings)
    except ConfigError:
        return network


def _added_view(entry: OwnNetwork) -> NetworkView:
    """Of one that settings forbid as well: without servers, so that it cannot be chosen."""
    try:
        return network_view(network_of(entry))
    except ConfigError:
        return NetworkView(
            name=entry.name,
            title=entry.title,
            chain_id=entry.chain_id,
            is_demo=False,
            is_test=entry.is_test,
            is_custom=True,
            is_removable=True,
            marketplace=entry.marketplace,
            token=entry.token,
        )


def network_view(network: Network) -> NetworkView:
    is_own = network.key not in (DEMO, *PRESETS)
    return NetworkView(
        name=network.key,
        title=network.title,
        chain_id=network.chain_id,
        is_demo=network.key == DEMO,
        is_test=network.is_test,
        is_custom=is_own,
        is_removable=is_own and network.key != CUSTOM,
        explorer=network.explorer_tx,
        marketplace=network.marketplace.checksum,
        token=network.token.checksum,
        hosts=tuple(host_only(url).partition("://")[2] for url in network.rpc_urls),
    )
