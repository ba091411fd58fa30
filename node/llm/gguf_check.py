"""The header reader in a process of its own: a hostile file can at most stop the checker.

The node starts `--gguf-check`, writes the path as one line to its stdin and reads one JSON object.
"""

import asyncio
import contextlib
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from node.core.errors import ModelFileError
from node.llm.child_environment import child_environment, python_command
from node.llm.gguf import GgufInfo, invalid_file, read_gguf
from node.llm.limits import CHECK_MEMORY_BYTES, CHECK_TIME_S, MIB

_MAX_PATH = 8 * 1024
_MAX_REPORT = MIB


def checker_command() -> list[str]:
    """Command of the checker for this installation; no data in it."""
    return python_command(flag="--gguf-check", module="node.llm.gguf_check")


async def check_model_file(path: Path, *, command: Sequence[str] | None = None) -> GgufInfo:
    """Check the file in a child process and return what its header says.

    Raises:
        ModelFileError: damaged, not a model file, or the check took too much time or memory.
    """
    try:
        process = await asyncio.create_subprocess_exec(
            *(command or checker_command()),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env=child_environment(),
            limit=_MAX_REPORT,
        )
    except OSError as error:
        raise _not_checked(str(error)) from error
    try:
        async with asyncio.timeout(2 * CHECK_TIME_S):
            output, _ = await process.communicate(os.fsencode(path) + b"\n")
    except TimeoutError as error:
        raise invalid_file("checking it takes too long") from error
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    return _result(output, process.returncode)


def run_gguf_check(stdin: BinaryIO, stdout: BinaryIO) -> int:
    """Entry of the checker process: read one path, write one JSON object."""
    _limit_resources()
    path = Path(os.fsdecode(stdin.readline(_MAX_PATH).rstrip(b"\r\n")))
    report: dict[str, Any]
    try:
        report = {"info": asdict(read_gguf(path))}
    except ModelFileError as error:
        report = {"error": error.message}
    except MemoryError:
        report = {"error": invalid_file("its header needs too much memory").message}
    stdout.write(orjson.dumps(report))
    stdout.flush()
    return 0


def main() -> int:
    """Entry point of `python -m node.llm.gguf_check`."""
    return run_gguf_check(sys.stdin.buffer, sys.stdout.buffer)


def _limit_resources() -> None:
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CPU, (CHECK_TIME_S, CHECK_TIME_S + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # macOS refuses or ignores a limit of the address space; the limits of the reader remain.
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (CHECK_MEMORY_BYTES, CHECK_MEMORY_BYTES))


def _result(output: bytes, status: int | None) -> GgufInfo:
    try:
        report = orjson.loads(output)
        if "error" in report:
            raise ModelFileError(
                str(report["error"]), hint="Download the file again or choose another."
            )
        values = report["info"]
        values["kv_heads"] = tuple(values["kv_heads"])
        return GgufInfo(**{item.name: values[item.name] for item in fields(GgufInfo)})
    except (orjson.JSONDecodeError, KeyError, TypeError) as error:
        raise _not_checked(f"exit status {status}") from error


def _not_checked(cause: str) -> ModelFileError:
    return ModelFileError("The model file could not be checked.", details={"cause": cause})


if __name__ == "__main__":
    sys.exit(main())
