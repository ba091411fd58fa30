"""Exit codes are part of what scripts rely on."""

import pytest

from node.cli import exit_codes
from node.core import errors


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.ConfigError("x"), exit_codes.FAILED),
        (errors.InvalidAmountError("x"), exit_codes.USAGE),
        (errors.WeakPasswordError("x"), exit_codes.USAGE),
        (errors.NoTargetError("x"), exit_codes.NOT_FOUND),
        (errors.SessionNotFoundError("x"), exit_codes.NOT_FOUND),
        (errors.NoWalletError("x"), exit_codes.NOT_FOUND),
        (errors.SpendLimitError("x"), exit_codes.REFUSED),
        (errors.RevertedError("x", reason="y"), exit_codes.REFUSED),
        (errors.QuoteExpiredError("x"), exit_codes.REFUSED),
        (errors.NotEnoughMorError("x"), exit_codes.MONEY),
        (errors.RpcUnavailableError("x"), exit_codes.UNREACHABLE),
        (errors.ProviderTimeoutError("x"), exit_codes.UNREACHABLE),
        (errors.NoProviderError("x", tried=()), exit_codes.UNREACHABLE),
        (errors.WalletLockedError("x"), exit_codes.LOCKED),
    ],
)
def test_each_kind_of_failure_has_its_code(error: errors.NodeError, code: int) -> None:
    assert exit_codes.exit_code(error) == code
