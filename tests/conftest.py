"""What holds for every test: no display, no wallet of the developer, no network."""

import ipaddress
import os
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings

os.environ["QT_QPA_PLATFORM"] = "offscreen"
for _name in ("MORPHEUS_HOME", "WALLET_PRIVATE_KEY", "ETH_NODE_ADDRESS"):
    os.environ.pop(_name, None)

settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


def _leaves_this_computer(address: Any) -> bool:
    if not isinstance(address, tuple):
        return False  # a Unix socket
    host = str(address[0]).split("%")[0]
    if host in {"localhost", ""}:
        return False
    try:
        ip = ipaddress.ip_address(host)
    except ValueError:
        return True
    return not (ip.is_loopback or ip.is_unspecified)


@pytest.fixture(scope="session", autouse=True)
def _no_network() -> Iterator[None]:
    """Refuse connections to other computers: a test that needs one would fail on a train."""
    originals = {"connect": socket.socket.connect, "connect_ex": socket.socket.connect_ex}
    patch = pytest.MonkeyPatch()

    def guarded(name: str) -> Any:
        original = originals[name]

        def connect(self: socket.socket, address: Any) -> Any:
            if _leaves_this_computer(address):
                raise OSError(f"a test tried to reach {address!r}; tests stay on this computer")
            return original(self, address)

        return connect

    for name in originals:
        patch.setattr(socket.socket, name, guarded(name))
    yield
    patch.undo()
