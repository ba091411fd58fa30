"""What OP-stack networks charge for publishing a transaction's bytes on the first layer.

Source: the predeploy GasPriceOracle, `getL1Fee(bytes)`. Execution gas does not cover it; it is
taken from the sender's ETH when the transaction is mined.
"""

from node.chain.abi.codec import Function
from node.chain.networks import Network
from node.chain.rpc.quantities import data, hex_data, quantity
from node.core import rlp
from node.core.errors import RpcAnswerError
from node.core.ids import Address
from node.core.ports import JsonRpc
from node.core.units import Eth

_GET_FEE = Function.parse("getL1Fee(bytes)->(uint256)")
_DYNAMIC_FEE = b"\x02"
_LARGE = (1 << 31) - 1
"""Nonce, fees and gas are not known yet; figures of usual length stand for them."""


async def data_fee(
    rpc: JsonRpc, network: Network, to: Address, value: Eth, calldata: bytes, tag: str
) -> Eth:
    """The charge at the block `tag`, in wei; 0 on networks without one, and where no oracle lies:
    a copy of a network for tests has its chain id only.

    Raises:
        RpcAnswerError: the oracle's answer is no amount.
    """
    if network.data_fee_oracle is None:
        return Eth(0)
    payload = _unsigned(network.chain_id, to, value, calldata)
    request = {"to": network.data_fee_oracle.hex, "data": hex_data(_GET_FEE.encode(payload))}
    answer = await rpc.request("eth_call", [request, tag])
    size = len(data(answer))
    if size == 0:
        return Eth(0)
    if size != 32:
        raise RpcAnswerError("The network's price list for data gave no amount.")
    return Eth(quantity(answer))


def _unsigned(chain_id: int, to: Address, value: Eth, calldata: bytes) -> bytes:
    """Type 2 without its signature (EIP-1559): what the oracle expects."""
    numbers = [rlp.encode_bytes(rlp.uint(item)) for item in (chain_id, _LARGE, _LARGE, _LARGE)]
    rest = [to.raw, rlp.uint(value.base), calldata]
    fields = [*numbers, rlp.encode_bytes(rlp.uint(_LARGE)), *map(rlp.encode_bytes, rest)]
    return _DYNAMIC_FEE + rlp.wrap_list(b"".join(fields) + rlp.wrap_list(b""))
