"""Which accounts of a phrase hold something."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from node.core.errors import ChainError, UserInputError
from node.core.ids import Address
from node.core.units import Eth, Mor
from node.service.dto import FoundAccount, ScanRequest
from node.service.stack import StackHolder
from node.wallet.derivation import Path, PathFamily, derive_addresses
from node.wallet.safekeeping import Phrase

BATCH = 10
ENOUGH_EMPTY = 5
MOST = 100
Holdings = Mapping[Address, tuple[Mor, Eth]]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountScanner:
    """Derives addresses and reads what they hold; without a network amounts stay unknown."""

    stacks: StackHolder

    async def holdings(self, owners: Sequence[Address]) -> Holdings:
        """Amounts by address in one batch at one block; empty when the chain cannot be read."""
        stack = self.stacks.current
        if stack is None or not owners:
            return {}
        try:
            return await stack.chain.market.holdings(owners)
        except ChainError:
            # A list of accounts is worth showing without amounts, too.
            return {}

    async def scan(
        self, request: ScanRequest, phrase: Phrase, known: frozenset[Address]
    ) -> tuple[FoundAccount, ...]:
        """Raises UserInputError for a path or numbers that make no sense."""
        family = _family(request)
        if not 0 <= request.count <= MOST or not 0 <= request.first < 2**31 - MOST:
            raise UserInputError(f"At most {MOST} accounts are looked at at once.")
        found: list[FoundAccount] = []
        wanted = request.count or MOST
        while len(found) < wanted:
            first = request.first + len(found)
            size = min(BATCH if request.count == 0 else MOST, wanted - len(found))
            batch = await self._batch(family, range(first, first + size), phrase, known)
            found += batch
            if request.count == 0 and (batch[0].mor is None or _is_end(found)):
                break
        return _until_empty(found) if request.count == 0 else tuple(found)

    async def _batch(
        self, family: PathFamily, numbers: range, phrase: Phrase, known: frozenset[Address]
    ) -> list[FoundAccount]:
        paths: list[Path] = [family.at(number) for number in numbers]
        addresses = await asyncio.to_thread(
            derive_addresses, phrase.mnemonic, paths, phrase.passphrase
        )
        amounts = await self.holdings(addresses)
        rows = []
        for number, path, address in zip(numbers, paths, addresses, strict=True):
            held = amounts.get(address)
            rows.append(
                FoundAccount(
                    path=str(path),
                    index=number,
                    address=address.checksum,
                    mor=held[0].base if held else None,
                    eth_wei=held[1].base if held else None,
                    known=address in known,
                )
            )
        return rows


def _family(request: ScanRequest) -> PathFamily:
    if request.style == "ledger":
        return PathFamily.ledger()
    if request.style == "custom":
        return PathFamily.custom(request.path)
    return PathFamily.standard()


def _is_empty(row: FoundAccount) -> bool:
    return not row.mor and not row.eth_wei


def _is_end(rows: Sequence[FoundAccount]) -> bool:
    return _until_empty(rows) != tuple(rows) or all(map(_is_empty, rows[-ENOUGH_EMPTY:]))


def _until_empty(rows: Sequence[FoundAccount]) -> tuple[FoundAccount, ...]:
    """The rows up to the first five empty ones, which are shown too."""
    empty = 0
    for index, row in enumerate(rows):
        empty = empty + 1 if _is_empty(row) else 0
        if empty == ENOUGH_EMPTY and row.mor is not None:
            return tuple(rows[: index + 1])
    return tuple(rows)
