"""`models-config.json`, versions 1 and 2 of the public node, plus GGUF files served by our own
engine.
"""

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError

from node.core.errors import ConfigError, InvalidIdError
from node.core.ids import ModelId
from node.core.paths import write_private

MAX_BYTES = 1024 * 1024
MAX_MODELS = 256


class ApiType(StrEnum):
    """How a model is reached. `llama` is ours: a GGUF file in `path`, run in a worker process."""

    OPENAI = "openai"
    LLAMA = "llama"
    GUIDE = "guide"


class CapacityPolicy(StrEnum):
    SIMPLE = "simple"
    IDLE_TIMEOUT = "idle_timeout"


def _model_id(value: Any) -> Any:
    if isinstance(value, str):
        try:
            return ModelId.parse(value)
        except InvalidIdError as error:
            raise ValueError("modelId has 0x and 64 hex digits") from error
    return value


def _policy(value: Any) -> Any:
    return value or CapacityPolicy.SIMPLE


class ModelEntry(BaseModel):
    """One model that this node can run. `concurrentSlots` 0 means without limit."""

    model_config = ConfigDict(frozen=True, extra="ignore", arbitrary_types_allowed=True)

    model_id: Annotated[ModelId, BeforeValidator(_model_id)] = Field(alias="modelId")
    name: str = Field(alias="modelName", min_length=1, max_length=200)
    api_type: ApiType = Field(alias="apiType")
    api_url: str = Field("", alias="apiUrl")
    api_key: SecretStr = Field(SecretStr(""), alias="apiKey")
    slots: int = Field(0, alias="concurrentSlots", ge=0, le=100_000)
    capacity_policy: Annotated[CapacityPolicy, BeforeValidator(_policy)] = Field(
        CapacityPolicy.SIMPLE, alias="capacityPolicy"
    )
    path: str = ""

    @property
    def is_default(self) -> bool:
        """The zero id stands for the model that answers requests without a model."""
        return not self.model_id


def parse_models_config(text: str, source: str = "models-config.json") -> tuple[ModelEntry, ...]:
    """Read both versions of the file; ids in any case, with or without `0x`.

    Raises:
        ConfigError: names the file, the model and the field that does not fit.
    """
    try:
        document = json.loads(text)
    except ValueError as error:
        raise ConfigError(f"{source} is not JSON.", hint=f"{error}") from error
    if not isinstance(document, dict):
        raise ConfigError(f"{source} does not hold an object.")
    rows = document.get("models")
    if rows is None:
        rows = [{**row, "modelId": key} for key, row in document.items() if isinstance(row, dict)]
    if not isinstance(rows, list) or len(rows) > MAX_MODELS:
        raise ConfigError(f"{source} holds no list of at most {MAX_MODELS} models.")
    entries = [_entry(row, number, source) for number, row in enumerate(rows, start=1)]
    seen: set[ModelId] = set()
    for entry in entries:
        if entry.model_id in seen:
            raise ConfigError(f"{source} names the model {entry.model_id.short} twice.")
        seen.add(entry.model_id)
    return tuple(entries)


def _entry(row: Any, number: int, source: str) -> ModelEntry:
    try:
        entry = ModelEntry.model_validate(row)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ConfigError(
            f"Model {number} in {source} does not fit: {where}.", hint=first["msg"]
        ) from error
    if entry.api_type is ApiType.OPENAI and not entry.api_url.startswith(("http://", "https://")):
        raise ConfigError(
            f"Model {number} in {source} has no address.", hint="Set apiUrl to http:// or https://."
        )
    if entry.api_type is ApiType.LLAMA and not entry.path:
        raise ConfigError(
            f"Model {number} in {source} has no file.", hint="Set path to a .gguf file."
        )
    return entry


def load_models_config(path: Path, content: str = "") -> tuple[ModelEntry, ...]:
    """Read the file; none means no configured models.

    `content` is what a missing file is made with (mode 0600: it may name keys), as the public node
    does; a file that is there is never touched.

    Raises ConfigError as `parse_models_config`.
    """
    try:
        if not path.exists():
            return _make(path, content) if content.strip() else ()
        if path.stat().st_size > MAX_BYTES:
            raise ConfigError(f"{path.name} is larger than 1 MiB.")
        return parse_models_config(path.read_text("utf-8-sig"), path.name)
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path.name} cannot be read or made.") from error


def _make(path: Path, content: str) -> tuple[ModelEntry, ...]:
    entries = parse_models_config(content, "MODELS_CONFIG_CONTENT")
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_private(path, content.encode())
    return entries
