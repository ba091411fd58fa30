"""Amounts as people type them, and as they are written in sentences."""

from morpheus_desktop import formats
from node.core.errors import InvalidAmountError
from node.core.units import Eth, Mor

ASSETS = ("MOR", "ETH")


def read_amount(text: str, asset: str) -> int:
    """Base units of a typed amount above 0.

    Raises:
        InvalidAmountError: no such amount; `details["choices"]` lists what may have been meant.
    """
    base = (Mor if asset == "MOR" else Eth).parse(text).base
    if not base:
        raise InvalidAmountError("Enter an amount above 0.", hint=f"For example 1.5 {asset}.")
    return base


def choices_of(error: InvalidAmountError) -> tuple[str, ...]:
    """What may have been meant, ready to be typed in its place."""
    found = error.details.get("choices", ())
    return tuple(str(item) for item in found) if isinstance(found, list | tuple) else ()


def written(asset: str, base: int) -> str:
    """`12.40 MOR`, `0.0042 ETH`."""
    return formats.mor(base) if asset == "MOR" else formats.eth(base)


def typed_form(base: int) -> str:
    """All decimals with a plain point, as a field takes it."""
    return Mor(base).exact


def above_balance(asset: str, amount: int, held: int) -> str:
    """What is wrong with an amount that the wallet does not hold."""
    return f"You have {written(asset, held)}: {written(asset, amount - held)} too little."
