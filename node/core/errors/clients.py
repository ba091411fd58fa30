"""Programs that use the API as users of their own."""

from node.core.errors.base import NodeError
from node.core.errors.wallet import FundsError


class ClientError(NodeError):
    default_code = "client.error"


class ClientNotFoundError(ClientError):
    default_code = "client.not_found"
    default_hint = "Look at the list of API users."


class ClientExistsError(ClientError):
    default_code = "client.exists"
    default_hint = "Choose another name, or remove that one first."


class TooManyRequestsError(ClientError):
    default_code = "client.too_many_requests"
    default_hint = "Come back when some of them were answered."


class ClientAllowanceError(FundsError):
    default_code = "funds.client_allowance"
    default_hint = "The owner of this node grants allowances. Nothing was sent."
