"""Tensor types of GGUF files with their block sizes, and the check of where tensor data lies."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod


@dataclass(frozen=True, slots=True)
class TensorType:
    """`block` elements are stored in `size` bytes."""

    name: str
    block: int
    size: int


# Numbers and block layouts of ggml (ggml.h, ggml-common.h).
TENSOR_TYPES = {
    0: TensorType("F32", 1, 4),
    1: TensorType("F16", 1, 2),
    2: TensorType("Q4_0", 32, 18),
    3: TensorType("Q4_1", 32, 20),
    6: TensorType("Q5_0", 32, 22),
    7: TensorType("Q5_1", 32, 24),
    8: TensorType("Q8_0", 32, 34),
    9: TensorType("Q8_1", 32, 36),
    10: TensorType("Q2_K", 256, 84),
    11: TensorType("Q3_K", 256, 110),
    12: TensorType("Q4_K", 256, 144),
    13: TensorType("Q5_K", 256, 176),
    14: TensorType("Q6_K", 256, 210),
    15: TensorType("Q8_K", 256, 292),
    16: TensorType("IQ2_XXS", 256, 66),
    17: TensorType("IQ2_XS", 256, 74),
    18: TensorType("IQ3_XXS", 256, 98),
    19: TensorType("IQ1_S", 256, 50),
    20: TensorType("IQ4_NL", 32, 18),
    21: TensorType("IQ3_S", 256, 110),
    22: TensorType("IQ2_S", 256, 82),
    23: TensorType("IQ4_XS", 256, 136),
    24: TensorType("I8", 1, 1),
    25: TensorType("I16", 1, 2),
    26: TensorType("I32", 1, 4),
    27: TensorType("I64", 1, 8),
    28: TensorType("F64", 1, 8),
    29: TensorType("IQ1_M", 256, 56),
    30: TensorType("BF16", 1, 2),
    34: TensorType("TQ1_0", 256, 54),
    35: TensorType("TQ2_0", 256, 66),
    39: TensorType("MXFP4", 32, 17),
}
# Types whose CPU kernels keep a second, rearranged copy of the weights in memory.
_REPACKED = frozenset({"Q4_0", "IQ4_NL"})
_MAX_ELEMENTS = 1 << 48


@dataclass(frozen=True, slots=True, kw_only=True)
class TensorInfo:
    """One entry of the header's table; `number` counts from 1, `offset` from the data's start."""

    number: int
    name: str
    shape: tuple[int, ...]
    kind: int
    offset: int

    @property
    def elements(self) -> int:
        return prod(self.shape)

    @property
    def byte_size(self) -> int:
        layout = TENSOR_TYPES[self.kind]
        return self.elements // layout.block * layout.size

    @property
    def is_repacked(self) -> bool:
        return TENSOR_TYPES[self.kind].name in _REPACKED


def check_layout(tensors: Sequence[TensorInfo], *, data_size: int, alignment: int) -> str:
    """Return what is wrong with names, sizes or offsets in words for the user, or ""."""
    if len({tensor.name for tensor in tensors}) != len(tensors):
        return "two tensors have the same name"
    for tensor in tensors:
        if tensor.elements > _MAX_ELEMENTS or 0 in tensor.shape:
            return f"tensor {tensor.number} has an impossible size"
        if tensor.shape[0] % TENSOR_TYPES[tensor.kind].block:
            return f"tensor {tensor.number} has rows of a wrong length"
        if tensor.offset % alignment:
            return f"tensor {tensor.number} is not aligned"
        if tensor.offset + tensor.byte_size > data_size:
            return f"tensor {tensor.number} points outside the file"
    end = 0
    for tensor in sorted(tensors, key=lambda item: item.offset):
        if tensor.offset < end:
            return f"tensor {tensor.number} overlaps another one"
        end = tensor.offset + tensor.byte_size
    return ""
