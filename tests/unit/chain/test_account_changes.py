"""Choosing another account while a transaction is prepared: its key signs nothing."""

import pytest

from node.core.clock import FakeClock
from node.core.errors import WalletLockedError
from node.core.ids import Address
from node.core.units import Mor
from node.wallet.auto_lock import AutoLock
from node.wallet.vault_signer import VaultSigner

pytestmark = pytest.mark.chain
FRIEND = Address(bytes([0x5A]) * 20)
OTHER = 4


class ChangingKeys(AutoLock):
    """Unlocked for the consumer; the user takes another account when its address is asked for."""

    def __init__(self, chain):
        super().__init__(FakeClock(), idle_s=0, on_change=lambda: None)
        self._chain = chain
        self.unlock(chain.signer())

    def change(self):
        self.use(self._chain.signer(OTHER).address)
        self.unlock(self._chain.signer(OTHER))


async def test_a_new_transaction_is_not_signed_by_another_key(chain):
    keys = ChangingKeys(chain)
    lane, call = chain.lane(), chain.calls.send_mor(FRIEND, Mor(1))
    mine = chain.signer().address
    original = lane._reads.estimate

    async def estimate(*arguments):
        found = await original(*arguments)
        keys.change()
        return found

    lane._reads.estimate = estimate
    before = await lane.next_nonce(mine)
    async with lane.lane():
        with pytest.raises(WalletLockedError) as told:
            await lane.prepare(call, VaultSigner(keys))
    assert told.value.code == "wallet.account_changed"
    assert mine.checksum in told.value.hint
    lane._reads.estimate = original
    # The nonce is free for the next transaction of the right account.
    async with lane.lane():
        prepared = await lane.prepare(call, chain.signer())
    assert prepared.nonce == before
    lane.give_up(prepared.signed.tx_hash)


async def test_a_higher_fee_is_not_signed_by_another_key(chain):
    keys = ChangingKeys(chain)
    lane = chain.lane()
    async with lane.lane():
        previous = await lane.prepare(chain.calls.send_mor(FRIEND, Mor(1)), chain.signer())
    original = lane._reads.balance

    async def balance(*arguments):
        found = await original(*arguments)
        keys.change()
        return found

    lane._reads.balance = balance
    for act in (lane.replace, lane.cancel):
        with pytest.raises(WalletLockedError) as told:
            await act(previous, VaultSigner(keys))
        assert told.value.code == "wallet.account_changed"
        keys.use(chain.signer().address)
        keys.unlock(chain.signer())
    lane._reads.balance = original
    lane.give_up(previous.signed.tx_hash)
