"""The facade's clients group: users of the HTTP API beside the admin."""

import asyncio
import secrets
from collections.abc import Mapping, Sequence

from pydantic import SecretStr

from node.core.clock import Clock
from node.core.errors import (
    ClientExistsError,
    ClientNotFoundError,
    ForbiddenError,
    UserInputError,
)
from node.core.events import ClientsChanged, EventBus
from node.core.ids import Address
from node.core.permissions import ALL, Permission
from node.core.units import MAX_UINT256
from node.service.allowance_desk import ETH, AllowanceDesk
from node.service.dto import (
    AllowanceRequest,
    ClientRequest,
    ClientTransactions,
    ClientView,
    CreatedClient,
)
from node.store.client_spending import ClientSpending
from node.store.clients import ClientRecord, ClientRepository, GrantRequest
from node.store.passwords import PasswordHash
from node.store.proxy_conf import USER_NAME, ApiUser, ProxyConf

ADMIN = "admin"
MAX_PASSWORD = 256
MAX_ALLOWANCES = 8
_NAMES = frozenset(item.value for item in Permission if item is not Permission.NODE) | {ALL}


class ClientsService:
    """Logins are in `proxy.conf`, requests and money in `clients.db`."""

    def __init__(
        self,
        *,
        users: ProxyConf,
        clients: ClientRepository,
        spending: ClientSpending,
        desk: AllowanceDesk,
        bus: EventBus,
        clock: Clock,
    ) -> None:
        self._users = users
        self._clients = clients
        self._spending = spending
        self._desk = desk
        self._bus = bus
        self._clock = clock
        self._changing = asyncio.Lock()

    @property
    def users(self) -> Mapping[str, ApiUser]:
        """Who may log in besides the admin's cookie, by name; always up to date."""
        return self._users.users

    @property
    def users_file(self) -> str:
        """Path of the file with the logins."""
        return str(self._users.path)

    async def list(self) -> tuple[ClientView, ...]:
        await self._desk.settle()
        records = {item.name: item for item in await self._clients.all()}
        from_file = [item for name, item in self.users.items() if name not in records]
        return tuple(
            [_view(item, self.users.get(item.name)) for item in records.values()]
            + [
                ClientView(
                    name=item.name, permissions=item.permissions, confirmed=True, allowances={}
                )
                for item in from_file
                if item.name != ADMIN
            ]
        )

    async def add(
        self, name: str, permissions: Sequence[str], password: SecretStr | None = None
    ) -> CreatedClient:
        _check_name(name)
        _check_permissions(permissions)
        secret = password or SecretStr(secrets.token_urlsafe(32))
        hashed = await _hashed(secret)
        async with self._changing:
            await self._let_in(name, hashed, permissions)
            await self._clients.add(name, permissions)
        self._changed()
        return CreatedClient(client=await self._one(name), password=secret)

    async def set_admin_password(self, password: SecretStr) -> None:
        """Keep the admin's line of an existing `proxy.conf` in step with the cookie."""
        if ADMIN in self.users:
            async with self._changing:
                await self._let_in(ADMIN, await _hashed(password), (ALL,))

    async def remove(self, name: str) -> None:
        if name == ADMIN:
            raise ForbiddenError("The administrator cannot be removed.")
        async with self._changing:
            known = {item.name for item in await self._clients.all()} | set(self.users)
            if name not in known:
                raise ClientNotFoundError("user not found")
            # The login first: nobody may be left with a login and without a record of it.
            if name in self.users:
                await asyncio.to_thread(self._users.remove, name)
            await self._clients.remove(name)
        self._changed()

    async def request(self, request: ClientRequest) -> None:
        _check_name(request.name)
        _check_permissions(request.permissions)
        allowances = _checked_allowances(request.allowances)
        if request.name in self.users:
            raise ClientExistsError(f"There is a client named {request.name} already.")
        hashed = await _hashed(request.password)
        await self._clients.request(
            ClientRecord(
                name=request.name,
                permissions=request.permissions,
                password=hashed.text,
                allowances=allowances,
                created_at=self._clock.unix_seconds(),
            )
        )
        self._changed()

    async def confirm(self, name: str, accept: bool) -> None:
        async with self._changing:
            record = await self._clients.find(name)
            if record.confirmed:
                if accept:
                    return
                raise ClientExistsError(
                    "This client was let in already.", hint="Remove it instead.", code="client.in"
                )
            if accept:
                await self._let_in(name, PasswordHash.parse(record.password), record.permissions)
                await self._clients.confirm(name)
            else:
                await self._clients.remove(name)
        self._changed()

    async def allowance_requests(self) -> tuple[AllowanceRequest, ...]:
        return tuple(
            AllowanceRequest(name=item.name, token=item.token, amount=item.amount)
            for item in await self._clients.asked()
        )

    async def request_allowance(self, name: str, token: str, amount: int) -> None:
        allowances = _checked_allowances({token: amount})
        await self._noted(name)
        for key, value in allowances.items():
            await self._clients.ask(GrantRequest(name=name, token=key, amount=value))
        self._changed()

    async def confirm_allowance(self, name: str, token: str, accept: bool) -> None:
        await self._desk.settle()
        await self._clients.answer(name, _token(token), accept=accept)
        self._changed()

    async def revoke_allowance(self, name: str, token: str) -> None:
        await self._clients.revoke(name, _token(token))
        self._changed()

    async def transactions(self, name: str, cursor: int, limit: int) -> ClientTransactions:
        if cursor < 0 or not 0 <= limit <= 255:
            raise UserInputError("A page has at most 255 entries.", code="input.limit")
        await self._desk.settle()
        if name not in self.users:
            await self._clients.find(name)
        hashes, further = await self._spending.transactions(name, cursor, limit)
        return ClientTransactions(hashes=tuple(item.hex for item in hashes), next_cursor=further)

    async def _noted(self, name: str) -> None:
        """A user of the file that has no record yet gets one, to hold its allowances."""
        user = self.users.get(name)
        if user is None or name == ADMIN:
            return
        if name not in {item.name for item in await self._clients.all()}:
            await self._clients.add(name, user.permissions)

    async def _let_in(self, name: str, password: PasswordHash, permissions: Sequence[str]) -> None:
        user = ApiUser(name=name, password=password, permissions=tuple(permissions))
        await asyncio.to_thread(self._users.put, user)

    async def _one(self, name: str) -> ClientView:
        return _view(await self._clients.find(name), self.users.get(name))

    def _changed(self) -> None:
        self._bus.publish(ClientsChanged())


async def _hashed(password: SecretStr) -> PasswordHash:
    text = password.get_secret_value()
    if not 1 <= len(text) <= MAX_PASSWORD:
        raise UserInputError(
            f"A password has 1 to {MAX_PASSWORD} characters.", code="input.password"
        )
    return await asyncio.to_thread(PasswordHash.of, text)


def _check_name(name: str) -> None:
    if not USER_NAME.fullmatch(name) or name == ADMIN:
        raise UserInputError(
            "This is no name for a user of the API.",
            hint="Letters, digits and . _ @ - are allowed; “admin” is taken.",
            code="input.username",
        )


def _check_permissions(names: Sequence[str]) -> None:
    for name in names:
        if name not in _NAMES:
            raise UserInputError(
                f"There is no permission named “{name[:40]}”.", code="input.permission"
            )


def _checked_allowances(wanted: Mapping[str, int]) -> dict[str, int]:
    if len(wanted) > MAX_ALLOWANCES:
        raise UserInputError("These are too many allowances.", code="input.allowance")
    for amount in wanted.values():
        if not 0 <= amount <= MAX_UINT256:
            raise UserInputError("This amount cannot be allowed.", code="input.amount")
    return {_token(token): amount for token, amount in wanted.items()}


def _token(text: str) -> str:
    """`eth`, or a contract address in lower case."""
    return ETH if text.lower() == ETH else Address.parse(text).hex


def _view(record: ClientRecord, user: ApiUser | None) -> ClientView:
    """The file is the truth about what a client may do."""
    return ClientView(
        name=record.name,
        permissions=user.permissions if user is not None else record.permissions,
        confirmed=user is not None,
        allowances=record.allowances,
        created_at=record.created_at,
    )
