"""Tag Transactions: balances, allowance, transfers."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from node.core.errors import NotSupportedError
from node.http_api.access import needs
from node.http_api.permissions import Permission
from node.http_api.routes.answers import client_of
from node.http_api.routes.consent import told_how_to_consent
from node.http_api.routes.fields import address_of
from node.http_api.shapes import (
    Allowance,
    ApproveInput,
    Balance,
    BigInput,
    Block,
    SendInput,
    Supply,
    Tx,
)
from node.http_api.transaction_shape import Transactions, transactions_shape
from node.service.api import NodeService

PAGE = 50
Spender = Annotated[str, Query(description="Must be the marketplace; default: the marketplace.")]


def router(node: NodeService) -> APIRouter:
    routes = APIRouter(tags=["Transactions"])

    @routes.get(
        "/blockchain/balance",
        response_model=Balance,
        openapi_extra=needs(Permission.GET_BALANCE),
    )
    async def balance() -> Balance:
        """MOR and ETH of the wallet, in base units."""
        found = await node.chain.balances()
        return Balance(mor=found.mor, eth=found.eth_wei)

    @routes.get(
        "/blockchain/transactions",
        response_model=Transactions,
        openapi_extra=needs(Permission.GET_TRANSACTIONS),
    )
    async def transactions() -> Transactions:
        """What the wallet sent by this node, and MOR that came to it, newest first."""
        found = await node.wallet.transactions(0, PAGE)
        return transactions_shape(found, await node.chain.contracts())

    @routes.get(
        "/blockchain/allowance",
        response_model=Allowance,
        openapi_extra=needs(Permission.GET_ALLOWANCE),
    )
    async def allowance(spender: Spender = "") -> Allowance:
        """How much MOR the marketplace may take."""
        await _check_spender(node, spender)
        return Allowance(allowance=(await node.chain.balances()).allowance)

    @routes.post("/blockchain/approve", response_model=Tx, openapi_extra=needs(Permission.APPROVE))
    async def approve(
        request: Request,
        amount: Annotated[BigInput, Query()],
        spender: Spender = "",
        body: ApproveInput | None = None,
    ) -> Tx:
        """Let the marketplace take exactly `amount` MOR."""
        await _check_spender(node, spender)
        password = body.password if body is not None else None
        with told_how_to_consent():
            return Tx(tx=await node.chain.approve(amount, password, client_of(request)))

    @routes.get(
        "/blockchain/latestBlock",
        response_model=Block,
        openapi_extra=needs(Permission.GET_LATEST_BLOCK),
    )
    async def latest_block() -> Block:
        """Number of the newest block."""
        return Block(block=(await node.chain.figures()).block)

    @routes.post(
        "/blockchain/send/eth", response_model=Tx, openapi_extra=needs(Permission.SEND_ETH)
    )
    async def send_eth(request: Request, body: SendInput) -> Tx:
        """Send ETH; answers when the transaction is in a block."""
        return await _send(node, "ETH", body, client_of(request))

    @routes.post(
        "/blockchain/send/mor", response_model=Tx, openapi_extra=needs(Permission.SEND_MOR)
    )
    async def send_mor(request: Request, body: SendInput) -> Tx:
        """Send MOR; answers when the transaction is in a block."""
        return await _send(node, "MOR", body, client_of(request))

    @routes.get(
        "/blockchain/token/supply",
        response_model=Supply,
        openapi_extra=needs(Permission.GET_SUPPLY),
    )
    async def supply() -> Supply:
        """MOR in existence, as the marketplace counts it for stakes."""
        return Supply(supply=(await node.chain.figures()).supply)

    return routes


async def _send(node: NodeService, asset: str, body: SendInput, client: str) -> Tx:
    draft = await node.wallet.draft_send(asset, body.to, body.amount)
    # Typing an amount again is for people; a program names it once.
    with told_how_to_consent():
        sent = await node.wallet.send(draft.id, body.password, draft.needs_typed, client)
    return Tx(tx=sent.hash)


async def _check_spender(node: NodeService, spender: str) -> None:
    if not spender:
        return
    contracts: Any = await node.chain.contracts()
    if address_of(spender).lower() != contracts.marketplace.lower():
        raise NotSupportedError(
            "Only the marketplace can be the spender.",
            hint="This node never lets another contract take MOR.",
            code="input.spender",
        )
