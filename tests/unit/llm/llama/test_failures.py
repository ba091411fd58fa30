import pytest

from node.core.errors import EngineError, ModelFileError, OutOfMemoryError
from node.llm.llama.failures import classify, failure_error


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("ggml_backend_cpu_buffer_type_alloc_buffer: failed to allocate buffer", "no_memory"),
        ("CUDA error: out of memory", "no_memory"),
        ("ggml_backend_cuda: cudaMalloc failed", "no_memory"),
        ("terminate called after throwing an instance of 'std::bad_alloc'", "no_memory"),
        ("srv load_model: chat template parsing error: unexpected end", "bad_template"),
        ("llama_model_load: error loading model: unknown model architecture: 'x'",
         "unsupported_arch"),
        ("llama_model_load: unknown pre-tokenizer type: 'new'", "unsupported_arch"),
        ("ggml_cuda_init: failed to initialize CUDA: no CUDA-capable device", "no_device"),
        ("error while handling argument --n: bad", "bad_option"),
        ("gguf_init_from_file_impl: invalid magic characters: 'GGML'", "bad_file"),
        ("llama_model_load: tensor 'x' data is not within the file bounds", "bad_file"),
        ("llama_model_load: error loading model: missing tensor 'output_norm.weight'", "bad_file"),
        ("srv load_model: failed to load model, '/m.gguf'", "bad_file"),
        ("something else", "crash"),
    ],
)  # fmt: skip
def test_reason_from_the_engines_lines(line: str, code: str) -> None:
    assert classify(["0.00.1 I starting", line], exit_status=3) == code


def test_the_workers_own_word_comes_first() -> None:
    assert classify(["invalid magic"], worker_code="engine.missing") == "engine_missing"
    assert classify([], worker_code="engine.bad_option") == "bad_option"
    assert classify([], exit_status=4) == "no_memory"


def test_errors_have_words_codes_and_the_engines_lines() -> None:
    kinds = {
        "no_memory": OutOfMemoryError,
        "bad_file": ModelFileError,
        "crash": EngineError,
        "timeout": EngineError,
    }
    for code, kind in kinds.items():
        error = failure_error(code, detail="d", lines=["one"])
        assert type(error) is kind
        assert error.code == f"engine.{code}"
        assert error.message and error.hint
        assert error.details == {"cause": "d", "engine_lines": ["one"]}
