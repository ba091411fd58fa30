"""Background duties that belong to the wallet in use and follow its changes."""

from collections.abc import Awaitable, Callable

from node.core.clock import Clock
from node.core.errors import NodeError, NoWalletError
from node.core.ids import Address
from node.core.log import get_logger
from node.core.tasks import TaskScope
from node.router.access import WalletAccess

RETRY_S = 60.0
_log = get_logger("node.router.watch")


async def follow_account(
    wallet: WalletAccess, clock: Clock, name: str, duty: Callable[[Address], Awaitable[None]]
) -> None:
    """Run `duty` for the wallet in use until cancelled; waits for one when there is none.

    A duty that fails begins anew after a minute.
    """
    with wallet.bus.subscribe() as events:
        while True:
            account = _account(wallet)
            async with TaskScope(name) as scope:
                if account is not None:
                    scope.spawn(_keep_at(account, clock, name, duty), name="logs")
                while _account(wallet) == account:
                    await events.get()


def _account(wallet: WalletAccess) -> Address | None:
    try:
        return wallet.address
    except NoWalletError:
        return None


async def _keep_at(
    account: Address, clock: Clock, name: str, duty: Callable[[Address], Awaitable[None]]
) -> None:
    while True:
        try:
            await duty(account)
        except NodeError as error:
            # Logs are a shortcut: what money depends on is read from the records now and then.
            _log.warning("logs are not watched for a while", duty=name, code=error.code)
        await clock.sleep(RETRY_S)
