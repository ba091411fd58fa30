"""The chain's servers as the facade shows them."""

from node.chain.rpc.health import EndpointHealth
from node.service.dto import ChainEndpoint


def endpoint_view(item: EndpointHealth) -> ChainEndpoint:
    return ChainEndpoint(
        name=item.name,
        state=item.state.value,
        in_use=item.in_use,
        latency_ms=item.latency_ms,
        error_permille=item.error_permille,
        height=item.height,
        lag=item.lag,
        chain_id=item.chain_id,
        reason=item.reason if not item.usable else "",
        rest_s=round(item.rest_s, 1),
    )
