"""Start to a healthy node, start to a visible window, and what both cost while nothing happens.

A profile that exists already and the demo network: the chain of the demo runs inside.
"""

import importlib.util
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil

from benchmarks.rows import Row, Scale, median
from tests.support.programs import Program, clean_environment

IDLE_S = 20
SETTLE_S = 8


def run(scale: Scale) -> Iterator[Row]:
    with tempfile.TemporaryDirectory(prefix="morpheus-bench-") as folder:
        home = Path(folder)
        yield from _node(home / "node", scale, network="")
        yield from _node(home / "demo", scale, network="demo")
        if importlib.util.find_spec("PySide6") is not None:
            yield from _window(home / "window", scale)


def _node(home: Path, scale: Scale, *, network: str) -> Iterator[Row]:
    chosen = ("--network", network) if network else ()
    label = "node with the demo network" if network else "node alone"
    times: list[float] = []
    for _ in range(scale.of(4, 1)):
        began = time.perf_counter()
        with Program(home, *chosen, "serve", "--web-address", "127.0.0.1:0") as node:
            url = f"{node.announced['api_url']}/healthcheck"
            if httpx.get(url, trust_env=False).status_code != 200:
                raise RuntimeError("the node is not healthy")
            times.append(time.perf_counter() - began)
            node.terminate(within_s=10)
    # The first start makes the profile.
    name = "start to node ready" if not network else "start to node ready, demo network"
    yield Row(name=name, value=median(times[1:] or times), unit="s", note="from the command on")
    with Program(home, *chosen, "serve", "--web-address", "127.0.0.1:0") as node:
        time.sleep(0.1 if scale.quick else SETTLE_S)
        yield from _idle(node.process, label, scale)


def _window(home: Path, scale: Scale) -> Iterator[Row]:
    times: list[float] = []
    command = [sys.executable, "-m", "benchmarks.window_probe", str(home)]
    environment = clean_environment(home, {"QT_QPA_PLATFORM": "offscreen"})
    home.mkdir()
    rounds = scale.of(4, 1)
    for number in range(rounds):
        with subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as process:
            try:
                if process.stdout is None:
                    raise RuntimeError("no pipe to the window")
                times.append(float(json.loads(process.stdout.readline())["window_s"]))
                if number == rounds - 1:
                    time.sleep(0.1 if scale.quick else SETTLE_S)
                    yield from _idle(psutil.Process(process.pid), "window and node", scale)
            finally:
                process.terminate()
    yield Row(
        name="start to visible window",
        value=median(times[1:] or times),
        unit="s",
        note="to the first paint, offscreen",
    )


def _idle(process: psutil.Process, label: str, scale: Scale) -> Iterator[Row]:
    family = [process, *process.children(recursive=True)]
    memory = sum(item.memory_info().rss for item in family) / 2**20
    yield Row(name=f"idle memory, {label}", value=memory, unit="MiB")
    before, began = _cpu_s(family), time.perf_counter()
    time.sleep(0.2 if scale.quick else IDLE_S)
    share = (_cpu_s(family) - before) / (time.perf_counter() - began) * 100
    yield Row(name=f"idle CPU, {label}", value=share, unit="%", note="of one core")


def _cpu_s(family: list[psutil.Process]) -> float:
    times = [item.cpu_times() for item in family]
    return float(sum(item.user + item.system for item in times))
