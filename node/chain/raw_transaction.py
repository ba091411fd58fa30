"""Signed transaction bytes back to their fields: type 2 (EIP-1559) and legacy with chain id
(EIP-155).

Needed to raise the fee of a transaction that was journalled as bytes, and to refuse bytes that
belong to another network.
"""

from collections.abc import Sequence

from node.core.errors import UserInputError
from node.core.ids import Address, TxHash
from node.core.keccak import keccak256
from node.core.ports import UnsignedTransaction
from node.core.units import Eth

_MAX_BYTES = 128 * 1024
_DYNAMIC_FEE = 0x02
Rlp = bytes | list["Rlp"]


def hash_of(raw: bytes) -> TxHash:
    """Hash of signed bytes, computed here and never taken from an answer."""
    return TxHash(keccak256(raw))


def read_signed(raw: bytes) -> UnsignedTransaction:
    """The fields that were signed.

    Raises:
        UserInputError: no transaction of these kinds, or one that creates a contract.
    """
    try:
        if raw[:1] == bytes([_DYNAMIC_FEE]):
            return _dynamic_fee(_fields(raw[1:], 12))
        return _legacy(_fields(raw, 9))
    except ValueError as error:
        raise UserInputError("These bytes are no signed transaction.") from error


def _dynamic_fee(fields: Sequence[Rlp]) -> UnsignedTransaction:
    chain_id, nonce, tip, max_fee, gas, to, value, data = fields[:8]
    return UnsignedTransaction(
        chain_id=_number(chain_id),
        nonce=_number(nonce),
        to=_address(to),
        value=Eth(_number(value)),
        data=_bytes(data),
        gas=_number(gas),
        max_fee_per_gas=_number(max_fee),
        max_priority_fee_per_gas=_number(tip),
    )


def _legacy(fields: Sequence[Rlp]) -> UnsignedTransaction:
    nonce, price, gas, to, value, data, v = fields[:7]
    chain_id = (_number(v) - 35) // 2
    if chain_id < 1:
        raise ValueError("a transaction without a chain id")
    return UnsignedTransaction(
        chain_id=chain_id,
        nonce=_number(nonce),
        to=_address(to),
        value=Eth(_number(value)),
        data=_bytes(data),
        gas=_number(gas),
        max_fee_per_gas=None,
        max_priority_fee_per_gas=None,
        gas_price=_number(price),
    )


def _bytes(item: Rlp) -> bytes:
    if not isinstance(item, bytes):
        raise ValueError("a list where bytes are expected")
    return item


def _number(item: Rlp) -> int:
    raw = _bytes(item)
    if len(raw) > 32 or raw[:1] == b"\0":
        raise ValueError("not a number")
    return int.from_bytes(raw, "big")


def _address(item: Rlp) -> Address:
    raw = _bytes(item)
    if len(raw) != 20:
        raise ValueError("not a call")
    return Address(raw)


def _fields(data: bytes, count: int) -> list[Rlp]:
    if len(data) > _MAX_BYTES:
        raise ValueError("too long")
    item, end = _item(data, 0, 0)
    if end != len(data) or not isinstance(item, list) or len(item) != count:
        raise ValueError("not a transaction")
    return item


def _item(data: bytes, start: int, depth: int) -> tuple[Rlp, int]:
    """One RLP item (yellow paper, appendix B) and where it ends."""
    if start >= len(data) or depth > 4:
        raise ValueError("cut or too deep")
    first = data[start]
    if first < 0x80:
        return data[start : start + 1], start + 1
    is_list = first >= 0xC0
    short = first - (0xC0 if is_list else 0x80)
    begin, length = start + 1, short
    if short > 55:
        begin += short - 55
        length = int.from_bytes(data[start + 1 : begin], "big")
    end = begin + length
    if end > len(data):
        raise ValueError("cut")
    if not is_list:
        return data[begin:end], end
    items: list[Rlp] = []
    while begin < end:
        item, begin = _item(data, begin, depth + 1)
        items.append(item)
    if begin != end:
        raise ValueError("overlapping items")
    return items, end
