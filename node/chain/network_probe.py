"""Whether a server leads to the marketplace that somebody described."""

import asyncio
from dataclasses import dataclass, replace
from typing import Any

from node.chain.abi.abi_types import AbiError
from node.chain.abi.codec import Function
from node.chain.abi.functions import MARKET, TOKEN
from node.chain.networks import MULTICALL3
from node.chain.rpc.quantities import data, hex_data, quantity
from node.core.errors import RevertedError
from node.core.ids import Address
from node.core.ports import JsonRpc
from node.core.tasks import all_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbedChain:
    """`chain_id` is what the server says. `latency_ms` is what one question took. `missing` names
    the contracts without code.

    `token` is the one that the marketplace takes, None where it is no marketplace. `decimals` is
    None where the token's contract has no such thing. `multicall` tells whether the chain has
    Multicall3 at its usual address.
    """

    chain_id: int
    height: int
    latency_ms: int
    missing: tuple[str, ...] = ()
    token: Address | None = None
    decimals: int | None = None
    multicall: bool = False


async def probe_chain(rpc: JsonRpc, chain_id: int, market: Address, token: Address) -> ProbedChain:
    """Ask for chain, code and two reads; nothing of contracts when the chain is another one.

    Raises ChainError: it does not answer, or not as a node of a chain.
    """
    found = quantity(await rpc.request("eth_chainId", []))
    loop = asyncio.get_running_loop()
    began = loop.time()
    height = quantity(await rpc.request("eth_blockNumber", []))
    answered = ProbedChain(
        chain_id=found, height=height, latency_ms=round((loop.time() - began) * 1000)
    )
    if found != chain_id:
        return answered
    codes = await all_of(*(_has_code(rpc, item) for item in (market, token, MULTICALL3)))
    named = (("marketplace", codes[0]), ("token", codes[1]))
    missing = tuple(name for name, is_there in named if not is_there)
    if missing:
        return replace(answered, missing=missing)
    return replace(
        answered,
        token=await _token_of(rpc, market),
        decimals=await _decimals(rpc, token),
        multicall=codes[2],
    )


async def _has_code(rpc: JsonRpc, address: Address) -> bool:
    return bool(data(await rpc.request("eth_getCode", [address.hex, "latest"])))


async def _token_of(rpc: JsonRpc, market: Address) -> Address | None:
    """The marketplace's token, where it also answers what only a marketplace is asked."""
    try:
        await _read(rpc, market, MARKET["getMinMaxBidPricePerSecond"])
        return Address((await _read(rpc, market, MARKET["getToken"]))[0])
    except (RevertedError, AbiError):
        return None


async def _decimals(rpc: JsonRpc, token: Address) -> int | None:
    try:
        return int((await _read(rpc, token, TOKEN["decimals"]))[0])
    except (RevertedError, AbiError):
        return None


async def _read(rpc: JsonRpc, to: Address, function: Function) -> tuple[Any, ...]:
    call = {"to": to.hex, "data": hex_data(function.encode())}
    return function.decode(data(await rpc.request("eth_call", [call, "latest"])))
