"""`mor-cli models`, `bids` and `providers`: what the market offers."""

import typer

from node.cli.amounts import mor
from node.cli.context import CliContext, context_of, listed, open_service, run
from node.cli.lookup import model_id
from node.core.errors import UserInputError
from node.service.dto import (
    ChainBid,
    ModelDetail,
    ModelSummary,
    OfferView,
    PageRequest,
    ProviderView,
)

JSON = typer.Option(False, "--json", help="Print JSON.")
LIMIT = 255


def models(typer_context: typer.Context, as_json: bool = JSON) -> None:
    """List the models of the market with their best offers."""
    context = context_of(typer_context).with_json(as_json)
    run(context, _models(context))


async def _models(context: CliContext) -> None:
    context.require_network()
    async with open_service(context) as node:
        snapshot = await node.market.models()
    context.show(snapshot.models, lambda: listed(map(_model_line, snapshot.models), "No models."))


def _model_line(model: ModelSummary) -> str:
    price = f"{mor(model.stake_per_hour)} locked per hour" if model.stake_per_hour else "no offer"
    return f"{model.id}  {model.name}  {model.kind}  {model.offers} offers  {price}"


def bids(
    typer_context: typer.Context,
    model: str = typer.Argument("", help="Id or name of the model."),
    provider: str = typer.Option("", help="List the offers of this provider (address) instead."),
    as_json: bool = JSON,
) -> None:
    """List the offers for one model, best first, or those of one provider.

    Examples: mor-cli bids Guide; mor-cli bids --provider 0x1234…
    """
    context = context_of(typer_context).with_json(as_json)
    if bool(model) == bool(provider):
        raise UserInputError("Name a model, or a provider with --provider.")
    run(context, _provider_bids(context, provider) if provider else _bids(context, model))


async def _bids(context: CliContext, wanted: str) -> None:
    context.require_network()
    async with open_service(context) as node:
        detail: ModelDetail = await node.market.model(await model_id(node, wanted))
    context.show(detail.offers, lambda: listed(map(_offer_line, detail.offers), "No offers."))


async def _provider_bids(context: CliContext, provider: str) -> None:
    context.require_network()
    async with open_service(context) as node:
        found = await node.chain.provider_bids(provider, PageRequest(limit=LIMIT), active_only=True)
    context.show(found, lambda: listed(map(_bid_line, found), "No offers."))


def _bid_line(bid: ChainBid) -> str:
    return f"{bid.id}  model {bid.model_id}  {mor(bid.price_per_second * 3600)}/h"


def providers(typer_context: typer.Context, as_json: bool = JSON) -> None:
    """List the providers with their stake and where they are reached."""
    context = context_of(typer_context).with_json(as_json)
    run(context, _providers(context))


async def _providers(context: CliContext) -> None:
    context.require_network()
    async with open_service(context) as node:
        found = [item for item in await node.market.providers() if not item.is_deleted]
    context.show(found, lambda: listed(map(_provider_line, found), "No providers."))


def _provider_line(item: ProviderView) -> str:
    return f"{item.address}  {item.endpoint}  stake {mor(item.stake)}"


def _offer_line(offer: OfferView) -> str:
    score = f"{offer.score:.1f}" if offer.score is not None else "-"
    return (
        f"{offer.bid_id}  {offer.provider}  score {score}"
        f"  {mor(offer.price_per_second * 3600)}/h  {mor(offer.stake_per_hour)} locked per hour"
    )
