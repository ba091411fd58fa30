"""Programs that use the API as users of their own, and what they may spend."""

from collections.abc import Mapping

from pydantic import SecretStr

from node.service.dto.base import Dto


class ClientView(Dto):
    """`allowances`: what is left, by token (`eth` or a contract address in lower case), base units.

    `permissions` are names as in `proxy.conf`, `*` for all. Unconfirmed clients may do nothing.
    """

    name: str
    permissions: tuple[str, ...]
    confirmed: bool
    allowances: Mapping[str, int]
    created_at: int = 0


class ClientRequest(Dto):
    """What a stranger asks the owner of the node for."""

    name: str
    password: SecretStr
    permissions: tuple[str, ...]
    allowances: Mapping[str, int]


class CreatedClient(Dto):
    """The only time that a generated password is told; it is a secret."""

    client: ClientView
    password: SecretStr


class AllowanceRequest(Dto):
    name: str
    token: str
    amount: int


class ClientTransactions(Dto):
    """Newest first. `next_cursor` asks for the page after this one, 0 at the end."""

    hashes: tuple[str, ...]
    next_cursor: int
