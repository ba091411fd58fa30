"""Path and query values that are ids or addresses."""

from typing import Annotated

from fastapi import Path

from node.core.errors import InvalidAddressError
from node.core.ids import Address
from node.http_api.inference_request import hash_text
from node.http_api.refusal import HttpRefusal

_HEX32 = r"^(0[xX])?[0-9a-fA-F]{64}$"
HashPath = Annotated[
    str, Path(description="32 bytes of hex.", json_schema_extra={"pattern": _HEX32})
]
_ADDRESS = r"^0[xX][0-9a-fA-F]{40}$"
AddressPath = Annotated[
    str, Path(description="An address, in any case.", json_schema_extra={"pattern": _ADDRESS})
]

__all__ = ["AddressPath", "HashPath", "address_of", "hash_text"]


def address_of(text: str) -> str:
    """An address in lower case.

    Raises:
        HttpRefusal: 400 `invalid address`.
    """
    try:
        return Address.parse(text).hex
    except InvalidAddressError as error:
        raise HttpRefusal(400, "invalid address", code=error.code, hint=error.hint) from error
