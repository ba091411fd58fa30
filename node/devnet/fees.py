"""What a transaction costs: base fee of the next block and `eth_feeHistory`."""

from typing import Any

from node.devnet.evm import SUGGESTED_TIP, Evm
from node.devnet.params import SERVER_ERROR, RpcError, invalid
from node.devnet.views import Json

_MAX_BLOCKS = 1024
_MAX_PERCENTILES = 100


def next_base_fee(evm: Evm) -> int:
    return int(evm.pending_header(0).base_fee_per_gas)


def history(evm: Evm, count: int, last: int, percentiles: Any) -> Json:
    """Fees of up to `count` blocks ending with `last`, and the base fee of the one after.

    Rewards are the suggested tip for every percentile: that is what the accounts of a demo pay.
    """
    if count == 0:
        return {"oldestBlock": "0x0", "gasUsedRatio": []}
    if not (percentiles is None or isinstance(percentiles, list)):
        raise invalid("reward percentiles: a list is expected")
    if percentiles and len(percentiles) > _MAX_PERCENTILES:
        raise RpcError(SERVER_ERROR, f"over the query limit {_MAX_PERCENTILES}")
    first = max(0, last - min(count, _MAX_BLOCKS) + 1)
    headers = [block.header for block in evm.blocks[first : last + 1]]
    if last + 1 < len(evm.blocks):
        following = int(evm.blocks[last + 1].header.base_fee_per_gas)
    else:
        following = next_base_fee(evm)
    answer: Json = {
        "oldestBlock": hex(first),
        "baseFeePerGas": [hex(header.base_fee_per_gas) for header in headers] + [hex(following)],
        "gasUsedRatio": [header.gas_used / header.gas_limit for header in headers],
        "baseFeePerBlobGas": ["0x1"] * (len(headers) + 1),
        "blobGasUsedRatio": [0.0] * len(headers),
    }
    if percentiles:
        answer["reward"] = [[hex(SUGGESTED_TIP)] * len(percentiles) for _ in headers]
    return answer
