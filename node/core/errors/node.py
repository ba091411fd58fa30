"""The node itself."""

from node.core.errors.base import NodeError


class ConfigError(NodeError):
    default_code = "config.invalid"


class StorageError(NodeError):
    default_code = "storage.error"


class AddressInUseError(ConfigError):
    default_code = "config.address_in_use"


class AlreadyRunningError(ConfigError):
    default_code = "node.already_running"
    default_hint = "Close the other window or choose another data folder."


class NodeStoppedError(NodeError):
    default_code = "node.stopped"


class WrongClockError(NodeError):
    """This computer's clock is so wrong that no provider takes its messages."""

    default_code = "node.wrong_clock"
    default_hint = "Set the clock and try again. Nothing was spent."


class NotSupportedError(NodeError):
    default_code = "node.not_supported"


class AuthError(NodeError):
    default_code = "api.unauthorised"
    default_hint = "The token is in Settings > API, or in the cookie file."


class ForbiddenError(NodeError):
    default_code = "api.forbidden"


class InternalError(NodeError):
    """A fault of ours. The window offers to copy a report."""

    default_code = "node.internal"
    default_hint = "This is a fault of the app. Please report it."
