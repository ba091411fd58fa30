"""Speeds up or cancels a waiting transaction: another one under its own nonce.

Which of the two counts is decided by the chain: it takes exactly one of a nonce. Both outcomes are
told before, and both leave the journal true.
"""

from dataclasses import dataclass, replace
from typing import Literal

from node.core.errors import (
    FundsError,
    NodeError,
    RpcAnswerError,
    RpcUnavailableError,
    TxReplacedError,
    UserInputError,
)
from node.core.faults import fault_point
from node.core.ids import TxHash
from node.core.log import get_logger
from node.core.ports import EMPTY_INTENTS, Call, Intent, PreparedTransaction, SignedTransaction
from node.core.units import Eth
from node.router.access import ChainAccess, WalletAccess
from node.router.sending import TransactionSender
from node.store.journal_records import TxRecord, TxStatus

Verb = Literal["speed_up", "cancel"]
MAX_SIGNED = 5
"""So often one nonce is signed for: the first time and four replacements."""
_log = get_logger("node.router.replacing")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplacePlan:
    """`fee` is the most the replacement may cost, `old_fee` the most the present one may."""

    record: TxRecord
    verb: Verb
    fee: Eth
    old_fee: Eth


def can_replace(record: TxRecord) -> bool:
    """Whether the two verbs may be offered: it waits, and nothing waits in its place already."""
    return record.is_pending and record.replaced_by is None


class TransactionReplacer:
    """Replaces transactions of one wallet on one chain."""

    def __init__(
        self, *, chain: ChainAccess, wallet: WalletAccess, sender: TransactionSender
    ) -> None:
        self._chain = chain
        self._wallet = wallet
        self._sender = sender

    async def plan(self, tx_hash: TxHash, verb: Verb) -> ReplacePlan:
        """Look what the replacement would cost. Nothing is signed.

        Raises:
            UserInputError: no such transaction of this wallet, or it does not wait any more (codes
            `input.transaction`, `chain.tx_mined`).
            FundsError: replaced too often already.
            ChainError: fees cannot be read.
        """
        record = await self._waiting(tx_hash, verb)
        old_fee, fee = await self._chain.transactions.replacement_fee(
            record.raw, cancel=verb == "cancel"
        )
        return ReplacePlan(record=record, verb=verb, fee=fee, old_fee=old_fee)

    async def _waiting(self, tx_hash: TxHash, verb: Verb) -> TxRecord:
        record = await self._wallet.journal.transaction(tx_hash)
        chain_id = self._chain.market.chain_id
        if record is None or (record.wallet, record.chain_id) != (self._wallet.address, chain_id):
            raise UserInputError(
                "This wallet has no such transaction on this network.", code="input.transaction"
            )
        if not can_replace(record):
            raise _too_late()
        if verb == "cancel" and record.intent in EMPTY_INTENTS:
            raise UserInputError(
                "This does nothing but use its number already.",
                hint="Speed it up instead.",
                code="input.transaction",
            )
        if len(await self._sender.book.same_nonce(record)) >= MAX_SIGNED:
            raise FundsError(
                "The fee of this transaction was raised four times already.",
                hint="Wait; it stays in the network's queue.",
                code="funds.too_many_replacements",
            )
        return record

    async def replace(self, plan: ReplacePlan) -> TxRecord:
        """Sign, write down, send. Returns at once; who waits for the old one gets the outcome.

        Raises:
            UserInputError: it was mined meanwhile (code `chain.tx_mined`); nothing was signed.
            FundsError: the wallet cannot pay the fee, or it is above the caps or the plan's.
            RpcUnavailableError: signed and kept, but no endpoint took it (`chain.tx_kept`).
        """
        async with self._chain.transactions.lane():
            record = await self._waiting(plan.record.tx_hash, plan.verb)
            if await self._sender.settle_from_chain(record) is not None:
                raise _too_late()
            await self._sender.book.remember(record)
            signed = await self._signed(record, plan)
            new = self._record(record, plan.verb, signed)
            earlier = [
                replace(item, replaced_by=new.tx_hash)
                for item in await self._sender.book.same_nonce(record)
                if item.is_pending
            ]
            fault_point("replace.signed.before")
            await self._wallet.journal.add_replacement(new, earlier)
            fault_point("replace.signed.after")
            await self._broadcast(new, record)
        fault_point("replace.sent.before")
        new = await self._sender.book.update(new, TxStatus.SENT)
        fault_point("replace.sent.after")
        return new

    async def _signed(self, record: TxRecord, plan: ReplacePlan) -> PreparedTransaction:
        transactions = self._chain.transactions
        previous = PreparedTransaction(
            call=Call(
                intent=record.intent,
                to=record.to,
                data=transactions.calldata(record.raw),
                value=record.value,
                summary=record.summary,
            ),
            nonce=record.nonce,
            signed=SignedTransaction(raw=record.raw, tx_hash=record.tx_hash),
            max_fee=Eth(0),
        )
        sign = transactions.cancel if plan.verb == "cancel" else transactions.replace
        return await sign(previous, self._wallet.signer, most=plan.fee)

    def _record(self, record: TxRecord, verb: Verb, signed: PreparedTransaction) -> TxRecord:
        now = self._chain.clock.unix_seconds()
        cancels = verb == "cancel"
        return replace(
            record,
            tx_hash=signed.signed.tx_hash,
            raw=signed.signed.raw,
            intent=Intent.CANCEL if cancels else record.intent,
            to=signed.call.to,
            value=signed.call.value,
            summary=signed.call.summary,
            status=TxStatus.SIGNED,
            replaced_by=None,
            created_at=now,
            updated_at=now,
        )

    async def _broadcast(self, new: TxRecord, old: TxRecord) -> None:
        try:
            await self._chain.transactions.broadcast(new.raw)
        except (RpcUnavailableError, RpcAnswerError) as error:
            raise RpcUnavailableError(
                "The replacement is signed and kept, but no network node took it yet.",
                hint="It is sent by itself when the connection is back.",
                code="chain.tx_kept",
                details={"tx_hash": new.tx_hash.hex},
            ) from error
        except TxReplacedError as error:
            # The nonce is used: most likely the old one was faster.
            if await self._sender.settle_from_chain(old) is None:
                await self._refused(new, old)
            raise _too_late() from error
        except NodeError as error:
            _log.info("replacement refused", hash=new.tx_hash.hex, code=error.code)
            await self._refused(new, old)
            raise

    async def _refused(self, new: TxRecord, old: TxRecord) -> None:
        """The old one goes on waiting as if nothing had happened."""
        await self._wallet.journal.update_txs(
            [replace(new, status=TxStatus.DROPPED), replace(old, replaced_by=None)]
        )
        await self._sender.book.remember(old)


def _too_late() -> UserInputError:
    return UserInputError(
        "This transaction does not wait any more.",
        hint="Look at the list: it is in a block, replaced or given up.",
        code="chain.tx_mined",
    )
