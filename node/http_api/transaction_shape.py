"""Transactions in the form that clients know from block explorers."""

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict, Field

from node.http_api.shapes import BigText, Contract, Shape
from node.service.dto import ChainContracts, TransactionView

_INCOMING = frozenset({"received", "dust", "stake_returned", "session_pay"})


class Moved(Shape):
    """A transfer of ETH, or of MOR that came; other MOR moves are named by `summary`."""

    model_config = ConfigDict(frozen=True, serialize_by_alias=True)

    sender: str = Field(serialization_alias="from")
    to: str
    value: BigText
    tokenAddress: str | None = None
    tokenSymbol: str = "ETH"
    tokenName: str = "Ether"
    tokenIcon: str = ""
    tokenDecimals: int = 18


class TransactionShape(Shape):
    """`status`, `summary` and `fee` are ours."""

    model_config = ConfigDict(frozen=True, serialize_by_alias=True)

    hash: str
    sender: str = Field(serialization_alias="from")
    to: str
    contract: Contract | None
    transfers: tuple[Moved, ...]
    timestamp: int
    status: str
    summary: str
    fee: BigText


class Transactions(BaseModel):
    transactions: tuple[TransactionShape, ...]


def transactions_shape(items: Sequence[TransactionView], contracts: ChainContracts) -> Transactions:
    return Transactions(transactions=tuple(_shape(item, contracts) for item in items))


def _shape(item: TransactionView, contracts: ChainContracts) -> TransactionShape:
    sender, to = item.sender.lower(), item.to.lower()
    moved = (Moved(sender=sender, to=to, value=item.value_wei),) if item.value_wei else ()
    if item.intent in _INCOMING:
        moved = (_came(item, contracts),)
    return TransactionShape(
        hash=item.hash,
        sender=sender,
        to=to,
        contract=_contract(item, contracts),
        transfers=moved,
        timestamp=item.created_at,
        status=item.status,
        summary=item.summary,
        fee=item.fee_wei,
    )


def _came(item: TransactionView, contracts: ChainContracts) -> Moved:
    return Moved(
        sender=item.sender.lower(),
        to=item.recipient.lower(),
        value=item.amount_mor,
        tokenAddress=contracts.token.lower(),
        tokenSymbol="MOR",
        tokenName="MOR",
    )


def _contract(item: TransactionView, contracts: ChainContracts) -> Contract | None:
    names = {contracts.marketplace.lower(): "Marketplace", contracts.token.lower(): "MOR"}
    name = names.get(item.to.lower())
    if name is None:
        return None
    return Contract(contractAddress=item.to.lower(), contractName=name, methodName=item.intent)
