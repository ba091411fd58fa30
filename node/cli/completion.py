"""`mor-cli completion`: the text that makes a shell complete the commands."""

from enum import StrEnum

import typer
from typer._completion_shared import get_completion_script

PROGRAM = "mor-cli"
VARIABLE = "_MOR_CLI_COMPLETE"


class Shell(StrEnum):
    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"
    POWERSHELL = "powershell"


def completion(shell: Shell = typer.Argument(help="The shell that is used.")) -> None:
    """Print what makes the shell complete commands and options.

    bash: mor-cli completion bash >> ~/.bashrc. zsh, fish and PowerShell likewise in their start
    files; or let `mor-cli --install-completion` do it.
    """
    typer.echo(get_completion_script(prog_name=PROGRAM, complete_var=VARIABLE, shell=shell.value))
