"""The admin's login: the line of the cookie file, what the server checks, and `proxy.conf`."""

from pydantic import SecretStr

from node.core.log import get_logger
from node.http_api.cookie import admin_user, load_cookie, write_cookie
from node.http_api.credentials import ADMIN, Credentials
from node.service.local import LocalNode

_log = get_logger("node.http_api")


class AdminLogin:
    """Changes the admin's password everywhere at once."""

    def __init__(self, node: LocalNode, credentials: Credentials) -> None:
        self._node = node
        self._credentials = credentials

    async def change(self, password: SecretStr) -> None:
        """Raises ConfigError: a file cannot be written; the old password counts on."""
        name, text = ADMIN, password.get_secret_value()
        cookie = self._node.api.cookie_file
        if cookie is not None:
            name, _ = load_cookie(cookie)
            write_cookie(cookie, name, text)
        self._credentials.put(admin_user(name, text))
        self._node.api.token = text
        await self._node.clients.set_admin_password(password)


def warn_of_second_password(node: LocalNode, password: str) -> None:
    """Tell when `proxy.conf` lets the admin in with another password than the cookie's."""
    line = node.clients.users.get(ADMIN)
    if line is not None and not line.password.is_costly and not line.password.matches(password):
        _log.warning(
            "the file of API users has another password for admin than the cookie; both count",
            file=node.clients.users_file,
        )
