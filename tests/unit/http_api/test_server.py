"""Which port the API takes."""

import socket
from collections.abc import Iterator
from contextlib import closing

import pytest

from node.core.errors import AddressInUseError, ConfigError
from node.http_api.server import bind


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that another program listens on."""
    with closing(socket.socket()) as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def test_a_taken_port_gives_the_next_free_one(taken: int) -> None:
    with closing(bind("127.0.0.1", taken, fixed=False)) as found:
        assert taken < found.getsockname()[1] <= taken + 50


def test_a_fixed_port_is_taken_or_refused(taken: int) -> None:
    with pytest.raises(AddressInUseError) as caught:
        bind("127.0.0.1", taken, fixed=True)
    assert str(taken) in caught.value.message


def test_port_zero_is_any_port() -> None:
    with closing(bind("127.0.0.1", 0, fixed=True)) as found:
        assert found.getsockname()[1] > 0


def test_accepted_connections_send_at_once() -> None:
    with closing(bind("127.0.0.1", 0, fixed=True)) as found:
        assert found.proto == socket.IPPROTO_TCP, "asyncio switches Nagle off for these only"


@pytest.mark.parametrize("host", ["203.0.113.7", "no.such.host.invalid"])
def test_an_address_of_somebody_else(host: str) -> None:
    with pytest.raises(ConfigError) as caught:
        bind(host, 8082, fixed=False)
    assert not isinstance(caught.value, AddressInUseError)
