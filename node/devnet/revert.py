"""Words for revert data of the built-in errors; custom errors are left to the client's decoder."""

from eth_abi.abi import decode
from eth_abi.exceptions import DecodingError

_ERROR_STRING = bytes.fromhex("08c379a0")
_PANIC = bytes.fromhex("4e487b71")


def reason_of(output: bytes) -> str:
    """Text of `Error(string)`, or `panic code 0x11`; empty for everything else."""
    try:
        if output[:4] == _ERROR_STRING:
            return str(decode(["string"], output[4:])[0])
        if output[:4] == _PANIC:
            return f"panic code {hex(decode(['uint256'], output[4:])[0])}"
    except (DecodingError, UnicodeDecodeError, OverflowError):
        return ""
    return ""
