"""One wallet's transactions on one chain: implements the port `Transactions`.

Order of use, under `lane()`: `prepare`, persist the bytes, `broadcast`; then `wait`. A nonce is
fixed when the bytes are signed. A stuck transaction is replaced under its own nonce, never followed
by a second one.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Any

from node.chain.fees import Fees, FeeSource, raised
from node.chain.head import ChainHead
from node.chain.networks import Network
from node.chain.outbox import Outbox, Reserved
from node.chain.raw_transaction import hash_of, read_signed
from node.chain.rpc.answers import Fault, RpcFaultError
from node.chain.rpc.quantities import hex_data, hex_quantity, quantity
from node.chain.waiting import ReceiptWaiter
from node.core.clock import Clock
from node.core.errors import (
    ChainError,
    NodeError,
    NotEnoughGasError,
    RevertedError,
    RpcUnavailableError,
    SpendLimitError,
    TxReplacedError,
    WrongNetworkError,
)
from node.core.ids import Address, TxHash
from node.core.ports import (
    Call,
    Intent,
    JsonRpc,
    PreparedTransaction,
    Signer,
    UnsignedTransaction,
)
from node.core.records import Receipt
from node.core.units import Eth, ceil_div

MAX_REPLACEMENTS = 4
_PLAIN_TRANSFER_GAS = 21_000
_log = logging.getLogger("node.chain")


class Lane:
    """Lock of one wallet.

    What was prepared inside and never handed to an endpoint gives its nonce back when the block is
    left by an error.
    """

    def __init__(self, lock: asyncio.Lock, outbox: Outbox, prepared: list[TxHash]) -> None:
        self._lock = lock
        self._outbox = outbox
        self._prepared = prepared

    async def __aenter__(self) -> "Lane":
        await self._lock.acquire()
        self._prepared.clear()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is not None:
            for tx_hash in self._prepared:
                if not self._outbox.is_offered(tx_hash):
                    self._outbox.release(tx_hash)
        self._lock.release()


class WalletTransactions:
    """Make one object per wallet and chain; it holds the lane's lock and the nonces given out."""

    def __init__(
        self,
        rpc: JsonRpc,
        network: Network,
        head: ChainHead,
        clock: Clock,
        *,
        legacy_fees: bool = False,
        may_sign: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """`may_sign` raises while nothing may be signed; it is asked before each signature."""
        self._rpc = rpc
        self._may_sign = may_sign
        self._network = network
        self._head = head
        self._fees = FeeSource(rpc, head, cap=network.fee_cap, legacy=legacy_fees)
        self._outbox = Outbox(clock)
        self._waiter = ReceiptWaiter(rpc, network, head, clock, self._outbox)
        self._lock = asyncio.Lock()
        self._prepared: list[TxHash] = []

    def lane(self) -> Lane:
        """Lock held from prepare to broadcast, so that one intent gets one nonce."""
        return Lane(self._lock, self._outbox, self._prepared)

    async def gas_price(self) -> int:
        """Highest fee per gas (wei) that a transaction sent now would offer."""
        return (await self._fees.current()).highest

    async def estimate_fee(self, call: Call, sender: Address) -> Eth:
        """What the transaction would pay in the next block. Raises RevertedError."""
        fees, gas = await asyncio.gather(self._fees.current(), self._simulate(call, sender))
        return Eth(gas * fees.expected)

    async def highest_fee(self, call: Call, sender: Address) -> Eth:
        """Gas limit times highest price: what `prepare` wants to find in the wallet."""
        fees, gas = await asyncio.gather(self._fees.current(), self._simulate(call, sender))
        return Eth(_limit(gas) * fees.highest)

    async def prepare(
        self, call: Call, signer: Signer, *, nonce: int | None = None
    ) -> PreparedTransaction:
        """Simulate, estimate (plus a fifth), price and sign.

        Raises:
            RevertedError: the contract would refuse the call now.
            NotEnoughGasError: value and fee are above the wallet's ETH.
            SpendLimitError: the fee could exceed the network's cap.
            WrongNetworkError: the endpoint is of another chain.
            SourcesDisagreeError: what the amounts rest on is in doubt.
            RpcUnavailableError: no endpoint answers.
        """
        if self._may_sign is not None:
            await self._may_sign()
        sender = signer.address
        block = await self._head.latest()
        chain_id, fees, balance, gas = await asyncio.gather(
            self._rpc.request("eth_chainId", []),
            self._fees.current(block),
            self._rpc.request("eth_getBalance", [sender.hex, hex_quantity(block.number)]),
            self._simulate(call, sender, block.number),
        )
        self._check_chain(quantity(chain_id))
        limit = _limit(gas)
        if nonce is None:
            nonce = await self._next_free_nonce(sender)
        return self._sign(call, signer, nonce, limit, fees, Eth(quantity(balance)))

    async def _simulate(self, call: Call, sender: Address, block: int | None = None) -> int:
        """Gas the call takes. Raises RevertedError with the contract's reason.

        An estimate runs the call. Where a node says only that it fails, the call itself tells why.
        """
        tag = "latest" if block is None else hex_quantity(block)
        request = {
            "from": sender.hex,
            "to": call.to.hex,
            "data": hex_data(call.data),
            "value": hex_quantity(call.value.base),
        }
        try:
            return quantity(await self._rpc.request("eth_estimateGas", [request]))
        except RpcFaultError as error:
            if error.fault is Fault.INSUFFICIENT_FUNDS:
                raise NotEnoughGasError(
                    "This wallet has not enough ETH for the amount and the network fee."
                ) from error
            await self._rpc.request("eth_call", [request, tag])
            raise
        except RevertedError as error:
            if error.reason == "empty":
                await self._rpc.request("eth_call", [request, tag])
            raise

    async def _next_free_nonce(self, sender: Address) -> int:
        """The chain's pending count, or one more than the last nonce given out here."""
        pending = quantity(
            await self._rpc.request("eth_getTransactionCount", [sender.hex, "pending"])
        )
        for entry in self._outbox.waiting(sender, pending).values():
            if entry.offered:
                # Its first broadcast may have failed; a gap would hold up everything behind it.
                await self._offer_again(entry)
        return max([pending, *(nonce + 1 for nonce in self._outbox.waiting(sender, pending))])

    async def _offer_again(self, entry: Reserved) -> None:
        try:
            await self.broadcast(entry.raw)
        except RpcUnavailableError:
            raise
        except NodeError as error:
            # Refused for good: `broadcast` gave the nonce back.
            _log.info("transaction %s is given up: %s", entry.tx_hash.short, error)

    def _sign(
        self, call: Call, signer: Signer, nonce: int, gas: int, fees: Fees, balance: Eth
    ) -> PreparedTransaction:
        most = Eth(gas * fees.highest)
        self._fees.check_cap(most)
        if balance < call.value + most:
            raise _not_enough(call.value + most - balance)
        legacy = fees.gas_price is not None
        signed = signer.sign_transaction(
            UnsignedTransaction(
                chain_id=self._network.chain_id,
                nonce=nonce,
                to=call.to,
                value=call.value,
                data=call.data,
                gas=gas,
                max_fee_per_gas=None if legacy else fees.max_fee,
                max_priority_fee_per_gas=None if legacy else fees.tip,
                gas_price=fees.gas_price,
            )
        )
        self._outbox.reserve(signer.address, nonce, signed.raw, signed.tx_hash)
        self._prepared.append(signed.tx_hash)
        return PreparedTransaction(call=call, nonce=nonce, signed=signed, max_fee=most)

    async def replace(self, previous: PreparedTransaction, signer: Signer) -> PreparedTransaction:
        """Sign `previous` anew with its nonce and at least 12.5 % higher fees, at most four times.

        Raises:
            SpendLimitError: replaced four times already, or the fee would exceed the cap.
            NotEnoughGasError: the wallet cannot pay the higher fee.
        """
        fields = read_signed(previous.signed.raw)
        return await self._resign(previous.call, fields, fields.gas, signer)

    async def cancel(self, previous: PreparedTransaction, signer: Signer) -> PreparedTransaction:
        """Sign an empty transfer to oneself in the place of `previous`. Raises as `replace`."""
        fields = read_signed(previous.signed.raw)
        call = Call(
            intent=Intent.SEND_ETH,
            to=signer.address,
            data=b"",
            summary="Cancel the waiting transaction",
        )
        return await self._resign(call, fields, _PLAIN_TRANSFER_GAS, signer)

    async def _resign(
        self, call: Call, fields: UnsignedTransaction, gas: int, signer: Signer
    ) -> PreparedTransaction:
        if self._outbox.replacements(signer.address, fields.nonce) >= MAX_REPLACEMENTS:
            raise SpendLimitError(
                "The fee of this transaction was raised four times already.",
                hint="Wait; it stays in the network's queue.",
                code="funds.too_many_replacements",
            )
        if self._may_sign is not None:
            await self._may_sign()
        market, balance = await asyncio.gather(
            self._fees.current(),
            self._rpc.request("eth_getBalance", [signer.address.hex, "latest"]),
        )
        old_fee = fields.max_fee_per_gas or fields.gas_price or 0
        old_tip = fields.max_priority_fee_per_gas or fields.gas_price or 0
        fees = market.at_least(raised(old_fee), raised(old_tip))
        return self._sign(call, signer, fields.nonce, gas, fees, Eth(quantity(balance)))

    async def broadcast(self, raw: bytes) -> TxHash:
        """Send signed bytes; sending the same bytes again is harmless.

        Raises:
            WrongNetworkError: the bytes are signed for another chain.
            TxReplacedError: the nonce was used by another transaction.
            NotEnoughGasError: the endpoint says that the wallet cannot pay.
            RpcUnavailableError: no endpoint took or refused it; it may still have arrived.
            ChainError: the endpoint refused for another reason.
        """
        tx_hash = hash_of(raw)
        self._check_chain(read_signed(raw).chain_id)
        self._outbox.mark_offered(tx_hash)
        try:
            await self._rpc.request("eth_sendRawTransaction", [hex_data(raw)])
        except RpcFaultError as error:
            if error.fault is Fault.ALREADY_KNOWN:
                return tx_hash
            if error.fault is Fault.NONCE_TOO_LOW and await self.is_known(tx_hash):
                return tx_hash
            if error.fault in (Fault.RATE_LIMIT, Fault.MISSING_STATE):
                # No verdict on the transaction: the nonce stays with these bytes.
                raise RpcUnavailableError("The network nodes have no time at present.") from error
            self._outbox.release(tx_hash)
            raise _refused(error) from error
        return tx_hash

    async def receipt(self, tx_hash: TxHash) -> Receipt | None:
        return await self._waiter.receipt(tx_hash)

    async def wait(self, tx_hash: TxHash, *, timeout_s: float) -> Receipt:
        """Wait until the transaction, or one signed here to replace it, is mined.

        Raises:
            TxStuckError: not mined in time; it may still be.
            TxReplacedError: its nonce was used by a transaction that is not ours.
            RevertedError: mined but refused by the contract.
        """
        return await self._waiter.wait(tx_hash, timeout_s=timeout_s)

    async def next_nonce(self, sender: Address) -> int:
        """Transactions of `sender` that are mined (block tag `latest`)."""
        return await self._waiter.mined_count(sender)

    async def is_known(self, tx_hash: TxHash) -> bool:
        """Whether the network has the transaction, mined or waiting."""
        answer: Any = await self._rpc.request("eth_getTransactionByHash", [tx_hash.hex])
        return answer is not None

    def give_up(self, tx_hash: TxHash) -> None:
        """The bytes are not sent again from here; their nonce goes to the next transaction."""
        self._outbox.release(tx_hash)

    def _check_chain(self, chain_id: int) -> None:
        if chain_id != self._network.chain_id:
            raise WrongNetworkError(
                f"This belongs to network {chain_id}, not to {self._network.title}.",
                hint="Nothing was sent. Choose the right network or another RPC address.",
            )


def _limit(gas: int) -> int:
    """A fifth above the estimate; a plain transfer takes what it takes."""
    return gas if gas == _PLAIN_TRANSFER_GAS else ceil_div(gas * 6, 5)


def _not_enough(missing: Eth) -> NotEnoughGasError:
    return NotEnoughGasError(
        f"This wallet needs {missing} more for the network fee.",
        details={"missing_wei": str(missing.base)},
    )


def _refused(error: RpcFaultError) -> ChainError | NotEnoughGasError:
    if error.fault is Fault.NONCE_TOO_LOW:
        return TxReplacedError("Another transaction of this wallet took the place of this one.")
    if error.fault is Fault.INSUFFICIENT_FUNDS:
        return NotEnoughGasError("This wallet has not enough ETH for the network fee.")
    return error
