"""Networks as data: chain id, contract addresses, RPC endpoints and explorer pages.

Chain id and addresses are pinned: an endpoint of another chain is never used, and nothing is signed
for an address that is not written here or entered by the user as a custom network.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from node.core.errors import ConfigError
from node.core.ids import Address, TxHash
from node.core.network_rules import MAX_CHAIN_ID
from node.core.units import Eth
from node.core.web_address import checked_rpc_url

MULTICALL3 = Address.parse("0xcA11bde05977b3631167028862bE2a173976CA11")
"""The address Multicall3 has on all public networks."""
GAS_PRICE_ORACLE = Address.parse("0x420000000000000000000000000000000000000F")
"""Predeploy of all OP-stack networks."""
DEMO_CHAIN_ID = 31337
FEE_CAP = Eth(2 * 10**15)
"""Most ETH one transaction may cost on a public network (0.002 ETH)."""
_DEMO_FEE_CAP = Eth(10**17)
REAL_MONEY_CHAINS = frozenset(
    (1, 10, 56, 100, 130, 137, 146, 324, 480, 5000, 8453, 42161, 42220, 43114, 59144, 534352)
)
"""Well-known chains whose coins are sold for money; nobody may call them test networks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """One chain with one marketplace.

    `explorer_tx` holds `{hash}`, or is empty without an explorer.

    `multicall` None: the chain has no Multicall3, lists are read call by call. `log_range` is the
    number of blocks one log query may cover. `block_seconds` is the usual time between blocks.
    `data_fee_oracle` tells on OP-stack networks what the first layer charges for a transaction's
    bytes.
    """

    key: str
    title: str
    chain_id: int
    marketplace: Address
    token: Address
    multicall: Address | None = MULTICALL3
    rpc_urls: tuple[str, ...] = ()
    explorer_tx: str = ""
    explorer_api: str = ""
    fee_cap: Eth = FEE_CAP
    data_fee_oracle: Address | None = None
    block_seconds: float = 2.0
    log_range: int = 2000
    is_test: bool = False
    is_legacy: bool = False

    def transaction_page(self, tx_hash: TxHash) -> str:
        """Address of the explorer's page of a transaction, empty without an explorer."""
        return self.explorer_tx.replace("{hash}", tx_hash.hex)

    def with_rpc_urls(self, urls: Sequence[str]) -> "Network":
        """The same network over other endpoints.

        Raises ConfigError for an address we do not connect to.
        """
        return replace(self, rpc_urls=tuple(checked_rpc_url(url) for url in urls))


def demo_network(
    *,
    marketplace: Address,
    token: Address,
    multicall: Address | None = MULTICALL3,
    rpc_urls: Sequence[str] = (),
) -> Network:
    """The demo chain, whose addresses are known once it runs."""
    return Network(
        key="demo",
        title="Demo",
        chain_id=DEMO_CHAIN_ID,
        marketplace=marketplace,
        token=token,
        multicall=multicall,
        rpc_urls=tuple(checked_rpc_url(url) for url in rpc_urls),
        fee_cap=_DEMO_FEE_CAP,
        block_seconds=1.0,
        log_range=10_000,
        is_test=True,
    )


def custom_network(
    *,
    chain_id: int,
    marketplace: Address,
    token: Address,
    rpc_urls: Sequence[str],
    multicall: Address | None = MULTICALL3,
    explorer_tx: str = "",
    title: str = "Custom",
) -> Network:
    """A network the user entered.

    For a known chain id the preset gives explorer and public endpoints.

    Raises:
        ConfigError: no endpoint, an endpoint we do not connect to, or a chain id that is none.
    """
    if not 0 < chain_id <= MAX_CHAIN_ID:
        raise ConfigError("A chain id is a number above 0.")
    known = by_chain_id(chain_id)
    urls = tuple(checked_rpc_url(url) for url in rpc_urls)
    if not urls and known is not None:
        urls = known.rpc_urls
    if not urls:
        raise ConfigError(
            "This network needs an RPC address.", hint="Enter one in the settings of the network."
        )
    local = chain_id == DEMO_CHAIN_ID
    return Network(
        key="custom",
        title=title,
        chain_id=chain_id,
        marketplace=marketplace,
        token=token,
        multicall=multicall,
        rpc_urls=urls,
        explorer_tx=explorer_tx or (known.explorer_tx if known else ""),
        explorer_api=known.explorer_api if known else "",
        data_fee_oracle=known.data_fee_oracle if known else None,
        fee_cap=_DEMO_FEE_CAP if local else FEE_CAP,
        is_test=local or (known.is_test if known else False),
    )


BASE = Network(
    key="base",
    title="Base",
    chain_id=8453,
    marketplace=Address.parse("0x6aBE1d282f72B474E54527D93b979A4f64d3030a"),
    token=Address.parse("0x7431aDa8a591C955a994a21710752EF9b882b8e3"),
    rpc_urls=(
        "https://mainnet.base.org",
        "https://base-rpc.publicnode.com",
        "https://1rpc.io/base",
        "https://base.llamarpc.com",
        "https://base-mainnet.public.blastapi.io",
        "https://base.public.blockpi.network/v1/rpc/public",
        "https://base.lava.build",
    ),
    explorer_tx="https://basescan.org/tx/{hash}",
    explorer_api="https://base.blockscout.com/api/v2",
    data_fee_oracle=GAS_PRICE_ORACLE,
)
BASE_SEPOLIA = Network(
    key="base-sepolia",
    title="Base Sepolia",
    chain_id=84532,
    marketplace=Address.parse("0x6e4d0B775E3C3b02683A6F277Ac80240C4aFF930"),
    token=Address.parse("0x5C80Ddd187054E1E4aBBfFCD750498e81d34FfA3"),
    rpc_urls=(
        "https://sepolia.base.org",
        "https://base-sepolia-rpc.publicnode.com",
        "https://base-sepolia.drpc.org",
        "https://base-sepolia.gateway.tenderly.co",
        "https://base-sepolia.therpc.io",
        "https://base-sepolia.blockpi.network/v1/rpc/public",
    ),
    explorer_tx="https://sepolia.basescan.org/tx/{hash}",
    explorer_api="https://base-sepolia.blockscout.com/api/v2",
    data_fee_oracle=GAS_PRICE_ORACLE,
    is_test=True,
)
ARBITRUM = Network(
    key="arbitrum",
    title="Arbitrum One (historic)",
    chain_id=42161,
    marketplace=Address.parse("0xDE819AaEE474626E3f34Ef0263373357e5a6C71b"),
    token=Address.parse("0x092bAaDB7DEf4C3981454dD9c0A0D7FF07bCFc86"),
    explorer_tx="https://arbiscan.io/tx/{hash}",
    explorer_api="https://api.arbiscan.io/api",
    block_seconds=0.25,
    is_legacy=True,
)

PRESETS: Mapping[str, Network] = MappingProxyType(
    {network.key: network for network in (BASE, BASE_SEPOLIA, ARBITRUM)}
)


def by_chain_id(chain_id: int) -> Network | None:
    """The preset of a chain id, None for a chain that has none."""
    return next((item for item in PRESETS.values() if item.chain_id == chain_id), None)


def chain_title(chain_id: int) -> str:
    """The name of a chain for people; its number where it has none."""
    known = by_chain_id(chain_id)
    if known is not None:
        return known.title
    return "a local chain" if chain_id == DEMO_CHAIN_ID else f"chain {chain_id}"
