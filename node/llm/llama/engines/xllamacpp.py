"""llama.cpp's own HTTP server through the `xllamacpp` binding: no Python per token."""

from typing import Any

import xllamacpp

from node.core.errors import EngineError
from node.llm.llama.engine import Capabilities, Served
from node.llm.llama.options import EngineOptions, bad_option
from node.llm.llama.protocol import LoadSpec

# No web page has business with this server; the origin only keeps the library's default
# (every origin, with credentials) away.
_ORIGIN = "http://127.0.0.1"
_READ_TIMEOUT_S = 30
_LOG_LEVEL = 3  # levels above it may print tokens of the prompt


class XllamacppEngine:
    name = "xllamacpp"

    def __init__(self) -> None:
        self._server: Any = None

    def capabilities(self) -> Capabilities:
        return Capabilities(chat=True, embeddings=True, grammar=True, parallel=True)

    def serve(self, spec: LoadSpec) -> Served:
        params = build_params(spec)
        try:
            self._server = xllamacpp.Server(params)
        except RuntimeError as error:
            raise EngineError(
                "The model could not be loaded.", details={"cause": str(error)}
            ) from error
        return Served(
            url=str(self._server.listening_address),
            slot_context=spec.options.context_total // spec.options.slots,
            slots=spec.options.slots,
            build=str(xllamacpp.__version__),
        )

    def close(self) -> None:
        # The destructor of the native server waits for its main loop.
        self._server = None


def build_params(spec: LoadSpec) -> Any:
    """`CommonParams` of the native server for `spec`. EngineError: unknown expert option."""
    params = xllamacpp.CommonParams()
    params.model.path = spec.model
    # A list: the binding takes a string for a set of letters. Without an alias the server shows
    # the local path to whoever asks for its models.
    params.model_alias = [spec.alias]
    params.hostnames = [spec.socket or "127.0.0.1"]
    params.port = 0
    params.api_keys = [spec.key]
    params.cors_origins = _ORIGIN
    params.cors_credentials = False
    params.ui = False
    params.endpoint_slots = True
    params.endpoint_metrics = True
    params.timeout_read = _READ_TIMEOUT_S
    params.verbosity = _LOG_LEVEL
    _apply_options(params, spec.options)
    for name, value in spec.options.expert.items():
        _apply_expert(params, name, value)
    return params


def _apply_options(params: Any, options: EngineOptions) -> None:
    params.n_gpu_layers = options.gpu_layers
    params.n_ctx = options.context_total
    params.n_parallel = options.slots
    params.cpuparams.n_threads = options.threads
    params.cpuparams_batch.n_threads = options.threads
    params.n_batch = options.batch
    params.n_ubatch = min(options.ubatch, options.batch)
    params.cache_ram_mib = options.cache_ram_mib
    params.fit_params = options.gpu_layers == -1
    kind = getattr(xllamacpp.ggml_type, f"GGML_TYPE_{options.kv_type.upper()}")
    params.cache_type_k = params.cache_type_v = kind
    flash = {"auto": "AUTO", "on": "ENABLED", "off": "DISABLED"}[options.flash_attn]
    params.flash_attn_type = getattr(
        xllamacpp.llama_flash_attn_type, f"LLAMA_FLASH_ATTN_TYPE_{flash}"
    )
    params.load_mode = getattr(
        xllamacpp.llama_load_mode, f"LLAMA_LOAD_MODE_{options.load_mode.upper()}"
    )
    if options.chat_template:
        params.chat_template = options.chat_template
    if options.embedding:
        params.embedding = True
        params.pooling_type = getattr(
            xllamacpp.llama_pooling_type, f"LLAMA_POOLING_TYPE_{options.pooling.upper()}"
        )


def _apply_expert(params: Any, name: str, value: Any) -> None:
    current = getattr(params, name, None)
    if name.startswith("_") or current is None or callable(current):
        raise bad_option(name, "is not known to this engine")
    if type(value) is not type(current) and not (type(current) is float and type(value) is int):
        raise bad_option(name, "has a value of the wrong kind")
    setattr(params, name, value)
