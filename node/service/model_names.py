"""What the `model` of a request names: a model of the market, perhaps one offer or provider of it.

`NAME`, the model's id, or either with `@` and the id of a bid or the address of a provider.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from node.core.errors import BidNotFoundError, ModelNotFoundError, UserInputError
from node.core.ids import Address, BidId, ModelId
from node.core.units import PricePerSecond
from node.router.auto_session import SessionWish
from node.router.display import clean_name
from node.router.market import ModelOffers
from node.service.stack import NetworkStack

MAX_LISTED = 8
_PINNED = re.compile(r"(.+)@(0x[0-9a-f]{40}|0x[0-9a-f]{64})", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelName:
    """`text` is a name or an id, without the part after `@`."""

    text: str
    bid_id: BidId | None = None
    provider: Address | None = None

    @classmethod
    def parse(cls, text: str) -> "ModelName":
        """Only an id or an address after the last `@` is a pin; names may hold the sign."""
        match = _PINNED.fullmatch(text.strip())
        if match is None:
            return cls(text=text.strip())
        name, pin = match[1].strip(), match[2].lower()
        if len(pin) == 42:
            return cls(text=name, provider=Address.parse(pin))
        return cls(text=name, bid_id=BidId.parse(pin))

    @property
    def is_pinned(self) -> bool:
        return self.bid_id is not None or self.provider is not None

    def wish(self, model_id: ModelId) -> SessionWish:
        return SessionWish(model_id=model_id, bid_id=self.bid_id, provider=self.provider)


async def wish_for(stack: NetworkStack, name: ModelName) -> SessionWish:
    """The model of the open sessions or of the market that `name` means.

    Raises:
        ModelNotFoundError, BidNotFoundError: nobody offers it.
        UserInputError: several models have this name (code `input.ambiguous_model`).
    """
    wish = await _open_already(stack, name)
    if wish is not None:
        return wish
    named = await stack.market.named(name.text)
    if not named:
        raise ModelNotFoundError(
            f"There is no model “{clean_name(name.text)}”.", hint="Look at the list of models."
        )
    fitting = [item for item in named if _offers(item, name)]
    if name.is_pinned and not fitting:
        raise BidNotFoundError(
            f"“{clean_name(name.text)}” has no such offer.", hint="Look at the model's offers."
        )
    usable = fitting or list(named)
    if len(usable) > 1:
        raise _ambiguous(name.text, usable)
    return name.wish(usable[0].model.id)


async def _open_already(stack: NetworkStack, name: ModelName) -> SessionWish | None:
    """Without a look at the market: each request for an open session comes here."""
    wanted = name.text.casefold()
    found: set[ModelId] = set()
    for entry in await stack.auto_sessions.usable():
        if not name.wish(entry.model_id).fits(entry):
            continue
        names = (entry.model_id.hex, (await stack.model_name(entry.model_id)).strip().casefold())
        if wanted in names:
            found.add(entry.model_id)
    if len(found) > 1:
        raise UserInputError(
            f"Sessions are open for several models named “{clean_name(name.text)}”.",
            hint=f"Name one by its id: {', '.join(sorted(item.hex for item in found))}.",
            code="input.ambiguous_model",
        )
    return name.wish(found.pop()) if found else None


def _offers(item: ModelOffers, name: ModelName) -> bool:
    bids = [offer.view.bid for offer in item.offers]
    if name.bid_id is not None:
        return any(bid.id == name.bid_id for bid in bids)
    if name.provider is not None:
        return any(bid.provider == name.provider for bid in bids)
    return item.best is not None


def _ambiguous(text: str, found: Sequence[ModelOffers]) -> UserInputError:
    listed = "; ".join(_described(item) for item in found[:MAX_LISTED])
    more = f"; and {len(found) - MAX_LISTED} more" if len(found) > MAX_LISTED else ""
    return UserInputError(
        f"{len(found)} models are named “{clean_name(text)}”: {listed}{more}.",
        hint="Name one by its id.",
        code="input.ambiguous_model",
    )


def _described(item: ModelOffers) -> str:
    prices: list[PricePerSecond] = [offer.view.bid.price_per_second for offer in item.offers]
    offers = f"{len(prices)} offer{'' if len(prices) == 1 else 's'}"
    cheapest = f" from {min(prices).per_hour().exact} MOR/h" if prices else ""
    return f"{item.model.id.hex} ({offers}{cheapest})"
