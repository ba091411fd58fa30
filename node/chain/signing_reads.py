"""What must be known before anything is signed, from several sources where the network has them.

Facts of one block (balance, nonce, code, what a call returns) need two equal answers. Figures in
which honest nodes differ (gas, fees, the count of waiting transactions) are the middle of three.
"""

import asyncio
from dataclasses import dataclass
from statistics import median_low

from node.chain.agreed import AgreedReads
from node.chain.cache import TimedCache
from node.chain.data_fee import data_fee
from node.chain.fees import FeeMarket, middle_market, read_market
from node.chain.head import Block, ChainHead
from node.chain.networks import Network
from node.chain.receipts import read_receipt
from node.chain.rpc.quantities import data, hex_quantity, quantity
from node.chain.rpc.quorum import Quorum
from node.chain.rpc.sources import NEEDED
from node.chain.simulation import gas_of, output_of
from node.core.clock import Clock
from node.core.errors import ConfigError, WrongNetworkError
from node.core.ids import Address, TxHash
from node.core.ports import Call, JsonRpc
from node.core.records import Receipt
from node.core.units import Eth

CODE_AGE_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Facts of one block: the wallet's ETH, its mined transactions, and what the call returns."""

    chain_id: int
    balance: Eth
    mined: int
    output: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """Gas without margin, the fees of the moment, what publishing the bytes costs, and how many
    transactions of the wallet the nodes know, waiting ones included.
    """

    gas: int
    market: FeeMarket
    data_fee: Eth
    pending: int


class SigningReads(AgreedReads):
    """`quorum` None: the endpoint in use answers alone."""

    def __init__(
        self,
        rpc: JsonRpc,
        network: Network,
        head: ChainHead,
        clock: Clock,
        *,
        quorum: Quorum | None = None,
        legacy_fees: bool = False,
    ) -> None:
        super().__init__(rpc, head, quorum)
        self._network = network
        self._legacy = legacy_fees
        self._code: TimedCache[bool] = TimedCache(clock, CODE_AGE_S)

    async def ground(self, call: Call, sender: Address) -> Ground:
        """Facts before a signature.

        Raises:
            RevertedError, NotEnoughGasError: the call would fail.
            WrongNetworkError: the sources are of another chain.
            ConfigError: no contract at the network's addresses.
            SourcesDisagreeError: the sources tell different facts; `details` has both.
        """

        async def read(rpc: JsonRpc, at: Block) -> Ground:
            tag = hex_quantity(at.number)
            chain_id, balance, mined, output = await asyncio.gather(
                rpc.request("eth_chainId", []),
                rpc.request("eth_getBalance", [sender.hex, tag]),
                rpc.request("eth_getTransactionCount", [sender.hex, tag]),
                output_of(rpc, call, sender, tag),
            )
            return Ground(
                chain_id=quantity(chain_id),
                balance=Eth(quantity(balance)),
                mined=quantity(mined),
                output=output,
            )

        subject = "your ETH, your transactions or this call"
        key = f"ground {sender.hex} {call.to.hex} {call.data.hex()}"
        found, _ = await asyncio.gather(self.agreed(key, subject, read), self.require_contracts())
        self.check_chain(found.chain_id)
        return found

    def check_chain(self, chain_id: int) -> None:
        """Raises WrongNetworkError."""
        if chain_id != self._network.chain_id:
            raise WrongNetworkError(
                f"This belongs to network {chain_id}, not to {self._network.title}.",
                hint="Nothing was sent. Choose the right network or another RPC address.",
            )

    async def require_contracts(self) -> None:
        """Marketplace and token have code; looked up once a minute. Raises ConfigError."""

        async def read(rpc: JsonRpc, at: Block) -> bool:
            tag = hex_quantity(at.number)
            codes = await asyncio.gather(
                *(
                    rpc.request("eth_getCode", [address.hex, tag])
                    for address in (self._network.marketplace, self._network.token)
                )
            )
            return all(data(code) for code in codes)

        async def load() -> bool:
            found = await self.agreed("contracts", "the network's contracts", read)
            if not found:
                raise ConfigError(
                    f"The contracts of {self._network.title} are not on this chain.",
                    hint="Nothing was sent. Check the addresses in the settings of the network.",
                    code="config.no_contract",
                )
            return found

        await self._code.get("contracts", load)

    async def estimate(self, call: Call, sender: Address) -> Estimate:
        """What the call would take now. Raises RevertedError, NotEnoughGasError."""

        async def read(rpc: JsonRpc, at: Block) -> Estimate:
            tag = hex_quantity(at.number)
            gas, market, charge, pending = await asyncio.gather(
                gas_of(rpc, call, sender, tag),
                read_market(rpc, legacy=self._legacy),
                data_fee(rpc, self._network, call.to, call.value, call.data, tag),
                rpc.request("eth_getTransactionCount", [sender.hex, "pending"]),
            )
            return Estimate(gas=gas, market=market, data_fee=charge, pending=quantity(pending))

        said = await self.each(read)
        return Estimate(
            gas=median_low(item.gas for item in said),
            market=middle_market([item.market for item in said]),
            data_fee=Eth(median_low(item.data_fee.base for item in said)),
            pending=median_low(item.pending for item in said),
        )

    async def market(self) -> FeeMarket:
        """The fees of the moment."""

        async def read(rpc: JsonRpc, at: Block) -> FeeMarket:
            return await read_market(rpc, legacy=self._legacy)

        return middle_market(await self.each(read))

    async def data_fee(self, to: Address, value: Eth, calldata: bytes) -> Eth:
        """What publishing a transaction costs; 0 where that is free."""

        async def read(rpc: JsonRpc, at: Block) -> int:
            tag = hex_quantity(at.number)
            return (await data_fee(rpc, self._network, to, value, calldata, tag)).base

        if self._network.data_fee_oracle is None:
            return Eth(0)
        return Eth(median_low(await self.each(read)))

    async def balance(self, owner: Address) -> Eth:
        async def read(rpc: JsonRpc, at: Block) -> int:
            tag = hex_quantity(at.number)
            return quantity(await rpc.request("eth_getBalance", [owner.hex, tag]))

        return Eth(await self.agreed(f"eth {owner.hex}", "your ETH", read))

    async def mined_count(self, sender: Address) -> int:
        """Transactions of `sender` that are in blocks."""

        async def read(rpc: JsonRpc, at: Block) -> int:
            tag = hex_quantity(at.number)
            return quantity(await rpc.request("eth_getTransactionCount", [sender.hex, tag]))

        return await self.agreed(f"nonce {sender.hex}", "your transactions", read)

    async def counted(self, sender: Address) -> int:
        """Transactions of `sender` in blocks and, without a gap, waiting behind them."""

        async def read(rpc: JsonRpc, at: Block) -> int:
            return quantity(await rpc.request("eth_getTransactionCount", [sender.hex, "pending"]))

        said, mined = await asyncio.gather(self.each(read), self.mined_count(sender))
        return max(mined, median_low(said))

    async def receipt(self, tx_hash: TxHash) -> Receipt | None:
        """The receipt that two sources give; None while there is none. Raises RpcAnswerError.

        Not at one block: of two sources that are a block apart only one has it yet.
        """

        async def read(rpc: JsonRpc, at: Block) -> Receipt | None:
            answer = await rpc.request("eth_getTransactionReceipt", [tx_hash.hex])
            return None if answer is None else read_receipt(answer, tx_hash, self._network)

        said = await self.each(read)
        needed = 1 if self._quorum is None else NEEDED
        return next((item for item in said if said.count(item) >= needed), None)
