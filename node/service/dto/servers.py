"""The chain servers of the network in use, as its settings have them."""

from pydantic import SecretStr

from node.service.dto.base import Dto


class RpcServer(Dto):
    """One address. `url` may carry an access key: only `host` is shown. `operator` tells who runs
    it, by its domain.
    """

    url: SecretStr
    host: str
    operator: str


class ServerAnswer(Dto):
    """What a server said when it was tried. `latency_ms` is the time of one answer."""

    host: str
    operator: str
    chain_id: int
    latency_ms: int
    height: int


class RpcServers(Dto):
    """`servers` are in use, in the order of `SystemApi.endpoints`; `public` are those of the
    program. `own`: the user's list is in force. `fixed`: a flag or the environment decides.

    Money reads are compared from `quorum_from` operators on, otherwise one server is believed.
    `disagreement` is what the servers differ about now; while it is open nothing is signed.
    """

    servers: tuple[RpcServer, ...] = ()
    public: tuple[RpcServer, ...] = ()
    own: bool = False
    fixed: bool = False
    quorum_from: int = 3
    disagreement: str = ""
