"""Blocks, transactions, receipts and logs as JSON-RPC objects: camelCase, hex, null for nothing."""

from collections.abc import Sequence
from typing import Any

import rlp  # type: ignore[import-untyped]
from eth._utils.address import generate_contract_address

from node.devnet.params import to_hex

Json = dict[str, Any]


def block_size(block: Any) -> int:
    """Bytes of the block's RLP form."""
    return len(rlp.encode(block))


def block_json(header: Any, size: int, transactions: Sequence[Any]) -> Json:
    """A mined block; `transactions` are hashes or objects, as asked."""
    answer: Json = {
        "number": hex(header.block_number),
        "hash": to_hex(header.hash),
        "parentHash": to_hex(header.parent_hash),
        "nonce": to_hex(header.nonce),
        "mixHash": to_hex(header.mix_hash),
        "sha3Uncles": to_hex(header.uncles_hash),
        "logsBloom": to_hex(header.bloom.to_bytes(256, "big")),
        "transactionsRoot": to_hex(header.transaction_root),
        "stateRoot": to_hex(header.state_root),
        "receiptsRoot": to_hex(header.receipt_root),
        "miner": to_hex(header.coinbase),
        "difficulty": hex(header.difficulty),
        "totalDifficulty": "0x0",
        "extraData": to_hex(header.extra_data),
        "size": hex(size),
        "gasLimit": hex(header.gas_limit),
        "gasUsed": hex(header.gas_used),
        "timestamp": hex(header.timestamp),
        "baseFeePerGas": hex(header.base_fee_per_gas),
        "withdrawalsRoot": to_hex(header.withdrawals_root),
        "withdrawals": [],
        "blobGasUsed": hex(header.blob_gas_used),
        "excessBlobGas": hex(header.excess_blob_gas),
        "parentBeaconBlockRoot": to_hex(header.parent_beacon_block_root),
        "requestsHash": to_hex(header.requests_hash),
        "transactions": list(transactions),
        "uncles": [],
    }
    return answer


def transaction_json(transaction: Any, *, chain_id: int) -> Json:
    """A transaction that is not mined yet; `place` adds where it was."""
    kind = transaction.type_id or 0
    answer: Json = {
        "blockHash": None,
        "blockNumber": None,
        "transactionIndex": None,
        "hash": to_hex(transaction.hash),
        "type": hex(kind),
        "from": to_hex(transaction.sender),
        "to": to_hex(transaction.to) if transaction.to else None,
        "nonce": hex(transaction.nonce),
        "gas": hex(transaction.gas),
        "value": hex(transaction.value),
        "input": to_hex(transaction.data),
        "r": hex(transaction.r),
        "s": hex(transaction.s),
    }
    if kind == 0:
        answer["v"] = hex(transaction.v)
        answer["gasPrice"] = hex(transaction.gas_price)
        return answer
    answer["chainId"] = hex(chain_id)
    answer["v"] = answer["yParity"] = hex(transaction.y_parity)
    answer["accessList"] = [
        {
            "address": to_hex(account),
            "storageKeys": [to_hex(slot.to_bytes(32, "big")) for slot in slots],
        }
        for account, slots in transaction.access_list
    ]
    if kind == 1:
        answer["gasPrice"] = hex(transaction.gas_price)
    else:
        answer["gasPrice"] = hex(transaction.max_fee_per_gas)
        answer["maxFeePerGas"] = hex(transaction.max_fee_per_gas)
        answer["maxPriorityFeePerGas"] = hex(transaction.max_priority_fee_per_gas)
    return answer


def place(transaction: Json, header: Any, index: int, price: int) -> Json:
    """The same transaction as part of a block."""
    return {
        **transaction,
        "blockHash": to_hex(header.hash),
        "blockNumber": hex(header.block_number),
        "transactionIndex": hex(index),
        "gasPrice": hex(price),
    }


def effective_price(transaction: Any, base_fee: int) -> int:
    """Wei per gas that a transaction pays in a block with `base_fee` (EIP-1559)."""
    tip: int = transaction.max_priority_fee_per_gas
    limit: int = transaction.max_fee_per_gas
    return min(limit, base_fee + tip)


def receipts_json(block: Any, receipts: Sequence[Any]) -> list[Json]:
    """Receipts of all transactions of a block, with their logs."""
    header = block.header
    answers: list[Json] = []
    used_before = 0
    log_index = 0
    for index, (transaction, receipt) in enumerate(zip(block.transactions, receipts, strict=True)):
        origin = {
            "blockHash": to_hex(header.hash),
            "blockNumber": hex(header.block_number),
            "transactionHash": to_hex(transaction.hash),
            "transactionIndex": hex(index),
        }
        logs = [
            _log_json(log, log_index + offset, origin) for offset, log in enumerate(receipt.logs)
        ]
        log_index += len(logs)
        created = None
        if not transaction.to:
            created = generate_contract_address(transaction.sender, transaction.nonce)
        answers.append(
            {
                **origin,
                "from": to_hex(transaction.sender),
                "to": to_hex(transaction.to) if transaction.to else None,
                "contractAddress": to_hex(created) if created else None,
                "cumulativeGasUsed": hex(receipt.gas_used),
                "gasUsed": hex(receipt.gas_used - used_before),
                "effectiveGasPrice": hex(effective_price(transaction, header.base_fee_per_gas)),
                "logs": logs,
                "logsBloom": to_hex(receipt.bloom.to_bytes(256, "big")),
                "status": "0x1" if receipt.state_root == b"\x01" else "0x0",
                "type": hex(transaction.type_id or 0),
            }
        )
        used_before = receipt.gas_used
    return answers


def _log_json(log: Any, index: int, origin: Json) -> Json:
    return {
        **origin,
        "address": to_hex(log.address),
        "topics": [to_hex(topic.to_bytes(32, "big")) for topic in log.topics],
        "data": to_hex(log.data),
        "logIndex": hex(index),
        "removed": False,
    }
