"""`dev.py`: what it says when something is missing, and when it installs."""

import json
import sys
from pathlib import Path

import pytest

from devtools import checks, commands, console, environment, interpreter, system


def test_the_running_python_is_recognised() -> None:
    found = interpreter.probe([sys.executable])
    assert found is not None
    assert found.version == sys.version_info[:2]


def test_a_program_that_is_no_python_is_refused() -> None:
    assert interpreter.probe(["true" if sys.platform != "win32" else "where"]) is None
    assert interpreter.probe(["no-such-program-here"]) is None


def test_the_preferred_version_wins_over_the_newest(monkeypatch: pytest.MonkeyPatch) -> None:
    made = {
        version: interpreter.Interpreter(
            path=Path(f"py{version[1]}"), version=version, complete=True
        )
        for version in ((3, 14), (3, 11), (3, 13))
    }
    monkeypatch.delenv("MORPHEUS_PYTHON", raising=False)
    monkeypatch.setattr(interpreter, "_candidates", lambda: [[str(v[1])] for v in made])
    monkeypatch.setattr(interpreter, "probe", lambda command: made[(3, int(command[0]))])
    assert interpreter.choose().version == (3, 13)


def test_a_python_without_venv_is_told_with_the_package_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bare = interpreter.Interpreter(path=Path("/usr/bin/python3"), version=(3, 11), complete=False)
    monkeypatch.setenv("MORPHEUS_PYTHON", "python3")
    monkeypatch.setattr(interpreter, "probe", lambda command: bare)
    monkeypatch.setattr(interpreter, "is_debian_like", lambda: True)
    monkeypatch.setattr(interpreter, "install_as_root", lambda packages, why: False)
    with pytest.raises(console.DevError, match=r"apt-get install python3\.11-venv"):
        interpreter.choose()


def _without(monkeypatch: pytest.MonkeyPatch, *libraries: str) -> None:
    monkeypatch.setattr(system.sys, "platform", "linux")
    monkeypatch.setattr(system, "_is_loadable", lambda name: name not in libraries)


@pytest.mark.parametrize(
    ("family", "command"),
    [
        ({"debian"}, "sudo apt-get install libegl1 libxcb-cursor0"),
        ({"fedora"}, "sudo dnf install mesa-libGL"),
        ({"arch"}, "sudo pacman -S --needed libglvnd"),
        ({"gentoo"}, r"Debian names\) libegl1 libxcb-cursor0"),
    ],
)
def test_missing_qt_libraries_are_named_with_the_command(
    monkeypatch: pytest.MonkeyPatch, family: set[str], command: str
) -> None:
    _without(monkeypatch, "libEGL.so.1", "libxcb-cursor.so.0")
    monkeypatch.setattr(system, "_os_family", lambda: family)
    monkeypatch.setattr(system, "_is_root", lambda: False)
    with pytest.raises(console.DevError, match=command) as caught:
        system.ensure_qt_libraries(display=True)
    assert "libEGL.so.1, libxcb-cursor.so.0" in str(caught.value)


def test_offscreen_work_asks_for_no_display_library(monkeypatch: pytest.MonkeyPatch) -> None:
    _without(monkeypatch, "libxcb-cursor.so.0")
    system.ensure_qt_libraries(display=False)


def test_root_on_debian_gets_the_libraries_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    missing = {"libEGL.so.1"}
    calls: list[list[str]] = []

    def call(command: list[str], **_: object) -> int:
        calls.append(command)
        if "install" in command:
            missing.clear()
        return 0

    monkeypatch.setattr(system.sys, "platform", "linux")
    monkeypatch.setattr(system, "_is_loadable", lambda name: name not in missing)
    monkeypatch.setattr(system, "_os_family", lambda: {"debian"})
    monkeypatch.setattr(system.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(system, "_is_root", lambda: True)
    monkeypatch.setattr(system, "call", call)
    system.ensure_qt_libraries(display=False)
    assert [command[-1] for command in calls if "install" in command] == ["libegl1"]


@pytest.mark.parametrize(
    ("variables", "shown"),
    [({}, False), ({"DISPLAY": ":0"}, True), ({"WAYLAND_DISPLAY": "wayland-0"}, True)],
)
def test_a_display_is_known_by_its_variables(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], shown: bool
) -> None:
    monkeypatch.setattr(system.sys, "platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert system.has_display() is shown


@pytest.fixture
def finished(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An environment that `ensure` has filled before, with a log of what was installed."""
    venv = tmp_path / ".venv"
    for name in ("requirements.txt", "requirements-dev.txt"):
        (tmp_path / name).write_text(f"content of {name}\n", encoding="utf-8")
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    monkeypatch.setattr(environment, "VENV", venv)
    monkeypatch.setattr(environment, "_STAMP", venv / "installed.json")
    monkeypatch.setattr(environment, "RUNTIME_LOCK", tmp_path / "requirements.txt")
    monkeypatch.setattr(environment, "DEV_LOCK", tmp_path / "requirements-dev.txt")
    environment.bin_dir().mkdir(parents=True)
    environment.python().write_text("")
    installed: list[str] = []
    found = interpreter.Interpreter(path=environment.python(), version=(3, 11), complete=True)
    monkeypatch.setattr(environment, "_usable", lambda: found)
    monkeypatch.setattr(environment, "_link_project", lambda: None)
    monkeypatch.setattr(environment, "call", lambda command, quiet: 0)  # "is pip there?"
    log = tmp_path / "installed.log"
    log.write_text("")

    def install(_: interpreter.Interpreter, lock: Path) -> None:
        installed.append(lock.name)
        log.write_text("\n".join(installed))

    monkeypatch.setattr(environment, "_install", install)
    environment.ensure(dev=True)
    return log


def test_a_second_run_installs_nothing(finished: Path) -> None:
    environment.ensure(dev=True)
    environment.ensure(dev=False)
    assert finished.read_text() == "requirements-dev.txt"


def test_a_changed_lock_is_installed(finished: Path) -> None:
    environment.DEV_LOCK.write_text("changed\n", encoding="utf-8")
    environment.ensure(dev=True)
    assert finished.read_text().split() == ["requirements-dev.txt"] * 2


def test_other_line_ends_are_no_change(finished: Path) -> None:
    content = environment.DEV_LOCK.read_bytes()
    environment.DEV_LOCK.write_bytes(content.replace(b"\n", b"\r\n"))
    environment.ensure(dev=True)
    assert finished.read_text() == "requirements-dev.txt"


def test_an_environment_that_was_moved_is_linked_again(finished: Path) -> None:
    stamp = json.loads(environment._STAMP.read_text())
    environment._STAMP.write_text(json.dumps(stamp | {"root": "/elsewhere"}))
    environment.ensure(dev=True)
    assert finished.read_text().split() == ["requirements-dev.txt"] * 2


def test_the_tests_see_nothing_of_the_developers_wallet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WALLET_PRIVATE_KEY", "11" * 32)
    monkeypatch.setenv("MORPHEUS_HOME", "/somewhere")
    env = checks.test_environment()
    assert "WALLET_PRIVATE_KEY" not in env
    assert "MORPHEUS_HOME" not in env
    assert env["QT_QPA_PLATFORM"] == "offscreen"


def test_a_failing_step_fails_the_command_and_the_others_still_run(
    capsys: pytest.CaptureFixture[str],
) -> None:
    steps = console.Steps()
    steps.run("lint", lambda: False)
    steps.run("types", lambda: True)
    steps.summary()
    assert not steps.ok
    text = capsys.readouterr().out
    assert "lint" in text
    assert "FAILED" in text
    assert text.count("ok ") == 1


def test_the_closing_line_of_pytest_is_found(capfd: pytest.CaptureFixture[str]) -> None:
    line = "===== 3 passed, 1 skipped in 62.10s (0:01:02) ====="
    code = f"print('3 passed'); print({line!r}); raise SystemExit(1)"
    status, closing = console.call_and_keep_closing_line([sys.executable, "-c", code], env={})
    assert (status, closing) == (1, line)
    assert line in capfd.readouterr().out


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Command lines that `dev.py run` becomes, with nothing installed or started."""
    lines: list[list[str]] = []

    def become(command: list[str | Path]) -> int:
        lines.append([Path(command[0]).name, *map(str, command[1:])])
        return 0

    monkeypatch.setattr(commands.environment, "ensure", lambda *, dev: None)
    monkeypatch.setattr(commands, "ensure_qt_libraries", lambda *, display: None)
    monkeypatch.setattr(commands, "become", become)
    return lines


@pytest.mark.skipif(sys.platform == "win32", reason="Windows always has a display")
def test_run_without_a_display_says_so_in_one_line_and_starts_the_terminal_demo(
    started: list[list[str]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(commands, "has_display", lambda: False)
    assert commands.main(["run", "--home", "x"]) == 0
    assert started == [["mor-launch", "--home", "x", "--text"]]
    text = capsys.readouterr().out
    assert text == "No display here: starting the terminal demo (mor-launch --text).\n"


@pytest.mark.skipif(sys.platform == "win32", reason="starts through the interpreter there")
@pytest.mark.parametrize("shown", [True, False])
@pytest.mark.parametrize("words", [["--headless"], ["--text", "--once", "hi"], ["--version"]])
def test_run_hands_over_what_needs_no_window(
    started: list[list[str]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    shown: bool,
) -> None:
    monkeypatch.setattr(commands, "has_display", lambda: shown)
    assert commands.main(["run", *words]) == 0
    assert started == [["mor-launch", *words]]
    assert capsys.readouterr().out == ""


@pytest.mark.skipif(sys.platform == "win32", reason="starts through the interpreter there")
def test_run_with_a_display_starts_the_window_with_its_arguments(
    started: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "has_display", lambda: True)
    assert commands.main(["run", "--demo"]) == 0
    assert started == [["mor-launch", "--demo"]]


@pytest.mark.parametrize("words", [["check", "x"], ["lock", "--nope"], ["bundle", "--fast"]])
def test_what_a_command_does_not_know_is_refused(
    capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        commands.main(words)
    assert end.value.code == 2
    assert f"{words[0]} takes no {words[1]}" in capsys.readouterr().err


def test_a_wrong_python_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MORPHEUS_PYTHON", "/nonexistent/python")
    with pytest.raises(console.DevError, match="/nonexistent/python"):
        interpreter.choose()


def test_what_cannot_go_on_is_one_message_and_a_failure(
    started: list[list[str]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def refuse(*, dev: bool) -> None:
        raise console.DevError("No suitable Python found.")

    monkeypatch.setattr(commands.environment, "ensure", refuse)
    assert commands.main(["run"]) == 1
    assert started == []
    assert capsys.readouterr().out == "dev.py: No suitable Python found.\n"
