"""The operating system's secret store, where it is a real one."""

import asyncio
from typing import Any, Protocol, Self

from node.core.errors import KeyringUnavailableError

SERVICE = "Morpheus Desktop"
TIMEOUT_S = 30.0

# Modules of back ends that encrypt at rest under the user's login. Everything else is refused by
# class: plain text files (keyrings.alt), "null", "fail" and whatever a plug-in may add.
_TRUSTED_MODULES = (
    "keyring.backends.SecretService",
    "keyring.backends.libsecret",
    "keyring.backends.kwallet",
    "keyring.backends.macOS",
    "keyring.backends.Windows",
)


class SecretStore(Protocol):
    """Named secrets outside the data folder. Methods may block (a system dialog)."""

    def get(self, name: str) -> str | None: ...

    def put(self, name: str, secret: str) -> None: ...

    def remove(self, name: str) -> None:
        """Absent is fine."""
        ...


class OsKeyring:
    """`SecretStore` over the `keyring` library; every failure is KeyringUnavailableError."""

    def __init__(self, backend: Any) -> None:
        self._backend = backend

    @classmethod
    def find(cls) -> Self | None:
        """The system's store; None when there is none that can be trusted with a secret."""
        import keyring
        from keyring.errors import KeyringError

        try:
            backend = trusted_backend(keyring.get_keyring())
        except (KeyringError, OSError, RuntimeError):
            return None
        return None if backend is None else cls(backend)

    def get(self, name: str) -> str | None:
        return self.get_of(SERVICE, name)

    def get_of(self, service: str, name: str) -> str | None:
        """An item of another program."""
        return self._call("get_password", service, name)

    def put(self, name: str, secret: str) -> None:
        self._call("set_password", SERVICE, name, secret)

    def remove(self, name: str) -> None:
        if self.get(name) is not None:
            self._call("delete_password", SERVICE, name)

    def _call(self, method: str, *values: str) -> str | None:
        try:
            found: str | None = getattr(self._backend, method)(*values)
        except Exception as error:  # back ends raise errors of D-Bus, Win32 and others
            raise KeyringUnavailableError(
                "The secret store of this system did not answer.",
                hint="Unlock it and try again, or protect the wallet with a password.",
                details={"cause": type(error).__name__},
            ) from error
        return found


def trusted_backend(backend: Any) -> Any | None:
    """`backend` itself, the first trusted one of a chain, or None."""
    for candidate in (backend, *getattr(backend, "backends", ())):
        if type(candidate).__module__.startswith(_TRUSTED_MODULES):
            return candidate
    return None


async def call_store(function: Any, *values: str) -> Any:
    """Run one method of a SecretStore in a thread; a dialog nobody answers ends after 30 s.

    Raises:
        KeyringUnavailableError: the store failed or did not answer in time.
    """
    try:
        return await asyncio.wait_for(asyncio.to_thread(function, *values), TIMEOUT_S)
    except TimeoutError as error:
        raise KeyringUnavailableError(
            "The secret store of this system did not answer.",
            hint="Look for its dialog, then try again; or use a password.",
        ) from error
