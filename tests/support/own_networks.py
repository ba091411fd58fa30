"""Networks of the user's own: a demo chain as somebody enters it, and one as the file has it."""

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


ACCESS_KEY = "geheim"
MARKET = "0x" + "1" * 40
TOKEN = "0x" + "2" * 40
TABLE = f"""
[[own_networks]]
name = "my-net"
title = "My net"
chain_id = 5
marketplace = "{MARKET}"
token = "{TOKEN}"
rpc_urls = ["https://user:{ACCESS_KEY}@rpc.example/v2/{ACCESS_KEY}", "https://b.example"]
"""
"""A table of settings.toml; its server's address holds an access key twice."""
