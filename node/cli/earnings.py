"""`mor-cli provider earnings` and `mor-cli provider claim`: the pay of a provider."""

import typer

from node.cli.amounts import clock_time, eth, mor
from node.cli.context import CliContext, agree, context_of, open_service, run
from node.core.errors import UserInputError
from node.service.dto import (
    ClaimPlan,
    ClaimResult,
    ClaimRun,
    ProviderEarnings,
    ProviderSession,
)

JSON = typer.Option(False, "--json", help="Print JSON.")
YES = typer.Option(False, "--yes", "-y", help="Do not ask.")


def add_to(app: typer.Typer) -> None:
    """Add the commands to `provider`."""
    app.command()(earnings)
    app.command()(claim)


def earnings(typer_context: typer.Context, as_json: bool = JSON) -> None:
    """Show what was earned: claimable now, later, and beyond the yearly cap."""
    context = context_of(typer_context).with_json(as_json)
    run(context, _earnings(context))


async def _earnings(context: CliContext) -> None:
    context.require_network()
    async with open_service(context) as node:
        found = await node.provider.earnings()
    context.show(found, lambda: earnings_text(found))


def earnings_text(found: ProviderEarnings) -> str:
    lines = [f"paid {mor(found.paid)}, claimable now {mor(found.claimable_now)}"]
    if found.claimable_later:
        lines.append(f"from {clock_time(found.claimable_at)}: {mor(found.claimable_later)}")
    if found.beyond_cap:
        lines.append(
            f"beyond what your stake allows until {clock_time(found.period_end)}:"
            f" {mor(found.beyond_cap)}; add stake to be paid it earlier"
        )
    lines.append(f"your stake allows {mor(found.headroom)} more")
    return "\n".join(lines + [session_line(item) for item in found.sessions])


def session_line(item: ProviderSession) -> str:
    """One served session with its pay."""
    parts = [f"{mor(item.claimable_now)} now"]
    if item.claimable_later:
        parts.append(f"{mor(item.claimable_later)} from {clock_time(item.claimable_at)}")
    if item.beyond_cap:
        parts.append(f"{mor(item.beyond_cap)} beyond the cap")
    return f"{item.session.id}  {item.session.state}  {', '.join(parts)}"


def claim(
    typer_context: typer.Context,
    session_id: str = typer.Argument("", help="Id of the served session; none with --all."),
    everything: bool = typer.Option(False, "--all", help="Claim every session that pays now."),
    preview: bool = typer.Option(False, "--preview", help="Say what it brings and costs only."),
    yes: bool = YES,
    as_json: bool = JSON,
) -> None:
    """Claim the pay of one session or of all; each is a transaction with a network fee."""
    context = context_of(typer_context).with_json(as_json)
    if bool(session_id) == everything:
        raise UserInputError("Name one session, or --all.")
    run(context, _claim(context, session_id, preview, yes))


async def _claim(context: CliContext, session_id: str, preview: bool, yes: bool) -> None:
    context.require_network()
    async with open_service(context) as node:
        if preview:
            plan = await node.provider.claim_plan(session_id)
            context.show(plan, lambda: plan_text(plan))
            return
        if session_id:
            one = await node.provider.claim(session_id)
            context.show(one, lambda: _paid_text(one))
            return
        plan = await node.provider.claim_plan()
        if plan.claims:
            many = f"{len(plan.claims)} transactions would be sent."
            agree(context, many, f"{plan_text(plan)}\nGo on?", yes)
        run_of_all = await node.provider.claim_all()
    context.show(run_of_all, lambda: run_text(run_of_all))


def plan_text(plan: ClaimPlan) -> str:
    lines = [f"{item.session_id}  {item.problem or mor(item.amount)}" for item in plan.claims]
    total = f"{mor(plan.amount)} in all, network fees about {eth(plan.fee_wei)}"
    return "\n".join([*lines, total if plan.claims else "There is nothing to claim now."])


def _paid_text(result: ClaimResult) -> str:
    return f"{mor(result.amount)} arrived."


def run_text(result: ClaimRun) -> str:
    lines = [f"{item.session_id}: {item.reason}" for item in result.failed]
    return "\n".join([*lines, f"{mor(result.amount)} arrived for {len(result.paid)} sessions."])
