"""JSON values of the vectors to values of the ABI codec."""

from typing import Any

from node.chain.abi.codec import split_types


def unhex(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))


def codec_value(kind: str, value: Any) -> Any:
    """`value` as the vectors write it, for the ABI type `kind`."""
    if kind.endswith("[]"):
        return tuple(codec_value(kind[:-2], item) for item in value)
    if kind.startswith("("):
        parts = list(value.values()) if isinstance(value, dict) else value
        return codec_values(kind, parts)
    if kind.startswith(("uint", "int")):
        return int(value)
    if kind.startswith("bytes") or kind == "address":
        return unhex(value)
    return value


def codec_values(kinds: str, values: Any) -> tuple[Any, ...]:
    """Values for a parenthesised list of types."""
    names = split_types(kinds[1:-1])
    return tuple(codec_value(name, item) for name, item in zip(names, values, strict=True))


def inputs_of(signature: str) -> str:
    return signature[signature.index("(") :]
