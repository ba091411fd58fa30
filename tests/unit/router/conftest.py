"""One demo world for all router tests of a module; tests open their own sessions."""

from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio

from tests.support.stacks import DemoStack, open_demo_stack


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def demo(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[DemoStack, None]:
    async with open_demo_stack(tmp_path_factory.mktemp("demo")) as opened:
        yield opened
