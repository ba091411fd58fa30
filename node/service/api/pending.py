"""Waiting transactions of the wallet."""

from typing import Literal, Protocol

from node.service.dto import FeeTier, ReplaceDraft, TransactionView


class PendingApi(Protocol):
    """Part of `WalletApi`."""

    async def fee_tiers(self) -> tuple[FeeTier, ...]:
        """Slow, normal and fast, as the network's last blocks suggest."""
        ...

    async def draft_replace(self, hash: str, verb: Literal["speed_up", "cancel"]) -> ReplaceDraft:
        """What speeding a waiting transaction up, or cancelling it, costs and may lead to. Nothing
        is signed.

        Raises:
            UserInputError: it is unknown (code `input.transaction`) or does not wait any more
                (`chain.tx_mined`).
            FundsError: its fee was raised four times already.
        """
        ...

    async def replace(self, draft_id: str) -> TransactionView:
        """Send the replacement of a draft. Returns when it is sent; which of the two counts shows
        in the list, and whoever waits for the old one is told.

        Raises:
            QuoteExpiredError: unknown, used or too old.
            UserInputError: mined meanwhile (`chain.tx_mined`); nothing was signed.
            FundsError: the wallet cannot pay the fee, or it is above the caps.
        """
        ...
