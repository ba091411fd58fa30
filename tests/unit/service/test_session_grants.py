"""A locked wallet goes on chatting in open sessions and signs no transaction."""

from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from node.core.errors import NodeError, WalletLockedError
from node.service.dto import ImportWallet
from node.service.local import open_node
from tests.support.mortal_consumer import ask, open_session, options
from tests.support.small_market import CONSUMER, open_small_market

pytestmark = pytest.mark.chain
PASSWORD = SecretStr("correct horse battery staple")


async def test_open_sessions_survive_locking(tmp_path: Path) -> None:
    async with open_small_market(tmp_path) as market:
        environment = market.environment(CONSUMER)
        key = SecretStr(environment.pop("WALLET_PRIVATE_KEY"))
        async with open_node(options(str(tmp_path / "consumer"), environment)) as node:
            await node.wallet.import_(ImportWallet(private_key=key, password=PASSWORD))
            session = await open_session(node, market.model_id)
            assert (await node.wallet.lock()).locked
            assert await ask(node, session, "What is a stake?")
            with pytest.raises(WalletLockedError):
                await node.sessions.close(session.id)
            await node.wallet.unlock(PASSWORD.get_secret_value())
            closed = await node.sessions.close(session.id)
            assert closed.returned > 0


async def test_after_a_restart_the_first_unlock_brings_the_sessions_back(tmp_path: Path) -> None:
    async with open_small_market(tmp_path) as market:
        environment = market.environment(CONSUMER)
        key = SecretStr(environment.pop("WALLET_PRIVATE_KEY"))
        opts = options(str(tmp_path / "consumer"), environment)
        async with open_node(opts) as node:
            await node.wallet.import_(ImportWallet(private_key=key, password=PASSWORD))
            session = await open_session(node, market.model_id)
        async with open_node(replace(opts)) as node:
            with pytest.raises(WalletLockedError):
                await ask(node, session, "hello")
            await node.wallet.unlock(PASSWORD.get_secret_value())
            # The grant is given by a task that follows the unlock; a look at the store lets it run.
            for _ in range(20):
                await node.sessions.list()
            await node.wallet.lock()
            assert await ask(node, session, "hello")


async def test_sessions_of_an_account_wait_until_it_is_used_again(tmp_path: Path) -> None:
    async with open_small_market(tmp_path) as market:
        environment = market.environment(CONSUMER)
        key = SecretStr(environment.pop("WALLET_PRIVATE_KEY"))
        async with open_node(options(str(tmp_path / "consumer"), environment)) as node:
            mine = await node.wallet.import_(ImportWallet(private_key=key, password=PASSWORD))
            session = await open_session(node, market.model_id)
            other = ImportWallet(private_key=SecretStr("11" * 32), password=PASSWORD, add=True)
            assert (await node.wallet.import_(other)).address != mine.address
            assert await node.sessions.list() == ()
            with pytest.raises(NodeError):
                await ask(node, session, "Who pays?")
            with pytest.raises(NodeError):
                await node.sessions.close(session.id)
            back = await node.wallet.select_account(mine.address, PASSWORD)
            assert not back.locked
            (waiting,) = await node.sessions.list()
            assert (waiting.id, waiting.state) == (session.id, "active")
            assert await ask(node, session, "What is a stake?")
            closed = await node.sessions.close(session.id)
            assert closed.returned > 0
