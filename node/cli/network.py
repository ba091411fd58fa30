"""`mor-cli network`: the networks of the program and those of the user."""

import typer

from node.cli.context import CliContext, context_of, listed, open_service, run
from node.core.errors import UserInputError
from node.service.dto import NetworkCheck, NetworkDraft, NetworkView

JSON = typer.Option(False, "--json", help="Print JSON.")
app = typer.Typer(
    invoke_without_command=True,
    help="Networks. Without a command: list them.",
)


@app.callback()
def networks(typer_context: typer.Context, as_json: bool = JSON) -> None:
    """Networks. Without a command: list them."""
    if typer_context.invoked_subcommand is None:
        context = context_of(typer_context).with_json(as_json)
        run(context, _list(context))


async def _list(context: CliContext) -> None:
    async with open_service(context, without_network=True) as node:
        found = await node.system.networks()
    context.show(found, lambda: listed(map(_line, found), "There are no networks."))


def _line(network: NetworkView) -> str:
    kind = "play money" if network.is_demo else "test money" if network.is_test else "real money"
    own = ", your own" if network.is_custom else ""
    hosts = f"  {', '.join(network.hosts)}" if network.hosts else ""
    return f"{network.name}  {network.title}  chain {network.chain_id}  {kind}{own}{hosts}"


@app.command()
def add(
    typer_context: typer.Context,
    name: str = typer.Argument(help="Short name: small letters, digits, hyphens."),
    *,
    chain_id: int = typer.Option(..., help="Chain id."),
    marketplace: str = typer.Option(..., help="Address of the marketplace contract."),
    token: str = typer.Option(..., help="Address of the MOR token."),
    rpc: list[str] = typer.Option(..., help="Address of a chain server; may be repeated."),
    title: str = typer.Option("", help="The name that is shown. Without it the short one."),
    explorer: str = typer.Option("", help="Address of a block explorer."),
    test_money: bool = typer.Option(
        False, "--test-money", help="Its MOR is worth nothing; guards against loss are looser."
    ),
    check: bool = typer.Option(False, "--check", help="Only try it; nothing is kept."),
    as_json: bool = JSON,
) -> None:
    """Add a network of your own. It is tried first: servers, chain id and both contracts.

    Example: mor-cli network add my-net --chain-id 84532 --marketplace 0x… --token 0x… --rpc https://…
    """
    context = context_of(typer_context).with_json(as_json)
    draft = NetworkDraft.model_validate(
        {
            "name": name,
            "title": title or name,
            "chain_id": chain_id,
            "marketplace": marketplace,
            "token": token,
            "rpc_urls": rpc,
            "explorer": explorer,
            "is_test": test_money,
        }
    )
    run(context, _check(context, draft) if check else _add(context, draft))


async def _check(context: CliContext, draft: NetworkDraft) -> None:
    async with open_service(context, without_network=True) as node:
        found = await node.system.check_network(draft)
    context.show(found, lambda: "\n".join([*_found(found), "Nothing was kept."]))


async def _add(context: CliContext, draft: NetworkDraft) -> None:
    async with open_service(context, without_network=True) as node:
        added = await node.system.add_network(draft)
    use = f"Use it: --network {added.name}, or choose it in the window."
    context.show(added, lambda: f"{_line(added)}\n{use}")


def _found(check: NetworkCheck) -> list[str]:
    servers = [
        f"{item.host}: chain {item.chain_id}, block {item.height}, {item.latency_ms} ms"
        for item in check.servers
    ]
    return [*servers, *check.notes]


@app.command()
def remove(
    typer_context: typer.Context,
    name: str = typer.Argument(help="Short name of a network that you added."),
    as_json: bool = JSON,
) -> None:
    """Forget a network that you added. Wallet, chats and what happened there stay.

    It must not be in use, and nothing of it may be open.
    """
    context = context_of(typer_context).with_json(as_json)
    if name in (context.network, context.environment.get("MORPHEUS_NETWORK")):
        raise UserInputError(
            "A network is not removed while it is used.",
            hint="Leave --network away, and MORPHEUS_NETWORK.",
        )
    run(context, _remove(context, name))


async def _remove(context: CliContext, name: str) -> None:
    async with open_service(context, without_network=True) as node:
        await node.system.remove_network(name)
    context.show({"removed": name}, lambda: f"{name[:40]} is removed.")
