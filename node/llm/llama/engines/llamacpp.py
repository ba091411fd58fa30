"""llama.cpp through the `llama-cpp-python` binding (optional extra): one request at a time.

Uses the binding's low-level `generate`; its chat stream re-detokenises the answer for each token.
"""

import threading
from collections.abc import Iterator, Mapping
from typing import Any

import llama_cpp
import uvicorn
from llama_cpp.llama_chat_format import Jinja2ChatFormatter

from node.core.errors import BackendRefusedError, EngineError
from node.llm.llama.engine import Capabilities, Served
from node.llm.llama.engines.asgi_server import SingleStreamApp
from node.llm.llama.options import EngineOptions, bad_option
from node.llm.llama.protocol import LoadSpec

_START_S = 10.0
_CHATML = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n"
    "{{ message['content'] }}<|im_end|>\n{% endfor %}<|im_start|>assistant\n"
)
# Names of sampling fields in requests and in `Llama.generate`.
_SAMPLING = {
    "temperature": "temp",
    "top_k": "top_k",
    "top_p": "top_p",
    "min_p": "min_p",
    "typical_p": "typical_p",
    "repeat_penalty": "repeat_penalty",
    "frequency_penalty": "frequency_penalty",
    "presence_penalty": "presence_penalty",
}


class LlamaTokens:
    """`TokenSource` over a loaded model."""

    def __init__(self, model: Any, template: str) -> None:
        self._model = model
        self._end_tokens = {model.token_eos(), *_end_of_turn(model)}
        self._format = Jinja2ChatFormatter(
            template=template,
            eos_token=_text_of(model, model.token_eos()),
            bos_token=_text_of(model, model.token_bos()),
            stop_token_ids=list(self._end_tokens),
        )

    @property
    def context(self) -> int:
        return int(self._model.n_ctx())

    def prompt_tokens(self, request: Mapping[str, Any]) -> list[int]:
        try:
            prompt = self._format(messages=request["messages"], tools=request.get("tools")).prompt
        except Exception as error:  # the template is the file's code and may raise anything
            message = "The chat template of this model refuses the messages"
            body = {"error": {"message": message, "type": "invalid_request_error", "code": 400}}
            raise BackendRefusedError(message, status=400, body=body) from error
        tokens: list[int] = self._model.tokenize(prompt.encode(), add_bos=False, special=True)
        return tokens

    def generate(self, tokens: list[int], request: Mapping[str, Any]) -> Iterator[bytes]:
        if request.get("seed") is not None:
            self._model.set_seed(request["seed"])
        sampling = {
            ours: request[name] for name, ours in _SAMPLING.items() if request.get(name) is not None
        }
        endless = bool(request.get("ignore_eos"))
        stream = self._model.generate(tokens, grammar=_grammar(request), reset=True, **sampling)
        for token in stream:
            if token in self._end_tokens and not endless:
                return
            yield self._model.detokenize([token])


class LlamaCppPythonEngine:
    name = "llama-cpp-python"

    def __init__(self) -> None:
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    def capabilities(self) -> Capabilities:
        return Capabilities(chat=True, embeddings=False, grammar=True, parallel=False)

    def serve(self, spec: LoadSpec) -> Served:
        options = spec.options
        if options.embedding:
            raise bad_option("embedding", "is not possible with this engine")
        try:
            model = llama_cpp.Llama(model_path=spec.model, **_arguments(options))
        except (ValueError, RuntimeError) as error:
            raise EngineError(
                "The model could not be loaded.", details={"cause": str(error)}
            ) from error
        template = options.chat_template or model.metadata.get("tokenizer.chat_template", "")
        source = LlamaTokens(model, _CHATML if template in ("", "chatml") else template)
        app = SingleStreamApp(
            source, model=spec.alias, key=spec.key, waiting_limit=max(4, 4 * options.slots)
        )
        return Served(
            url=self._listen(app, spec.socket),
            slot_context=source.context,
            slots=1,
            build=str(llama_cpp.__version__),
        )

    def close(self) -> None:
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._thread.join()

    def _listen(self, app: SingleStreamApp, socket: str) -> str:
        """Run the server in a thread of its own and return its address."""
        place: dict[str, Any] = {"uds": socket} if socket else {"host": "127.0.0.1", "port": 0}
        self._server = uvicorn.Server(
            uvicorn.Config(app, log_level="warning", lifespan="off", **place)
        )
        self._thread = threading.Thread(target=self._server.run, name="http", daemon=True)
        self._thread.start()
        pause = threading.Event()
        for _ in range(int(_START_S * 100)):
            if self._server.started:
                break
            pause.wait(0.01)
        else:
            raise EngineError("The engine's server did not start.")
        if socket:
            return f"unix://{socket}"
        port = self._server.servers[0].sockets[0].getsockname()[1]
        return f"http://127.0.0.1:{port}"


def _arguments(options: EngineOptions) -> dict[str, Any]:
    kv_type = getattr(llama_cpp, f"GGML_TYPE_{options.kv_type.upper()}")
    arguments: dict[str, Any] = {
        "n_gpu_layers": options.gpu_layers,
        "n_ctx": options.context_total // options.slots,
        "n_threads": options.threads,
        "n_threads_batch": options.threads,
        "n_batch": options.batch,
        "n_ubatch": min(options.ubatch, options.batch),
        "flash_attn": options.flash_attn == "on",
        "type_k": kv_type,
        "type_v": kv_type,
        "use_mmap": options.load_mode not in ("none", "mlock"),
        "use_mlock": "mlock" in options.load_mode,
        "verbose": True,
    }
    for name in options.expert:
        if name in arguments or name in ("model_path", "chat_handler", "lora_path"):
            raise bad_option(name, "is reserved for the app")
    return {**arguments, **options.expert}


def _grammar(request: Mapping[str, Any]) -> Any:
    if request.get("grammar"):
        return llama_cpp.LlamaGrammar.from_string(request["grammar"])
    form = request.get("response_format") or {}
    schema = (form.get("json_schema") or {}).get("schema") or form.get("schema")
    if schema is None and form.get("type") == "json_object":
        schema = {"type": "object"}
    if schema is None:
        return None
    return llama_cpp.LlamaGrammar.from_json_schema(_json_text(schema))


def _json_text(value: Any) -> str:
    import orjson

    return orjson.dumps(value).decode()


def _text_of(model: Any, token: int) -> str:
    if token < 0:
        return ""
    return str(model.detokenize([token], special=True).decode("utf-8", "replace"))


def _end_of_turn(model: Any) -> set[int]:
    """Tokens besides the end token that end an answer, found by their usual names."""
    found = set()
    for name in ("<|im_end|>", "<|eot_id|>", "<end_of_turn>", "<|end|>"):
        tokens = model.tokenize(name.encode(), add_bos=False, special=True)
        if len(tokens) == 1:
            found.add(tokens[0])
    return found
