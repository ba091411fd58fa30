"""Money of the wallet: transfers, allowances, contacts, the list of transactions."""

from typing import Protocol

from pydantic import SecretStr

from node.service.dto import ApprovalView, Contact, SendDraft, Speed, TransactionView


class MoneyApi(Protocol):
    """Part of `WalletApi`."""

    async def draft_send(
        self, asset: str, to: str, amount: int, speed: Speed = "normal"
    ) -> SendDraft:
        """Check a transfer of `amount` base units of `asset` (MOR or ETH). Nothing is sent.

        Raises:
            InvalidAddressError, InvalidAmountError: what the user typed.
            NotEnoughMorError, NotEnoughGasError: the wallet holds less.
            FundsError: the same transfer is on its way already.
        """
        ...

    async def max_send(self, asset: str, to: str) -> int:
        """The most that can be sent to `to` now: all MOR, or the ETH that the fee leaves."""
        ...

    async def send(
        self, draft_id: str, password: SecretStr | None = None, typed: str = "", client: str = ""
    ) -> TransactionView:
        """Send a draft, once. `client`: within the allowance of this user of the API, empty for
        the owner. A wrong password or text leaves the draft as it was.

        Raises:
            QuoteExpiredError: unknown, used or too old.
            WrongPasswordError: wrong or missing (code `wallet.password_needed`).
            UserInputError: the text is not what had to be typed (code `input.typed_text`).
            ClientAllowanceError: the client may not spend so much; nothing was sent.
        """
        ...

    async def approvals(self) -> tuple[ApprovalView, ...]:
        """What contracts may take. Only the marketplace ever gets an allowance from this app."""
        ...

    async def draft_approval(self, amount: int, spender: str = "") -> SendDraft:
        """An allowance of exactly `amount` for the marketplace; 0 revokes. Another `spender` can
        only be revoked. Sent by `send`.
        """
        ...

    async def contacts(self) -> tuple[Contact, ...]:
        """By name."""
        ...

    async def save_contact(self, address: str, name: str, note: str = "") -> Contact:
        """Add a contact, or change the one with this address.

        Raises:
            InvalidAddressError: no address, a wrong checksum, zero, a contract of the market.
            UserInputError: no name, another contact has it, or a text is too long (code
                `input.contact`); name or note hold a private key or a phrase (`input.secret`).
        """
        ...

    async def remove_contact(self, address: str) -> None: ...

    async def transactions(
        self, offset: int, limit: int, kind: str = "", text: str = ""
    ) -> tuple[TransactionView, ...]:
        """What this wallet sent and received on the network in use, newest first, from the journal.

        `kind`: `send`, `received`, `session`, `approval`, `claim`, `hosting`, `dust`, or empty for
        all. `text` is looked for in purpose, label, addresses, names and hash, in any case.

        MOR that others sent has the intent `received`, below 0.01 MOR `dust`; what the marketplace
        gave by a transaction of somebody else `stake_returned` or `session_pay`. ETH that was
        received leaves no trace in the logs of a chain and is not listed.
        """
        ...

    async def export_transactions(self) -> str:
        """All transactions as CSV (RFC 4180). Cells never begin like a formula of a spreadsheet."""
        ...

    async def label_transaction(self, hash: str, label: str) -> TransactionView:
        """Give a transaction a note of the user's; empty removes it.

        Raises:
            UserInputError: too long (code `input.contact`), or a private key or a phrase
                (`input.secret`). The id of a transaction may stand among words.
        """
        ...
