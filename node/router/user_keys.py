"""Public keys of the users that this provider serves; answers are encrypted to them."""

from collections import OrderedDict

from node.core.ids import Address
from node.store.peers import PeerKeys
from node.wire.signing import PeerKey, peer_key

_MAX_KEPT = 10_000


class UserKeys:
    """The stored keys with those in use at hand. Only keys proven to be the address's come here."""

    def __init__(self, peers: PeerKeys) -> None:
        self._peers = peers
        self._kept: OrderedDict[Address, PeerKey] = OrderedDict()

    async def put(self, user: Address, key: PeerKey) -> bool:
        """Store the user's key; tells whether the user was known before."""
        known = await self.find(user) is not None
        if not known:
            await self._peers.put_user(user, key.raw)
        self._keep(user, key)
        return known

    async def find(self, user: Address) -> PeerKey | None:
        """None when the user never asked for a session here."""
        kept = self._kept.get(user)
        if kept is not None:
            return kept
        stored = await self._peers.user(user)
        if stored is None:
            return None
        return self._keep(user, peer_key(stored))

    def _keep(self, user: Address, key: PeerKey) -> PeerKey:
        self._kept[user] = key
        self._kept.move_to_end(user)
        if len(self._kept) > _MAX_KEPT:
            self._kept.popitem(last=False)
        return key
