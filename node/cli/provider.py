"""`mor-cli provider`: register, offer models, claim pay."""

from dataclasses import dataclass

import typer

from node.cli import earnings
from node.cli.amounts import clock_time, mor, mor_amount, price_per_second
from node.cli.consent import with_password
from node.cli.context import CliContext, agree, context_of, listed, open_service, run
from node.core.units import Mor
from node.service.dto import HostingFinding, ProviderStatus

app = typer.Typer(
    no_args_is_help=True, help="Hosting: the wallet's provider record, models, bids and pay."
)
JSON = typer.Option(False, "--json", help="Print JSON.")
YES = typer.Option(False, "--yes", "-y", help="Do not ask.")
SPENDS = "This spends MOR."


@app.command()
def status(typer_context: typer.Context, as_json: bool = JSON) -> None:
    """Show registration, stake, yearly headroom, hosted models, and what should be put right."""
    context = context_of(typer_context).with_json(as_json)
    run(context, _status(context))


async def _status(context: CliContext) -> None:
    context.require_network()
    async with open_service(context) as node:
        found = await node.provider.check()
    context.show(found, lambda: status_text(found))


def status_text(found: ProviderStatus) -> str:
    lines = ["Not registered as provider."]
    if found.registered:
        lines = [
            f"{found.endpoint}  stake {mor(found.stake)}, can still earn {mor(found.headroom)}"
            + (f" until {clock_time(found.period_end)}" if found.period_end else "")
        ]
    lines += [
        f"{item.name}  {item.sessions_active} of {item.slots or 'any number of'} slots,"
        f" {item.prompts_waiting} waiting"
        for item in found.models
        if item.bid_id
    ]
    return "\n".join(lines + [_finding_line(item) for item in found.findings])


_MARKS = {"ok": "ok  ", "warning": "WARN", "error": "FAIL"}


def _finding_line(item: HostingFinding) -> str:
    hint = f"\n     {item.hint}" if item.hint else ""
    return f"{_MARKS[item.severity]} {item.message}{hint}"


@app.command()
def register(
    typer_context: typer.Context,
    endpoint: str = typer.Argument(help="host:port at which consumers reach this node."),
    stake: str = typer.Option("0.2", help="MOR to add to the stake."),
    yes: bool = YES,
    as_json: bool = JSON,
) -> None:
    """Register, or change the endpoint, or raise the stake.

    Example: mor-cli provider register node.example.org:3333 --stake 0.2
    """
    context = context_of(typer_context).with_json(as_json)
    run(context, _register(context, endpoint, mor_amount(stake), yes))


async def _register(context: CliContext, endpoint: str, stake: Mor, yes: bool) -> None:
    context.require_network()
    agree(context, SPENDS, f"{stake} are staked; they come back when you deregister. Go on?", yes)
    async with open_service(context) as node:
        tx_hash = await with_password(
            node, lambda given: node.provider.register(stake.base, endpoint, password=given)
        )
    context.show({"tx": tx_hash}, lambda: tx_hash)


@app.command("create-model")
def create_model(
    typer_context: typer.Context,
    name: str = typer.Argument(help="Name of the model."),
    tags: str = typer.Option("LLM", help="Tags, separated by commas."),
    stake: str = typer.Option("0.1", help="MOR to stake."),
    base_id: str = typer.Option(
        "", help="32 bytes in hex; the model's id is the hash of your address and these."
    ),
    yes: bool = YES,
    as_json: bool = JSON,
) -> None:
    """Register a model; prints its id.

    Example: mor-cli provider create-model "My model" --tags LLM,small
    """
    context = context_of(typer_context).with_json(as_json)
    request = _NewModel(
        name=name, tags=tuple(tags.split(",")), stake=mor_amount(stake), base_id=base_id
    )
    run(context, _create_model(context, request, yes))


@dataclass(frozen=True, slots=True, kw_only=True)
class _NewModel:
    name: str
    tags: tuple[str, ...]
    stake: Mor
    base_id: str


async def _create_model(context: CliContext, request: _NewModel, yes: bool) -> None:
    context.require_network()
    question = f"{request.stake} are staked; they come back when the model is removed. Go on?"
    agree(context, SPENDS, question, yes)
    async with open_service(context) as node:
        model_id = await with_password(
            node,
            lambda given: node.provider.create_model(
                request.name, request.tags, request.stake.base, request.base_id, password=given
            ),
        )
    context.show({"model_id": model_id}, lambda: model_id)


@app.command("post-bid")
def post_bid(
    typer_context: typer.Context,
    model_id: str = typer.Argument(help="Id of the model."),
    price: str = typer.Argument(help="“0.036 MOR/h”, “0.00001 MOR/s”, or base units per second."),
    yes: bool = YES,
    as_json: bool = JSON,
) -> None:
    """Offer a model at a price; replaces the own earlier offer. A fee is paid and not returned.

    Example: mor-cli provider post-bid 0x1234… "0.036 MOR/h"
    """
    context = context_of(typer_context).with_json(as_json)
    run(context, _post_bid(context, model_id, price_per_second(price), yes))


async def _post_bid(context: CliContext, model_id: str, price: int, yes: bool) -> None:
    context.require_network()
    question = f"Offer at {mor(price * 3600)} per hour; the fee of an offer is not returned. Go on?"
    agree(context, SPENDS, question, yes)
    async with open_service(context) as node:
        bid_id = await with_password(
            node, lambda given: node.provider.post_bid(model_id, price, password=given)
        )
    context.show({"bid_id": bid_id}, lambda: bid_id)


@app.command("delete-bid")
def delete_bid(
    typer_context: typer.Context,
    bid_id: str = typer.Argument(help="Id of the own offer."),
    as_json: bool = JSON,
) -> None:
    """Withdraw an offer; running sessions go on to their end."""
    context = context_of(typer_context).with_json(as_json)
    run(context, _delete_bid(context, bid_id))


async def _delete_bid(context: CliContext, bid_id: str) -> None:
    context.require_network()
    async with open_service(context) as node:
        tx_hash = await node.provider.delete_bid(bid_id)
    context.show({"tx": tx_hash}, lambda: tx_hash)


@app.command()
def sessions(typer_context: typer.Context, as_json: bool = JSON) -> None:
    """List served sessions with what can be claimed."""
    context = context_of(typer_context).with_json(as_json)
    run(context, _sessions(context))


async def _sessions(context: CliContext) -> None:
    context.require_network()
    async with open_service(context) as node:
        found = await node.provider.sessions()
    context.show(
        found, lambda: listed(map(earnings.session_line, found), "No sessions were served.")
    )


earnings.add_to(app)
