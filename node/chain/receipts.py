"""Receipts to records, and why a mined transaction failed."""

import logging
from collections.abc import Mapping
from typing import Any

from node.chain.abi.events import BY_TOPIC
from node.chain.networks import Network
from node.chain.rpc.quantities import data, hex_quantity, quantity
from node.core.errors import ChainError, RevertedError, RpcAnswerError
from node.core.ids import Address, SessionId, TxHash
from node.core.ports import JsonRpc
from node.core.records import Receipt
from node.core.units import Eth, Mor

_MAX_LOGS = 1000
_log = logging.getLogger("node.chain")


def read_receipt(answer: Any, tx_hash: TxHash, network: Network) -> Receipt:
    """Check and decode a receipt.

    Only logs of the network's marketplace and token count; the fee includes what a layer-2 network
    charges for its data (`l1Fee`).

    Raises:
        RpcAnswerError: not a receipt, or that of another transaction.
    """
    if not isinstance(answer, Mapping) or data(answer.get("transactionHash"), 32) != tx_hash.raw:
        raise RpcAnswerError("A network node sent the receipt of another transaction.")
    opened: SessionId | None = None
    closed: SessionId | None = None
    transfers: list[tuple[Address, Address, Mor]] = []
    for name, values in _events(answer.get("logs"), network):
        if name == "SessionOpened":
            opened = SessionId(values["sessionId"])
        elif name == "SessionClosed":
            closed = SessionId(values["sessionId"])
        elif name == "Transfer":
            transfers.append((Address(values["from"]), Address(values["to"]), Mor(values["value"])))
    gas_used = quantity(answer.get("gasUsed"))
    price = quantity(answer.get("effectiveGasPrice", "0x0"))
    data_fee = answer.get("l1Fee")
    return Receipt(
        tx_hash=tx_hash,
        block=quantity(answer.get("blockNumber")),
        block_hash=data(answer.get("blockHash"), 32),
        ok=quantity(answer.get("status")) == 1,
        gas_used=gas_used,
        fee=Eth(gas_used * price + (quantity(data_fee) if data_fee is not None else 0)),
        opened=opened,
        closed=closed,
        transfers=tuple(transfers),
    )


def _events(logs: Any, network: Network) -> list[tuple[str, dict[str, Any]]]:
    if not isinstance(logs, list) or len(logs) > _MAX_LOGS:
        raise RpcAnswerError("A network node sent a receipt without a list of logs.")
    sources = {
        network.marketplace.raw: ("SessionOpened", "SessionClosed"),
        network.token.raw: ("Transfer",),
    }
    found = []
    for log in logs:
        try:
            topics = tuple(data(topic, 32) for topic in log["topics"])
            event = BY_TOPIC.get(topics[0]) if topics else None
            wanted = sources.get(data(log["address"], 20), ())
            if event is not None and event.name in wanted:
                found.append((event.name, event.decode(topics, data(log["data"]))))
        except (RpcAnswerError, KeyError, TypeError) as error:
            _log.warning("skipped a log that cannot be read: %s", error)
    return found


async def failure_of(rpc: JsonRpc, receipt: Receipt) -> RevertedError:
    """Why a mined transaction failed: it is called again on the block before its own.

    The answer is a guess when an earlier transaction of the same block mattered. The fee is lost
    either way; `details` holds it as `fee_wei` with the `block`.
    """
    error = await _replayed(rpc, receipt)
    error.details["fee_wei"] = str(receipt.fee.base)
    error.details["block"] = receipt.block
    return error


async def _replayed(rpc: JsonRpc, receipt: Receipt) -> RevertedError:
    try:
        sent = await rpc.request("eth_getTransactionByHash", [receipt.tx_hash.hex])
        if isinstance(sent, Mapping):
            call = {name: sent.get(name) for name in ("from", "to", "value", "gas")}
            call["data"] = sent.get("input")
            await rpc.request("eth_call", [call, hex_quantity(max(receipt.block - 1, 0))])
    except RevertedError as error:
        return error
    except ChainError as error:
        # Endpoints keep old states for a while only; that it failed is certain all the same.
        _log.info("the reason of a failed transaction cannot be read: %s", error)
    return RevertedError(
        "The transaction was refused; the reason is not known any more.",
        reason="unknown",
        hint="Try again: the amounts are checked anew.",
        code="chain.reverted.unknown",
    )
