"""`mor-cli wallet send`, allowances and the list of transactions."""

from typing import TYPE_CHECKING, Literal, cast

import typer

from node.cli.amounts import clock_time, eth, eth_amount, mor, mor_amount
from node.cli.consent import consent_to, warning_lines
from node.cli.context import CliContext, agree, context_of, listed, open_service, run
from node.core.errors import UserInputError
from node.service.dto import ApprovalView, SendDraft, TransactionView

if TYPE_CHECKING:  # it takes half a second to import
    from node.service.api import NodeService

JSON = typer.Option(False, "--json", help="Print JSON.")
YES = typer.Option(False, "--yes", "-y", help="Do not ask.")
TYPED = typer.Option("", help="The amount once more, where it is asked for and --yes is given.")
SPEEDS = ("slow", "normal", "fast")


def register(app: typer.Typer) -> None:
    """Put the commands of this module into `app`."""
    for command in (send, allowance, approve, approvals, transactions, note):
        app.command(command.__name__)(command)


def send(
    typer_context: typer.Context,
    to: str = typer.Argument(help="Address, or the name of a contact."),
    amount: str = typer.Argument(help="For example 1.5, “1500000000000000000 wei”, or all."),
    asset: str = typer.Option("MOR", help="MOR or ETH."),
    speed: str = typer.Option("normal", help="slow, normal or fast."),
    typed: str = TYPED,
    yes: bool = YES,
    as_json: bool = JSON,
) -> None:
    """Send MOR or ETH. Shows amount, fee and warnings, and asks first.

    Examples: mor-cli wallet send 0x1234… 1.5; mor-cli wallet send Ada all --asset ETH
    """
    context = context_of(typer_context).with_json(as_json)
    if speed not in SPEEDS:
        raise UserInputError(f"There is no speed “{speed[:20]}”.", hint="slow, normal or fast.")
    run(context, _send(context, to, amount, asset.upper(), speed, typed, yes))


async def _send(
    context: CliContext, to: str, amount: str, asset: str, speed: str, typed: str, yes: bool
) -> None:
    context.require_network()
    async with open_service(context) as node:
        target = await _address_of(node, to)
        if amount.strip().lower() == "all":
            base = await node.wallet.max_send(asset, target)
        else:
            base = eth_amount(amount).base if asset == "ETH" else mor_amount(amount).base
        chosen = cast(Literal["slow", "normal", "fast"], speed)
        draft = await node.wallet.draft_send(asset, target, base, chosen)
        sent = await _agreed(context, node, draft, send_question(draft), typed, yes)
    context.show(sent, lambda: f"{sent.status}: {sent.hash}")


async def _agreed(
    context: CliContext, node: "NodeService", draft: SendDraft, question: str, typed: str, yes: bool
) -> TransactionView:
    agree(context, "This sends money.", question, yes)
    password, text = await consent_to(node, draft, typed, yes)
    return await node.wallet.send(draft.id, password, text)


async def _address_of(node: "NodeService", text: str) -> str:
    """A contact's address by its name; what looks like an address is one."""
    if text.lower().startswith("0x"):
        return text
    for contact in await node.wallet.contacts():
        if contact.name.casefold() == text.strip().casefold():
            return contact.address
    return text


def send_question(draft: SendDraft) -> str:
    """Everything that is to be known before the yes, the recipient in full."""
    amount = mor(draft.amount) if draft.asset == "MOR" else eth(draft.amount)
    name = f" ({draft.contact})" if draft.contact else ""
    return "\n".join(
        (
            *warning_lines(draft.warnings),
            f"Send {amount} to {draft.to}{name}? The network fee is about {eth(draft.fee_wei)},"
            f" at most {eth(draft.fee_max_wei)}.",
        )
    )


def allowance(typer_context: typer.Context, as_json: bool = JSON) -> None:
    """Show how much MOR the marketplace may take. Sessions set this by themselves."""
    context = context_of(typer_context).with_json(as_json)
    run(context, _allowance(context))


async def _allowance(context: CliContext) -> None:
    context.require_network()
    async with open_service(context) as node:
        found = await node.chain.balances()
        contracts = await node.chain.contracts()
    shown = {"allowance": found.allowance, "spender": contracts.marketplace}
    context.show(shown, lambda: f"{mor(found.allowance)} for {contracts.marketplace}")


def approvals(typer_context: typer.Context, as_json: bool = JSON) -> None:
    """List all contracts that may take MOR from this wallet, and how much."""
    context = context_of(typer_context).with_json(as_json)
    run(context, _approvals(context))


async def _approvals(context: CliContext) -> None:
    context.require_network()
    async with open_service(context) as node:
        found = await node.wallet.approvals()
    context.show(found, lambda: listed(map(_approval_line, found), "Nobody may take anything."))


def _approval_line(item: ApprovalView) -> str:
    used = f", last used {clock_time(item.last_used)}" if item.last_used else ""
    name = item.spender_name or "another contract"
    return f"{item.spender}  {mor(item.amount)}  {name}{used}"


def approve(
    typer_context: typer.Context,
    amount: str = typer.Argument(help="For example 5, “5 MOR”, or 0 to take it back."),
    spender: str = typer.Option("", help="Another contract, whose allowance is taken back."),
    yes: bool = YES,
    as_json: bool = JSON,
) -> None:
    """Let the marketplace take exactly this much MOR; replaces what it may take now."""
    context = context_of(typer_context).with_json(as_json)
    run(context, _approve(context, mor_amount(amount).base, spender, yes))


async def _approve(context: CliContext, amount: int, spender: str, yes: bool) -> None:
    context.require_network()
    who = spender or "the marketplace"
    async with open_service(context) as node:
        draft = await node.wallet.draft_approval(amount, spender)
        act = f"Let {who} take {mor(amount)}?" if amount else f"Take back what {who} may take?"
        sent = await _agreed(
            context, node, draft, "\n".join((*warning_lines(draft.warnings), act)), "", yes
        )
    context.show({"tx": sent.hash}, lambda: sent.hash)


def transactions(
    typer_context: typer.Context,
    limit: int = typer.Option(20, min=1, max=255, help="How many."),
    kind: str = typer.Option("", help="send, received, session, approval, claim, hosting or dust."),
    text: str = typer.Option("", help="Words in purpose, note, address or hash."),
    as_csv: bool = typer.Option(False, "--csv", help="All of them as a table for a spreadsheet."),
    as_json: bool = JSON,
) -> None:
    """List what this wallet sent and received, newest first.

    MOR that others sent is looked for a week back at first; ETH that came is not listed.

    Examples: mor-cli wallet transactions --kind send; mor-cli wallet transactions --csv > mor.csv
    """
    context = context_of(typer_context).with_json(as_json)
    run(context, _table(context) if as_csv else _transactions(context, limit, kind, text))


async def _transactions(context: CliContext, limit: int, kind: str, text: str) -> None:
    context.require_network()
    async with open_service(context) as node:
        found = await node.wallet.transactions(0, limit, kind, text)
    nothing = "Nothing was sent or received."
    context.show(found, lambda: listed(map(_transaction_line, found), nothing))


def _transaction_line(item: TransactionView) -> str:
    noted = f"  “{item.label}”" if item.label else ""
    held = f"  ({item.held_up})" if item.held_up else ""
    return f"{item.hash}  {item.status}  {item.purpose or item.summary}{noted}{held}"


async def _table(context: CliContext) -> None:
    context.require_network()
    async with open_service(context) as node:
        table = await node.wallet.export_transactions()
    context.show({"csv": table}, lambda: table.replace("\r\n", "\n").rstrip("\n"))


def note(
    typer_context: typer.Context,
    tx_hash: str = typer.Argument(help="Hash of the transaction."),
    text: str = typer.Argument("", help="Your words; left away they are removed."),
    as_json: bool = JSON,
) -> None:
    """Write a note beside a transaction. It stays on this computer.

    Example: mor-cli wallet note 0x1234… "rent of May"
    """
    context = context_of(typer_context).with_json(as_json)
    run(context, _note(context, tx_hash, text))


async def _note(context: CliContext, tx_hash: str, text: str) -> None:
    context.require_network()
    async with open_service(context) as node:
        found = await node.wallet.label_transaction(tx_hash, text)
    context.show(found, lambda: _transaction_line(found))
