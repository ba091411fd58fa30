"""One chain per test module, on a clock that stands still unless it is moved."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from node.core.clock import FakeClock
from node.devnet import genesis
from node.devnet.accounts import well_known_accounts
from node.devnet.clock import ChainClock
from node.devnet.control import ChainControl
from node.devnet.evm import SUGGESTED_TIP, Evm
from node.devnet.genesis import GenesisConfig
from node.devnet.params import RpcError, to_hex
from node.devnet.rpc import RpcHandler

START = 1_793_520_000


class LocalChain:
    """The chain without its thread: requests are answered at once."""

    def __init__(self) -> None:
        self.time = FakeClock(START)
        clock = ChainClock(self.time)
        config = GenesisConfig()
        accounts = genesis.genesis_accounts(config)
        self.evm = Evm(chain_id=31337, timestamp=START - 10, accounts=accounts)
        genesis.deploy(self.evm, config, START - 9)
        self.control = ChainControl(self.evm, clock, block_interval_s=1)
        self.rpc = RpcHandler(self.evm, self.control)
        self.accounts = well_known_accounts()

    def ask(self, method: str, *arguments: Any) -> Any:
        return self.rpc.call(method, list(arguments))

    def signed(self, account: int, **changes: Any) -> str:
        """A raw transfer of 1 wei to the spare account, with fields replaced."""
        from eth_account import Account

        holder = self.accounts[account]
        transaction: dict[str, Any] = {
            "type": 2,
            "chainId": 31337,
            "nonce": int(self.ask("eth_getTransactionCount", holder.address.hex, "pending"), 16),
            "to": self.accounts[6].address.checksum,
            "value": 1,
            "gas": 21_000,
            "maxFeePerGas": 10**10,
            "maxPriorityFeePerGas": SUGGESTED_TIP,
            **changes,
        }
        if "gasPrice" in transaction:
            for field in ("type", "maxFeePerGas", "maxPriorityFeePerGas"):
                transaction.pop(field, None)
        return to_hex(
            bytes(Account.sign_transaction(transaction, holder.private_key).raw_transaction)
        )


def error_of(function: Callable[..., Any], *arguments: Any) -> RpcError:
    with pytest.raises(RpcError) as caught:
        function(*arguments)
    return caught.value


@pytest.fixture(scope="module")
def local_chain_of_module() -> Iterator[LocalChain]:
    yield LocalChain()


@pytest.fixture
def chain(local_chain_of_module: LocalChain) -> Iterator[LocalChain]:
    """The module's chain, put back after each test (blocks and pool; time only goes on)."""
    chain = local_chain_of_module
    before = chain.ask("evm_snapshot")
    yield chain
    chain.control.automine = True
    assert chain.ask("evm_revert", before) is True


@pytest.fixture
def ask(chain: LocalChain) -> Callable[..., Any]:
    return chain.ask
