"""`mor-cli doctor`: what is wrong and how to put it right."""

import typer

from node.cli.context import EXIT_FAILED, CliContext, context_of, open_service, run
from node.service.dto import DoctorFinding


def doctor(
    typer_context: typer.Context,
    as_json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """Check disk, chain, clock, wallet and hosting. Exit code 1 when something is wrong."""
    context = context_of(typer_context).with_json(as_json)
    findings: list[DoctorFinding] = []
    run(context, _examine(context, findings))
    if not all(finding.ok for finding in findings):
        raise typer.Exit(EXIT_FAILED)


async def _examine(context: CliContext, findings: list[DoctorFinding]) -> None:
    async with open_service(context) as node:
        findings.extend(await node.system.doctor())
    context.show(findings, lambda: "\n".join(_line(finding) for finding in findings))


def _line(finding: DoctorFinding) -> str:
    mark = "ok  " if finding.ok else "FAIL"
    hint = f"\n     {finding.hint}" if finding.hint else ""
    return f"{mark} {finding.name}: {finding.message}{hint}"
