"""Providers and model servers."""

from typing import Any

from node.core.errors.base import NodeError


class ProviderError(NodeError):
    default_code = "provider.error"


class ProviderUnreachableError(ProviderError):
    default_code = "provider.unreachable"
    default_hint = "Try again or choose another provider."
    default_retryable = True


class ProviderTimeoutError(ProviderUnreachableError):
    default_code = "provider.timeout"


class ProviderRefusedError(ProviderError):
    """The provider reported an error. Its text is unverified outside text; show it as such."""

    default_code = "provider.refused"


class ProviderModelError(ProviderError):
    """The provider's model answered an error;

    `body` is the decrypted `providerModelError` JSON value.
    """

    default_code = "provider.model_error"

    def __init__(self, message: str, *, body: Any, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.body = body


class BadSignatureError(ProviderError):
    default_code = "provider.bad_signature"
    default_hint = "Nothing was sent. Choose another provider."


class PromptReadableError(ProviderError):
    """A prompt would be readable on the network where it was encrypted before; it was not sent."""

    default_code = "provider.prompt_readable"

    @classmethod
    def withdrawn(cls, provider: str) -> "PromptReadableError":
        """`provider` took encrypted prompts once and no longer does."""
        return cls(
            "This provider used to take encrypted prompts and no longer does.",
            hint="Nothing was sent. Choose another provider, or agree that prompts to this one are"
            " readable on the network.",
            details={"provider": provider},
        )


class BadMessageError(ProviderError):
    """A peer sent bytes that are not a valid message of the protocol."""

    default_code = "provider.bad_message"


class MessageTooLargeError(BadMessageError):
    default_code = "provider.message_too_large"


class IncompleteAnswerError(ProviderError):
    """The answer ended before its end mark. What arrived is kept by the caller."""

    default_code = "provider.incomplete_answer"
    default_retryable = True


class AttestationError(ProviderError):
    default_code = "provider.attestation"


class EndpointRefusedError(ProviderError):
    """An endpoint string is malformed or points where we do not connect to (private ranges)."""

    default_code = "provider.endpoint_refused"


class BackendError(NodeError):
    default_code = "backend.error"


class BackendUnavailableError(BackendError):
    default_code = "backend.unavailable"
    default_retryable = True


class BackendRefusedError(BackendError):
    """The model server answered an HTTP error.

    `status` and `body` (parsed JSON or text wrapper) are kept.
    """

    default_code = "backend.refused"

    def __init__(self, message: str, *, status: int, body: Any, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.status = status
        self.body = body


class OutOfCapacityError(BackendError):
    default_code = "backend.capacity"
    default_retryable = True


class OutOfMemoryError(BackendError):
    default_code = "backend.no_memory"
    default_hint = "Close other programs or choose a smaller model."


class ModelFileError(BackendError):
    default_code = "backend.model_file"


class AgentError(BackendError):
    """An agent's tool server: not there, too slow, too much, or not understood."""

    default_code = "agent.failed"


class AgentNotFoundError(AgentError):
    default_code = "agent.not_found"


class EngineError(BackendError):
    """The engine process failed; `code` is one of the worker codes prefixed with `engine.`."""

    default_code = "engine.failed"
