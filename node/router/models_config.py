"""`models-config.json`, versions 1 and 2 of the public node, plus GGUF files served by our own
engine.
"""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr

from node.core.errors import ConfigError, InvalidAddressError, InvalidIdError
from node.core.ids import Address, ModelId
from node.core.json_file import JsonFile, JsonPath, read_json_file
from node.core.paths import write_private

MAX_MODELS = 256
MAX_USERS = 10_000


class ApiType(StrEnum):
    """How a model is reached. `llama` is ours: a GGUF file in `path`, run in a worker process."""

    OPENAI = "openai"
    CLAUDEAI = "claudeai"
    LLAMA = "llama"
    GUIDE = "guide"


URL_TYPES = frozenset({ApiType.OPENAI, ApiType.CLAUDEAI})
PICTURE_TYPES = ("prodia-sd", "prodia-sdxl", "prodia-v2", "hyperbolic-sd")
"""Types of the public node that are left out here."""


class CapacityPolicy(StrEnum):
    SIMPLE = "simple"
    IDLE_TIMEOUT = "idle_timeout"


def _model_id(value: Any) -> Any:
    if isinstance(value, str):
        if (problem := id_problem(value)) is not None:
            raise ValueError(problem)
        return ModelId.parse(value)
    return value


def id_problem(value: Any) -> str | None:
    """What an id lacks; None when it is one."""
    try:
        ModelId.parse(str(value))
    except InvalidIdError:
        return "an id is 0x and 64 hex digits"
    return None


def _address(value: Any) -> Any:
    if isinstance(value, str):
        try:
            return Address.parse(value, strict=True)
        except InvalidAddressError as error:
            raise ValueError("an address is 0x and 40 hex digits") from error
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
    parallel: int = Field(0, alias="parallelRequests", ge=0, le=100_000)
    allow_users: tuple[Annotated[Address, BeforeValidator(_address)], ...] = Field(
        (), alias="allowUsers", max_length=MAX_USERS
    )
    deny_users: tuple[Annotated[Address, BeforeValidator(_address)], ...] = Field(
        (), alias="denyUsers", max_length=MAX_USERS
    )
    path: str = ""

    @property
    def places(self) -> int:
        """Prompts that the model's server takes at once, 0 without limit; others wait in turn."""
        return self.parallel or self.slots

    @property
    def is_default(self) -> bool:
        """The zero id stands for the model that answers requests without a model."""
        return not self.model_id


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An entry that is right, but not served by this node; `names` are how requests name it."""

    names: frozenset[str]
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelsConfig:
    """What a file says. `notices` tell of the entries that are `left_out`, with file and line."""

    entries: tuple[ModelEntry, ...] = ()
    notices: tuple[str, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


def parse_models_config(text: str, source: str = "models-config.json") -> ModelsConfig:
    """Read both versions of the file; ids in any case, with or without `0x`.

    Raises:
        ConfigError: names the file, the line and the field that does not fit.
    """
    return _models(JsonFile(text, source))


def _models(document: JsonFile) -> ModelsConfig:
    if not isinstance(document.value, dict):
        document.refuse((), "The file holds one object, with a list named “models”.")
    places = _places(document)
    if len(places) > MAX_MODELS:
        document.refuse((), f"It names {len(places)} models; {MAX_MODELS} is the most.")
    found: dict[ModelId, ModelEntry] = {}
    notices, left_out = [], []
    for path in places:
        if (notice := _not_served(document, path)) is not None:
            notices.append(notice)
            left_out.append(_left_out(document.at(path), path))
            continue
        entry = _entry(document, path)
        if entry.model_id in found:
            document.refuse(path, f"It has the id of “{found[entry.model_id].name}” twice.")
        found[entry.model_id] = entry
    return ModelsConfig(
        entries=tuple(found.values()), notices=tuple(notices), left_out=tuple(left_out)
    )


def _not_served(document: JsonFile, path: JsonPath) -> str | None:
    value = document.at(path)
    kind = value.get("apiType") if isinstance(value, dict) else None
    if kind not in PICTURE_TYPES:
        return None
    return (
        f"{document.source}, line {document.line(path)}: models of the type {kind} make pictures;"
        " this node does not serve them."
    )


def _left_out(value: dict[str, Any], path: JsonPath) -> LeftOut:
    identity = str(value.get("modelId", path[-1])).casefold().removeprefix("0x")
    name = str(value.get("modelName", "")).casefold()
    return LeftOut(frozenset({identity, f"0x{identity}", name} - {""}), str(value["apiType"]))


def _places(document: JsonFile) -> list[JsonPath]:
    """Where the entries stand: in the list `models`, or in version 1 each under its id."""
    models = document.value.get("models")
    if isinstance(models, list):
        return [("models", index) for index in range(len(models))]
    if models is not None:
        document.refuse(("models",), "This is a list of objects, each with a modelId.")
    return [(key,) for key in document.value if not key.startswith("$")]


def _entry(document: JsonFile, path: JsonPath) -> ModelEntry:
    value = document.at(path)
    if not isinstance(value, dict):
        document.refuse(path, "This is an object with modelName, apiType and apiUrl.")
    if len(path) == 1:
        if (problem := id_problem(path[0])) is not None:
            document.refuse(path, problem)
        value = {**value, "modelId": path[0]}
    entry = document.checked(ModelEntry, path, value)
    if entry.api_type is ApiType.LLAMA and not entry.path:
        document.refuse((*path, "path"), "Set path to a .gguf file.")
    if entry.api_type in URL_TYPES and not _is_address(entry.api_url):
        document.refuse(
            (*path, "apiUrl"), "An address begins with http:// or https:// and names a host."
        )
    return entry


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # no port, or brackets that do not match
        return False


def load_models_config(path: Path, content: str = "") -> ModelsConfig:
    """Read the file; none means no configured models.

    `content` is what a missing file is made with (mode 0600: it may name keys), as the public node
    does; a file that is there is never touched.

    Raises ConfigError as `parse_models_config`.
    """
    document = read_json_file(path)
    if document is not None:
        return _models(document)
    return _make(path, content) if content.strip() else ModelsConfig()


def _make(path: Path, content: str) -> ModelsConfig:
    made = parse_models_config(content, "MODELS_CONFIG_CONTENT")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_private(path, content.encode())
    except OSError as error:
        raise ConfigError(
            f"{path.name} cannot be made.", hint=f"Is {path.parent} writable?"
        ) from error
    return made
