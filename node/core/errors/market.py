"""Chain, market and sessions."""

from node.core.errors.base import NodeError


class ChainError(NodeError):
    default_code = "chain.error"


class RpcUnavailableError(ChainError):
    default_code = "chain.rpc_unavailable"
    default_hint = (
        "Check the internet connection. Local models still work; your funds are not affected."
    )
    default_retryable = True


class RpcAnswerError(ChainError):
    """An RPC endpoint answered something that is no valid answer."""

    default_code = "chain.rpc_answer"
    default_retryable = True


class WrongNetworkError(ChainError):
    default_code = "chain.wrong_network"


class SourcesDisagreeError(ChainError):
    """Independent endpoints give different answers about money; nothing is signed meanwhile.

    `details` holds `subject` and `values`: what each source says.
    """

    default_code = "chain.sources_disagree"
    default_hint = "Try again. If it stays, remove the odd chain server in the settings."
    default_retryable = True


class RevertedError(ChainError):
    """A call or transaction was refused by a contract.

    `reason` is the contract's error name (`SessionTooShort`, `ERC20: insufficient allowance`, ...).
    """

    default_code = "chain.reverted"

    def __init__(self, message: str, *, reason: str, hint: str = "", code: str = "") -> None:
        super().__init__(message, hint=hint, code=code, details={"reason": reason})
        self.reason = reason


class TxStuckError(ChainError):
    default_code = "chain.tx_stuck"
    default_hint = (
        "Nothing is lost: the transaction is kept and looked after also when the app is closed."
    )
    default_retryable = True


class TxReplacedError(ChainError):
    default_code = "chain.tx_replaced"
    default_hint = (
        "Another program uses this wallet. Check the transaction list before you try again."
    )


class TxCancelledError(TxReplacedError):
    """The user's own cancellation was mined in the place of the transaction."""

    default_code = "chain.tx_cancelled"
    default_hint = "Nothing of it happened; only the network fee of the cancellation was paid."


class MarketError(NodeError):
    default_code = "market.error"


class ModelNotFoundError(MarketError):
    default_code = "market.model_not_found"


class BidNotFoundError(MarketError):
    default_code = "market.bid_not_found"


class NoBidError(MarketError):
    default_code = "market.no_bid"
    default_hint = "Nobody offers this model at the moment. Choose another model."


class NoProviderError(MarketError):
    """No provider accepted. `tried` holds (provider address, reason) in the order tried."""

    default_code = "market.no_provider"
    default_hint = "Nothing was spent. Try again later or choose another model."
    default_retryable = True

    def __init__(self, message: str, *, tried: list[tuple[str, str]], hint: str = "") -> None:
        super().__init__(message, hint=hint, details={"tried": tried})
        self.tried = tried


class OwnBidError(MarketError):
    default_code = "market.own_bid"
    default_hint = "A wallet cannot buy from itself; choose another offer."


class BudgetEmptyError(MarketError):
    default_code = "market.budget_empty"
    default_hint = "The network has no compute budget today; try again after 00:00 UTC."
    default_retryable = True


class QuoteExpiredError(MarketError):
    default_code = "market.quote_expired"
    default_hint = "Look at the amounts again; nothing was sent."


class PriceChangedError(MarketError):
    default_code = "market.price_changed"
    default_hint = "Look at the amounts again; nothing was sent."


class SessionError(NodeError):
    default_code = "session.error"


class SessionNotFoundError(SessionError):
    default_code = "session.not_found"


class SessionExpiredError(SessionError):
    default_code = "session.expired"
    default_hint = "Open a new session to go on. The stake of an ended session comes back in full."


class SessionClosedError(SessionError):
    default_code = "session.closed"


class SessionBusyError(SessionError):
    default_code = "session.busy"
    default_hint = "Wait for the running answer or stop it."
    default_retryable = True


class SessionTooShortError(SessionError):
    default_code = "session.too_short"
    default_hint = "Sessions last at least 5 minutes."


class PayoutEmptyError(SessionError):
    """The network's payout account cannot pay the provider, so a close would be refused."""

    default_code = "session.payout_empty"
    default_hint = "Your stake is safe; the app tries again by itself."
    default_retryable = True
