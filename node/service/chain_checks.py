"""Checks of the network in use: servers, chain, contracts, clock and the wallet's money."""

from collections.abc import AsyncGenerator

from node.chain.rpc.pool import RpcPool
from node.core.errors import ChainError, NoWalletError, SourcesDisagreeError
from node.router.hosting_findings import FixAction, Severity
from node.service.dto import DoctorFinding
from node.service.findings import failure, fine, guarded, warning
from node.service.stack import NetworkStack

CLOCK_WARN_S = 30
CLOCK_FAIL_S = 300
"""Providers refuse messages that are so far off."""
MIN_GAS_WEI = 10**14


async def chain_findings(stack: NetworkStack) -> AsyncGenerator[DoctorFinding, None]:
    """What the chain's servers and contracts say; each check stands by itself."""
    if isinstance(stack.rpc, RpcPool):
        yield await guarded("chain servers", lambda: _servers(stack))
        for error in stack.chain.sources.disagreements:
            yield failure("chain servers", _difference(error), error.hint)
    chain = await guarded("chain", lambda: _chain(stack))
    yield chain
    if chain.ok:
        yield await guarded("contracts", lambda: _contracts(stack))
        yield await guarded("clock", lambda: clock_finding(stack))
    yield await guarded("wallet", lambda: _wallet(stack))


async def _servers(stack: NetworkStack) -> DoctorFinding:
    pool = stack.rpc
    if not isinstance(pool, RpcPool):
        raise TypeError("only a pool of servers has health")
    found = await pool.probe()
    usable = [item for item in found if item.usable]
    rest = "; ".join(
        f"{item.name}: {item.reason or item.state.value}" for item in found if not item.usable
    )
    text = f"{len(usable)} of {len(found)} answer. {rest}".strip()
    if not usable:
        return failure(
            "chain servers", text, "Check the connection, or set other addresses: rpc_urls."
        )
    if rest:
        return warning("chain servers", text, "The others are used meanwhile; nothing is lost.")
    quickest = min((item.latency_ms for item in usable if item.latency_ms is not None), default=0)
    return fine("chain servers", f"{text} The quickest needs {quickest} ms.")


def _difference(error: SourcesDisagreeError) -> str:
    said = "; ".join(f"{item['source']} says {item['value']}" for item in error.details["values"])
    return f"{error.message} {said}"


async def _chain(stack: NetworkStack) -> DoctorFinding:
    """Asking for a block includes the check of the chain id at every server."""
    await stack.chain.market.block_time()
    return fine("chain", f"{stack.network.title} answers as chain {stack.network.chain_id}.")


async def _contracts(stack: NetworkStack) -> DoctorFinding:
    network = stack.network
    named = {"marketplace": network.marketplace, "MOR token": network.token}
    for what, address in named.items():
        code = await stack.rpc.request("eth_getCode", [address.hex, "latest"])
        if not isinstance(code, str):
            raise ChainError("The chain's server answered something that is no code.")
        if len(code) <= 2:
            return failure(
                "contracts",
                f"There is no contract at {address.checksum}, where the {what} should be.",
                "Check the addresses of the network: DIAMOND_CONTRACT_ADDRESS, MOR_TOKEN_ADDRESS.",
            )
    return fine("contracts", "Marketplace and token are where they should be.")


async def clock_finding(stack: NetworkStack) -> DoctorFinding:
    """This computer's clock against the newest block. Raises ChainError when that is unknown."""
    if stack.demo is not None:
        return fine("clock", "The demo keeps its own time.")
    block_time = await stack.chain.market.block_time()
    ahead = stack.chain.clock.unix_seconds() - block_time
    hint = "Set this computer's clock; providers refuse messages that are 5 minutes off."
    # A quiet test chain has old blocks, which says nothing about the clock.
    is_quiet = stack.network.is_test and ahead > 0
    if abs(ahead) <= CLOCK_WARN_S or is_quiet:
        return fine("clock", f"This computer and the newest block are {abs(ahead)} s apart.")
    side = "ahead of" if ahead > 0 else "behind"
    text = f"This computer's clock is {abs(ahead)} s {side} the newest block."
    return (
        failure("clock", text, hint) if abs(ahead) > CLOCK_FAIL_S else warning("clock", text, hint)
    )


async def _wallet(stack: NetworkStack) -> DoctorFinding:
    try:
        address = stack.wallet.address
    except NoWalletError:
        return failure(
            "wallet",
            "There is no wallet.",
            "Create or import one in the app, or with `mor-cli wallet create`.",
        )
    balances = await stack.chain.market.balances(address)
    text = f"{address.checksum} holds {balances.mor} and {balances.eth}."
    if balances.eth.base < MIN_GAS_WEI:
        return failure(
            "wallet", text, "Send a little ETH to this wallet; it pays the network fees."
        )
    if not balances.mor:
        return warning("wallet", text, "Sessions lock MOR: send some to this wallet.")
    return fine("wallet", text)


async def hosting_findings(stack: NetworkStack) -> AsyncGenerator[DoctorFinding, None]:
    """Whether consumers find, reach and can afford this node, when it hosts."""
    if not stack.listening:
        yield fine("provider", "This node hosts nothing.")
        return
    for item in await stack.self_check.run():
        # Model servers are looked at with all others of this computer.
        if item.action is not FixAction.CHECK_BACKEND and item.code != "hosting.backend":
            yield DoctorFinding(
                name="provider",
                ok=item.severity is Severity.OK,
                warning=item.severity is Severity.WARNING,
                message=item.message,
                hint=item.hint,
            )
