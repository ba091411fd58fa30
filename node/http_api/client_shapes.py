"""Bodies of the routes about API users, under the public node's member names."""

from typing import Annotated

from pydantic import Field, SecretStr, WithJsonSchema

from node.http_api.shapes import BigInput, BigText, Input, Shape
from node.store.proxy_conf import USER_NAME

UserName = Annotated[
    str,
    Field(min_length=1, max_length=64),
    WithJsonSchema({"type": "string", "pattern": f"^{USER_NAME.pattern}$"}),
]
Password = Annotated[SecretStr, Field(min_length=1, max_length=256)]
Token = Annotated[
    str,
    Field(min_length=1, max_length=64),
    WithJsonSchema({"type": "string", "pattern": "^(eth|0[xX][0-9a-fA-F]{40})$"}),
]
"""`eth`, or the address of the MOR contract."""
Permissions = Annotated[
    tuple[Annotated[str, Field(max_length=64)], ...],
    Field(max_length=100, description="Names of permissions, `*` for all."),
]


class AddUserInput(Input):
    username: UserName
    password: Password
    perms: Permissions = ()


class UserNameInput(Input):
    username: UserName


class RequestUserInput(Input):
    """`allowances`: base units by token."""

    username: UserName
    password: Password
    perms: Permissions = ()
    allowances: dict[str, BigInput] = Field(default_factory=dict, max_length=8)


class ConfirmUserInput(Input):
    username: UserName
    confirm: bool


class AllowanceTokenInput(Input):
    username: UserName
    token: Token


class AllowanceInput(AllowanceTokenInput):
    allowance: BigInput


class ConfirmAllowanceInput(AllowanceTokenInput):
    confirm: bool


class Agent(Shape):
    username: str
    perms: tuple[str, ...]
    isConfirmed: bool
    allowances: dict[str, BigText]


class Agents(Shape):
    agents: tuple[Agent, ...]


class AllowanceItem(Shape):
    username: str
    token: str
    allowance: BigText


class AllowanceRequests(Shape):
    requests: tuple[AllowanceItem, ...]


class TxHashes(Shape):
    """`nextCursor` is null on the last page."""

    txHashes: tuple[str, ...]
    nextCursor: str | None
