"""Trying a call before it is signed: does it succeed, and what gas does it take?"""

from typing import Any

from node.chain.rpc.answers import Fault, RpcFaultError
from node.chain.rpc.quantities import data, hex_data, quantity
from node.core.errors import NotEnoughGasError, RevertedError
from node.core.ids import Address
from node.core.ports import Call, JsonRpc
from node.core.units import ceil_div

PLAIN_TRANSFER_GAS = 21_000


def request_of(call: Call, sender: Address) -> dict[str, Any]:
    """The call as JSON-RPC takes it."""
    return {
        "from": sender.hex,
        "to": call.to.hex,
        "data": hex_data(call.data),
        "value": hex(call.value.base),
    }


def with_margin(gas: int) -> int:
    """A fifth above the estimate; a plain transfer takes what it takes."""
    return gas if gas == PLAIN_TRANSFER_GAS else ceil_div(gas * 6, 5)


async def output_of(rpc: JsonRpc, call: Call, sender: Address, tag: str) -> bytes:
    """What the call returns at the block. Raises RevertedError, NotEnoughGasError."""
    try:
        return data(await rpc.request("eth_call", [request_of(call, sender), tag]))
    except RpcFaultError as error:
        raise _funds_or(error) from error


async def gas_of(rpc: JsonRpc, call: Call, sender: Address, tag: str) -> int:
    """Gas the call takes. Raises RevertedError with the contract's reason, NotEnoughGasError.

    An estimate runs the call. Where a node says only that it fails, the call itself tells why.
    """
    request = request_of(call, sender)
    try:
        return quantity(await rpc.request("eth_estimateGas", [request]))
    except RpcFaultError as error:
        failure = _funds_or(error)
        if failure is error:
            await rpc.request("eth_call", [request, tag])
        raise failure from error
    except RevertedError as error:
        if error.reason == "empty":
            await rpc.request("eth_call", [request, tag])
        raise


def _funds_or(error: RpcFaultError) -> RpcFaultError | NotEnoughGasError:
    if error.fault is not Fault.INSUFFICIENT_FUNDS:
        return error
    return NotEnoughGasError(
        "This wallet has not enough ETH for the amount and the network fee.",
    )
