"""Networks of the user's own, as `settings.toml` has them: one `[[own_networks]]` table each."""

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    StrictBool,
    StrictInt,
    StrictStr,
    ValidationError,
    model_validator,
)

from node.core import network_rules as rules
from node.core.errors import UserInputError

MAX_NETWORKS = 32
_KINDS = {
    "missing": "it is missing",
    "extra_forbidden": "there is no such field",
    "string_type": "it is a text in quotes",
    "int_type": "it is a whole number without quotes",
    "bool_type": "it is true or false",
    "tuple_type": "it is a list of texts",
    "model_type": "it is a table",
}


def _by(check: Callable[[Any], Any]) -> AfterValidator:
    def checked(value: Any) -> Any:
        try:
            return check(value)
        except UserInputError as error:
            raise ValueError(f"{error.message} {error.hint}".strip()) from error

    return AfterValidator(checked)


def _contract(field: str) -> AfterValidator:
    return _by(lambda text: rules.checked_contract(field, text).checksum)


class OwnNetwork(BaseModel):
    """`explorer` is a page's address up to `/tx/`, or one that holds `{hash}`. `multicall` is empty
    where the chain has no Multicall3. `is_test`: its MOR is worth nothing.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    name: Annotated[StrictStr, _by(rules.checked_name)]
    title: Annotated[StrictStr, _by(rules.checked_title)]
    chain_id: Annotated[StrictInt, _by(rules.checked_chain_id)]
    marketplace: Annotated[StrictStr, _contract("marketplace")]
    token: Annotated[StrictStr, _contract("token")]
    rpc_urls: Annotated[tuple[StrictStr, ...], _by(rules.checked_servers)]
    explorer: Annotated[StrictStr, _by(rules.checked_explorer)] = ""
    is_test: StrictBool = False
    multicall: Annotated[StrictStr, _by(lambda text: text and _contract_text(text))] = ""

    @model_validator(mode="after")
    def _contracts_differ(self) -> "OwnNetwork":
        if self.marketplace == self.token:
            raise ValueError("Marketplace and token are two contracts.")
        return self

    def __str__(self) -> str:
        """Without addresses of servers, which may hold access keys."""
        return f"{self.name} (chain {self.chain_id})"

    __repr__ = __str__


def _contract_text(text: str) -> str:
    return rules.checked_contract("multicall", text).checksum


def _read(value: Any) -> Any:
    """Raises ValueError that names the table and its field."""
    if not isinstance(value, list | tuple):
        raise ValueError("networks are tables of the file: see `mor-cli network add`")
    if len(value) > MAX_NETWORKS:
        raise ValueError(f"{MAX_NETWORKS} networks of your own are the most")
    found: list[OwnNetwork] = []
    for number, item in enumerate(value, 1):
        try:
            found.append(item if isinstance(item, OwnNetwork) else OwnNetwork.model_validate(item))
        except ValidationError as error:
            raise ValueError(f"{_table_name(number, item)}{_words(error)}") from error
    for kind, texts in (
        ("name", [rules.same_looks(item.name) for item in found]),
        ("title", [rules.same_looks(item.title) for item in found]),
    ):
        if len(set(texts)) < len(texts):
            raise ValueError(f"two networks have the same {kind}, or nearly")
    return tuple(found)


def _table_name(number: int, table: Any) -> str:
    """Which of them: by its place, and by its name where that is one."""
    name = table.get("name") if isinstance(table, dict) else ""
    try:
        return f"network {number} ({rules.checked_name(str(name))})"
    except UserInputError:
        return f"network {number}"


def _words(error: ValidationError) -> str:
    """The field and what is wrong with it, without its value."""
    first = error.errors(include_url=False, include_input=False)[0]
    field = f", {first['loc'][0]}" if first["loc"] else ""
    words = _KINDS.get(first["type"], first["msg"].removeprefix("Value error, "))
    return f"{field}: {words}"


OwnNetworks = Annotated[tuple[OwnNetwork, ...], BeforeValidator(_read)]
