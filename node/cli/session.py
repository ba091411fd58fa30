"""`mor-cli session`: open, list, extend, close."""

from contextlib import aclosing

import typer

from node.cli.amounts import clock_time, duration_s, eth, mor, time_left
from node.cli.consent import consent_to, warning_lines
from node.cli.context import CliContext, agree, context_of, listed, open_service, run
from node.cli.lookup import model_id
from node.cli.session_lines import PRIVACY, all_lines, one_line
from node.core.errors import UserInputError
from node.service.api import NodeService
from node.service.dto import (
    ChainSession,
    CloseResult,
    PageRequest,
    Quote,
    QuoteRequest,
    SessionView,
)
from node.service.runtime_file import running_node

app = typer.Typer(
    no_args_is_help=True, help="Sessions: MOR is locked while one is open and comes back."
)
JSON = typer.Option(False, "--json", help="Print JSON.")


@app.command("open")
def open_(
    typer_context: typer.Context,
    model: str = typer.Argument("", help="Id or name of the model; the best offer is taken."),
    *,
    bid: str = typer.Option("", help="Take this offer instead."),
    duration: str = typer.Option("1h", help="How long: 30m, 1h, 1h30m …"),
    unverified_tee: bool = typer.Option(
        False,
        "--accept-unverified-tee",
        help="Open it although this app cannot verify the model's protected hardware (TEE).",
    ),
    failover: bool = typer.Option(
        False, help="If the provider fails, open another session within the setting's limits."
    ),
    auto_extend: bool | None = typer.Option(
        None, help="Open the next session before this one ends; else as the setting says."
    ),
    yes: bool = typer.Option(False, "--yes", "-y", help="Do not ask."),
    as_json: bool = JSON,
) -> None:
    """Open a session. Shows what is locked and when it comes back, and asks first.

    Examples: mor-cli session open Guide --duration 30m; mor-cli session open --bid 0x1234… --yes
    """
    context = context_of(typer_context).with_json(as_json)
    order = QuoteRequest(
        duration_s=duration_s(duration),
        accept_unverified_tee=unverified_tee,
        failover=failover,
        auto_extend=auto_extend,
    )
    run(context, _open(context, model, bid, order, yes))


async def _open(context: CliContext, model: str, bid: str, order: QuoteRequest, yes: bool) -> None:
    context.require_network()
    if bool(model) == bool(bid):
        raise UserInputError("Name a model or an offer (--bid).")
    is_alone = running_node(context.dirs) is None
    async with open_service(context) as node:
        quote = await node.sessions.quote(
            order.model_copy(
                update={
                    "model_id": await model_id(node, model) if model else None,
                    "bid_id": bid or None,
                }
            )
        )
        if not yes:
            ask_to_open(context, quote)
        session = await open_quoted(node, quote, yes=yes)
    context.show(session, lambda: f"Open until {clock_time(session.ends_at)}: {session.id}")
    if is_alone and context.settings().network == "demo":
        typer.echo(
            "The demo network ended with this command, and the session with it."
            " `mor-cli --network demo serve` keeps one for further commands.",
            err=True,
        )


@app.command("extend")
def extend(
    typer_context: typer.Context,
    session_id: str = typer.Argument(help="Id of the session."),
    duration: str = typer.Option(
        "", help="How long from now; if not given, longer by the same time."
    ),
    auto: bool | None = typer.Option(
        None,
        "--auto/--no-auto",
        help="Open nothing now; let the node extend the session before it ends, or no longer.",
    ),
    yes: bool = typer.Option(False, "--yes", "-y", help="Do not ask."),
    as_json: bool = JSON,
) -> None:
    """Open a session on the same offer now; requests go over when the first one ends."""
    context = context_of(typer_context).with_json(as_json)
    if auto is not None:
        run(context, _mark(context, session_id, auto))
    else:
        run(context, _extend(context, session_id, duration_s(duration) if duration else 0, yes))


async def _mark(context: CliContext, session_id: str, on: bool) -> None:
    context.require_network()
    async with open_service(context) as node:
        session = await node.sessions.set_auto_extend(session_id, on)
    words = "is extended before it ends" if on else "ends"
    context.show(session, lambda: f"The session {words} at {clock_time(session.ends_at)}.")


async def _extend(context: CliContext, session_id: str, seconds: int, yes: bool) -> None:
    context.require_network()
    async with open_service(context) as node:
        old = await node.sessions.get(session_id)
        now = (await node.system.status()).now
        length_s = seconds or max(0, old.ends_at - now) + old.ends_at - old.opened_at
        quote = await node.sessions.quote(
            QuoteRequest(extends=session_id, duration_s=length_s, failover=old.failover)
        )
        if not yes:
            ask_to_open(context, quote)
        session = await open_quoted(node, quote, yes=yes)
    context.show(session, lambda: f"Goes on until {clock_time(session.ends_at)}: {session.id}")


def ask_to_open(context: CliContext, quote: Quote) -> None:
    """Show what is locked and ask. Raises UserInputError when nobody can be asked."""
    warnings = "".join(f"{line}\n" for line in warning_lines(quote.warnings))
    agree(
        context,
        "This locks MOR.",
        f"{warnings}{quote.model_name}: {mor(quote.stake)} are locked for"
        f" {time_left(quote.duration_s)}\n"
        f"and come back at {clock_time(quote.ends_at)}."
        f" Network fee about {eth(quote.fee_open_wei)}.\n{PRIVACY[quote.prompt_privacy]}.\n"
        "Open the session?",
        yes=False,
    )


async def open_quoted(node: NodeService, quote: Quote, *, yes: bool = False) -> SessionView:
    """Open what was agreed to; asks for the password, and for the amount unless `yes`: a stake
    comes back.
    """
    typed = quote.needs_typed if yes else ""
    password, text = await consent_to(node, quote, typed, yes)
    session: SessionView | None = None
    async with aclosing(node.sessions.open(quote.id, password, text)) as steps:
        async for step in steps:
            session = step.session or session
    if session is None:
        raise UserInputError("The session was not opened.")
    return session


@app.command("list")
def list_(
    typer_context: typer.Context,
    user: str = typer.Option("", help="Those that this address opened, from the chain."),
    provider: str = typer.Option("", help="Those that this provider served, from the chain."),
    limit: int = typer.Option(20, min=1, max=255, help="How many of --user or --provider."),
    as_json: bool = JSON,
) -> None:
    """List the wallet's sessions, newest first, or those of somebody else.

    Examples: mor-cli session list; mor-cli session list --provider 0x1234…
    """
    context = context_of(typer_context).with_json(as_json)
    if user and provider:
        raise UserInputError("Name a user or a provider, not both.")
    page = PageRequest(limit=limit)
    run(context, _others(context, user, provider, page) if user or provider else _list(context))


async def _list(context: CliContext) -> None:
    context.require_network()
    async with open_service(context) as node:
        sessions = await node.sessions.list()
        now = (await node.system.status()).now
    context.show(
        sessions, lambda: listed((one_line(item, now) for item in sessions), "No sessions.")
    )


async def _others(context: CliContext, user: str, provider: str, page: PageRequest) -> None:
    context.require_network()
    async with open_service(context) as node:
        if user:
            found = await node.chain.user_sessions(user, page)
        else:
            found = await node.chain.provider_sessions(provider, page)
    context.show(found, lambda: listed(map(_chain_line, found), "No sessions."))


def _chain_line(item: ChainSession) -> str:
    state = f"closed {clock_time(item.closed_at)}" if item.closed_at else ""
    ends = f"ends {clock_time(item.ends_at)}"
    return f"{item.id}  {mor(item.stake)}  opened {clock_time(item.opened_at)}  {state or ends}"


@app.command("show")
def show(
    typer_context: typer.Context,
    session_id: str = typer.Argument(help="Id of the session."),
    as_json: bool = JSON,
) -> None:
    """Show one session: its state, why it is stuck, when its stake is back."""
    context = context_of(typer_context).with_json(as_json)
    run(context, _show(context, session_id))


async def _show(context: CliContext, session_id: str) -> None:
    context.require_network()
    async with open_service(context) as node:
        session = await node.sessions.get(session_id)
        now = (await node.system.status()).now
    context.show(session, lambda: all_lines(session, now))


@app.command("allow-readable")
def allow_readable(
    typer_context: typer.Context,
    provider: str = typer.Argument(help="Address of the provider."),
    no: bool = typer.Option(False, "--no", help="Take it back."),
    as_json: bool = JSON,
) -> None:
    """Agree that prompts to a provider that no longer takes encrypted ones go in clear."""
    context = context_of(typer_context).with_json(as_json)
    run(context, _allow_readable(context, provider, not no))


async def _allow_readable(context: CliContext, provider: str, allowed: bool) -> None:
    context.require_network()
    async with open_service(context) as node:
        privacy = await node.sessions.allow_readable_prompts(provider, allowed)
    context.show({"provider": provider, "prompt_privacy": privacy}, lambda: f"{PRIVACY[privacy]}.")


@app.command("close")
def close(
    typer_context: typer.Context,
    session_id: str = typer.Argument(help="Id of the session."),
    as_json: bool = JSON,
) -> None:
    """Close a session; an early close holds today's share until midnight UTC."""
    context = context_of(typer_context).with_json(as_json)
    run(context, _close(context, session_id))


async def _close(context: CliContext, session_id: str) -> None:
    context.require_network()
    async with open_service(context) as node:
        result = await node.sessions.close(session_id)
    context.show(result, lambda: _closed(result))


def _closed(result: CloseResult) -> str:
    text = f"Closed. {mor(result.returned)} are back in the wallet."
    if result.held:
        text += f" {mor(result.held)} can be taken back from {clock_time(result.held_until)}."
    return text
