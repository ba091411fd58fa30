"""Design tokens: the one source of colours, type, spacing and radii."""

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

from node.core.paths import resource_path


@dataclass(frozen=True, slots=True)
class TypeStyle:
    """Sizes in pixels; `weight` as in OpenType."""

    size: int
    line: int
    weight: int
    tracking: float
    tabular: bool
    mono: bool


@dataclass(frozen=True, slots=True)
class Tokens:
    """Everything of `resources/theme/tokens.json`; colours by mode and role as `#rrggbb`."""

    colors: dict[str, dict[str, str]]
    data_colors: dict[str, tuple[str, ...]]
    code_colors: dict[str, dict[str, str]]
    styles: dict[str, TypeStyle]
    families: dict[str, tuple[str, ...]]
    radius: dict[str, int]
    control: dict[str, int]


def _style(values: dict[str, Any]) -> TypeStyle:
    return TypeStyle(
        size=int(values["size"]),
        line=int(values["line"]),
        weight=int(values["weight"]),
        tracking=float(values["tracking"]),
        tabular=bool(values.get("tabular", False)),
        mono=values.get("family") == "mono",
    )


@cache
def load_tokens() -> Tokens:
    """Read the tokens once."""
    document = json.loads(resource_path("theme", "tokens.json").read_text("utf-8"))
    modes = ("light", "dark")
    return Tokens(
        colors={
            mode: {role: value for role, value in document[mode].items() if role != "data"}
            for mode in modes
        },
        data_colors={mode: tuple(document[mode]["data"]) for mode in modes},
        code_colors={mode: dict(document["code"][mode]) for mode in modes},
        styles={name: _style(values) for name, values in document["type"].items()},
        families={name: tuple(values) for name, values in document["font"].items()},
        radius=dict(document["radius"]),
        control=dict(document["control"]),
    )
