"""`mor-cli wallet accounts` and what is done with accounts."""

from typing import Literal, cast

import typer
from pydantic import SecretStr

from node.cli.amounts import eth, mor
from node.cli.context import (
    CliContext,
    agree,
    context_of,
    is_interactive,
    listed,
    open_service,
    run,
)
from node.cli.secret_input import read_line, read_secret, wallet_password
from node.service.dto import AccountView, AddAccount, FoundAccount, ScanRequest

JSON = typer.Option(False, "--json", help="Print JSON.")
ADDRESS = typer.Argument(help="Address of the account.")
LABEL = typer.Option("", help="Name of the account.")
GROUP = typer.Option("", help="Wallet whose phrase is meant, as `accounts --json` shows it.")
STYLES = ("standard", "ledger", "custom")


def register(app: typer.Typer) -> None:
    """Put the commands of this module into `app`."""
    for name, command in (
        ("accounts", accounts),
        ("add", add),
        ("select", select),
        ("label", label),
        ("hide", hide),
        ("watch", watch),
        ("scan", scan),
    ):
        app.command(name)(command)


def accounts(
    typer_context: typer.Context,
    balances: bool = typer.Option(False, "--balances", help="With what each holds."),
    as_json: bool = JSON,
) -> None:
    """List all accounts; a star marks the one in use."""
    context = context_of(typer_context).with_json(as_json)
    run(context, _accounts(context, balances))


async def _accounts(context: CliContext, balances: bool) -> None:
    if balances:
        context.require_network()
    async with open_service(context) as node:
        found = await node.wallet.accounts(balances=balances)
    context.show(found, lambda: listed(map(_line, found), "There is no account."))


def _line(account: AccountView) -> str:
    marks = [account.kind] if account.kind != "phrase" else [account.path]
    marks += ["hidden"] if account.hidden else []
    marks += [] if account.backed_up else ["not backed up"]
    held = ""
    if account.mor is not None and account.eth_wei is not None:
        held = f"  {mor(account.mor)}  {eth(account.eth_wei)}"
    star = "*" if account.active else " "
    return f"{star} {account.address}  {account.label}  ({', '.join(marks)}){held}"


def add(
    typer_context: typer.Context,
    path: str = typer.Option("", help="Derivation path; the next one without."),
    label: str = LABEL,
    group: str = GROUP,
    as_json: bool = JSON,
) -> None:
    """Add an account of the kept phrase. Asks for the password."""
    context = context_of(typer_context).with_json(as_json)
    run(context, _add(context, path, label, group))


async def _add(context: CliContext, path: str, label: str, group: str) -> None:
    async with open_service(context) as node:
        group = group or (await node.wallet.status()).group
        request = AddAccount(
            group=group, path=path, label=label, password=await wallet_password(node)
        )
        added = await node.wallet.add_account(request)
    context.show(added, lambda: _line(added))


def select(
    typer_context: typer.Context,
    address: str = ADDRESS,
    unlock: bool = typer.Option(False, "--unlock", help="Unlock it; asks for its password."),
    as_json: bool = JSON,
) -> None:
    """Use another account. Its sessions are looked after, those of the one before wait."""
    context = context_of(typer_context).with_json(as_json)
    run(context, _select(context, address, unlock))


async def _select(context: CliContext, address: str, unlock: bool) -> None:
    async with open_service(context) as node:
        password = SecretStr(read_secret("Password of the account")) if unlock else None
        found = await node.wallet.select_account(address, password)
    locked = "watched only" if found.watch_only else "locked" if found.locked else "unlocked"
    context.show(found, lambda: f"{found.address} {found.label} ({locked})")


def label(
    typer_context: typer.Context,
    address: str = ADDRESS,
    name: str = typer.Argument(help="The new name."),
    as_json: bool = JSON,
) -> None:
    """Rename an account."""
    context = context_of(typer_context).with_json(as_json)
    run(context, _label(context, address, name))


async def _label(context: CliContext, address: str, name: str) -> None:
    async with open_service(context) as node:
        found = await node.wallet.label_account(address, name)
    context.show(found, lambda: _line(found))


def hide(
    typer_context: typer.Context,
    address: str = ADDRESS,
    show: bool = typer.Option(False, "--show", help="Show it again."),
    as_json: bool = JSON,
) -> None:
    """Hide an account from lists; it stays in the wallet."""
    context = context_of(typer_context).with_json(as_json)
    run(context, _hide(context, address, not show))


async def _hide(context: CliContext, address: str, hidden: bool) -> None:
    async with open_service(context) as node:
        found = await node.wallet.hide_account(address, hidden)
    context.show(found, lambda: _line(found))


def watch(
    typer_context: typer.Context,
    address: str = ADDRESS,
    label: str = LABEL,
    as_json: bool = JSON,
) -> None:
    """Add an address without its key: everything can be read, nothing signed."""
    context = context_of(typer_context).with_json(as_json)
    run(context, _watch(context, address, label))


async def _watch(context: CliContext, address: str, label: str) -> None:
    async with open_service(context) as node:
        found = await node.wallet.watch(address, label)
    context.show(found, lambda: _line(found))


def scan(
    typer_context: typer.Context,
    *,
    phrase: bool = typer.Option(False, "--phrase", help="Ask for a phrase; the kept one without."),
    passphrase: bool = typer.Option(False, "--passphrase", help="Ask for its BIP-39 passphrase."),
    style: str = typer.Option("standard", help="standard, ledger or custom."),
    path: str = typer.Option("", help="For custom: the letter i stands for the number."),
    first: int = typer.Option(0, min=0, help="First account."),
    count: int = typer.Option(0, min=0, max=100, help="How many; 0: until five are empty."),
    group: str = GROUP,
    as_json: bool = JSON,
) -> None:
    """Show which accounts of a phrase hold something. Nothing is stored."""
    context = context_of(typer_context).with_json(as_json)
    if style not in STYLES:
        raise typer.BadParameter(f"--style is one of {', '.join(STYLES)}")
    request = ScanRequest(
        style=cast(Literal["standard", "ledger", "custom"], style),
        path=path,
        first=first,
        count=count,
        group=group,
    )
    run(context, _scan(context, request, phrase, passphrase))


async def _scan(context: CliContext, request: ScanRequest, phrase: bool, passphrase: bool) -> None:
    context.require_network()
    async with open_service(context) as node:
        given: dict[str, object] = {}
        if phrase:
            given["phrase"] = SecretStr(read_secret("Recovery phrase"))
            if passphrase:
                given["passphrase"] = SecretStr(read_secret("BIP-39 passphrase"))
        else:
            given["group"] = request.group or (await node.wallet.status()).group
            given["password"] = await wallet_password(node)
        found = await node.wallet.scan(request.model_copy(update=given))
    context.show(found, lambda: listed(map(_found_line, found), "There is no account."))


def _found_line(row: FoundAccount) -> str:
    held = "amounts unknown"
    if row.mor is not None and row.eth_wei is not None:
        held = f"{mor(row.mor)}  {eth(row.eth_wei)}"
    known = "  in the wallet" if row.known else ""
    return f"{row.path}  {row.address}  {held}{known}"


async def remove_one(context: CliContext, address: str, yes: bool) -> None:
    """Take one account out of the wallet, after the word REMOVE or with `yes`."""
    if not yes and (context.as_json or not is_interactive()):
        agree(context, "This removes an account from the wallet.", "", yes=False)
    typed = "REMOVE" if yes else read_line("Type REMOVE to remove it")
    async with open_service(context) as node:
        found = await node.wallet.remove_account(address, typed)
    context.show(found, lambda: "The account is removed; its encrypted file was copied aside.")
