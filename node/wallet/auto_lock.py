"""Who may use the key right now: unlocking, idle time, grants for running sessions."""

import asyncio
from collections.abc import Callable

from node.core.clock import Clock
from node.core.errors import NoWalletError, WalletLockedError, WatchOnlyError
from node.core.ids import Address
from node.wallet.signer import KeySigner

DEFAULT_IDLE_S = 15 * 60
# The deadline moves while the loop sleeps; it is looked at anew this often.
_LONGEST_SLEEP_S = 30.0


class AutoLock:
    """Holds the signer while the wallet is unlocked.

    Locking destroys the key, unless a grant is held: then messages of running sessions are still
    signed and decrypted, while transactions are refused. The last grant given back destroys the
    key.
    """

    def __init__(self, clock: Clock, *, idle_s: int, on_change: Callable[[], None]) -> None:
        """`idle_s` 0 means never. `on_change` is called after each lock and unlock."""
        self._clock = clock
        self._idle_s = idle_s
        self._on_change = on_change
        self._signer: KeySigner | None = None
        self._locked = True
        self._deadline: float | None = None
        self._grants: set[str] = set()
        self._unlocked = asyncio.Event()
        self.address: Address | None = None
        self.watch_only = False

    # --- state -----------------------------------------------------------------------------------

    @property
    def is_unlocked(self) -> bool:
        self._expire()
        return not self._locked

    @property
    def has_grants(self) -> bool:
        """True while sessions may still be served although the wallet is locked."""
        return bool(self._grants)

    @property
    def idle_left_s(self) -> int | None:
        """Seconds until the wallet locks by itself, None when it will not."""
        if self._deadline is None or not self.is_unlocked:
            return None
        return max(0, round(self._deadline - self._clock.monotonic()))

    def use(self, address: Address | None, *, watch_only: bool = False) -> None:
        """Change to another account, locked; grants of the one before end."""
        self.lock(end_grants=True)
        self.address = address
        self.watch_only = watch_only

    def unlock(self, signer: KeySigner) -> None:
        """Take over `signer` and start the idle time."""
        self._destroy()
        self._signer = signer
        self.address = signer.address
        self.watch_only = False
        self._locked = False
        self.touch()
        self._unlocked.set()
        self._on_change()

    def lock(self, *, end_grants: bool = False) -> None:
        """Refuse transactions from now on; destroy the key when no grant is (or may stay) held."""
        if end_grants:
            self._grants.clear()
        changed = not self._locked
        self._locked = True
        self._deadline = None
        self._unlocked.clear()
        if not self._grants:
            self._destroy()
        if changed:
            self._on_change()

    # --- idle time and grants --------------------------------------------------------------------

    def touch(self) -> None:
        """The user did something: the idle time starts again."""
        idle = self._idle_s
        self._deadline = self._clock.monotonic() + idle if idle and not self._locked else None

    def set_idle(self, idle_s: int) -> None:
        """Change the idle time, 0 for never; it starts again now."""
        if idle_s == self._idle_s:
            return
        self._expire()
        self._idle_s = idle_s
        self.touch()

    def grant(self, name: str) -> None:
        """Let the session `name` use the key for messages, also while the wallet is locked.

        Raises:
            WalletLockedError, NoWalletError: only an unlocked wallet gives grants.
        """
        self.for_transactions()
        self._grants.add(name)

    def release(self, name: str) -> None:
        """Give a grant back. Unknown names are fine."""
        self._grants.discard(name)
        if self._locked and not self._grants:
            self._destroy()

    async def run(self) -> None:
        """Lock when the idle time is over, for ever: run it as a background task."""
        while True:
            await self._unlocked.wait()
            left = _LONGEST_SLEEP_S
            if self._deadline is not None:
                left = min(left, max(0.0, self._deadline - self._clock.monotonic()))
            await self._clock.sleep(left)
            self._expire()

    # --- use -------------------------------------------------------------------------------------

    def for_messages(self) -> KeySigner:
        """The signer, for the wire protocol only.

        Raises:
            NoWalletError, WatchOnlyError, WalletLockedError.
        """
        self._expire()
        if self.address is None:
            raise NoWalletError("There is no wallet yet.")
        if self.watch_only:
            raise WatchOnlyError("This account is watched only.")
        if self._signer is None:
            raise WalletLockedError("The wallet is locked.")
        return self._signer

    def for_transactions(self) -> KeySigner:
        """The signer, for anything. Raises WalletLockedError or NoWalletError."""
        signer = self.for_messages()
        if self._locked:
            raise WalletLockedError("The wallet is locked.")
        return signer

    def _expire(self) -> None:
        if self._deadline is not None and self._clock.monotonic() >= self._deadline:
            self.lock()

    def _destroy(self) -> None:
        if self._signer is not None:
            self._signer.destroy()
            self._signer = None
