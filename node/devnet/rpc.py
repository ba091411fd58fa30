"""JSON-RPC over the EVM: methods by name, answers as strict clients expect them.

Synchronous, for the devnet's one thread. An empty block is due a second after the last one; it is
made when the next request arrives, so an idle chain costs nothing and a client that polls always
sees new blocks.
"""

from collections.abc import Callable, Sequence
from typing import Any

from node.core.keccak import keccak256
from node.devnet import fees, params
from node.devnet.control import ChainControl
from node.devnet.evm import SUGGESTED_TIP, Evm
from node.devnet.filters import Filters
from node.devnet.logs import parse_filter
from node.devnet.params import RpcError, invalid, to_hex
from node.devnet.views import Json, block_json, transaction_json

CLIENT_VERSION = "MorpheusDesktopDevnet/1"

Method = Callable[..., Any]


class RpcHandler:
    """Answers one method call at a time. Raises RpcError for every expected failure."""

    def __init__(self, evm: Evm, control: ChainControl) -> None:
        self._evm = evm
        self._control = control
        filters = Filters(evm)
        self._methods: dict[str, Method] = {
            "web3_clientVersion": lambda: CLIENT_VERSION,
            "web3_sha3": lambda value: to_hex(keccak256(params.data(value))),
            "net_version": lambda: str(evm.chain_id),
            "net_listening": lambda: True,
            "net_peerCount": lambda: "0x0",
            "eth_chainId": lambda: hex(evm.chain_id),
            "eth_syncing": lambda: False,
            "eth_accounts": lambda: [],
            "eth_mining": lambda: True,
            "eth_blockNumber": lambda: hex(evm.head.header.block_number),
            "eth_gasPrice": lambda: hex(fees.next_base_fee(evm) + SUGGESTED_TIP),
            "eth_maxPriorityFeePerGas": lambda: hex(SUGGESTED_TIP),
            "eth_blobBaseFee": lambda: "0x1",
            "eth_feeHistory": self._fee_history,
            "eth_getBalance": self._balance,
            "eth_getCode": self._code,
            "eth_getStorageAt": self._storage,
            "eth_getTransactionCount": self._transaction_count,
            "eth_getBlockByNumber": self._block_by_number,
            "eth_getBlockByHash": self._block_by_hash,
            "eth_getBlockTransactionCountByNumber": self._count_by_number,
            "eth_getBlockTransactionCountByHash": self._count_by_hash,
            "eth_getBlockReceipts": self._block_receipts,
            "eth_getTransactionByHash": self._transaction,
            "eth_getTransactionByBlockNumberAndIndex": self._transaction_by_number,
            "eth_getTransactionByBlockHashAndIndex": self._transaction_by_hash_and_index,
            "eth_getTransactionReceipt": self._receipt,
            "eth_getLogs": self._logs,
            "eth_newFilter": filters.new_log_filter,
            "eth_newBlockFilter": filters.new_block_filter,
            "eth_getFilterChanges": filters.changes,
            "eth_uninstallFilter": filters.remove,
            "eth_call": self._call,
            "eth_estimateGas": self._estimate,
            "eth_sendRawTransaction": self._send_raw,
            "evm_increaseTime": control.increase_time,
            "evm_setNextBlockTimestamp": control.set_next_timestamp,
            "evm_mine": control.mine_on_request,
            "evm_setAutomine": control.switch_automine,
            "evm_snapshot": control.snapshot,
            "evm_revert": control.revert,
        }

    def call(self, method: str, arguments: Sequence[Any]) -> Any:
        """Result of one method.

        Raises:
            RpcError: unknown method, wrong arguments, or what the method refuses.
        """
        handler = self._methods.get(method)
        if handler is None:
            raise RpcError(
                params.METHOD_NOT_FOUND,
                f"the method {method} does not exist/is not available",
            )
        if method.startswith("eth_") and method != "eth_sendRawTransaction":
            self._control.mine_if_due()
        try:
            return handler(*arguments)
        except TypeError as error:
            # Only a wrong number of arguments may become the caller's fault.
            if error.__traceback__ is not None and error.__traceback__.tb_next is None:
                raise invalid(f"wrong number of arguments for {method}") from error
            raise

    # ------------------------------------------------------------ block tags

    def _number(self, tag: Any) -> int | None:
        """Block number of a tag; None for `pending`. Does not look whether the block exists."""
        if tag in (None, "latest", "safe", "finalized"):
            return self._evm.head.header.block_number  # type: ignore[no-any-return]
        if tag == "earliest":
            return 0
        if tag == "pending":
            return None
        return params.quantity(tag, "block")

    def _header(self, tag: Any) -> Any:
        """Header whose state and time a read uses (EIP-1898 objects included)."""
        if isinstance(tag, dict):
            if "blockHash" in tag:
                number = self._evm.block_number_of(params.hash32(tag["blockHash"]))
                if number is None:
                    raise RpcError(params.SERVER_ERROR, "header not found")
                return self._evm.blocks[number].header
            tag = tag.get("blockNumber")
        number = self._number(tag)
        if number is None:
            return self._control.pending_header()
        if number >= len(self._evm.blocks):
            raise RpcError(params.SERVER_ERROR, "header not found")
        return self._evm.blocks[number].header

    def _index_by_number(self, tag: Any) -> int | None:
        number = self._number(tag)
        if number is None:
            return self._evm.head.header.block_number  # type: ignore[no-any-return]
        return number if number < len(self._evm.blocks) else None

    def _index_by_hash(self, value: Any) -> int | None:
        return self._evm.block_number_of(params.hash32(value))

    # ------------------------------------------------------------ reads

    def _balance(self, account: Any, tag: Any = None) -> str:
        return hex(self._evm.balance(params.address(account), self._header(tag)))

    def _code(self, account: Any, tag: Any = None) -> str:
        return to_hex(self._evm.code(params.address(account), self._header(tag)))

    def _storage(self, account: Any, slot: Any, tag: Any = None) -> str:
        value = self._evm.storage(
            params.address(account), params.quantity(slot, "slot"), self._header(tag)
        )
        return to_hex(value.to_bytes(32, "big"))

    def _transaction_count(self, account: Any, tag: Any = None) -> str:
        address = params.address(account)
        nonce = self._evm.nonce(address, self._header(tag))
        if tag == "pending":
            nonce = self._evm.pool.next_nonce(address, nonce)
        return hex(nonce)

    def _fee_history(self, count: Any, newest: Any, percentiles: Any = None) -> Json:
        last = self._index_by_number(newest)
        if last is None:
            raise RpcError(params.SERVER_ERROR, "request beyond head block")
        return fees.history(self._evm, params.quantity(count, "block count"), last, percentiles)

    def _block(self, index: int | None, full: Any) -> Json | None:
        if index is None:
            return None
        block = self._evm.blocks[index]
        transactions = [
            self._evm.transactions[tx_hash] if full else to_hex(tx_hash)
            for tx_hash in block.transactions
        ]
        return block_json(block.header, block.size, transactions)

    def _block_by_number(self, tag: Any, full: Any = False) -> Json | None:
        return self._block(self._index_by_number(tag), full)

    def _block_by_hash(self, value: Any, full: Any = False) -> Json | None:
        return self._block(self._index_by_hash(value), full)

    def _count(self, index: int | None) -> str | None:
        return None if index is None else hex(len(self._evm.blocks[index].transactions))

    def _count_by_number(self, tag: Any) -> str | None:
        return self._count(self._index_by_number(tag))

    def _count_by_hash(self, value: Any) -> str | None:
        return self._count(self._index_by_hash(value))

    def _block_receipts(self, tag: Any) -> list[Json] | None:
        index = self._index_by_number(tag)
        if index is None:
            return None
        return [self._evm.receipts[tx_hash] for tx_hash in self._evm.blocks[index].transactions]

    def _transaction(self, value: Any) -> Json | None:
        tx_hash = params.hash32(value)
        mined = self._evm.transactions.get(tx_hash)
        if mined is not None:
            return mined
        waiting = self._evm.pool.find(tx_hash)
        if waiting is None:
            return None
        return transaction_json(waiting, chain_id=self._evm.chain_id)

    def _transaction_at(self, index: int | None, position: Any) -> Json | None:
        number = params.quantity(position, "index")
        if index is None or number >= len(self._evm.blocks[index].transactions):
            return None
        return self._evm.transactions[self._evm.blocks[index].transactions[number]]

    def _transaction_by_number(self, tag: Any, position: Any) -> Json | None:
        return self._transaction_at(self._index_by_number(tag), position)

    def _transaction_by_hash_and_index(self, value: Any, position: Any) -> Json | None:
        return self._transaction_at(self._index_by_hash(value), position)

    def _receipt(self, value: Any) -> Json | None:
        return self._evm.receipts.get(params.hash32(value))

    def _logs(self, value: Any) -> list[Json]:
        if not isinstance(value, dict):
            raise invalid("a filter object is expected")
        wanted = parse_filter(value)
        last = len(self._evm.blocks) - 1
        if value.get("blockHash") is not None:
            index = self._index_by_hash(value["blockHash"])
            if index is None:
                raise RpcError(params.SERVER_ERROR, "unknown block")
            first = end = index
        else:
            first = self._number_or(value.get("fromBlock"), last)
            end = min(self._number_or(value.get("toBlock"), last), last)
        return [
            log
            for block in self._evm.blocks[first : end + 1]
            for log in block.logs
            if wanted.matches(log)
        ]

    def _number_or(self, tag: Any, fallback: int) -> int:
        number = self._number(tag)
        return fallback if number is None else number

    # ------------------------------------------------------------ execution

    def _call(self, transaction: Any, tag: Any = None, overrides: Any = None) -> str:
        if overrides:
            raise invalid("state overrides are not supported")
        return to_hex(self._evm.call(params.call_request(transaction), self._header(tag)))

    def _estimate(self, transaction: Any, tag: Any = None, overrides: Any = None) -> str:
        if overrides:
            raise invalid("state overrides are not supported")
        header = self._control.pending_header() if tag in (None, "latest") else self._header(tag)
        return hex(self._evm.estimate(params.call_request(transaction), header))

    def _send_raw(self, raw: Any) -> str:
        tx_hash = self._evm.submit(params.data(raw, "transaction"))
        if self._control.automine:
            self._control.mine()
        return to_hex(tx_hash)
