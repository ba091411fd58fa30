"""One wallet's transactions on one chain: implements the port `Transactions`.

Order of use, under `lane()`: `prepare`, persist the bytes, `broadcast`; then `wait`. A nonce is
fixed when the bytes are signed. A stuck transaction is replaced under its own nonce, never followed
by a second one.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from node.chain import finality
from node.chain.fees import Fees, check_caps, raised, within
from node.chain.head import ChainHead
from node.chain.lane import Lane
from node.chain.networks import Network
from node.chain.outbox import Outbox, Reserved
from node.chain.raw_transaction import hash_of, read_signed
from node.chain.rpc.answers import Fault, RpcFaultError
from node.chain.rpc.quantities import hex_data
from node.chain.rpc.quorum import Quorum
from node.chain.signing_reads import SigningReads
from node.chain.simulation import PLAIN_TRANSFER_GAS, with_margin
from node.chain.waiting import ReceiptWaiter
from node.core.clock import Clock
from node.core.errors import (
    ChainError,
    NodeError,
    NotEnoughGasError,
    RpcUnavailableError,
    SpendLimitError,
    TxReplacedError,
    WalletLockedError,
)
from node.core.ids import Address, TxHash
from node.core.ports import (
    Call,
    FeeTier,
    Intent,
    JsonRpc,
    PreparedTransaction,
    SignedTransaction,
    Signer,
    Speed,
    UnsignedTransaction,
)
from node.core.records import Receipt
from node.core.units import Eth

MAX_REPLACEMENTS = 4
_NO_VERDICT = (Fault.RATE_LIMIT, Fault.MISSING_STATE, Fault.TOO_LARGE, Fault.NO_METHOD)
"""Refusals that say nothing about the transaction: it may have arrived all the same."""
_log = logging.getLogger("node.chain")


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
        quorum: Quorum | None = None,
    ) -> None:
        """`may_sign` raises while nothing may be signed; it is asked before each signature. With a
        `quorum` everything that is signed rests on the word of two sources.
        """
        self._rpc = rpc
        self._may_sign = may_sign
        self._network = network
        self._reads = SigningReads(
            rpc, network, head, clock, quorum=quorum, legacy_fees=legacy_fees
        )
        self._outbox = Outbox(clock)
        self._waiter = ReceiptWaiter(rpc, network, head, clock, self._outbox, self._reads)
        self._lock = asyncio.Lock()
        self._prepared: list[TxHash] = []

    def lane(self) -> Lane:
        """Lock held from prepare to broadcast, so that one intent gets one nonce."""
        return Lane(self._lock, self._outbox, self._prepared)

    async def gas_price(self) -> int:
        """Highest fee per gas (wei) that a transaction sent now would offer."""
        return (await self._reads.market()).fees().highest

    async def fee_tiers(self) -> tuple[FeeTier, ...]:
        """Slow, normal and fast, as the last twenty blocks suggest."""
        return (await self._reads.market()).tiers(self._network.block_seconds)

    async def data_fee(self, calldata: bytes) -> Eth:
        """What an OP-stack network charges on top for publishing a call of the marketplace."""
        return await self._reads.data_fee(self._network.marketplace, Eth(0), calldata)

    async def estimate_fee(self, call: Call, sender: Address, speed: Speed = "normal") -> Eth:
        """What the transaction would pay in the next block. Raises RevertedError."""
        found = await self._reads.estimate(call, sender)
        return Eth(found.gas * found.market.fees(speed).expected) + found.data_fee

    async def highest_fee(self, call: Call, sender: Address, speed: Speed = "normal") -> Eth:
        """Gas limit times highest price, and the fee for data: what `prepare` wants to find."""
        found = await self._reads.estimate(call, sender)
        return Eth(with_margin(found.gas) * found.market.fees(speed).highest) + found.data_fee

    async def prepare(
        self,
        call: Call,
        signer: Signer,
        *,
        nonce: int | None = None,
        speed: Speed = "normal",
        most: Eth | None = None,
    ) -> PreparedTransaction:
        """Simulate, estimate (plus a fifth), price and sign; for at most the fee that was agreed.

        Raises:
            RevertedError: the contract would refuse the call now.
            NotEnoughGasError: value and fee are above the wallet's ETH.
            SpendLimitError: the fee could exceed the network's cap, five times the usual one, or
            `most`.
            WrongNetworkError: the endpoint is of another chain.
            ConfigError: the network's contracts are not there.
            SourcesDisagreeError: what is signed would rest on doubtful facts.
            RpcUnavailableError: no endpoint answers.
        """
        await self._require_agreement()
        sender = signer.address
        ground, found = await asyncio.gather(
            self._reads.ground(call, sender), self._reads.estimate(call, sender)
        )
        if nonce is None:
            nonce = await self._next_free_nonce(sender, ground.mined, found.pending)
        _require_account(signer, sender)
        gas, fees = with_margin(found.gas), found.market.fees(speed)
        fees = within(fees, gas, found.data_fee, most, fees.expected)
        return self._sign(call, signer, nonce, gas, fees, ground.balance, found.data_fee)

    async def _require_agreement(self) -> None:
        if self._may_sign is not None:
            await self._may_sign()

    async def _next_free_nonce(self, sender: Address, mined: int, pending: int) -> int:
        """The lowest number that no transaction has, in blocks, on its way or signed here.

        Not simply one above the highest: a block that vanished may have left a gap, and nothing
        behind a gap is ever mined.
        """
        counted = max(mined, pending)
        for entry in self._outbox.waiting(sender, counted).values():
            if entry.offered:
                # Its first broadcast may have failed; a gap would hold up everything behind it.
                await self._offer_again(entry)
        taken = self._outbox.waiting(sender, counted)
        while counted in taken:
            counted += 1
        return counted

    async def _offer_again(self, entry: Reserved) -> None:
        try:
            await self.broadcast(entry.raw)
        except RpcUnavailableError:
            raise
        except NodeError as error:
            # Refused for good: `broadcast` gave the nonce back.
            _log.info("transaction %s is given up: %s", entry.tx_hash.short, error)

    def _sign(
        self,
        call: Call,
        signer: Signer,
        nonce: int,
        gas: int,
        fees: Fees,
        balance: Eth,
        data_fee: Eth,
    ) -> PreparedTransaction:
        most = Eth(gas * fees.highest) + data_fee
        check_caps(fees, most, self._network.fee_cap)
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

    async def replacement_fee(self, raw: bytes, *, cancel: bool) -> tuple[Eth, Eth]:
        """Most that `raw` may cost, and most that its replacement would."""
        fields = read_signed(raw)
        fees, charge = await self._raised(fields, cancel=cancel)
        gas = PLAIN_TRANSFER_GAS if cancel else fields.gas
        old = Eth(fields.gas * _fee_of(fields))
        return old, Eth(gas * fees.highest) + charge

    async def replace(
        self, previous: PreparedTransaction, signer: Signer, *, most: Eth | None = None
    ) -> PreparedTransaction:
        """Sign `previous` anew with its nonce and at least 12.5 % higher fees, at most four times.

        Raises:
            SpendLimitError: replaced four times already, or the fee would exceed a cap or `most`.
            NotEnoughGasError: the wallet cannot pay the higher fee.
        """
        return await self._resign(previous.call, previous.signed.raw, signer, most, cancel=False)

    async def cancel(
        self, previous: PreparedTransaction, signer: Signer, *, most: Eth | None = None
    ) -> PreparedTransaction:
        """Sign an empty transfer to oneself in the place of `previous`. Raises as `replace`."""
        call = Call(
            intent=Intent.CANCEL,
            to=signer.address,
            data=b"",
            summary=f"Cancel: {previous.call.summary}",
        )
        return await self._resign(call, previous.signed.raw, signer, most, cancel=True)

    async def _resign(
        self, call: Call, raw: bytes, signer: Signer, most: Eth | None, *, cancel: bool
    ) -> PreparedTransaction:
        fields = read_signed(raw)
        self._reads.check_chain(fields.chain_id)
        sender = signer.address
        if self._outbox.replacements(sender, fields.nonce) >= MAX_REPLACEMENTS:
            raise SpendLimitError(
                "The fee of this transaction was raised four times already.",
                hint="Wait; it stays in the network's queue.",
                code="funds.too_many_replacements",
            )
        await self._require_agreement()
        (fees, charge), balance = await asyncio.gather(
            self._raised(fields, cancel=cancel), self._reads.balance(sender)
        )
        _require_account(signer, sender)
        gas = PLAIN_TRANSFER_GAS if cancel else fields.gas
        fees = within(fees, gas, charge, most, raised(_fee_of(fields)))
        return self._sign(call, signer, fields.nonce, gas, fees, balance, charge)

    async def _raised(self, fields: UnsignedTransaction, *, cancel: bool) -> tuple[Fees, Eth]:
        """Fees that take the place of `fields`, and what publishing the new bytes costs."""
        market, charge = await asyncio.gather(
            self._reads.market(),
            self._reads.data_fee(fields.to, fields.value, b"" if cancel else fields.data),
        )
        old_tip = fields.max_priority_fee_per_gas or fields.gas_price or 0
        return market.fees("fast").at_least(raised(_fee_of(fields)), raised(old_tip)), charge

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
        self._reads.check_chain(read_signed(raw).chain_id)
        self._outbox.mark_offered(tx_hash)
        try:
            await self._rpc.request("eth_sendRawTransaction", [hex_data(raw)])
        except RpcFaultError as error:
            if error.fault is Fault.ALREADY_KNOWN:
                return tx_hash
            if error.fault is Fault.NONCE_TOO_LOW and await self.is_known(tx_hash):
                return tx_hash
            if error.fault in _NO_VERDICT:
                # No verdict on the transaction: the nonce stays with these bytes.
                raise RpcUnavailableError("The network nodes have no time at present.") from error
            self._outbox.release(tx_hash)
            raise _refused(error) from error
        return tx_hash

    def remember(self, sender: Address, nonce: int, signed: Sequence[SignedTransaction]) -> None:
        """Bytes signed earlier for a nonce, oldest first; the newest hold it until they are mined
        or given up.
        """
        self._outbox.remember(sender, nonce, signed)

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
        """Transactions of `sender` that are mined."""
        return await self._reads.mined_count(sender)

    async def free_nonce(self, sender: Address) -> int:
        """The lowest number that no transaction known to the network has, waiting ones included."""
        return await self._reads.counted(sender)

    def calldata(self, raw: bytes) -> bytes:
        """Calldata of signed bytes. Raises UserInputError for what is no transaction."""
        return read_signed(raw).data

    async def is_known(self, tx_hash: TxHash) -> bool:
        """Whether the network has the transaction, mined or waiting."""
        answer: Any = await self._rpc.request("eth_getTransactionByHash", [tx_hash.hex])
        return answer is not None

    def give_up(self, tx_hash: TxHash) -> None:
        """The bytes are not sent again from here; their nonce goes to the next transaction."""
        self._outbox.release(tx_hash)

    async def final_block(self) -> int:
        """Highest block that no reorganisation is expected to take away."""
        return await finality.final_block(self._reads)

    async def block_hash(self, number: int) -> bytes | None:
        """Hash of the block of this number now, None while there is none."""
        return await finality.block_hash(self._reads, number)

    @property
    def seen_block(self) -> int:
        """Number of the newest block seen so far; asks nobody."""
        return self._reads.seen_block


def _fee_of(fields: UnsignedTransaction) -> int:
    """The most per gas that these bytes offer."""
    return fields.max_fee_per_gas or fields.gas_price or 0


def _require_account(signer: Signer, sender: Address) -> None:
    """The user may choose another account while the chain is asked: its key signs nothing here."""
    if signer.address != sender:
        raise WalletLockedError(
            "Another account was chosen meanwhile. Nothing was signed.",
            hint=f"Choose {sender.checksum} again to go on with it.",
            code="wallet.account_changed",
        )


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
