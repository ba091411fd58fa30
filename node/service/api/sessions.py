"""Quotes and paid sessions of the wallet."""

from collections.abc import AsyncGenerator
from typing import Protocol

from pydantic import SecretStr

from node.service.dto import (
    ApprovedSession,
    CloseResult,
    Handshake,
    InitiateRequest,
    OpenProgress,
    PromptPrivacy,
    Quote,
    QuoteRequest,
    SessionView,
    StopPreview,
)


class SessionsApi(Protocol):
    async def quote(self, request: QuoteRequest) -> Quote: ...

    async def initiate(self, request: InitiateRequest) -> Handshake:
        """Ask a provider for its consent, for a client that opens the session in a later step."""
        ...

    async def quote_approved(self, request: ApprovedSession) -> Quote:
        """A quote that is opened with a consent from before; checked completely.

        Raises:
            UserInputError: the consent does not hold (code `input.approval`).
        """
        ...

    async def preview_stop(self, quote_or_session_id: str, at: int) -> StopPreview:
        """What returns when, if the quoted or open session were closed at `at` (Unix seconds)."""
        ...

    def open(
        self, quote_id: str, password: SecretStr | None = None, typed: str = "", client: str = ""
    ) -> AsyncGenerator[OpenProgress, None]:
        """Open what the user confirmed; within the allowance of `client`, empty for the owner.

        Closing the iterator stops watching; a sent transaction goes on. A wrong password or text
        leaves the quote as it was.

        Raises:
            WrongPasswordError: wrong or missing (code `wallet.password_needed`).
            UserInputError: the text is not what had to be typed (code `input.typed_text`).
        """
        ...

    async def close(self, session_id: str) -> CloseResult: ...

    async def set_auto_extend(self, session_id: str, on: bool) -> SessionView:
        """Whether the node opens the next session on the same offer before this one ends, within
        the daily limit of the settings."""
        ...

    async def list(self) -> tuple[SessionView, ...]:
        """Sessions of the wallet on the current network, newest first."""
        ...

    async def get(self, session_id: str) -> SessionView: ...

    async def allow_readable_prompts(self, provider: str, allowed: bool = True) -> PromptPrivacy:
        """Agree that prompts to a provider that lost encrypted ones are readable on the network.

        Returns how prompts go to it now. A provider that still takes encrypted ones gets them.
        """
        ...
