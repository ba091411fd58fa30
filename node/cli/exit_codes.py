"""Exit codes of `mor-cli`, documented in docs/user/command-line.md."""

from node.core import errors

FAILED = 1
USAGE = 2
REFUSED = 3
NOT_FOUND = 4
UNREACHABLE = 5
MONEY = 6
LOCKED = 7
WARNINGS = 10
INTERRUPTED = 130
TERMINATED = 143

_BY_KIND: tuple[tuple[int, tuple[type[errors.NodeError], ...]], ...] = (
    (
        NOT_FOUND,
        (
            errors.ModelNotFoundError,
            errors.BidNotFoundError,
            errors.SessionNotFoundError,
            errors.ChatNotFoundError,
            errors.NoWalletError,
            errors.NoTargetError,
            errors.NoBidError,
            errors.AgentNotFoundError,
        ),
    ),
    (USAGE, (errors.UserInputError, errors.WeakPasswordError)),
    (LOCKED, (errors.WalletLockedError, errors.WrongPasswordError, errors.AuthError)),
    (REFUSED, (errors.SpendLimitError,)),
    (MONEY, (errors.FundsError,)),
    (
        UNREACHABLE,
        (
            errors.RpcUnavailableError,
            errors.RpcAnswerError,
            errors.NoProviderError,
            errors.ProviderUnreachableError,
            errors.ProviderTimeoutError,
            errors.BackendUnavailableError,
            errors.NodeStoppedError,
        ),
    ),
    (
        REFUSED,
        (
            errors.ForbiddenError,
            errors.NotSupportedError,
            errors.RevertedError,
            errors.SourcesDisagreeError,
            errors.WalletExistsError,
            errors.MarketError,
            errors.SessionError,
            errors.ProviderRefusedError,
            errors.AttestationError,
            errors.PromptReadableError,
        ),
    ),
)


def exit_code(error: errors.NodeError) -> int:
    """The code of the first kind that fits; `FAILED` for all others."""
    for code, kinds in _BY_KIND:
        if isinstance(error, kinds):
            return code
    return FAILED
