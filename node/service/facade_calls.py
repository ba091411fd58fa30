"""The facade as data: each method of the protocols with its arguments and result as JSON.

Built by reflection, so that a method added to `node.service.api` crosses process borders at once.
Both ends of the door use it: the API route that answers and the client that asks.
"""

import dataclasses
import functools
import inspect
import json
import typing
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, PlainValidator, SecretStr, TypeAdapter, create_model

from node.core import events
from node.core.events import NodeEvent
from node.service.api import NodeService
from node.service.dto import CompletionChunk


@dataclass(frozen=True, slots=True, kw_only=True)
class FacadeCall:
    """One method. `arguments` is a model with a field per parameter; `streams` tells that the
    result is an iterator, then `result` describes its items.
    """

    group: str
    name: str
    arguments: type[BaseModel]
    result: TypeAdapter[Any]
    streams: bool
    signature: inspect.Signature

    def pack(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> bytes:
        """Arguments as given in a call, as a JSON object. Raises TypeError as the call would."""
        bound = self.signature.bind(None, *args, **kwargs)
        return to_json({name: bound.arguments[name] for name in list(bound.arguments)[1:]})

    def unpack(self, body: bytes) -> dict[str, Any]:
        """Keyword arguments from JSON. Raises pydantic's ValidationError."""
        values = self.arguments.model_validate_json(body or b"{}")
        return {name: getattr(values, name) for name in values.model_fields_set}

    def dump(self, value: Any) -> bytes:
        """A result, or an item of a stream, as JSON."""
        return to_json(_event_json(value) if isinstance(value, NodeEvent) else value)

    def load(self, value: Any) -> Any:
        """The result from parsed JSON. Raises pydantic's ValidationError."""
        return self.result.validate_python(value, strict=False)


@functools.cache
def facade_calls() -> Mapping[tuple[str, str], FacadeCall]:
    """All methods by group and name."""
    return {
        (group, name): _call(group, name, method)
        for group, protocol in facade_groups().items()
        for name, method in inspect.getmembers(protocol, inspect.isfunction)
        if not name.startswith("_")
    }


def facade_groups() -> dict[str, type]:
    """The groups of the facade with their protocols."""
    found: dict[str, type] = {}
    for name, member in vars(NodeService).items():
        if isinstance(member, property) and member.fget is not None:
            found[name] = typing.get_type_hints(member.fget)["return"]
    return found


def to_json(value: Any) -> bytes:
    """JSON with exact integers and with secrets in clear: for this computer's loopback only."""
    return json.dumps(value, default=_plain, separators=(",", ":")).encode()


def _plain(value: Any) -> Any:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, BaseModel):
        return value.model_dump()
    if isinstance(value, CompletionChunk):
        return dataclasses.asdict(value)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} does not cross the facade")


def _call(group: str, name: str, method: Any) -> FacadeCall:
    hints = typing.get_type_hints(method)
    signature = inspect.signature(method)
    returned = hints["return"]
    streams = typing.get_origin(returned) is AsyncGenerator
    result = typing.get_args(returned)[0] if streams else returned
    return FacadeCall(
        group=group,
        name=name,
        arguments=_arguments(f"{group}_{name}", signature, hints),
        result=_event_adapter() if result is NodeEvent else TypeAdapter(result),
        streams=streams,
        signature=signature,
    )


def _arguments(
    title: str, signature: inspect.Signature, hints: Mapping[str, Any]
) -> type[BaseModel]:
    fields: dict[str, Any] = {}
    for parameter in list(signature.parameters.values())[1:]:
        default = ... if parameter.default is parameter.empty else parameter.default
        fields[parameter.name] = (hints[parameter.name], default)
    model: type[BaseModel] = create_model(title, __config__=ConfigDict(extra="forbid"), **fields)
    return model


def _event_json(event: NodeEvent) -> dict[str, Any]:
    return {"event": type(event).__name__, **dataclasses.asdict(event)}


def _event_adapter() -> TypeAdapter[Any]:
    """Events by the name of their class."""
    classes = {
        name: found
        for name, found in vars(events).items()
        if isinstance(found, type) and issubclass(found, NodeEvent)
    }

    def build(value: dict[str, Any]) -> NodeEvent:
        kind = classes[value["event"]]
        return kind(**{key: item for key, item in value.items() if key != "event"})

    return TypeAdapter(typing.Annotated[Any, PlainValidator(build)])
