"""The cookie file: one line `admin:<password>` that proves a program runs as this user."""

import os
import secrets
import string
from pathlib import Path

from node.core.errors import ConfigError
from node.core.paths import AppDirs, write_private
from node.core.private_files import check_private_file
from node.core.settings import NodeSettings
from node.http_api.credentials import User
from node.http_api.permissions import Scope, permissions_of

ADMIN = "admin"
PASSWORD_LENGTH = 43
"""Of 62 characters each: 256 bits."""
MAX_COOKIE_BYTES = 4096
_ALPHABET = string.ascii_letters + string.digits


def cookie_path(dirs: AppDirs, settings: NodeSettings) -> Path:
    """Absolute path of the file: the configured one, else the profile's."""
    if settings.cookie_file:
        return Path(settings.cookie_file).expanduser().absolute()
    return dirs.cookie_file.absolute()


def load_cookie(path: Path, content: str = "") -> tuple[str, str]:
    """User name and password of the file; it is made (mode 0600) when it is not there.

    `content` (`user:password`) is what a new file holds; without it the password is random.

    Raises:
        ConfigError: no colon in the file or in `content`, or the file cannot be read or written.
        StorageError: a link or a file of somebody else.
    """
    check_private_file(path)
    try:
        text = _read(path) if path.exists() else _create(path, content)
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            "The cookie file of the API cannot be used.",
            hint="Choose another place with COOKIE_FILE_PATH.",
        ) from error
    return _parsed(text)


def admin_user(name: str, password: str) -> User:
    """The user of the cookie file, who may do everything."""
    return User.with_password(name, password, permissions_of([Scope.ADMIN]), is_admin=True)


def write_cookie(path: Path, name: str, password: str) -> None:
    """Replace the file. Raises ConfigError."""
    try:
        write_private(path, f"{name}:{password}\n".encode())
    except OSError as error:
        raise ConfigError(
            "The cookie file of the API cannot be written.", hint="Is the disk full?"
        ) from error


def _read(path: Path) -> str:
    with path.open("rb") as file:
        return file.read(MAX_COOKIE_BYTES).decode()


def _create(path: Path, content: str) -> str:
    text = content.strip() or f"{ADMIN}:{new_password()}"
    _parsed(text)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_private(path, f"{text}\n".encode())
    return text


def new_password() -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(PASSWORD_LENGTH))


def _parsed(text: str) -> tuple[str, str]:
    name, colon, password = text.strip(f"\r\n{os.linesep}").partition(":")
    if not colon or not name or not password:
        raise ConfigError(
            "The cookie of the API has the form user:password.",
            hint="Mend or remove the cookie file, or correct COOKIE_CONTENT.",
        )
    return name, password
