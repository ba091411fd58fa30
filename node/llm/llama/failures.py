"""Why a worker failed: native stderr text and exit status mapped to codes in the user's words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from node.core.errors import EngineError, ModelFileError, NodeError, OutOfMemoryError
from node.llm.llama.sandbox import OUT_OF_MEMORY_EXIT


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """`code` without prefix: no_memory, bad_template, unsupported_arch, no_device, bad_option,
    bad_file, engine_missing, timeout, crash."""

    code: str
    message: str
    hint: str


_FAILURES = {
    "no_memory": Failure(
        code="no_memory",
        message="There is not enough memory for this model with these settings.",
        hint="Close other programs, reduce the context or choose a smaller model.",
    ),
    "bad_template": Failure(
        code="bad_template",
        message="The chat template inside this model file does not work.",
        hint="Load the model with the built-in ChatML template.",
    ),
    "unsupported_arch": Failure(
        code="unsupported_arch",
        message="The engine does not know this kind of model.",
        hint="Update the app or choose another model.",
    ),
    "no_device": Failure(
        code="no_device",
        message="The graphics card cannot be used.",
        hint="Set GPU layers to 0 or update the driver.",
    ),
    "bad_option": Failure(
        code="bad_option",
        message="The engine refuses one of the settings.",
        hint="Reset the settings of this model.",
    ),
    "bad_file": Failure(
        code="bad_file",
        message="The model file is damaged.",
        hint="Download the file again or choose another.",
    ),
    "engine_missing": Failure(
        code="engine_missing",
        message="The engine of this model is not installed.",
        hint="Install the engine's package or choose the other engine.",
    ),
    "timeout": Failure(
        code="timeout",
        message="The model took too long to load.",
        hint="Try again; a slow disk or a busy computer may be the reason.",
    ),
    "crash": Failure(
        code="crash",
        message="The engine stopped unexpectedly.",
        hint="Try again. If it happens repeatedly, choose another model or smaller settings.",
    ),
}

# The first match wins, so the more telling reasons stand first. Texts are llama.cpp's and ggml's.
_PATTERNS: tuple[tuple[str, str], ...] = (
    (
        "no_memory",
        r"failed to allocate|out of memory|cudaMalloc|bad_alloc|ENOMEM|Cannot allocate memory"
        r"|unable to allocate|failed to mmap|memory limit reached",
    ),
    ("bad_template", r"chat template (parsing|is not|rendering)|chat[_ ]template|jinja"),
    (
        "unsupported_arch",
        r"unknown model architecture|unknown pre-tokenizer|unsupported model architecture",
    ),
    (
        "no_device",
        r"no CUDA-capable device|no usable GPU|ggml_cuda_init: failed|CUDA error|invalid device",
    ),
    ("bad_option", r"invalid argument|error while handling argument|unsupported cache type"),
    (
        "bad_file",
        r"invalid magic|not within the file bounds|corrupted|failed to read|missing tensor"
        r"|key not found|wrong shape|wrong number of tensors|error loading model"
        r"|failed to load model|gguf_init_from_file",
    ),
)
_COMPILED = tuple((code, re.compile(pattern, re.IGNORECASE)) for code, pattern in _PATTERNS)
_BY_WORKER_CODE = {"engine.missing": "engine_missing", "engine.bad_option": "bad_option"}


def classify(lines: Sequence[str], *, worker_code: str = "", exit_status: int | None = None) -> str:
    """Code of the failure. `worker_code` is what the worker itself reported, if anything.

    A death by signal (negative status) without a memory complaint is always a crash.
    """
    if worker_code in _BY_WORKER_CODE:
        return _BY_WORKER_CODE[worker_code]
    if exit_status == OUT_OF_MEMORY_EXIT:
        return "no_memory"
    text = "\n".join(lines)
    for code, pattern in _COMPILED:
        if pattern.search(text) and (code == "no_memory" or exit_status is None or exit_status > 0):
            return code
    return "bad_file" if worker_code == "engine.failed" else "crash"


def failure_error(code: str, *, detail: str = "", lines: Sequence[str] = ()) -> NodeError:
    """The error to raise for a code of `classify`; the engine's own lines go to `details`."""
    failure = _FAILURES.get(code, _FAILURES["crash"])
    kind: type[NodeError] = EngineError
    if code == "no_memory":
        kind = OutOfMemoryError
    elif code == "bad_file":
        kind = ModelFileError
    return kind(
        failure.message,
        hint=failure.hint,
        code=f"engine.{failure.code}",
        details={"cause": detail, "engine_lines": list(lines)},
    )
