"""Finds models by name or id."""

from node.core.errors import ModelNotFoundError
from node.service.api import NodeService


async def model_id(node: NodeService, wanted: str) -> str:
    """Id of the model with this id or name (any case). Raises ModelNotFoundError."""
    if wanted.startswith("0x"):
        return wanted
    for model in (await node.market.models()).models:
        if model.name.casefold() == wanted.casefold():
            return model.id
    raise ModelNotFoundError(
        f"There is no model “{wanted[:80]}”.", hint="`mor-cli models` lists them."
    )
