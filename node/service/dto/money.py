"""Transfers before they are sent, contacts, allowances."""

from typing import Literal

from node.service.dto.base import Dto

Speed = Literal["slow", "normal", "fast"]


class Warning_(Dto):
    """Something the user must have seen before saying yes.

    `code`: `first_recipient`, `look_alike`, `contract`, `most_of_balance`, `not_backed_up`,
    `over_limit`, `large_stake`, `in_use`. `known` is the full address that a look-alike resembles.
    """

    code: str
    text: str
    hint: str = ""
    known: str = ""


class Effect(Dto):
    """One thing that happens when the draft is sent. `amount` is in base units of `asset`.

    `what`: `transfer`, `fee` (what it costs at most), `allowance` (the marketplace may take so much
    afterwards).
    """

    what: Literal["transfer", "fee", "allowance"]
    amount: int
    asset: Literal["MOR", "ETH"]
    direction: Literal["out", "in", "none"]


class SendDraft(Dto):
    """A checked transaction that waits for the user's yes: a transfer, or with `kind` `approval`
    an allowance of `amount` for the contract `to`.

    `warnings` must be shown. `send` takes the password if `needs_password`, and the text
    `needs_typed` as the user typed it unless that is empty. `fee_wei` is what is expected,
    `fee_max_wei` what it may cost at most, `balance_after` what is left of `asset` with the
    expected fee. `nonce`: what it gets if nothing else is sent before. `contact`: name of the
    recipient among the contacts and the user's own accounts, or empty.
    """

    id: str
    kind: Literal["transfer", "approval"] = "transfer"
    asset: Literal["MOR", "ETH"]
    to: str
    amount: int
    fee_wei: int
    fee_max_wei: int = 0
    balance_after: int
    speed: Speed = "normal"
    nonce: int = 0
    effects: tuple[Effect, ...] = ()
    warnings: tuple[Warning_, ...] = ()
    needs_password: bool = False
    needs_typed: str = ""
    contact: str = ""
    expires_at: int


class Contact(Dto):
    """An address the user gave a name."""

    address: str
    name: str
    note: str = ""


class ApprovalView(Dto):
    """What a contract may take from the wallet without being asked again.

    `needed_by_open`: how much of it sessions need that are being opened right now. `last_used`:
    when MOR was last taken by it, 0 for never.
    """

    spender: str
    spender_name: str
    amount: int
    needed_by_open: int = 0
    last_used: int = 0
