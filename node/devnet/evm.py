"""The EVM itself: blocks, state, execution. Synchronous and for one thread only.

Built on eth-tester's chain over py-evm. Its own RPC functions are not used: they lose revert data,
look transactions up by a walk over all blocks and answer neither logs with open topics nor
`input`. Transactions, receipts and logs are kept as finished JSON-RPC objects instead, so reads
cost next to nothing.
"""

import logging
import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from eth import EVM_RECURSION_LIMIT
from eth.db.schema import SchemaV1
from eth.exceptions import VMError
from eth.vm.spoof import SpoofTransaction
from eth_keys.datatypes import PrivateKey
from eth_tester.backends.pyevm.main import PyEVMBackend, get_default_genesis_params
from eth_utils.exceptions import ValidationError

from node.devnet import views
from node.devnet.params import (
    INVALID_PARAMS,
    REVERTED,
    SERVER_ERROR,
    CallRequest,
    RpcError,
    to_hex,
)
from node.devnet.pool import TransactionPool
from node.devnet.revert import reason_of

# The EVM needs its own figure. One of its libraries sets 100,000, at which a parser that recurses
# (JSON of an attacker, nested deeply enough) overruns the thread's stack and ends the process.
sys.setrecursionlimit(EVM_RECURSION_LIMIT)

GAS_LIMIT = 30_000_000
#: Tip offered to clients, in wei per gas.
SUGGESTED_TIP = 100_000_000
#: An estimate may be this much above the least gas that works, in thousandths (as in real nodes).
_ESTIMATE_TOLERANCE = 15
_CALL_STIPEND = 2300
_TRANSFER_GAS = 21_000
_log = logging.getLogger("node.devnet")


@dataclass(frozen=True, slots=True, kw_only=True)
class GenesisAccount:
    """State of one account in block 0; storage by slot number."""

    balance: int = 0
    nonce: int = 0
    code: bytes = b""
    storage: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class MinedBlock:
    header: Any
    size: int
    logs: tuple[views.Json, ...]
    transactions: tuple[bytes, ...]


class Evm:
    def __init__(
        self, *, chain_id: int, timestamp: int, accounts: Mapping[bytes, GenesisAccount]
    ) -> None:
        backend = PyEVMBackend(
            genesis_parameters=get_default_genesis_params(
                {"timestamp": timestamp, "gas_limit": GAS_LIMIT}
            ),
            genesis_state={
                address: {
                    "balance": account.balance,
                    "nonce": account.nonce,
                    "code": account.code,
                    "storage": dict(account.storage),
                }
                for address, account in accounts.items()
            },
        )
        self._backend = backend
        self._chain = backend.chain
        # The class is made for this backend alone, so its attribute is this chain's id.
        type(self._chain).chain_id = chain_id
        self.chain_id = chain_id
        self.pool = TransactionPool()
        self.transactions: dict[bytes, views.Json] = {}
        self.receipts: dict[bytes, views.Json] = {}
        self.blocks: list[MinedBlock] = []
        self._numbers: dict[bytes, int] = {}
        self._record(self._chain.get_canonical_block_by_number(0), ())

    # ------------------------------------------------------------ blocks

    @property
    def head(self) -> MinedBlock:
        return self.blocks[-1]

    def block_number_of(self, block_hash: bytes) -> int | None:
        return self._numbers.get(block_hash)

    def pending_header(self, timestamp: int) -> Any:
        """Header of the block to come, at `timestamp` or one second after its parent."""
        return self._chain.header.copy(timestamp=max(timestamp, self.head.header.timestamp + 1))

    def mine(self, timestamp: int, *, only: Collection[bytes] | None = None) -> MinedBlock:
        """Close a block with everything of the pool that can be executed now.

        `only` holds the hashes that may be taken; the rest goes on waiting.
        """
        self._chain.header = self.pending_header(timestamp)
        receipts = self._apply_pool(only)
        self._backend.mine_blocks(1)
        header = self._chain.get_canonical_head()
        return self._record(self._chain.get_block_by_header(header), tuple(receipts))

    def _apply_pool(self, only: Collection[bytes] | None) -> list[Any]:
        receipts: list[Any] = []
        for sender in self.pool.senders():
            while (transaction := self.pool.at(sender, self.nonce(sender))) is not None:
                header = self._chain.header
                if only is not None and transaction.hash not in only:
                    break
                if transaction.max_fee_per_gas < header.base_fee_per_gas:
                    break
                if header.gas_used + transaction.gas > header.gas_limit:
                    break
                self.pool.discard(transaction)
                try:
                    _, receipt, _ = self._chain.apply_transaction(transaction)
                except ValidationError as error:
                    _log.warning("transaction %s dropped: %s", to_hex(transaction.hash), error)
                    break
                receipts.append(receipt)
        return receipts

    def _record(self, block: Any, receipts: tuple[Any, ...]) -> MinedBlock:
        receipts_json = views.receipts_json(block, receipts)
        for index, transaction in enumerate(block.transactions):
            price = views.effective_price(transaction, block.header.base_fee_per_gas)
            self.transactions[transaction.hash] = views.place(
                views.transaction_json(transaction, chain_id=self.chain_id),
                block.header,
                index,
                price,
            )
            self.receipts[transaction.hash] = receipts_json[index]
        mined = MinedBlock(
            header=block.header,
            size=views.block_size(block),
            logs=tuple(log for receipt in receipts_json for log in receipt["logs"]),
            transactions=tuple(transaction.hash for transaction in block.transactions),
        )
        self.blocks.append(mined)
        self._numbers[block.header.hash] = block.header.block_number
        return mined

    def rewind(self, number: int) -> None:
        """Make block `number` the head again; later blocks and the pool are forgotten."""
        for block in self.blocks[number + 1 :]:
            del self._numbers[block.header.hash]
            for tx_hash in block.transactions:
                del self.transactions[tx_hash]
                del self.receipts[tx_hash]
        del self.blocks[number + 1 :]
        self.pool.clear()
        header = self.head.header
        self._chain.chaindb.db[SchemaV1.make_canonical_head_hash_lookup_key()] = header.hash
        self._chain.header = self._chain.create_header_from_parent(header)

    # ------------------------------------------------------------ state

    def _state(self, header: Any | None = None) -> Any:
        return self._chain.get_vm(header).state

    def nonce(self, account: bytes, header: Any | None = None) -> int:
        return int(self._state(header).get_nonce(account))

    def balance(self, account: bytes, header: Any | None = None) -> int:
        return int(self._state(header).get_balance(account))

    def code(self, account: bytes, header: Any | None = None) -> bytes:
        return bytes(self._state(header).get_code(account))

    def storage(self, account: bytes, slot: int, header: Any | None = None) -> int:
        return int(self._state(header).get_storage(account, slot))

    # ------------------------------------------------------------ execution

    def call(self, request: CallRequest, header: Any) -> bytes:
        """Execute without a trace, at the state and time of `header`.

        Raises:
            RpcError: code 3 with the revert data, -32000 for other failures.
        """
        computation = self._execute(request, header, request.gas or GAS_LIMIT)
        if computation.is_error:
            raise _failure(computation)
        return bytes(computation.output)

    def _execute(self, request: CallRequest, header: Any, gas: int) -> Any:
        """Run a transaction that pays nothing on a state that is thrown away."""
        state = self._state(header)
        # As in real nodes: without a price the caller needs no ETH for gas.
        state.execution_context._base_fee_per_gas = 0
        if request.value > state.get_balance(request.sender):
            raise RpcError(SERVER_ERROR, "insufficient funds for transfer")
        unsigned = self._chain.get_transaction_builder().new_unsigned_dynamic_fee_transaction(
            chain_id=self.chain_id,
            nonce=state.get_nonce(request.sender),
            max_priority_fee_per_gas=0,
            max_fee_per_gas=0,
            gas=min(gas, GAS_LIMIT),
            to=request.to,
            value=request.value,
            data=request.data,
            access_list=(),
        )
        try:
            return state.apply_transaction(SpoofTransaction(unsigned, from_=request.sender))
        except (ValidationError, VMError) as error:
            raise RpcError(SERVER_ERROR, str(error)) from error

    def estimate(self, request: CallRequest, header: Any) -> int:
        """Least gas with which the transaction succeeds, found to 1.5 per cent.

        Raises:
            RpcError: it fails with any gas.
        """
        ceiling = min(request.gas or GAS_LIMIT, GAS_LIMIT)
        if not request.data and self._succeeds(request, header, _TRANSFER_GAS):
            return _TRANSFER_GAS
        computation = self._execute(request, header, ceiling)
        if computation.is_error:
            raise _failure(computation)
        used = computation.get_gas_used() + _intrinsic(request)
        low = max(used - 1 - computation.get_gas_refund(), _TRANSFER_GAS - 1)
        high = min(ceiling, (used + computation.get_gas_refund() + _CALL_STIPEND) * 64 // 63)
        while not self._succeeds(request, header, high):
            low, high = high, min(ceiling, high * 2)
        while (high - low) * 1000 > high * _ESTIMATE_TOLERANCE:
            middle = (low + high) // 2
            if self._succeeds(request, header, middle):
                high = middle
            else:
                low = middle
        return int(high)

    def _succeeds(self, request: CallRequest, header: Any, gas: int) -> bool:
        try:
            return not self._execute(request, header, gas).is_error
        except RpcError:
            return False

    # ------------------------------------------------------------ transactions

    def submit(self, raw: bytes) -> bytes:
        """Check signed bytes as a real node does and put them into the pool; returns the hash."""
        transaction = self._decoded(raw)
        self._check(transaction)
        self.pool.add(transaction)
        return bytes(transaction.hash)

    def _decoded(self, raw: bytes) -> Any:
        if not raw:
            raise RpcError(INVALID_PARAMS, "the transaction is empty")
        try:
            transaction = self._chain.get_transaction_builder().decode(raw)
            transaction.validate()
            transaction.check_signature_validity()
        except Exception as error:  # rlp, eth_keys and py-evm each have their own tree of errors
            raise RpcError(SERVER_ERROR, f"transaction cannot be decoded: {error}") from error
        if transaction.chain_id not in (None, self.chain_id):
            raise RpcError(
                SERVER_ERROR,
                f"invalid chain id for signer: have {transaction.chain_id} want {self.chain_id}",
            )
        return transaction

    def _check(self, transaction: Any) -> None:
        sender = transaction.sender
        if transaction.gas > GAS_LIMIT:
            raise RpcError(SERVER_ERROR, "exceeds block gas limit")
        expected = self.nonce(sender)
        if transaction.nonce < expected:
            raise RpcError(
                SERVER_ERROR,
                f"nonce too low: next nonce {expected}, tx nonce {transaction.nonce}",
            )
        if transaction.max_priority_fee_per_gas > transaction.max_fee_per_gas:
            raise RpcError(SERVER_ERROR, "max priority fee per gas higher than max fee per gas")
        if transaction.intrinsic_gas > transaction.gas:
            raise RpcError(
                SERVER_ERROR,
                f"intrinsic gas too low: gas {transaction.gas}, "
                f"minimum needed {transaction.intrinsic_gas}",
            )
        cost = transaction.gas * transaction.max_fee_per_gas + transaction.value
        have = self.balance(sender)
        if cost > have:
            raise RpcError(
                SERVER_ERROR,
                f"insufficient funds for gas * price + value: address {to_hex(sender)} "
                f"have {have} want {cost}",
            )

    def sign_and_submit(self, key: bytes, *, to: bytes, calldata: bytes, gas: int) -> bytes:
        """Put a transaction of one of the well-known accounts into the pool."""
        signer = PrivateKey(key)
        sender = signer.public_key.to_canonical_address()
        base_fee = self._chain.header.base_fee_per_gas
        unsigned = self._chain.get_transaction_builder().new_unsigned_dynamic_fee_transaction(
            chain_id=self.chain_id,
            nonce=self.pool.next_nonce(sender, self.nonce(sender)),
            max_priority_fee_per_gas=SUGGESTED_TIP,
            max_fee_per_gas=2 * base_fee + SUGGESTED_TIP,
            gas=gas,
            to=to,
            value=0,
            data=calldata,
            access_list=(),
        )
        transaction = unsigned.as_signed_transaction(signer)
        self._check(transaction)
        self.pool.add(transaction)
        return bytes(transaction.hash)


def _intrinsic(request: CallRequest) -> int:
    zeros = request.data.count(0)
    gas = _TRANSFER_GAS + 4 * zeros + 16 * (len(request.data) - zeros)
    if not request.to:
        gas += 32_000 + 2 * ((len(request.data) + 31) // 32)
    return gas


def _failure(computation: Any) -> RpcError:
    output = bytes(computation.output)
    error = computation.error
    if type(error).__name__ != "Revert":
        text = str(error) or type(error).__name__
        return RpcError(SERVER_ERROR, f"execution failed: {text}")
    reason = reason_of(output)
    message = f"execution reverted: {reason}" if reason else "execution reverted"
    return RpcError(REVERTED, message, to_hex(output))
