"""`mor-cli config`: show, check and change settings; take over and hand on those of a Go node."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from node.cli.config_values import SettingRow, setting_name, setting_rows, shown, typed_value
from node.cli.context import CliContext, agree, context_of, open_service, run
from node.cli.peer_folder import in_folder
from node.core.errors import UserInputError

if TYPE_CHECKING:
    from node.service.peer_import import ImportPlan

app = typer.Typer(
    no_args_is_help=True,
    help="Show, check and change settings; import and export those of a Go node.",
)
JSON = typer.Option(False, "--json", help="Print JSON.")
YES = typer.Option(False, "--yes", "-y", help="Do not ask.")
NAME = typer.Argument(help="Name of a setting, or of the environment variable for it.")


@app.command()
def show(
    typer_context: typer.Context,
    all_: bool = typer.Option(False, "--all", "-a", help="Also those that have their default."),
    as_json: bool = JSON,
) -> None:
    """Show the settings and where each value comes from. Secrets are not shown.

    Example: mor-cli config show --all
    """
    context = context_of(typer_context).with_json(as_json)
    rows = [row for row in setting_rows(context) if all_ or context.as_json or row.source]
    context.show(rows, lambda: "\n".join(_row(row) for row in rows) or "All have their defaults.")


def _row(row: SettingRow) -> str:
    source = f"  ({row.source})" if row.source else ""
    return f"{row.name} = {row.value}{source}"


@app.command()
def get(typer_context: typer.Context, name: str = NAME, as_json: bool = JSON) -> None:
    """Show one setting.

    Example: mor-cli config get web_address
    """
    context = context_of(typer_context).with_json(as_json)
    wanted = setting_name(name)
    row = next(row for row in setting_rows(context) if row.name == wanted)
    context.show(row, lambda: f"{row.value}")


@app.command("set")
def set_(
    typer_context: typer.Context,
    name: str = NAME,
    value: str = typer.Argument(help="The new value; lists are separated by commas."),
    as_json: bool = JSON,
) -> None:
    """Store a setting in settings.toml. A running node takes it over at once where it can.

    Example: mor-cli config set log_level debug
    """
    context = context_of(typer_context).with_json(as_json)
    run(context, _set(context, setting_name(name), value))


async def _set(context: CliContext, name: str, text: str) -> None:
    from node.core.settings import save_settings
    from node.service.runtime_file import running_node

    value = typed_value(name, text)
    if running_node(context.dirs) is not None:
        async with open_service(context) as node:
            await node.system.set_settings({name: value})
    else:
        context.dirs.ensure()
        save_settings(context.dirs.settings_file, {name: value})
    row = next(row for row in setting_rows(context) if row.name == name)
    context.show(row, lambda: _stored(context, row))


def _stored(context: CliContext, row: SettingRow) -> str:
    if row.source and row.source != context.dirs.settings_file.name:
        return f"Stored, but {row.source} is stronger: {row.name} = {row.value}"
    later = " A running node takes it over when it starts again." if row.restart else ""
    return f"{row.name} = {row.value}.{later}"


@app.command()
def unset(typer_context: typer.Context, name: str = NAME, as_json: bool = JSON) -> None:
    """Remove a setting from settings.toml, so that its default holds again."""
    from node.core.settings import forget_setting

    context = context_of(typer_context).with_json(as_json)
    wanted = setting_name(name)
    if wanted == "own_networks":
        raise UserInputError(
            "Networks are removed one by one.", hint="`mor-cli network remove NAME` removes one."
        )
    forget_setting(context.dirs.settings_file, wanted)
    row = next(row for row in setting_rows(context) if row.name == wanted)
    context.show(row, lambda: _row(row))


@app.command()
def check(
    typer_context: typer.Context,
    folder: Path | None = typer.Option(None, help="Check the .env and files of a Go node there."),
    as_json: bool = JSON,
) -> None:
    """Check settings and files for faults, without a network.

    Example: mor-cli config check --folder .
    Exit code 0: all is well; 10: warnings only; 1: something is wrong.
    """
    from node.cli.doctor import finding_line, worst
    from node.service.config_check import check_config

    context = in_folder(context_of(typer_context).with_json(as_json), folder)
    findings = check_config(context.dirs, context.environment)
    context.show(findings, lambda: "\n".join(finding_line(item) for item in findings))
    code = worst(findings)
    if code:
        raise typer.Exit(code)


@app.command("export")
def export(
    typer_context: typer.Context,
    folder: Path = typer.Argument(help="Folder for the files; it is made when it is not there."),
    replace: bool = typer.Option(False, "--replace", help="Replace files that are there."),
    as_json: bool = JSON,
) -> None:
    """Write this node's configuration as files that the public Go node reads.

    The wallet's key is never written. Keys of model servers and the API's password are: the files
    are readable for you only.
    """
    from node.service.peer_export import plan_export, write_export

    context = context_of(typer_context).with_json(as_json)
    plan = plan_export(context.settings(), context.dirs)
    paths = [str(path) for path in write_export(plan, folder.absolute(), replace=replace)]
    context.show(
        {"files": paths, "notes": list(plan.notes)}, lambda: "\n".join([*paths, *plan.notes])
    )


@app.command("import")
def import_(
    typer_context: typer.Context,
    folder: Path = typer.Argument(Path(), help="Folder of the Go node, with its .env."),
    yes: bool = YES,
    as_json: bool = JSON,
) -> None:
    """Take over .env, models-config.json, rating-config.json and more from a Go node's folder.

    Shows what would change and asks first. What is replaced is kept beside it as .bak.
    """
    from node.service.peer_import import carry_out, plan_import

    context = context_of(typer_context).with_json(as_json)
    plan = plan_import(folder.absolute(), context.dirs)
    if not context.as_json:
        typer.echo("\n".join(_preview(plan)))
    agree(context, "This changes the configuration of this node.", "Take this over?", yes)
    backups = carry_out(plan, context.dirs, datetime.now(UTC))
    context.show(_imported(plan, backups), lambda: _done(backups))


def _preview(plan: "ImportPlan") -> list[str]:
    return [
        f"From {plan.folder}:",
        *(f"  {name} = {shown(value)}" for name, value in plan.settings.items()),
        *(f"  {file.source} as {file.target}" for file in plan.files),
        *(f"  not taken: {item.name}, because {item.reason}" for item in plan.left),
    ]


def _imported(plan: "ImportPlan", backups: tuple[Path, ...]) -> dict[str, Any]:
    return {
        "settings": {name: shown(value) for name, value in plan.settings.items()},
        "files": [str(file.target) for file in plan.files],
        "left": [{"name": item.name, "reason": item.reason} for item in plan.left],
        "backups": [str(path) for path in backups],
    }


def _done(backups: tuple[Path, ...]) -> str:
    kept = "".join(f"\nKept: {path}" for path in backups)
    return f"Taken over. Look it over with `mor-cli doctor`.{kept}"
