"""`mor-cli local`: models on this computer."""

from pathlib import Path

import typer

from node.cli.context import CliContext, context_of, listed, open_service, run
from node.service.dto import LocalModel

app = typer.Typer(
    no_args_is_help=True, help="GGUF models on this computer: free, private, without a network."
)
JSON = typer.Option(False, "--json", help="Print JSON.")


@app.command("list")
def list_(typer_context: typer.Context, as_json: bool = JSON) -> None:
    """List the models that were added."""
    context = context_of(typer_context).with_json(as_json)
    run(context, _list(context))


async def _list(context: CliContext) -> None:
    async with open_service(context) as node:
        found = await node.local.models()
    context.show(
        found, lambda: listed(map(_line, found), "None yet. Add one: mor-cli local add FILE.gguf")
    )


def _line(model: LocalModel) -> str:
    size = model.size_bytes / 1024**2
    return f"{model.id}  {model.name}  {size:.0f} MiB  {model.state}  fit: {model.fit}"


@app.command()
def add(
    typer_context: typer.Context,
    file: Path = typer.Argument(help="A .gguf file; it stays where it is."),
    as_json: bool = JSON,
) -> None:
    """Add a model file."""
    context = context_of(typer_context).with_json(as_json)
    run(context, _add(context, str(file.absolute())))


async def _add(context: CliContext, file: str) -> None:
    async with open_service(context) as node:
        model = await node.local.add_file(file)
    context.show(model, lambda: _line(model))


@app.command()
def remove(
    typer_context: typer.Context,
    model_id: str = typer.Argument(help="Id of the model."),
    as_json: bool = JSON,
) -> None:
    """Forget a model; its file is not deleted."""
    context = context_of(typer_context).with_json(as_json)
    run(context, _remove(context, model_id))


async def _remove(context: CliContext, model_id: str) -> None:
    async with open_service(context) as node:
        await node.local.remove(model_id)
    context.show({"removed": model_id}, lambda: "Forgotten; the file stays where it is.")
