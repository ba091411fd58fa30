"""`rating-config.json` of the public node: weights of the rating, and allowed providers."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from node.core.errors import ConfigError, InvalidAddressError
from node.core.ids import Address
from node.core.json_file import JsonFile, JsonPath, read_json_file
from node.router.rating import RatingConfig, Weights

ALGORITHM = "default"
_WEIGHTS: JsonPath = ("params", "weights")


class _Weights(BaseModel):
    """A weight that is not named is 0, as the public node reads it."""

    model_config = ConfigDict(extra="ignore", allow_inf_nan=False)

    tps: float = Field(0, ge=0, strict=True)
    ttft: float = Field(0, ge=0, strict=True)
    duration: float = Field(0, ge=0, strict=True)
    success: float = Field(0, ge=0, strict=True)
    stake: float = Field(0, ge=0, strict=True)


def parse_rating_config(
    text: str, extra_allowed: Iterable[str] = (), source: str = "rating-config.json"
) -> RatingConfig:
    """Read the file's text; `extra_allowed` are addresses of `PROVIDER_ALLOW_LIST`.

    Raises:
        ConfigError: names file, line and field: no JSON object, unknown algorithm, weights that
        are no numbers or do not sum to 1, something that is no address.
    """
    return _rating(JsonFile(text, source), extra_allowed)


def load_rating_config(path: Path | None, extra_allowed: Iterable[str] = ()) -> RatingConfig:
    """Read the file, or the defaults when there is none. Raises as `parse_rating_config`."""
    document = read_json_file(path) if path is not None else None
    if document is None:
        return RatingConfig(weights=Weights(), allow_list=_extra(extra_allowed))
    return _rating(document, extra_allowed)


def _rating(document: JsonFile, extra_allowed: Iterable[str]) -> RatingConfig:
    if not isinstance(document.value, dict):
        document.refuse((), "The file holds one object with “algorithm” and “params”.")
    if document.value.get("algorithm", ALGORITHM) != ALGORITHM:
        document.refuse(("algorithm",), f"Only “{ALGORITHM}” is known.")
    return RatingConfig(
        weights=_weights(document), allow_list=_allowed(document) | _extra(extra_allowed)
    )


def _weights(document: JsonFile) -> Weights:
    params = document.value.get("params")
    if params is None:
        return Weights()
    if not isinstance(params, dict):
        document.refuse(("params",), "This is an object with “weights”.")
    if params.get("weights") is None:
        return Weights()
    given = document.checked(_Weights, _WEIGHTS)
    try:
        return Weights(**{name: float(value) for name, value in given.model_dump().items()})
    except ConfigError as error:
        document.refuse(_WEIGHTS, f"{error.message} {error.hint}", cause=error)


def _allowed(document: JsonFile) -> frozenset[Address]:
    values: Any = document.value.get("providerAllowlist") or []
    if not isinstance(values, list):
        document.refuse(("providerAllowlist",), "This is a list of addresses.")
    found = set()
    for index, value in enumerate(values):
        try:
            found.add(Address.parse(str(value)))
        except InvalidAddressError as error:
            path = ("providerAllowlist", index)
            document.refuse(path, "An address is 0x and 40 hex digits.", cause=error)
    return frozenset(found)


def _extra(values: Iterable[str]) -> frozenset[Address]:
    try:
        return frozenset(Address.parse(value) for value in values)
    except InvalidAddressError as error:
        raise ConfigError(
            "PROVIDER_ALLOW_LIST holds something that is no address.",
            hint="It is a list of addresses, separated by commas.",
        ) from error
