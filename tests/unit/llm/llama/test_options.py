from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from node.core.errors import EngineError
from node.llm.gguf import read_gguf
from node.llm.hardware import Hardware
from node.llm.llama.options import EngineOptions, resolve
from tests.support.tiny_gguf import TinySpec, write_tiny_gguf

_GIB = 1024**3
_HARDWARE = Hardware(ram_total=16 * _GIB, ram_available=9 * _GIB, physical_cores=4, usable_cores=4)


def test_defaults() -> None:
    assert EngineOptions().to_json() == {
        "gpu_layers": -1,
        "context_total": 0,
        "slots": 2,
        "threads": 0,
        "batch": 256,
        "ubatch": 256,
        "flash_attn": "auto",
        "kv_type": "f16",
        "load_mode": "auto",
        "cache_ram_mib": 0,
        "embedding": False,
        "pooling": "mean",
        "chat_template": "",
        "expert": {},
    }


def test_json_round_trip() -> None:
    options = EngineOptions(gpu_layers=3, kv_type="q8_0", expert={"n_keep": 5})
    assert EngineOptions.from_json(options.to_json()) == options


@pytest.mark.parametrize(
    "values",
    [
        {"unknown": 1},
        {"slots": 0},
        {"slots": "2"},
        {"slots": True},
        {"batch": -1},
        {"context_total": 1 << 40},
        {"kv_type": "q3_k"},
        {"flash_attn": "maybe"},
        {"load_mode": ""},
        {"pooling": "rank"},
        {"embedding": 1},
        {"chat_template": "x" * 70_000},
        {"expert": []},
        {"expert": {"server_tools": ["all"]}},
        {"expert": {"media_path": "/"}},
        {"expert": {"cors_origins": "*"}},
        {"expert": {"api_keys": []}},
        {"expert": {"slot_save_path": "/tmp"}},
    ],
)
def test_wrong_values_are_refused(values: dict[str, Any]) -> None:
    with pytest.raises(EngineError) as caught:
        EngineOptions.from_json(values)
    assert caught.value.code == "engine.bad_option"


def test_undecided_options_follow_model_and_machine(tmp_path: Path) -> None:
    long = read_gguf(write_tiny_gguf(tmp_path / "a", TinySpec(trained_context=131_072)))
    short = read_gguf(write_tiny_gguf(tmp_path / "b", TinySpec(trained_context=2048)))
    options = resolve(EngineOptions(), long, _HARDWARE)
    assert (options.context_total, options.threads, options.cache_ram_mib) == (2 * 8192, 3, 512)
    assert resolve(EngineOptions(), short, _HARDWARE).context_total == 2 * 2048
    one_core = replace(_HARDWARE, usable_cores=1, ram_total=2 * _GIB)
    small = resolve(EngineOptions(), short, one_core)
    assert (small.threads, small.cache_ram_mib) == (1, 102)


def test_decided_options_stay(tmp_path: Path) -> None:
    model = read_gguf(write_tiny_gguf(tmp_path / "a"))
    options = EngineOptions(context_total=700, threads=9, cache_ram_mib=5)
    assert resolve(options, model, _HARDWARE) == options


def test_options_reach_the_engine(tmp_path: Path) -> None:
    pytest.importorskip("xllamacpp", reason="the engine is not installed")
    from node.llm.llama.engines.xllamacpp import build_params
    from node.llm.llama.protocol import LoadSpec

    options = EngineOptions(
        gpu_layers=0,
        context_total=4096,
        slots=4,
        threads=3,
        batch=128,
        ubatch=512,
        cache_ram_mib=7,
        kv_type="q8_0",
        expert={"n_keep": 5, "yarn_beta_fast": 2},
    )
    spec = LoadSpec(
        engine="xllamacpp",
        model="/m.gguf",
        alias="foo",
        key="k",
        socket="/s.sock",
        parent_pid=1,
        rss_mb=0,
        options=options,
    )
    params = build_params(spec)
    assert set(params.model_alias) == {"foo"}
    assert (params.n_ctx, params.n_parallel, params.n_gpu_layers) == (4096, 4, 0)
    assert (params.n_batch, params.n_ubatch, params.cache_ram_mib) == (128, 128, 7)
    assert params.cpuparams.n_threads == params.cpuparams_batch.n_threads == 3
    assert params.cache_type_k == params.cache_type_v
    assert params.cache_type_k.name == "GGML_TYPE_Q8_0"
    assert (params.n_keep, params.yarn_beta_fast) == (5, 2.0)
    assert params.ui is False
    assert params.cors_origins != "*"
    assert params.cors_credentials is False
    assert params.api_keys == ["k"]
    assert params.hostnames == ["/s.sock"]
    assert len(fields(options)) == 14, "a new option must reach the engine and this test"
    for name, value in {"no_such": 1, "n_keep": "5", "_x": 1}.items():
        with pytest.raises(EngineError):
            build_params(replace(spec, options=replace(options, expert={name: value})))
