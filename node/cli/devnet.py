"""`mor-cli devnet`: the demo chain as a JSON-RPC server for other programs."""

import asyncio
import json

import typer

from node.cli.context import CliContext, context_of, run
from node.cli.signals import stop_requested


def devnet(
    typer_context: typer.Context,
    port: int = typer.Option(8545, min=0, max=65535, help="Port on 127.0.0.1; 0 takes a free one."),
    market: bool = typer.Option(
        False, "--market", help="Register the demo's providers (they are not run here)."
    ),
    as_json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """Serve the demo chain on 127.0.0.1 until stopped. Play money; keys are public."""
    context = context_of(typer_context).with_json(as_json)
    run(context, _serve(context, port, market))


async def _serve(context: CliContext, port: int, market: bool) -> None:
    from node.devnet.chain import Devnet
    from node.devnet.demo import DEMO_PROVIDERS, open_market
    from node.devnet.server import DevnetServer

    async with await Devnet.start() as chain:
        if market:
            await open_market(chain, {item.key: "127.0.0.1:3333" for item in DEMO_PROVIDERS})
        async with DevnetServer(chain, "127.0.0.1", port) as server:
            typer.echo(_announcement(context, chain, server.url))
            stop: asyncio.Event = stop_requested()
            await stop.wait()


def _announcement(context: CliContext, chain: object, url: str) -> str:
    from node.devnet.chain import Devnet

    if not isinstance(chain, Devnet):
        raise TypeError("the announcement is about a devnet")
    accounts = [
        {
            "role": account.role,
            "address": account.address.checksum,
            "private_key": "0x" + account.private_key.hex(),
        }
        for account in chain.accounts
    ]
    if context.as_json:
        return json.dumps(
            {
                "url": url,
                "chain_id": chain.chain_id,
                "marketplace": chain.marketplace_address.checksum,
                "token": chain.token_address.checksum,
                "multicall": chain.multicall_address.checksum,
                "accounts": accounts,
            }
        )
    rows = [f"  {a['address']}  {a['private_key']}  {a['role']}" for a in accounts]
    return "\n".join(
        [
            f"Demo chain {chain.chain_id} at {url}",
            f"ETH_NODE_ADDRESS={url}",
            f"ETH_NODE_CHAIN_ID={chain.chain_id}",
            f"DIAMOND_CONTRACT_ADDRESS={chain.marketplace_address.checksum}",
            f"MOR_TOKEN_ADDRESS={chain.token_address.checksum}",
            "Accounts (public keys of a test phrase; never send real money to them):",
            *rows,
        ]
    )
