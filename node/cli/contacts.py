"""`mor-cli wallet contacts`: names for addresses."""

import typer

from node.cli.context import CliContext, context_of, listed, open_service, run
from node.service.dto import Contact

JSON = typer.Option(False, "--json", help="Print JSON.")
app = typer.Typer(
    invoke_without_command=True,
    help="Names for addresses. Without a command: list them.",
)


@app.callback()
def contacts(typer_context: typer.Context, as_json: bool = JSON) -> None:
    """Names for addresses. Without a command: list them."""
    if typer_context.invoked_subcommand is None:
        context = context_of(typer_context).with_json(as_json)
        run(context, _list(context))


async def _list(context: CliContext) -> None:
    async with open_service(context) as node:
        found = await node.wallet.contacts()
    context.show(found, lambda: listed(map(_line, found), "There are no contacts."))


def _line(contact: Contact) -> str:
    note = f"  {contact.note}" if contact.note else ""
    return f"{contact.address}  {contact.name}{note}"


@app.command()
def save(
    typer_context: typer.Context,
    address: str = typer.Argument(help="Address."),
    name: str = typer.Argument(help="Name."),
    note: str = typer.Option("", help="A note of yours."),
    as_json: bool = JSON,
) -> None:
    """Add a contact, or rename the one with this address.

    Example: mor-cli wallet contacts save 0x1234… Ada
    """
    context = context_of(typer_context).with_json(as_json)
    run(context, _save(context, address, name, note))


async def _save(context: CliContext, address: str, name: str, note: str) -> None:
    async with open_service(context) as node:
        saved = await node.wallet.save_contact(address, name, note)
    context.show(saved, lambda: _line(saved))


@app.command()
def remove(
    typer_context: typer.Context,
    address: str = typer.Argument(help="Address."),
    as_json: bool = JSON,
) -> None:
    """Forget a contact. Nothing else changes."""
    context = context_of(typer_context).with_json(as_json)
    run(context, _remove(context, address))


async def _remove(context: CliContext, address: str) -> None:
    async with open_service(context) as node:
        await node.wallet.remove_contact(address)
    context.show({"removed": address}, lambda: "The contact is forgotten.")
