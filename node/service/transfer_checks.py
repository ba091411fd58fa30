"""What is checked before a transfer is drafted, with the words for each refusal."""

from node.core.errors import (
    FundsError,
    InvalidAddressError,
    NotEnoughGasError,
    NotEnoughMorError,
    UserInputError,
)
from node.core.ids import Address
from node.core.ports import Call
from node.core.records import Balances
from node.core.units import Eth, Mor
from node.service.allowance_desk import Asset
from node.service.contacts import refuse_lost_money
from node.service.dto import Warning_
from node.service.guards import percent_of
from node.service.stack import NetworkStack


def asset_of(asset: str) -> Asset:
    if asset == "MOR":
        return "MOR"
    if asset == "ETH":
        return "ETH"
    raise UserInputError("Only MOR and ETH can be sent.", hint="Choose one of them.")


def recipient_of(stack: NetworkStack, to: str) -> Address:
    target = Address.parse(to, strict=True)
    refuse_lost_money(stack, target)
    if target == stack.wallet.address:
        raise InvalidAddressError("This is your own address.", hint="Choose another address.")
    return target


async def refuse_second(stack: NetworkStack, call: Call) -> None:
    """After a lost connection people order the same transfer again, and would pay twice."""
    waiting = await stack.wallet.journal.pending_transactions(
        stack.wallet.address, stack.chain.market.chain_id
    )
    for record in waiting:
        if (record.intent, record.summary) == (call.intent, call.summary):
            raise FundsError(
                "The same transfer is on its way already.",
                hint="Wait until it has arrived or is given up; see the list of transactions.",
                code="funds.same_transfer_waiting",
            )


def check_balance(asset: Asset, amount: int, balances: Balances) -> None:
    if asset == "MOR" and balances.mor.base < amount:
        raise NotEnoughMorError(f"You have {balances.mor}; {Mor(amount)} are needed.")
    if asset == "ETH" and balances.eth.base < amount:
        raise NotEnoughGasError(f"You have {balances.eth}; {Eth(amount)} are needed.")


def fee_is_missing(has: Eth, amount: Eth, fee: Eth) -> NotEnoughGasError:
    most = has - fee
    if amount and most > Eth(0):
        return NotEnoughGasError(
            f"You have {has}; the network fee may take up to {fee} of it.",
            hint=f"At most {most} can be sent.",
        )
    return NotEnoughGasError(
        f"About {fee} are needed for network fees; you have {has}.",
        hint="Send a little ETH to this wallet; it pays the network fees.",
    )


def share_warning(amount: int, held: int) -> tuple[Warning_, ...]:
    if amount * 10 <= held * 9:
        return ()
    return (
        Warning_(
            code="most_of_balance",
            text=f"This is {percent_of(amount, held)} % of what this wallet holds.",
            hint="A transfer cannot be taken back. Try a small amount first.",
        ),
    )
