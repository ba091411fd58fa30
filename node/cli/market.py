"""`mor-cli models` and `mor-cli bids`: what the market offers."""

import typer

from node.cli.amounts import mor
from node.cli.context import CliContext, context_of, open_service, run
from node.cli.lookup import model_id
from node.service.dto import ModelDetail, ModelSummary, OfferView

JSON = typer.Option(False, "--json", help="Print JSON.")


def models(typer_context: typer.Context, as_json: bool = JSON) -> None:
    """List the models of the market with their best offers."""
    context = context_of(typer_context).with_json(as_json)
    run(context, _models(context))


async def _models(context: CliContext) -> None:
    context.require_network()
    async with open_service(context) as node:
        snapshot = await node.market.models()
    context.show(snapshot.models, lambda: "\n".join(_model_line(m) for m in snapshot.models))


def _model_line(model: ModelSummary) -> str:
    price = f"{mor(model.stake_per_hour)} locked per hour" if model.stake_per_hour else "no offer"
    return f"{model.id}  {model.name}  {model.kind}  {model.offers} offers  {price}"


def bids(
    typer_context: typer.Context,
    model: str = typer.Argument(help="Id or name of the model."),
    as_json: bool = JSON,
) -> None:
    """List the offers of one model, best first."""
    context = context_of(typer_context).with_json(as_json)
    run(context, _bids(context, model))


async def _bids(context: CliContext, wanted: str) -> None:
    context.require_network()
    async with open_service(context) as node:
        detail: ModelDetail = await node.market.model(await model_id(node, wanted))
    context.show(detail.offers, lambda: "\n".join(_offer_line(o) for o in detail.offers))


def _offer_line(offer: OfferView) -> str:
    score = f"{offer.score:.1f}" if offer.score is not None else "-"
    return (
        f"{offer.bid_id}  {offer.provider}  score {score}"
        f"  {mor(offer.price_per_second * 3600)}/h  {mor(offer.stake_per_hour)} locked per hour"
    )
