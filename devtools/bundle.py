"""Build the one-folder program and make sure that what was frozen works."""

import contextlib
import json
import os
import re
import select
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from devtools import environment
from devtools.console import ROOT, DevError, Steps, call, say

DIST = ROOT / "dist" / "mor-launch"
_WORKER_START_S = 60
_QUESTION = "What is a session?"
_DEMO_FIELDS = (
    "answer", "model", "provider", "session_id", "stake_wei", "returned_wei", "held_wei",
    "transactions", "ttft_ms", "tokens", "elapsed_s",
)  # fmt: skip
_PREPARE_WORKER = """
import sys
from pathlib import Path
from node.llm.llama.options import EngineOptions
from node.llm.llama.protocol import LoadSpec, encode_spec
from tests.support.tiny_gguf import write_tiny_gguf

model = write_tiny_gguf(Path(sys.argv[1]))
options = EngineOptions(context_total=512, slots=1, threads=1, cache_ram_mib=16)
spec = LoadSpec(
    engine="xllamacpp", model=str(model), alias="tiny", key="00" * 32, socket="",
    parent_pid=int(sys.argv[2]), rss_mb=0, options=options,
)
sys.stdout.buffer.write(encode_spec(spec))
"""
"""Writes a model file and prints the start line of its worker."""


def executable() -> Path:
    """The frozen program."""
    return DIST / ("mor-launch.exe" if os.name == "nt" else "mor-launch")


def build() -> bool:
    """Run PyInstaller on `mor-launch.spec` and tell the size of the result."""
    command: list[str | Path] = [
        environment.python(), "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN",
        "--distpath", ROOT / "dist", "--workpath", ROOT / "build" / "pyinstaller",
        ROOT / "mor-launch.spec",
    ]  # fmt: skip
    if call(command) or not executable().exists():
        return False
    size = sum(path.lstat().st_size for path in DIST.rglob("*") if path.is_file())
    say(f"{DIST.relative_to(ROOT)}: {size / 1e6:.0f} MB")
    return True


def _clean_environment(home: Path) -> dict[str, str]:
    """Nothing of the working copy: the frozen program must stand alone."""
    kept = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "TEMP", "TMP", "HOME", "USERPROFILE", "DISPLAY")
    env = {name: os.environ[name] for name in kept if name in os.environ}
    return env | {"MORPHEUS_HOME": str(home)}


def _output(arguments: list[str], *, env: Mapping[str, str], timeout: float, text: str = "") -> str:
    command = [str(executable()), *arguments]
    try:
        done = subprocess.run(
            command,
            cwd=DIST,
            env=dict(env),
            input=text.encode(),
            capture_output=True,
            timeout=timeout,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise DevError(f"{' '.join(arguments)}: no end after {timeout:.0f} s") from error
    output = done.stdout.decode("utf-8", "replace")
    if done.returncode:
        tail = (output + done.stderr.decode("utf-8", "replace"))[-4000:]
        raise DevError(f"{' '.join(arguments)}: exit status {done.returncode}\n{tail}")
    return output


def _expect(condition: bool, text: str) -> None:
    if not condition:
        raise DevError(text)


def _check_version(home: Path) -> None:
    source = (ROOT / "node" / "__init__.py").read_text(encoding="utf-8")
    found = re.search(r'__version__ = "([^"]+)"', source)
    _expect(found is not None, "node/__init__.py names no version.")
    version = found.group(1) if found else ""
    text = _output(["--version"], env=_clean_environment(home), timeout=60)
    _expect(version in text, f"--version printed {text!r}, not {version}.")


def _check_demo(home: Path) -> None:
    arguments = ["--text", "--once", _QUESTION, "--json"]
    text = _output(arguments, env=_clean_environment(home), timeout=180)
    answer: dict[str, Any] = json.loads(text)
    missing = [name for name in _DEMO_FIELDS if name not in answer]
    _expect(not missing, f"The demo's answer lacks {', '.join(missing)}.")
    _expect(bool(str(answer["answer"]).strip()), "The demo's answer is empty.")
    stake, back = int(answer["stake_wei"]), int(answer["returned_wei"])
    held = int(answer["held_wei"])
    _expect(stake > 0 and back + held == stake, f"Of {stake} wei {back} returned, {held} held.")


def _read_event(process: subprocess.Popen[str]) -> dict[str, Any]:
    """Read one line of the worker's protocol; native noise goes to its stderr."""
    line = process.stdout.readline() if process.stdout else ""
    _expect(bool(line), "The llama worker ended, or was ended for its silence, without a word.")
    event: dict[str, Any] = json.loads(line)
    return event


def _prepare_model(home: Path) -> tuple[Path, str]:
    """Write a small model file; return its path and the start line of a worker for it."""
    model = home / "tiny.gguf"
    command = [str(environment.python()), "-c", _PREPARE_WORKER, str(model), str(os.getpid())]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    _expect(done.returncode == 0, f"No model file to try:\n{done.stderr[-2000:]}")
    return model, done.stdout


def _check_model_checker(home: Path) -> None:
    model, _ = _prepare_model(home)
    report = json.loads(
        _output(["--gguf-check"], env=_clean_environment(home), timeout=60, text=f"{model}\n")
    )
    _expect("info" in report, f"The model checker answered {report}.")


def _check_llama_worker(home: Path) -> None:
    """Load a generated model in the frozen worker, then close its input: it must be gone."""
    _, start_line = _prepare_model(home)
    process = subprocess.Popen(
        [str(executable()), "--llama-worker"],
        cwd=home,
        env=_clean_environment(home),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
    )
    patience = threading.Timer(_WORKER_START_S, process.kill)
    with process:
        patience.start()
        try:
            if process.stdin is None:
                raise DevError("The worker has no input.")
            process.stdin.write(start_line)
            process.stdin.flush()
            event = _read_event(process)
            while event.get("event") == "stage":
                event = _read_event(process)
            _expect(event.get("event") == "ready", f"The llama worker answered {event}.")
            process.stdin.close()
            process.wait(timeout=10)
        except subprocess.TimeoutExpired as error:
            raise DevError("The llama worker outlived its parent's pipe.") from error
        finally:
            patience.cancel()
            process.kill()


@contextlib.contextmanager
def _display() -> Iterator[dict[str, str]]:
    """Variables of a display for the window: the one at hand, else Xvfb, else offscreen."""
    if not sys.platform.startswith("linux") or os.environ.get("DISPLAY"):
        yield {}
        return
    if not shutil.which("Xvfb"):
        say("    no display and no Xvfb here: the window is painted offscreen")
        yield {"QT_QPA_PLATFORM": "offscreen"}
        return
    reading, writing = os.pipe()
    screen = ["-screen", "0", "1280x800x24", "-nolisten", "tcp"]
    command = ["Xvfb", "-displayfd", str(writing), *screen]
    with subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL) as server:
        os.close(writing)
        try:
            ready, _, _ = select.select([reading], [], [], 30)
            number = os.read(reading, 32).decode().strip() if ready else ""
            _expect(number.isdigit(), "Xvfb did not start.")
            yield {"DISPLAY": f":{number}", "QT_QPA_PLATFORM": "xcb"}
        finally:
            os.close(reading)
            server.terminate()


def _check_window(home: Path) -> None:
    with _display() as variables:
        env = _clean_environment(home) | variables
        _output(["--demo", "--smoke"], env=env, timeout=180)


def smoke(steps: Steps) -> None:
    """Try the frozen program: version, demo in text, model checker, llama worker, window."""
    checks = {
        "version": _check_version,
        "demo in text": _check_demo,
        "model checker": _check_model_checker,
        "llama worker": _check_llama_worker,
        "window": _check_window,
    }
    for name, check in checks.items():
        with tempfile.TemporaryDirectory(prefix="mor-smoke-") as folder:

            def work(check: Any = check, folder: str = folder) -> bool:
                try:
                    check(Path(folder))
                except (DevError, ValueError) as error:
                    say(f"    {error}")
                    return False
                return True

            steps.run(name, work)
