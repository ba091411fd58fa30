"""The part of JSON Schema that our OpenAPI document uses: checking values and making them."""

import re
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

Schema = dict[str, Any]
_KINDS: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "array": (list,),
    "object": (dict,),
    "null": (type(None),),
}
ANY = st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.text(max_size=8)


def resolved(schema: Schema, document: Any) -> Schema:
    """The schema that a `$ref` leads to."""
    while "$ref" in schema:
        found = document
        for part in schema["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        schema = found
    return schema


def violations(value: Any, schema: Schema, document: Any, where: str = "$") -> list[str]:
    """How `value` differs from `schema`; empty when it fits."""
    schema = resolved(schema, document)
    for choice in ("anyOf", "oneOf"):
        if choice in schema:
            tried = [violations(value, item, document, where) for item in schema[choice]]
            return [] if [] in tried else [f"{where}: fits none of {choice}: {tried}"]
    kind = schema.get("type")
    if kind is not None:
        right = isinstance(value, _KINDS[kind])
        if not right or (isinstance(value, bool) and kind in ("integer", "number")):
            return [f"{where}: {type(value).__name__} is no {kind}"]
    found = []
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{where}: {value!r} is none of {schema['enum']}")
    if isinstance(value, str) and "pattern" in schema and not re.search(schema["pattern"], value):
        found.append(f"{where}: {value!r} does not match {schema['pattern']}")
    if isinstance(value, list):
        items = schema.get("items", {})
        for number, item in enumerate(value):
            found += violations(item, items, document, f"{where}[{number}]")
    if isinstance(value, dict):
        found += _members(value, schema, document, where)
    return found


def _members(value: dict[str, Any], schema: Schema, document: Any, where: str) -> list[str]:
    properties = schema.get("properties", {})
    further = schema.get("additionalProperties", True)
    found = [
        f"{where}.{name} is missing" for name in schema.get("required", ()) if name not in value
    ]
    for name, item in value.items():
        if name in properties:
            found += violations(item, properties[name], document, f"{where}.{name}")
        elif isinstance(further, dict):
            found += violations(item, further, document, f"{where}.{name}")
        elif properties and "additionalProperties" not in schema:
            found.append(f"{where}.{name} is not documented")
    return found


def values(schema: Schema, document: Any) -> st.SearchStrategy[Any]:
    """Values that fit `schema`, as far as it tells."""
    schema = resolved(schema, document)
    for choice in ("anyOf", "oneOf"):
        if choice in schema:
            return st.one_of(*(values(item, document) for item in schema[choice]))
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    kind = schema.get("type", "")
    if kind == "array":
        items = values(schema.get("items", {}), document)
        return st.lists(items, min_size=schema.get("minItems", 0), max_size=4)
    if kind == "object":
        return _objects(schema, document)
    return _SIMPLE[kind](schema) if kind in _SIMPLE else ANY


def _texts(schema: Schema) -> st.SearchStrategy[str]:
    if "pattern" in schema:
        return st.from_regex(schema["pattern"], fullmatch=True).filter(lambda text: len(text) < 400)
    longest = min(schema.get("maxLength", 20), 20)
    return st.text(min_size=schema.get("minLength", 0), max_size=longest)


def _objects(schema: Schema, document: Any) -> st.SearchStrategy[Any]:
    properties = {
        name: values(item, document) for name, item in schema.get("properties", {}).items()
    }
    required = {
        name: item for name, item in properties.items() if name in schema.get("required", ())
    }
    optional = {name: item for name, item in properties.items() if name not in required}
    further = schema.get("additionalProperties")
    if not properties and isinstance(further, dict):
        return st.dictionaries(st.text(max_size=8), values(further, document), max_size=3)
    return st.fixed_dictionaries(required, optional=optional)


_SIMPLE: dict[str, Callable[[Schema], st.SearchStrategy[Any]]] = {
    "string": _texts,
    "integer": lambda schema: st.integers(
        schema.get("minimum", -(2**66)), schema.get("maximum", 2**66)
    ),
    "number": lambda _: st.floats(-(2.0**40), 2.0**40),
    "boolean": lambda _: st.booleans(),
    "null": lambda _: st.none(),
}
