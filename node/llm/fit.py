"""Does a model fit into this computer's memory? An estimate from the file's header alone.

Weights and key-value cache are exact within a few per cent; compute buffers are an upper bound.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from node.llm.gguf import GgufInfo
from node.llm.hardware import Hardware
from node.llm.limits import MIB
from node.llm.llama.options import EngineOptions

_BASE = 30 * MIB
_MIN_COMPUTE = 64 * MIB
_SYSTEM_RESERVE = 2 * 1024 * MIB
_COMFORT_SHARE = (85, 100)  # of the free memory
_MIN_CONTEXT = 512
# Bytes of 32 cached values, block layouts of ggml.
_KV_BLOCK = {
    "f32": 128, "f16": 64, "bf16": 64, "q8_0": 34, "q5_1": 24, "q5_0": 22, "q4_1": 20, "q4_0": 18,
}  # fmt: skip


class Verdict(StrEnum):
    FITS = "fits"
    TIGHT = "tight"
    TOO_BIG = "too_big"


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryFit:
    """Bytes of memory by purpose. `cache` is an upper bound that fills with use, not in `need`.

    `largest_context` is the greatest total context that still fits, 0 when none does.
    """

    weights: int
    repack: int
    kv: int
    compute: int
    base: int
    cache: int
    need: int
    available: int
    verdict: Verdict
    largest_context: int


def estimate(model: GgufInfo, options: EngineOptions, hardware: Hardware) -> MemoryFit:
    """Estimate a CPU load of `model`. `options` must be complete (see `resolve`)."""
    # A small computer's reserve may not be more than a quarter of what it has.
    reserve = min(_SYSTEM_RESERVE, hardware.ram_total // 4)
    available = max(0, hardware.ram_available - reserve)
    kv = kv_bytes(model, options)
    compute = _compute_bytes(model, options)
    fixed = _BASE + model.tensor_bytes + model.repacked_bytes + compute
    need = fixed + kv
    return MemoryFit(
        weights=model.tensor_bytes,
        repack=model.repacked_bytes,
        kv=kv,
        compute=compute,
        base=_BASE,
        cache=options.cache_ram_mib * MIB,
        need=need,
        available=available,
        verdict=_verdict(need, available),
        largest_context=_largest_context(model, options, available - fixed),
    )


def kv_bytes(model: GgufInfo, options: EngineOptions) -> int:
    """Size of the key-value cache for the whole context; window layers cap at their window."""
    context = options.context_total
    if model.sliding_window:
        context = min(context, model.sliding_window * options.slots)
    values = context * sum(model.kv_heads) * (model.key_length + model.value_length)
    return values * _KV_BLOCK[options.kv_type] // 32


def _compute_bytes(model: GgufInfo, options: EngineOptions) -> int:
    return max(_MIN_COMPUTE, options.ubatch * (4 * model.vocabulary + 32 * model.embedding))


def _verdict(need: int, available: int) -> Verdict:
    share, whole = _COMFORT_SHARE
    if need * whole <= available * share:
        return Verdict.FITS
    return Verdict.TIGHT if need <= available else Verdict.TOO_BIG


def _largest_context(model: GgufInfo, options: EngineOptions, room: int) -> int:
    """By halving the step: the cache grows with the context, but not in proportion (windows)."""
    low, high = 0, max(options.context_total, model.context_length * options.slots, _MIN_CONTEXT)
    while low < high:
        middle = (low + high + 1) // 2
        if kv_bytes(model, replace(options, context_total=middle)) <= room:
            low = middle
        else:
            high = middle - 1
    return low if low >= _MIN_CONTEXT else 0
