"""`mor-cli wallet speed-up` and `cancel`: the two things to do about a transaction that waits."""

from typing import Literal

import typer

from node.cli.amounts import eth
from node.cli.context import CliContext, agree, context_of, open_service, run
from node.service.dto import ReplaceDraft

HASH = typer.Argument(help="Hash of the waiting transaction, from `mor-cli wallet transactions`.")
YES = typer.Option(False, "--yes", "-y", help="Do not ask.")
JSON = typer.Option(False, "--json", help="Print JSON.")


def speed_up(
    typer_context: typer.Context, tx_hash: str = HASH, yes: bool = YES, as_json: bool = JSON
) -> None:
    """Offer a higher fee for a transaction that waits. It is never sent twice.

    Example: mor-cli wallet speed-up 0x1234…
    """
    context = context_of(typer_context).with_json(as_json)
    run(context, _replace(context, tx_hash, "speed_up", yes))


def cancel(
    typer_context: typer.Context, tx_hash: str = HASH, yes: bool = YES, as_json: bool = JSON
) -> None:
    """Put an empty transaction in the place of one that waits.

    Example: mor-cli wallet cancel 0x1234…
    """
    context = context_of(typer_context).with_json(as_json)
    run(context, _replace(context, tx_hash, "cancel", yes))


async def _replace(
    context: CliContext, tx_hash: str, verb: Literal["speed_up", "cancel"], yes: bool
) -> None:
    context.require_network()
    async with open_service(context) as node:
        draft = await node.wallet.draft_replace(tx_hash, verb)
        if not yes:
            agree(context, "This pays a network fee.", question_of(draft), yes=False)
        sent = await node.wallet.replace(draft.id)
    context.show(sent, lambda: f"{sent.status}: {sent.hash}")


def question_of(draft: ReplaceDraft) -> str:
    """Both outcomes and the price."""
    fees = f"At most {eth(draft.fee_wei)} instead of {eth(draft.old_fee_wei)}."
    return "\n".join((*draft.explanation, fees, "Go on?"))


def register(app: typer.Typer) -> None:
    """Add both commands to the group."""
    app.command("speed-up")(speed_up)
    app.command("cancel")(cancel)
