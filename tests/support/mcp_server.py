"""A small MCP server over stdio for tests: `python mcp_server.py MODE`. Standard library only.

`echo` answers as it should; the other modes misbehave as their names say.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

TOOLS = [
    {
        "name": "add",
        "description": "Adds two integers.",
        "inputSchema": {
            "type": "object",
            "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}},
            "required": ["a", "b"],
        },
    },
    {"name": "environment", "description": "Names and values of its variables."},
    {"name": "slow"},
    {"name": "big", "description": "Half a megabyte."},
    {"name": "child", "description": "Starts a process of its own and hangs."},
]


def send(message: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
    sys.stdout.flush()


def text(words: str) -> dict[str, Any]:
    return {"content": [{"type": "text", "text": words}], "isError": False}


def forever() -> None:
    while True:
        time.sleep(60)


def call(name: str, arguments: dict[str, Any]) -> dict[str, Any] | None:
    match name:
        case "add":
            return text(str(arguments["a"] + arguments["b"]))
        case "environment":
            return text(json.dumps(dict(os.environ)))
        case "big":
            return text("x" * 500_000)
        case "child":
            process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
            Path(arguments["file"]).write_text(f"{os.getpid()} {process.pid}", "utf-8")
            forever()
        case "slow":
            forever()
    return None


def listed(mode: str, cursor: str) -> dict[str, Any]:
    if mode != "paged":
        return {"tools": TOOLS}
    if not cursor:
        return {"tools": TOOLS[:2], "nextCursor": "second"}
    return {"tools": TOOLS[2:]}


def answer(mode: str, request: dict[str, Any]) -> None:
    method, parameters = request["method"], request.get("params") or {}
    if method == "initialize":
        if mode == "silent":
            forever()
        if mode == "chatty":
            send({"method": "notifications/message", "params": {"level": "info", "data": "hi"}})
            send({"id": "s1", "method": "ping"})
            send({"id": "s2", "method": "sampling/createMessage", "params": {}})
        info = {"name": "test", "version": "1"}
        capabilities = {"tools": {}}
        send(
            {
                "id": request["id"],
                "result": {
                    "protocolVersion": parameters["protocolVersion"],
                    "capabilities": capabilities,
                    "serverInfo": info,
                },
            }
        )
    elif method == "tools/list":
        misbehave(mode)
        send({"id": request["id"], "result": listed(mode, parameters.get("cursor", ""))})
    elif method == "tools/call":
        result = call(parameters["name"], parameters["arguments"])
        if result is None:
            error = {"code": -32602, "message": "Unknown tool: the key is hunter2"}
            send({"id": request["id"], "error": error})
        else:
            send({"id": request["id"], "result": result})


def misbehave(mode: str) -> None:
    match mode:
        case "dies":
            sys.stderr.write("something is missing\n")
            sys.stderr.flush()
            os._exit(3)
        case "floods":
            while True:
                send({"method": "notifications/message", "params": {"data": "x" * 10_000}})
        case "endless-line":
            while True:
                sys.stdout.write("x" * 65_536)
        case "garbage":
            sys.stdout.write("this is no JSON\n")
            sys.stdout.flush()
        case "floods-stderr":
            for _ in range(2000):
                sys.stderr.write("y" * 1000 + "\n")


def main() -> None:
    mode = sys.argv[1]
    if mode == "dies-at-start":
        sys.exit(1)
    for line in sys.stdin:
        request = json.loads(line)
        if "id" in request and "method" in request:
            answer(mode, request)
        elif mode == "chatty" and "id" in request:
            sys.stderr.write(line)
    if mode == "stays":
        forever()


if __name__ == "__main__":
    main()
