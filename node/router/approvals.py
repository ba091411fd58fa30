"""The provider's consent to a session: every check before it is signed."""

from collections.abc import Callable

from node.core.errors import NodeError, OutOfCapacityError
from node.core.ids import Address, BidId
from node.core.log import get_logger
from node.core.ports import SignedBlob, Signer
from node.core.units import UnixMillis
from node.router.access import ChainAccess
from node.router.backends import Backends
from node.router.capacity import APPROVAL_HOLD_S, Capacity
from node.router.model_tags import TeeModels
from node.router.models_config import ModelEntry
from node.router.occupancy import Occupancy
from node.router.user_keys import UserKeys
from node.router.user_rules import UserRules, rules_of
from node.store.provider_memory import GivenApproval, ProviderMemory
from node.wire.blobs import Approval
from node.wire.messages import SessionRequest
from node.wire.refusals import (
    FAILED_BID,
    NO_CAPACITY,
    NOT_ATTESTED,
    USER_NOT_ACCEPTED,
    Refusal,
)
from node.wire.signing import PeerKey

_log = get_logger("node.router.approvals")
CLOCK_WINDOW_MS = 300_000
"""Consumers refuse approvals whose time is further away from theirs."""


class ApprovalDesk:
    """Approves sessions on our own active bids of models that run here, while slots are free."""

    def __init__(
        self,
        *,
        chain: ChainAccess,
        signer: Signer,
        backends: Backends,
        capacity: Capacity,
        occupancy: Occupancy,
        keys: UserKeys,
        memory: ProviderMemory,
        users: Callable[[], UserRules],
        tee: TeeModels,
    ) -> None:
        self._chain = chain
        self._signer = signer
        self._backends = backends
        self._capacity = capacity
        self._occupancy = occupancy
        self._keys = keys
        self._memory = memory
        self._users = users
        self._tee = tee
        self._restored: list[GivenApproval] = []

    async def restore(self) -> None:
        """Count the approvals of before the restart that may still become sessions."""
        now = self._chain.clock.unix_millis()
        since = UnixMillis(now - round(APPROVAL_HOLD_S * 1000))
        self._restored = list(await self._memory.approvals_since(since))
        for item in self._restored:
            self._capacity.hold(
                item.model_id, item.bid_id, item.user, age_s=(now - item.issued_at) / 1000
            )

    async def _drop_used(self) -> None:
        """Free what is held for approvals of before the restart that have become sessions."""
        while self._restored:
            item = self._restored.pop()
            encoded = self._encoded(item.bid_id, item.user, item.issued_at)
            if await self._chain.market.is_approval_used(encoded):
                self._capacity.withdraw(item.bid_id, item.user)

    def check_user(self, user: Address, entry: ModelEntry) -> None:
        """Whether we serve this user at all; the refusal does not tell which list says no."""
        if not self._users().permits(user) or not rules_of(entry).permits(user):
            raise Refusal(USER_NOT_ACCEPTED)

    async def approve(self, request: SessionRequest, key: PeerKey) -> SignedBlob:
        """Consent to a session.

        Raises:
            Refusal: bid, model, user, attestation or capacity, in this order.
        """
        entry = await self._offered(request.bid_id)
        self.check_user(request.user, entry)
        await self._check_attestation(entry)
        await self._take_slot(request, key, entry)
        try:
            return await self._signed(request, entry)
        except BaseException:
            self._capacity.withdraw(request.bid_id, request.user)
            raise

    async def _offered(self, bid_id: BidId) -> ModelEntry:
        try:
            bid = await self._chain.market.bid(bid_id)
        except NodeError as error:
            _log.info("bid not read", bid_id=bid_id.hex, code=error.code)
            raise Refusal(f"{FAILED_BID}: bid not found") from error
        if bid.provider != self._signer.address or not bid.is_active:
            raise Refusal(f"{FAILED_BID}: bid is not active")
        entry = self._backends.entry(bid.model_id)
        if entry is None:
            raise Refusal(f"{FAILED_BID}: model is not served")
        return entry

    async def _check_attestation(self, entry: ModelEntry) -> None:
        try:
            tagged = await self._tee.has(entry.model_id)
        except NodeError as error:
            _log.info("tags not read", model_id=entry.model_id.hex, code=error.code)
            raise Refusal(f"{FAILED_BID}: model not found") from error
        if tagged:
            raise Refusal(NOT_ATTESTED)

    async def _take_slot(self, request: SessionRequest, key: PeerKey, entry: ModelEntry) -> None:
        if entry.slots:
            try:
                await self._occupancy.catch_up()
                await self._drop_used()
            except NodeError as error:
                _log.warning("sessions not counted", code=error.code)
                raise Refusal(f"{FAILED_BID}: the network does not answer") from error
        # Before the slots are counted: a user of an open session may only have come to tell his
        # key to a provider that lost its data.
        was_known = await self._keys.put(request.user, key)
        try:
            await self._admit(request, entry)
        except OutOfCapacityError as error:
            if was_known or not self._capacity.has_session(request.bid_id, request.user):
                raise Refusal(NO_CAPACITY) from error

    async def _admit(self, request: SessionRequest, entry: ModelEntry) -> None:
        slot = (entry.model_id, request.bid_id, request.user, entry.slots, entry.capacity_policy)
        try:
            self._capacity.admit(*slot)
        except OutOfCapacityError:
            try:
                await self._occupancy.recheck(entry.model_id, entry.capacity_policy)
            except NodeError as error:
                _log.info("sessions not looked at again", code=error.code)
            self._capacity.admit(*slot)

    async def _signed(self, request: SessionRequest, entry: ModelEntry) -> SignedBlob:
        issued_at = await self._memory.give_approval(
            request.bid_id,
            request.user,
            entry.model_id,
            self._chain.clock.unix_millis(),
            CLOCK_WINDOW_MS,
        )
        encoded = self._encoded(request.bid_id, request.user, issued_at)
        return SignedBlob(encoded=encoded, signature=self._signer.sign_blob(encoded))

    def _encoded(self, bid_id: BidId, user: Address, issued_at: UnixMillis) -> bytes:
        return Approval(
            bid_id=bid_id,
            chain_id=self._chain.market.chain_id,
            user=user,
            timestamp=issued_at,
        ).encode()
