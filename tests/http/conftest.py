"""A real node with its API on loopback, on the demo network, in its own thread."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from node.core.http_client import HttpClient, open_http_client
from node.core.paths import AppDirs
from node.core.settings import load_settings
from node.host import NodeOptions, NodeThread, open_hosted_node
from node.service.dto import ApiAccess, QuoteRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Hosted:
    """The running node and how to reach it."""

    thread: NodeThread
    dirs: AppDirs
    access: ApiAccess

    @property
    def url(self) -> str:
        return self.access.url

    @property
    def token(self) -> str:
        return self.access.token.get_secret_value()

    @property
    def cookie(self) -> tuple[str, str]:
        """User and password as any local program reads them."""
        name, _, password = Path(self.access.cookie_file).read_text().strip().partition(":")
        return name, password

    def open_session(self, model: str = "Guide", seconds: int = 3600) -> str:
        """Open a session on a demo model; returns its id."""
        return self.thread.submit(self._open(model, seconds)).result(30)

    async def _open(self, model: str, seconds: int) -> str:
        node = self.thread.node
        models = (await node.market.models()).models
        wanted = next(item.id for item in models if item.name == model)
        quote = await node.sessions.quote(QuoteRequest(model_id=wanted, duration_s=seconds))
        steps = [step async for step in node.sessions.open(quote.id)]
        assert steps[-1].session is not None
        return steps[-1].session.id


@contextmanager
def running_demo(home: Path) -> Iterator[Hosted]:
    """A node on the demo network in a thread of its own, with its API."""
    dirs = AppDirs.under(home)
    settings = load_settings(
        file=None,
        environment={"MORPHEUS_NETWORK": "demo", "WEB_ADDRESS": "127.0.0.1:0"},
    )
    patch = pytest.MonkeyPatch()
    patch.setattr("node.service.network_switch.GUIDE_WORD_DELAY_S", 0.0005)
    options = NodeOptions(dirs=dirs, settings=settings)
    thread = NodeThread(lambda: open_hosted_node(options))
    node = thread.start().result(60)
    access = thread.submit(node.system.api_access()).result(10)
    yield Hosted(thread=thread, dirs=dirs, access=access)
    assert thread.stop()
    patch.undo()
    assert not dirs.runtime_file.exists()


@pytest.fixture(scope="session")
def hosted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hosted]:
    with running_demo(tmp_path_factory.mktemp("hosted")) as found:
        yield found


@pytest.fixture(scope="session")
def guide_session(hosted: Hosted) -> str:
    """A session with the demo's Guide, open for all tests."""
    return hosted.open_session()


@pytest.fixture
async def basic(hosted: Hosted) -> AsyncIterator[HttpClient]:
    """A client of the public node: Basic with the line of the cookie file."""
    async with open_http_client(base_url=hosted.url) as client:
        client.auth = hosted.cookie
        yield client


@pytest.fixture
async def bearer(hosted: Hosted) -> AsyncIterator[HttpClient]:
    """A client of OpenAI's kind: Bearer with the token."""
    headers = {"authorization": f"Bearer {hosted.token}"}
    async with open_http_client(base_url=hosted.url, headers=headers) as client:
        yield client
