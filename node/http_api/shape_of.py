"""From the facade's records to the public node's bodies: addresses lower-case, ids with `0x`."""

from node.http_api.market_shapes import BidShape, ModelShape, ProviderShape, ScoredBidShape
from node.http_api.session_shapes import SessionShape
from node.service.dto import ChainBid, ChainModel, ChainProvider, ChainSession


def provider_shape(item: ChainProvider) -> ProviderShape:
    return ProviderShape(
        Address=item.address.lower(),
        Endpoint=item.endpoint,
        Stake=item.stake,
        CreatedAt=item.created_at,
        IsDeleted=item.is_deleted,
    )


def model_shape(item: ChainModel) -> ModelShape:
    return ModelShape(
        Id=item.id,
        IpfsCID=item.ipfs_cid,
        Fee=item.fee,
        Stake=item.stake,
        Owner=item.owner.lower(),
        Name=item.name,
        Tags=item.tags,
        CreatedAt=item.created_at,
        IsDeleted=item.is_deleted,
        ModelType=item.kind,
    )


def bid_shape(item: ChainBid) -> BidShape:
    return BidShape(
        Id=item.id,
        Provider=item.provider.lower(),
        ModelAgentId=item.model_id,
        PricePerSecond=item.price_per_second,
        Nonce=item.nonce,
        CreatedAt=item.created_at,
        DeletedAt=item.deleted_at,
    )


def scored_bid_shape(item: ChainBid) -> ScoredBidShape:
    """The public node leaves `ID` all zeros; here it is the bid's."""
    return ScoredBidShape(ID=item.id, Bid=bid_shape(item), Score=item.score or 0.0)


def session_shape(item: ChainSession) -> SessionShape:
    return SessionShape(
        Id=item.id,
        User=item.user.lower(),
        Provider=item.provider.lower(),
        ModelAgentId=item.model_id,
        BidID=item.bid_id,
        Stake=item.stake,
        PricePerSecond=item.price_per_second,
        CloseoutReceipt=item.closeout_receipt,
        CloseoutType=item.closeout_type,
        ProviderWithdrawnAmount=item.provider_withdrawn,
        OpenedAt=item.opened_at,
        EndsAt=item.ends_at,
        ClosedAt=item.closed_at,
    )
