"""RLP encoding, as much of it as a signed transaction needs (Ethereum yellow paper, B)."""


def uint(value: int) -> bytes:
    """Big-endian without leading zeros; 0 is the empty string. Raises OverflowError below zero."""
    return value.to_bytes((value.bit_length() + 7) // 8, "big")


def wrap_list(payload: bytes) -> bytes:
    """Put the list prefix before items that are already encoded."""
    return _prefix(len(payload), 0xC0) + payload


def encode_bytes(item: bytes) -> bytes:
    if len(item) == 1 and item[0] < 0x80:
        return item
    return _prefix(len(item), 0x80) + item


def _prefix(length: int, offset: int) -> bytes:
    if length < 56:
        return bytes([offset + length])
    size = uint(length)
    return bytes([offset + 55 + len(size)]) + size
