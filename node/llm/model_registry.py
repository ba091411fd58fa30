"""The list of local models in one JSON file."""

import logging
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import orjson

from node.core.errors import EngineError, StorageError
from node.core.paths import write_private
from node.llm.llama.options import EngineOptions

_FILE_VERSION = 1
_MAX_FILE_BYTES = 1024 * 1024
_log = logging.getLogger("node.llm.local")


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalModel:
    """A model file in the list. `model_id` is stable for a path; `name` is what clients ask for."""

    model_id: str
    name: str
    path: Path
    engine: str
    options: EngineOptions
    architecture: str
    quantisation: str
    parameters: int
    file_size: int
    context_length: int
    has_chat_template: bool


def write_registry(file: Path, models: Iterable[LocalModel]) -> None:
    """Replace the file. Raises StorageError."""
    items = [
        {**asdict(model), "path": str(model.path), "options": model.options.to_json()}
        for model in models
    ]
    data = orjson.dumps({"version": _FILE_VERSION, "models": items}, option=orjson.OPT_INDENT_2)
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_private(file, data)
    except OSError as error:
        raise StorageError("The list of local models cannot be saved.") from error


def read_registry(file: Path) -> dict[str, LocalModel]:
    """The list on the disk. An unreadable file is kept aside and counts as an empty list."""
    try:
        if file.stat().st_size > _MAX_FILE_BYTES:
            raise ValueError("too large")
        data = orjson.loads(file.read_bytes())
        if data["version"] != _FILE_VERSION:
            raise ValueError("another version")
        models = [_model_of(item) for item in data["models"]]
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError, EngineError) as error:
        kept = file.with_name(file.name + ".bad")
        _log.warning("the list of local models is unreadable (%s); kept as %s", error, kept.name)
        file.replace(kept)
        return {}
    return {model.model_id: model for model in models}


def _model_of(item: dict[str, Any]) -> LocalModel:
    return LocalModel(
        **{
            **item,
            "path": Path(item["path"]),
            "options": EngineOptions.from_json(item["options"]),
        }
    )
