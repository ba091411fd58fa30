"""Which blocks stay: by the tag `finalized` where nodes know it, else by depth."""

from statistics import median_low

from node.chain.agreed import AgreedReads
from node.chain.head import Block, read_block
from node.chain.rpc.answers import RpcFaultError
from node.chain.rpc.quantities import hex_quantity
from node.core.ports import JsonRpc

DEPTH = 64
"""Blocks on top of one that count as final where nodes do not tell: two minutes on Base."""


async def final_block(reads: AgreedReads) -> int:
    """Highest block that no reorganisation is expected to take away."""

    async def read(rpc: JsonRpc, at: Block) -> int:
        try:
            answer = await rpc.request("eth_getBlockByNumber", ["finalized", False])
        except RpcFaultError:
            answer = None
        number = read_block(answer).number if answer is not None else at.number - DEPTH
        return max(0, min(number, at.number))

    return median_low(await reads.each(read))


async def block_hash(reads: AgreedReads, number: int) -> bytes | None:
    """Hash of the block of this number now; None while there is none."""

    async def read(rpc: JsonRpc, at: Block) -> bytes | None:
        if number > at.number:
            return None
        answer = await rpc.request("eth_getBlockByNumber", [hex_quantity(number), False])
        return None if answer is None else read_block(answer).hash

    return await reads.agreed(f"block {number}", f"block {number}", read)
