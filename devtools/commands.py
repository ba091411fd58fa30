"""The commands of `dev.py`."""

import argparse
import io
import os
import sys
from collections.abc import Callable
from pathlib import Path

from devtools import bundle, environment, locking
from devtools.checks import run_checks, run_tests
from devtools.compiler import ensure_solidity_compiler
from devtools.console import ROOT, DevError, Steps, become, call, say
from devtools.system import ensure_qt_libraries, has_display

WINDOWLESS = frozenset({"--text", "--once", "--headless", "--version", "--help"})
"""Options of `mor-launch` that open no window and need no library of Qt."""

TAKES_MORE = frozenset({"run", "test", "bench", "shots", "contracts"})
"""Commands that hand further arguments on."""


def _run(options: argparse.Namespace) -> int:
    environment.ensure(dev=False)
    program = [*environment.entry_point("mor-launch"), *options.arguments]
    if not WINDOWLESS.isdisjoint(options.arguments):
        return become(program)
    if not has_display():
        say("No display here: starting the terminal demo (mor-launch --text).")
        return become([*program, "--text"])
    ensure_qt_libraries(display=True)
    return become(program)


def _test(options: argparse.Namespace) -> int:
    steps = Steps()

    def install() -> bool:
        environment.ensure(dev=True)
        ensure_qt_libraries(display=False)
        ensure_solidity_compiler()
        return True

    steps.run("install", install)
    run_checks(steps)
    closing = run_tests(steps, options.arguments)
    steps.summary()
    if closing:
        say(closing)
    return 0 if steps.ok else 1


def _check(options: argparse.Namespace) -> int:
    del options
    environment.ensure(dev=True)
    steps = Steps()
    run_checks(steps)
    steps.summary()
    return 0 if steps.ok else 1


def _bench(options: argparse.Namespace) -> int:
    environment.ensure(dev=True)
    ensure_qt_libraries(display=False)
    env = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    flags = ["--json"] if options.json else []
    return call([environment.python(), "-m", "benchmarks", *flags, *options.arguments], env=env)


def _shots(options: argparse.Namespace) -> int:
    environment.ensure(dev=False)
    ensure_qt_libraries(display=False)
    env = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    out = Path(options.out).absolute()
    command = [environment.python(), "-m", "morpheus_desktop.shots", out, *options.arguments]
    return call(command, env=env)


def _bundle(options: argparse.Namespace) -> int:
    environment.ensure(dev=True)
    ensure_qt_libraries(display=True)
    steps = Steps()
    if not options.smoke_only:
        steps.run("build", bundle.build)
    if steps.ok:
        bundle.smoke(steps)
    steps.summary()
    return 0 if steps.ok else 1


def _contracts(options: argparse.Namespace) -> int:
    environment.ensure(dev=True)
    script = ROOT / "packaging" / "contracts_build.py"
    return call([environment.python(), script, *options.arguments])


def _lock(options: argparse.Namespace) -> int:
    return locking.lock(upgrade=options.upgrade)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="dev.py", description="Commands of a working copy of Morpheus Desktop."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def add(
        name: str, work: Callable[[argparse.Namespace], int], text: str
    ) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=text, description=text)
        command.set_defaults(work=work, arguments=[])
        return command

    add("run", _run, "install what is needed, then start mor-launch (further arguments go to it)")
    add("test", _test, "install, lint, types, layers, tests (further arguments go to pytest)")
    add("check", _check, "lint, format, types and layers, without the tests")
    bench = add("bench", _bench, "measure (figures reached: benchmarks/RESULTS.md)")
    bench.add_argument("--json", action="store_true", help="print one JSON object")
    add("shots", _shots, "render every page and state as PNG").add_argument("out", metavar="OUT")
    built = add("bundle", _bundle, "build the one-folder program and smoke-test it")
    built.add_argument("--smoke-only", action="store_true", help="test what is in dist/ already")
    add("contracts", _contracts, "rebuild the demo network's contracts (needs node and npm)")
    locked = add("lock", _lock, "resolve pyproject.toml again into packaging/requirements*.txt")
    locked.add_argument("--upgrade", action="store_true", help="take the newest allowed versions")
    return parser


def main(argv: list[str]) -> int:
    """Run one command and return the exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    parser = _parser()
    options, rest = parser.parse_known_args(argv)
    if rest and options.command not in TAKES_MORE:
        parser.error(f"{options.command} takes no {rest[0]}")
    options.arguments = [word for word in rest if word != "--"]
    try:
        status: int = options.work(options)
    except DevError as error:
        say(f"dev.py: {error}")
        return 1
    except KeyboardInterrupt:
        return 130
    return status
