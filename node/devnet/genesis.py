"""Block 0 and the deployment: which code lies where, with which parameters.

Contracts are put into the genesis state as runtime code, the marketplace is then set up by
ordinary transactions of its owner, all in block 1. Addresses are the same on every demo network:
token and marketplace where a fresh deployer's first two contracts would lie, Multicall3 and the
delegate registry where they are on all public networks.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from node.core.ids import Address
from node.core.keccak import keccak256
from node.core.units import MAX_UINT256, SECONDS_PER_DAY
from node.devnet.accounts import CONSUMER, FUNDING, OWNER, well_known_accounts
from node.devnet.artifacts import artifact
from node.devnet.evm import Evm, GenesisAccount
from node.devnet.params import RpcError

TOKEN_ADDRESS = Address.parse("0x5FbDB2315678afecb367f032d93F642f64180aa3")
MARKETPLACE_ADDRESS = Address.parse("0xe7f1725E7734CE288F8367e1Bb143E90bb3F0512")
MULTICALL_ADDRESS = Address.parse("0xcA11bde05977b3631167028862bE2a173976CA11")
REGISTRY_ADDRESS = Address.parse("0x00000000000000447e69651d841bD8D104Bed493")

#: Implementations behind the marketplace's address, where the deployer's next contracts would lie.
FACETS: Mapping[str, Address] = {
    "RegistryFacet": Address.parse("0x9fE46736679d2D9a65F0992F2272dE9f3c7fa6e0"),
    "BidFacet": Address.parse("0xCf7Ed3AccA5a467e9e704C703E8D87F634fB0Fc9"),
    "SessionFacet": Address.parse("0xDc64a140Aa3E981100a9becA4E685f962f0cF6C9"),
}

_WEI = 10**18
MOR_SUPPLY = 42_000_000 * _WEI
_SETUP_GAS = 8_000_000
_TRANSFER_GAS = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """One pool of the emission schedule; rewards in base units per interval of seconds."""

    initial_reward: int
    reward_decrease: int
    payout_start: int
    decrease_interval: int

    def as_tuple(self) -> tuple[int, int, int, int]:
        return (
            self.initial_reward,
            self.reward_decrease,
            self.payout_start,
            self.decrease_interval,
        )


_PAYOUT_START = 1_707_393_600
_BIG = Pool(
    initial_reward=3456 * _WEI,
    reward_decrease=592_558_728_240_000_000,
    payout_start=_PAYOUT_START,
    decrease_interval=SECONDS_PER_DAY,
)
_SMALL = Pool(
    initial_reward=576 * _WEI,
    reward_decrease=98_759_788_040_000_000,
    payout_start=_PAYOUT_START,
    decrease_interval=SECONDS_PER_DAY,
)
#: The public network's schedule; the fourth pool pays for compute.
MAINNET_POOLS = (_BIG, _BIG, _BIG, _BIG, _SMALL)


def _default_mor() -> dict[int, int]:
    amounts = {account.index: 10_000 * _WEI for account in well_known_accounts()}
    amounts[FUNDING] = 1_000_000 * _WEI
    amounts[CONSUMER] = amounts[CONSUMER + 1] = 1_000 * _WEI
    del amounts[OWNER]
    return amounts


def _default_eth() -> dict[int, int]:
    amounts = {account.index: 1_000 * _WEI for account in well_known_accounts()}
    amounts[CONSUMER] = amounts[CONSUMER + 1] = _WEI
    return amounts


@dataclass(frozen=True, slots=True, kw_only=True)
class GenesisConfig:
    """Parameters of the marketplace (those of Base) and who owns what, by account index.

    Amounts in base units, prices in base units per second. The owner holds the rest of the supply.
    """

    provider_min_stake: int = _WEI // 10
    model_min_stake: int = _WEI // 10
    bid_fee: int = _WEI // 10
    min_price: int = 10**13
    max_price: int = 10**16
    max_session_s: int = 7 * SECONDS_PER_DAY
    pools: tuple[Pool, ...] = MAINNET_POOLS
    mor: Mapping[int, int] = field(default_factory=_default_mor)
    eth: Mapping[int, int] = field(default_factory=_default_eth)


def genesis_accounts(config: GenesisConfig) -> dict[bytes, GenesisAccount]:
    """State of block 0: the contracts' code, ETH as configured, the whole supply at the owner."""
    accounts = well_known_accounts()
    state = {
        accounts[index].address.raw: GenesisAccount(balance=balance)
        for index, balance in config.eth.items()
    }
    code: dict[Address, str] = {
        MARKETPLACE_ADDRESS: "Diamond",
        MULTICALL_ADDRESS: "Multicall",
        REGISTRY_ADDRESS: "DelegateRegistry",
        **{address: name for name, address in FACETS.items()},
    }
    for address, name in code.items():
        state[address.raw] = GenesisAccount(code=artifact(name).code, nonce=1)
    owner = accounts[OWNER].address
    state[TOKEN_ADDRESS.raw] = GenesisAccount(
        code=artifact("Token").code,
        nonce=1,
        storage={_balance_slot(owner): MOR_SUPPLY, 2: MOR_SUPPLY},
    )
    return state


def _balance_slot(holder: Address) -> int:
    """Slot of a holder's balance: the mapping is the token's first variable."""
    return int.from_bytes(keccak256(holder.raw.rjust(32, b"\0") + bytes(32)), "big")


def deploy(evm: Evm, config: GenesisConfig, timestamp: int) -> None:
    """Set the marketplace up and hand out the MOR, in block 1.

    Raises:
        RpcError: a set-up transaction failed (a fault of the contracts).
    """
    accounts = well_known_accounts()
    owner = accounts[OWNER]
    hashes = [
        evm.sign_and_submit(
            owner.private_key, to=MARKETPLACE_ADDRESS.raw, calldata=calldata, gas=_SETUP_GAS
        )
        for calldata in _setup_calls(config)
    ]
    token = artifact("Token")
    for index, amount in config.mor.items():
        calldata = token.call("transfer(address,uint256)", accounts[index].address.raw, amount)
        hashes.append(
            evm.sign_and_submit(
                owner.private_key, to=TOKEN_ADDRESS.raw, calldata=calldata, gas=_TRANSFER_GAS
            )
        )
    approve = token.call("approve(address,uint256)", MARKETPLACE_ADDRESS.raw, MAX_UINT256)
    hashes.append(
        evm.sign_and_submit(
            accounts[FUNDING].private_key,
            to=TOKEN_ADDRESS.raw,
            calldata=approve,
            gas=_TRANSFER_GAS,
        )
    )
    mine_all(evm, hashes, timestamp)


def mine_all(evm: Evm, hashes: list[bytes], timestamp: int) -> None:
    """Mine until all of `hashes` are in blocks and successful.

    Raises:
        RpcError: one of them failed or cannot be mined.
    """
    while any(tx_hash not in evm.receipts for tx_hash in hashes):
        if not evm.mine(timestamp, only=hashes).transactions:
            raise RpcError(-32603, "a set-up transaction cannot be mined")
    for tx_hash in hashes:
        if evm.receipts[tx_hash]["status"] != "0x1":
            raise RpcError(-32603, f"the set-up transaction 0x{tx_hash.hex()} failed")


def _setup_calls(config: GenesisConfig) -> list[bytes]:
    diamond = artifact("Diamond")
    registry = artifact("RegistryFacet")
    bids = artifact("BidFacet")
    sessions = artifact("SessionFacet")
    table = [
        (address.raw, 0, list(artifact(name).selectors.values()))
        for name, address in FACETS.items()
    ]
    funding = well_known_accounts()[FUNDING].address
    pools = [pool.as_tuple() for pool in config.pools]
    return [
        diamond.call("__LumerinDiamond_init()"),
        diamond.call("diamondCut((address,uint8,bytes4[])[])", table),
        registry.call("__ProviderRegistry_init()"),
        registry.call("__ModelRegistry_init()"),
        bids.call(
            "__Marketplace_init(address,uint256,uint256)",
            TOKEN_ADDRESS.raw,
            config.min_price,
            config.max_price,
        ),
        sessions.call(
            "__SessionRouter_init(address,uint128,(uint256,uint256,uint128,uint128)[])",
            funding.raw,
            config.max_session_s,
            pools,
        ),
        registry.call("__Delegation_init(address)", REGISTRY_ADDRESS.raw),
        registry.call("providerSetMinStake(uint256)", config.provider_min_stake),
        registry.call("modelSetMinStake(uint256)", config.model_min_stake),
        bids.call("setMarketplaceBidFee(uint256)", config.bid_fee),
    ]
