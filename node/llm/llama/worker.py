"""The worker process: loads one model file and serves it until its parent is gone.

Started without data in its arguments; everything comes by the start line on stdin. It holds no
wallet key, imports nothing of the window or the chain, and ends with its parent in any case.
"""

import os
import sys
import threading
import time
from collections.abc import Callable
from typing import BinaryIO

from node.core.errors import EngineError, NodeError
from node.llm.llama.engine import Engine, load_engine
from node.llm.llama.protocol import (
    FAILED_EXIT,
    MAX_LINE_BYTES,
    Event,
    Failed,
    LoadSpec,
    Ready,
    Stage,
    decode_spec,
    decode_stop,
    encode_event,
)
from node.llm.llama.sandbox import bind_to_parent, end_when_too_big, lower_privileges

_PROTOCOL_EXIT = 2


def run_llama_worker(stdin: BinaryIO, stdout: BinaryIO) -> int:
    """Serve one model; returns the process's exit status. Blocks until stdin ends or says stop."""
    began = time.monotonic()

    def tell(event: Event) -> None:
        stdout.write(encode_event(event))
        stdout.flush()

    try:
        spec = decode_spec(stdin.readline(MAX_LINE_BYTES))
    except EngineError as error:
        tell(Failed(code=error.code, detail=error.message))
        return _PROTOCOL_EXIT
    bind_to_parent(spec.parent_pid)
    lower_privileges()
    # The reader runs during the load too: a node that ends meanwhile must not leave us behind.
    stop = _StopReader(stdin)
    stop.start()
    try:
        engine = _load(spec, tell, began)
    except NodeError as error:
        detail = str(error.details.get("cause", "")) or error.message
        tell(Failed(code=error.code, detail=detail))
        return FAILED_EXIT
    if spec.rss_mb:
        end_when_too_big(spec.rss_mb)
    stop.wait()
    engine.close()
    return 0


_LOG_DRAIN_S = 0.25


def main() -> int:
    """Entry point of `python -m node.llm.llama.worker`."""
    # Native code prints to descriptor 1; keep the protocol's pipe on a descriptor of its own.
    protocol = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    status = run_llama_worker(sys.stdin.buffer, protocol)
    sys.stderr.flush()
    if status:
        # The engine logs from a thread of its own; the reason of a failure is its last line.
        time.sleep(_LOG_DRAIN_S)
    # Native threads may still run; a normal interpreter exit could wait for them for ever.
    os._exit(status)


def _load(spec: LoadSpec, tell: Callable[[Event], None], began: float) -> Engine:
    tell(Stage(stage="import", seconds=time.monotonic() - began))
    engine = load_engine(spec.engine)
    tell(Stage(stage="load", seconds=time.monotonic() - began))
    served = engine.serve(spec)
    tell(Stage(stage="warmup", seconds=time.monotonic() - began))
    tell(
        Ready(
            url=served.url,
            pid=os.getpid(),
            slot_context=served.slot_context,
            slots=served.slots,
            build=served.build,
        )
    )
    return engine


class _StopReader(threading.Thread):
    """Waits on stdin: its end means the parent is gone, a line is the stop command."""

    def __init__(self, stdin: BinaryIO) -> None:
        super().__init__(name="stop-reader", daemon=True)
        self._stdin = stdin
        self._asked = threading.Event()

    def run(self) -> None:
        line = self._stdin.readline(MAX_LINE_BYTES)
        if not line:
            os._exit(0)
        try:
            grace_s = decode_stop(line)
        except EngineError:
            os._exit(_PROTOCOL_EXIT)
        self._asked.set()
        # Closing waits for running answers; after the grace nobody waits any longer.
        timer = threading.Timer(grace_s, os._exit, args=(0,))
        timer.daemon = True
        timer.start()

    def wait(self) -> None:
        self._asked.wait()


if __name__ == "__main__":
    main()
