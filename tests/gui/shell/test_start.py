"""Starting the program: what needs no window, what needs a display, one window per folder."""

import gc
import subprocess
import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from morpheus_desktop.__main__ import NO_DISPLAY, has_display, main
from morpheus_desktop.app import child_command
from morpheus_desktop.garbage import WindowCollector
from morpheus_desktop.single_instance import SingleInstance


def test_without_a_display_there_is_one_clear_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    assert main(["--demo"]) == 1
    assert capsys.readouterr().err == NO_DISPLAY + "\n"


@pytest.mark.parametrize(
    ("name", "value"),
    [("DISPLAY", ":0"), ("WAYLAND_DISPLAY", "wayland-0"), ("QT_QPA_PLATFORM", "offscreen")],
)
def test_what_counts_as_a_display(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    for other in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(other, raising=False)
    assert not has_display()
    monkeypatch.setenv(name, value)
    assert has_display()


def test_the_version_needs_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["--version"])
    assert end.value.code == 0
    assert capsys.readouterr().out.count(".") == 2


def test_unreadable_settings_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "settings.toml").write_text("not = [toml", encoding="utf-8")
    assert main(["--home", str(tmp_path)]) == 2
    assert "settings.toml" in capsys.readouterr().err


def test_child_processes_bring_no_qt() -> None:
    """The checker of model files runs before anything heavy is imported."""
    code = (
        "import sys; sys.argv = ['mor-launch', '--gguf-check'];"
        "from morpheus_desktop.__main__ import main; main();"
        "print(sorted(n for n in sys.modules if n.startswith(('PySide6', 'web3', 'qasync'))))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        input=b"",
        capture_output=True,
        timeout=60,
        check=False,
        cwd=Path(__file__).resolve().parents[3],
    )
    assert done.stdout.decode().strip().endswith("[]"), done.stderr.decode()


def test_children_are_started_as_this_program(monkeypatch: pytest.MonkeyPatch) -> None:
    assert child_command("--llama-worker") == [
        sys.executable,
        "-m",
        "morpheus_desktop",
        "--llama-worker",
    ]
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert child_command("--gguf-check") == [sys.executable, "--gguf-check"]


def test_a_second_start_raises_the_first_window(qtbot: QtBot, tmp_path: Path) -> None:
    first, second = SingleInstance(tmp_path), SingleInstance(tmp_path)
    other = SingleInstance(tmp_path / "elsewhere")
    assert first.claim()
    try:
        with qtbot.waitSignal(first.raise_requested):
            assert not second.claim()
        assert other.claim()
    finally:
        first.release()
        other.release()
    assert second.claim()
    second.release()


def test_cycles_die_in_the_windows_thread_only(qtbot: QtBot) -> None:
    del qtbot
    collector = WindowCollector()
    collector.start()
    try:
        assert not gc.isenabled()
        before = sum(generation["collections"] for generation in gc.get_stats())
        hold = [[] for _ in range(5000)]  # type: ignore[var-annotated]
        collector.collect()
        after = sum(generation["collections"] for generation in gc.get_stats())
        assert after > before
        del hold
    finally:
        collector.stop()
    assert gc.isenabled()
