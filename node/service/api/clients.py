"""Users of the HTTP API beside the admin."""

from collections.abc import Sequence
from typing import Protocol

from pydantic import SecretStr

from node.service.dto import (
    AllowanceRequest,
    ClientRequest,
    ClientTransactions,
    ClientView,
    CreatedClient,
)


class ClientsApi(Protocol):
    """Who may use the API, for what, and how much each may spend.

    Tokens are `eth` or the address of the MOR contract. Changes count at once.
    """

    async def list(self) -> tuple[ClientView, ...]: ...

    async def add(
        self, name: str, permissions: Sequence[str], password: SecretStr | None = None
    ) -> CreatedClient:
        """Add a user, or replace one; without a password one is made. It may spend nothing yet.

        Raises:
            UserInputError: a name or permission that does not exist.
        """
        ...

    async def remove(self, name: str) -> None: ...

    async def request(self, request: ClientRequest) -> None:
        """Keep a stranger's wish until it is confirmed; nothing is allowed by it.

        Raises:
            ClientExistsError: the name is taken. TooManyRequestsError: too many wait.
        """
        ...

    async def confirm(self, name: str, accept: bool) -> None:
        """Let a client in with all that it asked for, or forget its request."""
        ...

    async def allowance_requests(self) -> tuple[AllowanceRequest, ...]: ...

    async def request_allowance(self, name: str, token: str, amount: int) -> None: ...

    async def confirm_allowance(self, name: str, token: str, accept: bool) -> None:
        """Grant what was asked for in place of what was granted before, or refuse it."""
        ...

    async def revoke_allowance(self, name: str, token: str) -> None: ...

    async def transactions(self, name: str, cursor: int, limit: int) -> ClientTransactions: ...
