"""A demo chain as somebody enters it who calls it a network of his own."""

from typing import Any

from pydantic import SecretStr

from node.devnet.chain import Devnet
from node.service.dto import NetworkDraft


def own_draft(chain: Devnet, *urls: str, **changes: Any) -> NetworkDraft:
    values: dict[str, Any] = {
        "name": "my-net",
        "title": "My net",
        "chain_id": chain.chain_id,
        "marketplace": chain.marketplace_address.checksum,
        "token": chain.token_address.checksum,
        "rpc_urls": tuple(SecretStr(url) for url in urls),
        "is_test": True,
        **changes,
    }
    return NetworkDraft(**values)
