"""The interface of the engines that run inside a worker."""

from dataclasses import dataclass
from typing import Protocol

from node.core.errors import EngineError
from node.llm.llama.protocol import LoadSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    chat: bool
    embeddings: bool
    grammar: bool
    parallel: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """Where the engine listens (`unix:///path` or `http://127.0.0.1:port`) and what it loaded."""

    url: str
    slot_context: int
    slots: int
    build: str


class Engine(Protocol):
    """A native engine with its own HTTP server."""

    @property
    def name(self) -> str: ...

    def capabilities(self) -> Capabilities: ...

    def serve(self, spec: LoadSpec) -> Served:
        """Load the model and listen; returns when requests are answered.

        Raises EngineError; what native code prints to stderr tells more than its exceptions.
        """
        ...

    def close(self) -> None: ...


def load_engine(name: str) -> Engine:
    """Import the engine's binding. Raises EngineError `engine.missing` when it is not installed."""
    # Plain imports, so that the bundler of the frozen program sees them.
    try:
        if name == "xllamacpp":
            from node.llm.llama.engines.xllamacpp import XllamacppEngine

            return XllamacppEngine()
        from node.llm.llama.engines.llamacpp import LlamaCppPythonEngine

        return LlamaCppPythonEngine()
    except ImportError as error:
        raise EngineError(
            f"The engine {name} is not installed.",
            code="engine.missing",
            hint="Install the engine's package or choose the other engine.",
            details={"cause": str(error)},
        ) from error
