"""`mor-cli wallet`: create, import, unlock, balance, send."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import typer
from pydantic import SecretStr

from node.cli import contacts, wallet_accounts, wallet_backup, wallet_money, wallet_pending
from node.cli.amounts import clock_time, eth, mor
from node.cli.context import (
    CliContext,
    agree,
    context_of,
    open_service,
    run,
)
from node.cli.secret_input import read_secret
from node.core.keystore_file import read_keystore
from node.service.dto import CreateWallet, ImportWallet, MorOverview, WalletStatus

app = typer.Typer(
    no_args_is_help=True,
    help="Keys and money. Secrets are read from the terminal or standard input.",
)
wallet_accounts.register(app)
wallet_backup.register(app)
wallet_pending.register(app)
wallet_money.register(app)
app.add_typer(contacts.app, name="contacts")
JSON = typer.Option(False, "--json", help="Print JSON.")
KEYRING = typer.Option(False, "--keyring", help="Protect by the system's secret store instead.")
ADD = typer.Option(False, "--add", help="Put it beside the wallets that are there.")
LABEL = typer.Option("", help="Name of the account.")
KEYSTORE = typer.Option(None, "--keystore", help="Import a version 3 wallet file.")


@app.command()
def status(typer_context: typer.Context, as_json: bool = JSON) -> None:
    """Show address and lock state."""
    context = context_of(typer_context).with_json(as_json)
    run(context, _status(context))


async def _status(context: CliContext) -> None:
    async with open_service(context) as node:
        found = await node.wallet.status()
    context.show(found, lambda: _status_text(found))


def _status_text(found: WalletStatus) -> str:
    if found.kind == "none":
        return "There is no wallet. Create one with `mor-cli wallet create`."
    state = "watched only" if found.watch_only else "locked" if found.locked else "unlocked"
    lines = [f"{found.address} ({state})"]
    if not found.backed_up:
        lines.append("Not backed up yet: mor-cli wallet verify-backup")
    lines += [f"{item.problem}\n{item.hint}" for item in found.damaged]
    return "\n".join(lines)


@app.command()
def create(
    typer_context: typer.Context,
    words: int = typer.Option(12, help="12 or 24 words."),
    label: str = LABEL,
    add: bool = ADD,
    keyring: bool = KEYRING,
    as_json: bool = JSON,
) -> None:
    """Create a wallet and show its recovery phrase once. Asks for a password."""
    context = context_of(typer_context).with_json(as_json)
    if words not in (12, 24):
        raise typer.BadParameter("12 or 24 words")
    request = CreateWallet(
        words=24 if words == 24 else 12, label=label, add=add, use_keyring=keyring
    )
    run(context, _create(context, request))


async def _create(context: CliContext, request: CreateWallet) -> None:
    password = _protection(request.use_keyring)
    async with open_service(context) as node:
        created = await node.wallet.create(request.model_copy(update={"password": password}))
    phrase = created.phrase.get_secret_value()
    context.show(
        {"address": created.address, "phrase": phrase},
        lambda: f"{created.address}\nWrite these words down; nobody can restore them:\n{phrase}",
    )


@app.command("import")
def import_(
    typer_context: typer.Context,
    *,
    private_key: bool = typer.Option(False, "--private-key", help="Import a private key."),
    keystore: Path | None = KEYSTORE,
    path: str = typer.Option("", help="Derivation path of a phrase."),
    account: int = typer.Option(0, help="Account index after the path."),
    passphrase: bool = typer.Option(False, "--passphrase", help="Ask for a BIP-39 passphrase."),
    keep_phrase: bool = typer.Option(
        False, "--keep-phrase", help="Keep the phrase, encrypted, to add accounts later."
    ),
    go_node: bool = typer.Option(
        False, "--go-node", help="Take what a Go node left in the system's secret store."
    ),
    label: str = LABEL,
    add: bool = ADD,
    replace: bool = typer.Option(False, "--replace", help="Replace the present wallet."),
    keyring: bool = KEYRING,
    as_json: bool = JSON,
) -> None:
    """Import a phrase, a private key or a wallet file. Secrets are asked for without echo.

    Examples: mor-cli wallet import; mor-cli wallet import --private-key < key-and-password.txt
    """
    context = context_of(typer_context).with_json(as_json)

    def ask() -> ImportWallet:
        if go_node:
            return ImportWallet(from_peer=True)
        if keystore is not None:
            return _keystore_request(keystore)
        if private_key:
            return ImportWallet(private_key=SecretStr(read_secret("Private key")))
        return _phrase_request(path, account, passphrase)

    options = {
        "keep_phrase": keep_phrase,
        "label": label,
        "add": add,
        "replace": replace,
        "use_keyring": keyring,
    }
    run(context, _import(context, ask, options))


def _phrase_request(path: str, account: int, passphrase: bool) -> ImportWallet:
    phrase = SecretStr(read_secret("Recovery phrase"))
    more = SecretStr(read_secret("BIP-39 passphrase") if passphrase else "")
    return ImportWallet(phrase=phrase, passphrase=more, path=path, account=account)


def _keystore_request(file: Path) -> ImportWallet:
    text = read_keystore(file)
    password = SecretStr(read_secret("Password of that file"))
    return ImportWallet(keystore=text, keystore_password=password)


async def _import(
    context: CliContext, ask: Callable[[], ImportWallet], options: Mapping[str, Any]
) -> None:
    request = ask()
    password = _protection(options["use_keyring"])
    protected = request.model_copy(update={"password": password, **options})
    async with open_service(context) as node:
        found = await node.wallet.import_(protected)
    context.show(found, lambda: _status_text(found))


def _protection(keyring: bool) -> SecretStr | None:
    if keyring:
        return None
    return SecretStr(read_secret("Password for the wallet file", confirm=True))


@app.command()
def unlock(typer_context: typer.Context, as_json: bool = JSON) -> None:
    """Unlock the wallet of the running node."""
    context = context_of(typer_context).with_json(as_json)
    run(context, _unlock(context))


async def _unlock(context: CliContext) -> None:
    async with open_service(context) as node:
        found = await node.wallet.unlock(read_secret("Password"))
    context.show(found, lambda: _status_text(found))


@app.command()
def balance(typer_context: typer.Context, as_json: bool = JSON) -> None:
    """Show where each MOR is and when it comes back."""
    context = context_of(typer_context).with_json(as_json)
    run(context, _balance(context))


async def _balance(context: CliContext) -> None:
    context.require_network()
    async with open_service(context) as node:
        overview = await node.wallet.overview()
    context.show(overview, lambda: _balance_text(overview))


_SOURCES = {
    "one": "one server of the chain, compared with none",
    "quorum": "two servers of the chain that agree",
}


def _balance_text(overview: MorOverview) -> str:
    rows = [
        f"{overview.address}",
        f"wallet        {mor(overview.wallet)}",
        f"in sessions   {mor(overview.in_sessions)}",
        *(f"locked        {mor(h.amount)} until {clock_time(h.until)}" for h in overview.locked),
        f"ready         {mor(overview.ready)}",
        f"as provider   {mor(overview.provider_stake + overview.model_stake)}",
        f"together      {mor(overview.total)}",
        f"for fees      {eth(overview.eth_wei)}",
        *([f"on its way    {mor(overview.in_flight)}"] if overview.in_flight else []),
        *([f"claimable     {mor(overview.claimable)} as provider"] if overview.claimable else []),
        f"told by       {_SOURCES[overview.sources]}",
        *([f"! {overview.disagreement}"] if overview.disagreement else []),
    ]
    return "\n".join(rows)


@app.command()
def lock(typer_context: typer.Context, as_json: bool = JSON) -> None:
    """Lock the wallet of the running node."""
    context = context_of(typer_context).with_json(as_json)
    run(context, _lock(context))


async def _lock(context: CliContext) -> None:
    async with open_service(context) as node:
        found = await node.wallet.lock()
    context.show(found, lambda: _status_text(found))


@app.command()
def remove(
    typer_context: typer.Context,
    address: str = typer.Argument("", help="Only this account, with a copy of its file aside."),
    yes: bool = typer.Option(False, "--yes", "-y", help="Do not ask."),
    as_json: bool = JSON,
) -> None:
    """Remove the wallet from this computer. Without a backup its money is lost for good."""
    context = context_of(typer_context).with_json(as_json)
    if address:
        run(context, wallet_accounts.remove_one(context, address, yes))
    else:
        run(context, _remove(context, yes))


async def _remove(context: CliContext, yes: bool) -> None:
    question = "Remove it? Without its phrase or key the money is lost for good."
    agree(context, "This removes the wallet from this computer.", question, yes)
    async with open_service(context) as node:
        found = await node.wallet.remove()
    context.show(found, lambda: "The wallet is removed.")


@app.command()
def withdraw(typer_context: typer.Context, as_json: bool = JSON) -> None:
    """Take back released stake of sessions closed early."""
    context = context_of(typer_context).with_json(as_json)
    run(context, _withdraw(context))


async def _withdraw(context: CliContext) -> None:
    context.require_network()
    async with open_service(context) as node:
        result = await node.wallet.withdraw_released()
    context.show(result, lambda: f"{mor(result.amount)} are back in the wallet.")
