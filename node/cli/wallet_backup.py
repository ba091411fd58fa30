"""`mor-cli wallet reveal`, `backup`, `restore`, `verify-backup`, `change-password`."""

from pathlib import Path
from typing import Literal, cast

import typer
from pydantic import SecretStr

from node.cli.context import CliContext, context_of, open_service, run
from node.cli.secret_input import read_line, read_secret, wallet_password
from node.core.errors import StorageError, UserInputError
from node.core.keystore_file import read_keystore
from node.core.paths import write_private
from node.service.dto import ImportWallet, RevealRequest

JSON = typer.Option(False, "--json", help="Print JSON.")
KEYRING = typer.Option(False, "--keyring", help="Protect by the system's secret store.")
NEW_PASSWORD = typer.Option(False, "--new-password", help="Asks for a password of its own.")
SHOWN = {"phrase": "phrase", "key": "private_key"}


def register(app: typer.Typer) -> None:
    """Put the commands of this module into `app`."""
    for name, command in (
        ("reveal", reveal),
        ("backup", backup),
        ("restore", restore),
        ("verify-backup", verify_backup),
        ("change-password", change_password),
    ):
        app.command(name)(command)


def reveal(
    typer_context: typer.Context,
    what: str = typer.Argument(help="phrase or key."),
    as_json: bool = JSON,
) -> None:
    """Show the recovery phrase or the private key of the account in use. Asks for the password."""
    context = context_of(typer_context).with_json(as_json)
    if what not in SHOWN:
        raise typer.BadParameter("phrase or key")
    run(context, _reveal(context, what))


async def _reveal(context: CliContext, what: str) -> None:
    async with open_service(context) as node:
        kind = cast(Literal["phrase", "private_key"], SHOWN[what])
        request = RevealRequest(what=kind, password=await wallet_password(node))
        found = await node.wallet.reveal(request)
    shown = {what: found.text.get_secret_value()}
    if found.passphrase.get_secret_value():
        shown["passphrase"] = found.passphrase.get_secret_value()
    context.show(shown, lambda: "\n".join(shown.values()))


def backup(
    typer_context: typer.Context,
    file: Path = typer.Argument(help="New file."),
    keystore: bool = typer.Option(
        False, "--keystore", help="Only the account in use, as a file for other wallets."
    ),
    new_password: bool = NEW_PASSWORD,
    as_json: bool = JSON,
) -> None:
    """Write all accounts into one encrypted file. Asks for the password."""
    context = context_of(typer_context).with_json(as_json)
    if file.exists():
        raise UserInputError(f"{file.name} is there already.", hint="Name a new file.")
    run(context, _backup(context, file.absolute(), keystore, new_password))


async def _backup(context: CliContext, file: Path, keystore: bool, new_password: bool) -> None:
    async with open_service(context) as node:
        password = await wallet_password(node)
        own = None
        if new_password or password is None:
            own = SecretStr(read_secret("Password for the backup", confirm=True))
        request = RevealRequest(
            what="keystore" if keystore else "backup", password=password, new_password=own
        )
        found = await node.wallet.reveal(request)
    try:
        write_private(file, found.text.get_secret_value().encode())
    except OSError as error:
        raise StorageError(
            f"{file} could not be written: {error.strerror or error}.", code="storage.io"
        ) from error
    context.show({"file": str(file)}, lambda: f"{file} is written. Keep its password elsewhere.")


def restore(
    typer_context: typer.Context,
    file: Path = typer.Argument(help="A file of `mor-cli wallet backup`."),
    new_password: bool = NEW_PASSWORD,
    keyring: bool = KEYRING,
    as_json: bool = JSON,
) -> None:
    """Bring the accounts of a backup back; accounts that are there stay as they are."""
    context = context_of(typer_context).with_json(as_json)
    run(context, _restore(context, file, new_password, keyring))


async def _restore(context: CliContext, file: Path, new_password: bool, keyring: bool) -> None:
    text = read_keystore(file)
    password = SecretStr(read_secret("Password of the backup"))
    own = SecretStr(read_secret("New password", confirm=True)) if new_password else None
    request = ImportWallet(
        backup=text, keystore_password=password, password=own, use_keyring=keyring
    )
    async with open_service(context) as node:
        found = await node.wallet.import_(request)
        accounts = await node.wallet.accounts()
    shown = {"address": found.address, "accounts": len(accounts)}
    context.show(shown, lambda: f"{found.address}: the wallet has {len(accounts)} accounts now.")


def verify_backup(typer_context: typer.Context, as_json: bool = JSON) -> None:
    """Ask three words of the phrase back, so that you know your notes are right."""
    context = context_of(typer_context).with_json(as_json)
    run(context, _verify_backup(context))


async def _verify_backup(context: CliContext) -> None:
    async with open_service(context) as node:
        questions = await node.wallet.backup_challenge(await wallet_password(node))
        answers = []
        for question in questions:
            choices = ", ".join(question.choices)
            typer.echo(f"Word {question.position}: {choices}?", err=True)
            answers.append(read_line(f"Word {question.position}"))
        found = await node.wallet.confirm_backup(tuple(answers))
    context.show(found, lambda: "The backup is right.")


def change_password(
    typer_context: typer.Context, keyring: bool = KEYRING, as_json: bool = JSON
) -> None:
    """Give the accounts of the wallet in use another password, all of them or none."""
    context = context_of(typer_context).with_json(as_json)
    run(context, _change_password(context, keyring))


async def _change_password(context: CliContext, keyring: bool) -> None:
    async with open_service(context) as node:
        old = await wallet_password(node)
        new = None if keyring else SecretStr(read_secret("New password", confirm=True))
        found = await node.wallet.change_password(old, new, keyring)
    context.show(found, lambda: "The password is changed.")
