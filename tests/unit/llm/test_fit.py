from dataclasses import replace
from pathlib import Path

import pytest

from node.llm.fit import Verdict, estimate, kv_bytes
from node.llm.gguf import GgufInfo, read_gguf
from node.llm.hardware import Hardware
from node.llm.llama.options import EngineOptions
from tests.support.tiny_gguf import write_tiny_gguf

_MIB = 1024**2


@pytest.fixture
def model(tmp_path: Path) -> GgufInfo:
    """A 125 M parameter model: 12 layers, 768 wide, 4 of 12 heads for keys, vocabulary 32,000."""
    tiny = read_gguf(write_tiny_gguf(tmp_path / "tiny.gguf"))
    return replace(
        tiny,
        layers=12,
        embedding=768,
        heads=12,
        kv_heads=(4,) * 12,
        key_length=64,
        value_length=64,
        vocabulary=32_000,
        tensor_bytes=127 * _MIB,
        context_length=4096,
    )


def _hardware(available_mib: int) -> Hardware:
    return Hardware(
        ram_total=8192 * _MIB,
        ram_available=(available_mib + 2048) * _MIB,
        physical_cores=2,
        usable_cores=2,
    )


def test_key_value_cache_of_the_measured_model(model: GgufInfo) -> None:
    options = EngineOptions(context_total=512, slots=1, ubatch=256)
    assert kv_bytes(model, options) == 512 * 12_288
    assert kv_bytes(model, replace(options, kv_type="q8_0")) == 512 * 12_288 * 34 // 64
    windowed = replace(model, sliding_window=128)
    assert kv_bytes(windowed, options) == 128 * 12_288


def test_parts_add_up_and_verdict_follows_the_free_memory(model: GgufInfo) -> None:
    options = EngineOptions(context_total=512, slots=1, ubatch=512, cache_ram_mib=100)
    fit = estimate(model, options, _hardware(1000))
    assert fit.compute == 512 * (4 * 32_000 + 32 * 768)
    assert fit.need == fit.base + fit.weights + fit.repack + fit.kv + fit.compute
    assert fit.need // _MIB == 237  # measured under load: 174 resident, with untouched buffers 238
    assert fit.available == 1000 * _MIB
    assert fit.verdict is Verdict.FITS
    assert estimate(model, options, _hardware(250)).verdict is Verdict.TIGHT
    assert estimate(model, options, _hardware(200)).verdict is Verdict.TOO_BIG


def test_largest_context_is_the_last_that_fits(model: GgufInfo) -> None:
    options = EngineOptions(context_total=4096, slots=1, ubatch=256)
    hardware = _hardware(240)
    fit = estimate(model, options, hardware)
    assert fit.verdict is Verdict.TOO_BIG
    assert 512 <= fit.largest_context < 4096
    just = replace(options, context_total=fit.largest_context)
    assert estimate(model, just, hardware).need <= fit.available
    more = replace(options, context_total=fit.largest_context + 1)
    assert estimate(model, more, hardware).need > fit.available
    assert estimate(model, options, _hardware(10)).largest_context == 0
