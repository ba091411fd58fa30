"""The lists of `/v1/models`: the public node's array and OpenAI's object."""

from typing import Any

from node.core.settings import policy_for
from node.core.web_address import host_only
from node.router.models_config import ModelEntry
from node.service.local import LocalNode

OWN = "this-computer"


def local_models(node: LocalNode) -> list[dict[str, Any]]:
    """Models that this node runs itself. Addresses of model servers go without path and user."""
    return [_local(entry) for entry in node.backends.entries()]


async def named_models(node: LocalNode) -> dict[str, Any]:
    """Every name a request can use now: local models, models of open sessions, and, where
    requests may open sessions, all models with offers.
    """
    found: dict[str, dict[str, Any]] = {}
    for entry in node.backends.entries():
        found.setdefault(entry.name, _named(entry.name, OWN, 0))
    if (await node.system.status()).network is not None:
        for name, owner, created in await _remote(node):
            found.setdefault(name, _named(name, owner, created))
    return {"object": "list", "data": list(found.values())}


async def _remote(node: LocalNode) -> list[tuple[str, str, int]]:
    wallet = await node.wallet.status()
    if not wallet.address or wallet.locked:
        return []
    usable = await node.sessions.usable()
    names = [(item.model_name, item.provider.checksum, int(item.opened_at)) for item in usable]
    settings = node.settings.current
    if settings.may_open_sessions:
        rules, default = settings.session_policies, settings.session_policy
        market = await node.market.models()
        names += [
            (item.name, item.owner, item.created_at)
            for item in market.models
            if item.offers and policy_for((item.id, item.name), rules, default).may_open
        ]
    return names


def _named(name: str, owner: str, created: int) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": created, "owned_by": owner}


def _local(entry: ModelEntry) -> dict[str, Any]:
    return {
        "Id": entry.model_id.hex,
        "Name": entry.name,
        "Model": entry.name,
        "ApiType": entry.api_type.value,
        "ApiUrl": host_only(entry.api_url) if entry.api_url else "",
        "Slots": entry.slots,
        "CapacityPolicy": entry.capacity_policy.value,
    }
