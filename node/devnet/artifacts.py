"""Compiled contracts of the demo network, as committed under `resources/devnet/artifacts`."""

import functools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from eth_abi.abi import encode
from eth_abi.grammar import TupleType, parse

from node.core.errors import InternalError
from node.core.paths import resource_path


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """One contract: runtime code, ABI and 4-byte selectors by signature."""

    name: str
    code: bytes
    abi: tuple[Mapping[str, Any], ...]
    selectors: Mapping[str, bytes]

    def call(self, signature: str, *arguments: Any) -> bytes:
        """Calldata of `name(type,...)`; the arguments are what `eth_abi` takes for those types."""
        return self.selectors[signature] + encode_arguments(signature, arguments)


def argument_types(signature: str) -> list[str]:
    """Top-level argument types of `name(type,...)`."""
    if signature.endswith("()"):
        return []
    parsed = parse(signature[signature.index("(") :])
    if not isinstance(parsed, TupleType):
        raise InternalError(f"{signature} is no function signature.")
    return [component.to_type_str() for component in parsed.components]


def encode_arguments(signature: str, arguments: Sequence[Any]) -> bytes:
    return encode(argument_types(signature), list(arguments))


@functools.cache
def artifact(name: str) -> Artifact:
    """Load one contract.

    Raises:
        InternalError: the file is missing or damaged (a faulty installation).
    """
    path = resource_path("devnet", "artifacts", f"{name}.json")
    try:
        content = json.loads(path.read_text("utf-8"))
        return Artifact(
            name=name,
            code=bytes.fromhex(content["deployedBytecode"].removeprefix("0x")),
            abi=tuple(content["abi"]),
            selectors={
                signature: bytes.fromhex(selector)
                for signature, selector in content["selectors"].items()
            },
        )
    except (OSError, ValueError, KeyError, AttributeError) as error:
        raise InternalError(
            f"The demo network's contract {name} cannot be read.",
            hint="Install the program again.",
        ) from error
