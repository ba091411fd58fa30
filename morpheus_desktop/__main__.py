"""Entry of `mor-launch`.

Child processes are recognised first, then what needs no window, so that neither pays for Qt.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from node import __version__

NO_DISPLAY = (
    "There is no display to open a window on. Try --text for the demo in this terminal,"
    " or --headless for a node without a window."
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program with the process' arguments, or the given ones; returns the exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if "--llama-worker" in given:
        from node.llm.llama.worker import main as worker_main

        return worker_main()
    if "--gguf-check" in given:
        from node.llm.gguf_check import main as check_main

        return check_main()
    options = _parser().parse_args(given)
    if options.text or options.once or options.headless:
        return _without_window(options)
    if not has_display():
        sys.stderr.write(NO_DISPLAY + "\n")
        return 1
    return _window(options)


def has_display() -> bool:
    """Whether Qt could open a window here. Only Linux and the BSDs may lack a display."""
    if sys.platform in ("win32", "darwin"):
        return True
    if os.environ.get("QT_QPA_PLATFORM", "").split(":")[0] in ("offscreen", "minimal", "vnc"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="mor-launch", description="Morpheus Desktop: chat with open models."
    )
    add = parser.add_argument
    add("--version", action="version", version=__version__)
    add("--demo", action="store_true", help="start in the demo: play money, no account")
    add("--network", default="", metavar="NAME", help="demo, base, base-sepolia, … or yours")
    add("--home", type=Path, metavar="DIR", help="folder for all data of this program")
    add("--headless", action="store_true", help="run the node without a window")
    add("--text", action="store_true", help="the demo as a chat in this terminal")
    add("--once", default="", metavar="TEXT", help="with --text: ask once, print the answer, end")
    add("--json", action="store_true", help="with --text or --headless: print JSON")
    add("--smoke", action="store_true", help="run the demo by itself, print one line, end")
    return parser


def _without_window(options: argparse.Namespace) -> int:
    """Hand over to the command line, which is the same program behind another door."""
    from node.cli.main import app

    place = ["--home", str(options.home)] if options.home else []
    as_json = ["--json"] if options.json else []
    if options.headless:
        network = ["--network", options.network] if options.network else []
        command = [*place, *network, *as_json, "serve"]
    else:
        once = ["--once", options.once] if options.once else []
        command = [*place, *as_json, "demo", *once]
    try:
        app(command, prog_name="mor-launch")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1
    return 0


def _window(options: argparse.Namespace) -> int:
    from node.core.errors import ConfigError
    from node.core.paths import AppDirs
    from node.core.settings import load_settings

    dirs = AppDirs.under(options.home) if options.home else AppDirs.default()
    flags = {"network": options.network} if options.network else {}
    environment = dict(os.environ)
    os.environ.pop("WALLET_PRIVATE_KEY", None)  # child processes must not inherit it
    try:
        settings = load_settings(file=dirs.settings_file, environment=environment, flags=flags)
    except ConfigError as error:
        sys.stderr.write(f"{error.message} {error.hint}".strip() + "\n")
        return 2
    from morpheus_desktop.app import WindowOptions, run_window

    return run_window(
        WindowOptions(
            dirs=dirs, settings=settings, demo=options.demo or options.smoke, smoke=options.smoke
        )
    )


if __name__ == "__main__":
    sys.exit(main())
