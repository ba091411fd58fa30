"""A market as recorded, put back after every test."""

from collections.abc import Iterator

import pytest

from tests.chain.replay import ReplayChain


@pytest.fixture(scope="module")
def market_of_module() -> Iterator[ReplayChain]:
    chain = ReplayChain()
    chain.set_up_market()
    yield chain


@pytest.fixture
def market(market_of_module: ReplayChain) -> Iterator[ReplayChain]:
    """Two providers with one bid each on one model; nothing of a test is left for the next."""
    number = market_of_module.evm.head.header.block_number
    yield market_of_module
    market_of_module.go_back_to(number)
