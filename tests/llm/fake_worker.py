"""A worker that speaks the start protocol and misbehaves; the model's alias names the scenario.

Run as a script, so that the parent meets a real process.
"""

import os
import signal
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import orjson

_CHUNK = {
    "object": "chat.completion.chunk",
    "choices": [{"index": 0, "delta": {"content": "x"}, "finish_reason": "stop"}],
}


class _Server(BaseHTTPRequestHandler):
    answers = True

    def do_POST(self) -> None:
        self.send_response(200 if self.answers else 500)
        self.send_header("content-type", "text/event-stream")
        self.end_headers()
        self.wfile.write(b"data: " + orjson.dumps(_CHUNK) + b"\n\ndata: [DONE]\n\n")

    def log_message(self, format: str, *args: object) -> None:
        """Keep stderr to what a scenario prints."""


def _tell(**event: object) -> None:
    sys.stdout.buffer.write(orjson.dumps(event) + b"\n")
    sys.stdout.buffer.flush()


def _complain(text: str) -> None:
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def _play(scenario: str, context: int) -> None:
    match scenario:
        case "garbage":
            sys.stdout.write("llama.cpp says hello\n")
            sys.stdout.flush()
        case "endless line":
            sys.stdout.write("x" * 3_000_000)
            sys.stdout.flush()
        case "segfault":
            os.kill(os.getpid(), signal.SIGSEGV)
        case "silent exit":
            sys.exit(0)
        case "never enough memory":
            _complain("ggml: failed to allocate buffer of size 99")
            _tell(event="failed", code="engine.failed", detail="")
            sys.exit(3)
        case "half is enough" if context > 2048:
            _complain("CUDA error: out of memory")
            os.kill(os.getpid(), signal.SIGABRT)
        case "broken answers":
            _Server.answers = False


def main() -> None:
    spec = orjson.loads(sys.stdin.buffer.readline())
    _tell(event="stage", stage="import", t=0.0)
    _play(spec["alias"], spec["options"]["context_total"])
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Server)
    Thread(target=server.serve_forever, daemon=True).start()
    _tell(
        event="ready",
        url=f"http://127.0.0.1:{server.server_address[1]}",
        pid=os.getpid(),
        n_ctx_slot=spec["options"]["context_total"],
        slots=1,
        build="fake",
    )
    sys.stdin.buffer.readline()


if __name__ == "__main__":
    main()
