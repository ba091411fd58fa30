"""Models of the market: what the table shows, which rows pass the filter, in which order."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from morpheus_desktop import formats
from morpheus_desktop.models.dto_table import Column, DtoTable
from morpheus_desktop.widgets.data_table import Cell, ColumnLook
from node.service.dto import ModelSummary

HOUR_S = 3600
KINDS = (("LLM", "Chat"), ("EMBEDDING", "Embedding"), ("STT", "Speech to text"), ("TTS", "Speech"))
SORTS = (
    ("value", "Best value"),
    ("stake", "Least locked"),
    ("speed", "Fastest"),
    ("success", "Most reliable"),
    ("name", "Name"),
)
_KIND_WORDS = dict(KINDS)
# What nobody measured yet counts as slow and shaky, so that measured models come first.
_UNKNOWN_SPEED = 10.0
_UNKNOWN_SUCCESS = 50.0


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketFilter:
    """`kind` is empty for all; `text` is looked for in names and tags."""

    text: str = ""
    kind: str = ""
    tee: bool = False
    offered: bool = False
    sort: str = "value"

    @property
    def is_open(self) -> bool:
        """Whether every model passes."""
        return not (self.text.strip() or self.kind or self.tee or self.offered)


def value_of(model: ModelSummary) -> float:
    """Good answers per second and locked MOR: the order of "Best value". 0 without an offer."""
    if not model.offers or not model.stake_per_hour:
        return 0.0
    speed = model.tokens_per_second or _UNKNOWN_SPEED
    success = model.success_percent if model.success_percent is not None else _UNKNOWN_SUCCESS
    return speed * success / model.stake_per_hour


_ORDER: dict[str, Callable[[ModelSummary], Any]] = {
    "value": lambda model: -value_of(model),
    "stake": lambda model: model.stake_per_hour or 0,
    "speed": lambda model: -(model.tokens_per_second or 0.0),
    "success": lambda model: -(model.success_percent or 0.0),
    "name": lambda model: "",
}


def visible(models: Sequence[ModelSummary], wanted: MarketFilter) -> list[ModelSummary]:
    """The models that pass, in order; those without an offer always last."""
    words = wanted.text.casefold().split()
    order = _ORDER[wanted.sort]
    return sorted(
        (model for model in models if _passes(model, wanted, words)),
        key=lambda model: (not model.offers, order(model), model.name.casefold(), model.id),
    )


def _passes(model: ModelSummary, wanted: MarketFilter, words: list[str]) -> bool:
    if wanted.kind and model.kind != wanted.kind:
        return False
    if wanted.tee and not model.is_tee:
        return False
    if wanted.offered and not model.offers:
        return False
    text = " ".join((model.name, *model.tags)).casefold()
    return all(word in text for word in words)


def kind_words(model: ModelSummary) -> str:
    """`Chat · tools · code`: the kind in words, then the tags that say more."""
    kind = _KIND_WORDS.get(model.kind, "")
    skipped = {model.kind.casefold(), kind.casefold(), "tee", "llm"}
    tags = [tag for tag in model.tags if tag.casefold() not in skipped]
    return " · ".join([*([kind] if kind else []), *tags]) or "kind not stated"


def market_table() -> DtoTable[ModelSummary]:
    return DtoTable(_COLUMNS, lambda model: model.id)


def _name(model: ModelSummary) -> Cell:
    return Cell(
        text=model.name or "Unnamed model",
        detail=kind_words(model),
        role="text" if model.offers else "text3",
        avatar=(model.name, model.id),
        badge=("TEE not verified", "warning") if model.is_tee else None,
    )


def _offers(model: ModelSummary) -> Cell:
    if not model.offers:
        return Cell(text="none", dot="off", role="text3")
    return Cell(text=str(model.offers), dot="ok")


def _price(model: ModelSummary) -> Cell:
    if model.best_price is None:
        return Cell(text="", right=True)
    return Cell(text=formats.mor(model.best_price * HOUR_S), right=True, role="text2")


def _stake(model: ModelSummary) -> Cell:
    if model.stake_per_hour is None:
        return Cell(text="No offers" if not model.offers else "–", role="text3", right=True)
    return Cell(text=formats.mor(model.stake_per_hour), right=True)


def _speed(model: ModelSummary) -> Cell:
    speed = model.tokens_per_second
    return Cell(text=formats.speed(speed) if speed is not None else "", right=True)


def _success(model: ModelSummary) -> Cell:
    share = model.success_percent
    return Cell(text=f"{share:.0f}{formats.NBSP}%" if share is not None else "", right=True)


_COLUMNS: tuple[Column[ModelSummary], ...] = (
    Column(title="Model", cell=_name),
    Column(title="Offers", cell=_offers, look=ColumnLook(width=76, drop=2)),
    Column(title="Price per hour", cell=_price, look=ColumnLook(width=112, drop=5), right=True),
    Column(title="Locked for 1 h", cell=_stake, look=ColumnLook(width=116), right=True),
    Column(title="Speed", cell=_speed, look=ColumnLook(width=90, drop=3), right=True),
    Column(title="Success", cell=_success, look=ColumnLook(width=78, drop=4), right=True),
)
