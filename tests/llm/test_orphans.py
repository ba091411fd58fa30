"""However the node ends, its worker ends too."""

import asyncio
import os
import select
import signal
import sys
from pathlib import Path

import psutil
import pytest

from tests.llm.conftest import is_alive

_NODE = """
import asyncio, sys
from pathlib import Path
from node.core.clock import SystemClock
from node.llm.llama.options import EngineOptions
from node.llm.llama.process import LlamaProcess, ModelPlan

async def main():
    options = EngineOptions(context_total=512, slots=1, threads=1, cache_ram_mib=16)
    plan = ModelPlan(path=Path(sys.argv[1]), alias="tiny", options=options)
    process = LlamaProcess(plan, work_dir=Path(sys.argv[2]), clock=SystemClock())
    await process.start()
    sys.stdout.write(f"{process.pid}\\n")
    sys.stdout.flush()
    await asyncio.Event().wait()

asyncio.run(main())
"""


@pytest.mark.parametrize("deadly", [signal.SIGKILL, signal.SIGTERM])
async def test_worker_dies_with_its_node(
    tiny_model: Path, tmp_path: Path, deadly: signal.Signals
) -> None:
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _NODE, str(tiny_model), str(tmp_path), stdout=asyncio.subprocess.PIPE
    )
    assert parent.stdout is not None
    async with asyncio.timeout(30):
        worker = int(await parent.stdout.readline())
    assert is_alive(worker)
    os.kill(parent.pid, deadly)
    async with asyncio.timeout(10):
        await parent.wait()
        await asyncio.to_thread(_wait_for_end, worker)


def _wait_for_end(pid: int) -> None:
    """Return when the process has ended, even if the system has not collected it yet."""
    if not hasattr(os, "pidfd_open"):
        psutil.Process(pid).wait(10)
        return
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    ended, _, _ = select.select([handle], [], [], 10)
    os.close(handle)
    assert ended, "the worker outlived its node"
