"""Hosting."""

from collections.abc import Sequence
from typing import Protocol

from pydantic import SecretStr

from node.service.dto import (
    ClaimPlan,
    ClaimResult,
    ClaimRun,
    ProviderEarnings,
    ProviderSession,
    ProviderStatus,
)


class ProviderApi(Protocol):
    async def status(self) -> ProviderStatus:
        """With the findings of the last check, made at the start and every five minutes."""
        ...

    async def check(self) -> ProviderStatus:
        """Check registration, reach, offers and model servers now; changes nothing."""
        ...

    async def sessions(self) -> tuple[ProviderSession, ...]: ...

    async def session(self, session_id: str) -> ProviderSession:
        """One served session. Raises SessionError when it was not served by the wallet."""
        ...

    async def earnings(self) -> ProviderEarnings:
        """All served sessions with their pay, and the sums."""
        ...

    async def claim_plan(self, session_id: str = "") -> ClaimPlan:
        """What claiming one session, or all that pay now, would bring and cost. Sends nothing."""
        ...

    async def claim(self, session_id: str) -> ClaimResult: ...

    async def claim_all(self) -> ClaimRun:
        """Claim every session that pays now, one transaction each, largest first."""
        ...

    async def register(
        self, stake: int, endpoint: str, client: str = "", password: SecretStr | None = None
    ) -> str:
        """Register or update the own provider record; returns the transaction hash.

        Here and below: within the allowance of `client`, a user of the API; empty for the owner,
        who gives the password beyond the limits of the settings.

        Raises:
            WrongPasswordError: wrong or missing (code `wallet.password_needed`); nothing was sent.
        """
        ...

    async def create_model(
        self,
        name: str,
        tags: Sequence[str],
        stake: int,
        base_id: str = "",
        ipfs_cid: str = "",
        client: str = "",
        password: SecretStr | None = None,
    ) -> str:
        """Register a model; returns its id. `ipfs_cid`: 32 bytes of hex, zeros when empty."""
        ...

    async def post_bid(
        self,
        model_id: str,
        price_per_second: int,
        client: str = "",
        password: SecretStr | None = None,
    ) -> str:
        """Post (or replace) the own bid on a model; returns the bid id."""
        ...

    async def delete_bid(self, bid_id: str) -> str: ...

    async def deregister(self) -> str:
        """Deregister the own provider record; returns the transaction hash."""
        ...

    async def delete_model(self, model_id: str) -> str: ...
