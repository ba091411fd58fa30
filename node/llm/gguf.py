"""Reader of a GGUF model file's header (versions 2 and 3, little-endian), as llama.cpp defines it.

The file is hostile until proved otherwise: every count, length and offset is checked before it is
used, and tensor data must lie inside the file without overlap. Nothing but the header is read.
"""

import stat
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from node.core.errors import ModelFileError
from node.llm.gguf_tensors import TENSOR_TYPES, TensorInfo, check_layout
from node.llm.limits import (
    MAX_GGUF_ARRAY_ITEMS,
    MAX_GGUF_HEADER_BYTES,
    MAX_GGUF_KEYS,
    MAX_GGUF_NAME_BYTES,
    MAX_GGUF_NESTING,
    MAX_GGUF_STRING_BYTES,
    MAX_GGUF_TENSORS,
    MAX_TEMPLATE_BYTES,
)

_STRING, _ARRAY = 8, 9
_SCALARS = {
    0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q",
    12: "<d",
}  # fmt: skip
_SIZES = {kind: struct.calcsize(layout) for kind, layout in _SCALARS.items()}
_KEPT_ARRAY_ITEMS = 1_024  # per-layer figures; vocabularies are only counted
_MAX_DIMENSIONS = 4
_READ_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class GgufInfo:
    """What the header says. Numbers that the file does not give are 0; sizes are bytes.

    `kv_heads` has one entry per layer.
    """

    version: int
    architecture: str
    name: str
    file_type: int
    quantisation: str
    parameters: int
    file_size: int
    tensor_bytes: int
    repacked_bytes: int
    context_length: int
    layers: int
    embedding: int
    heads: int
    kv_heads: tuple[int, ...]
    key_length: int
    value_length: int
    sliding_window: int
    experts: int
    experts_used: int
    vocabulary: int
    tokenizer: str
    has_chat_template: bool
    is_embedding_model: bool
    is_projector: bool
    split_count: int
    licence: str


@dataclass(frozen=True, slots=True)
class _ArrayLength:
    """Stands for an array that was skipped."""

    count: int


def read_gguf(path: Path) -> GgufInfo:
    """Read and check the header.

    Raises:
        ModelFileError: not a model file, damaged, truncated, or beyond the limits.
    """
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):  # opening a pipe would wait for ever
            raise ModelFileError("The model file cannot be read.")
        with path.open("rb") as file:
            return _read(file, found.st_size)
    except OSError as error:
        raise ModelFileError(
            "The model file cannot be read.", details={"cause": str(error)}
        ) from error
    except (struct.error, OverflowError, UnicodeDecodeError) as error:
        raise invalid_file("its header is damaged") from error


def invalid_file(reason: str) -> ModelFileError:
    return ModelFileError(
        f"Not a valid model file: {reason}.", hint="Download the file again or choose another."
    )


def _read(file: BinaryIO, size: int) -> GgufInfo:
    cursor = _Cursor(file, min(size, MAX_GGUF_HEADER_BYTES), whole_file=size)
    if cursor.take(4) != b"GGUF":
        raise invalid_file("it does not start with the GGUF mark")
    (version,) = cursor.unpack("<I")
    if version in (0x02000000, 0x03000000):
        raise invalid_file("it is in big-endian form, which no supported engine reads")
    if version not in (2, 3):
        raise invalid_file(f"format version {version} is not supported")
    tensor_count, key_count = cursor.unpack("<QQ")
    if tensor_count > MAX_GGUF_TENSORS:
        raise invalid_file("it claims too many tensors")
    if key_count > MAX_GGUF_KEYS:
        raise invalid_file("it claims too many metadata keys")
    metadata = _metadata(cursor, key_count)
    alignment = metadata.get("general.alignment", 32)
    if type(alignment) is not int or not 1 <= alignment <= 65_536 or alignment & (alignment - 1):
        raise invalid_file("its alignment is wrong")
    tensors = [_tensor(cursor, number) for number in range(1, tensor_count + 1)]
    data_start = -(-cursor.position // alignment) * alignment
    problem = check_layout(tensors, data_size=size - data_start, alignment=alignment)
    if problem:
        raise invalid_file(problem)
    return _describe(version, metadata, tensors, size)


def _metadata(cursor: "_Cursor", count: int) -> dict[str, Any]:
    metadata: dict[str, Any] = {}
    for _ in range(count):
        key = cursor.text(MAX_GGUF_NAME_BYTES)
        if key in metadata:
            raise invalid_file("a metadata key appears twice")
        (kind,) = cursor.unpack("<I")
        metadata[key] = _value(cursor, kind)
    template = metadata.get("tokenizer.chat_template", "")
    if isinstance(template, str) and len(template.encode()) > MAX_TEMPLATE_BYTES:
        raise invalid_file("its chat template is too long")
    return metadata


def _value(cursor: "_Cursor", kind: int) -> Any:
    if kind == _STRING:
        return cursor.text(MAX_GGUF_STRING_BYTES)
    if kind == _ARRAY:
        return _array(cursor, depth=1)
    layout = _SCALARS.get(kind)
    if layout is None:
        raise invalid_file("a metadata value has an unknown type")
    return cursor.unpack(layout)[0]


def _array(cursor: "_Cursor", depth: int) -> list[Any] | _ArrayLength:
    if depth > MAX_GGUF_NESTING:
        raise invalid_file("its metadata is nested too deeply")
    kind, count = cursor.unpack("<IQ")
    if count > MAX_GGUF_ARRAY_ITEMS:
        raise invalid_file("a metadata list is too long")
    if kind == _ARRAY:
        if count > _KEPT_ARRAY_ITEMS:
            raise invalid_file("a metadata list is too long")
        for _ in range(count):
            _array(cursor, depth + 1)
        return _ArrayLength(count)
    if kind == _STRING:
        cursor.skip_texts(count)
        return _ArrayLength(count)
    if kind not in _SCALARS:
        raise invalid_file("a metadata list has an unknown type")
    if count > _KEPT_ARRAY_ITEMS:
        cursor.skip(count * _SIZES[kind])
        return _ArrayLength(count)
    return [cursor.unpack(_SCALARS[kind])[0] for _ in range(count)]


def _tensor(cursor: "_Cursor", number: int) -> TensorInfo:
    name = cursor.text(MAX_GGUF_NAME_BYTES)
    (dimensions,) = cursor.unpack("<I")
    if dimensions > _MAX_DIMENSIONS:
        raise invalid_file(f"tensor {number} has too many dimensions")
    shape = cursor.unpack(f"<{dimensions}Q") if dimensions else (1,)
    kind, offset = cursor.unpack("<IQ")
    if kind not in TENSOR_TYPES:
        raise invalid_file(f"tensor {number} has an unknown type")
    return TensorInfo(number=number, name=name, shape=shape, kind=kind, offset=offset)


class _Cursor:
    """Sequential reader of the first `limit` bytes, which it reads piece by piece as needed."""

    def __init__(self, file: BinaryIO, limit: int, *, whole_file: int) -> None:
        self._file = file
        self._data = bytearray()
        self._limit = limit
        self._cut = limit < whole_file
        self.position = 0

    def take(self, count: int) -> bytes:
        start = self.position
        self.skip(count)
        return bytes(self._data[start : self.position])

    def skip(self, count: int) -> None:
        if count > len(self._data) - self.position:
            self._fill(self.position + count)
        self.position += count

    def unpack(self, layout: str) -> tuple[Any, ...]:
        start = self.position
        self.skip(struct.calcsize(layout))
        return struct.unpack_from(layout, self._data, start)

    def text(self, limit: int) -> str:
        (length,) = self.unpack("<Q")
        if length > limit:
            raise invalid_file("a text in its header is too long")
        return self.take(length).decode("utf-8", "replace")

    def skip_texts(self, count: int) -> None:
        """Skip strings; the hot loop of the reader (vocabularies hold 100,000 and more)."""
        data, position = self._data, self.position
        read_length = struct.Struct("<Q").unpack_from
        for _ in range(count):
            if position + 8 > len(data):
                self._fill(position + 8)
            length = read_length(data, position)[0]
            if length > MAX_GGUF_STRING_BYTES:
                raise invalid_file("a text in its header is too long")
            position += 8 + length
        self.skip(position - self.position)

    def _fill(self, needed: int) -> None:
        """Have at least `needed` bytes of the file in memory."""
        if needed <= self._limit:
            wanted = min(self._limit, max(needed, len(self._data) + _READ_BYTES))
            self._data += self._file.read(wanted - len(self._data))
        if needed <= len(self._data):
            return
        if self._cut:
            raise invalid_file("its header is too large")
        raise invalid_file("it ends inside the header, so the download is incomplete")


def _describe(
    version: int, metadata: Mapping[str, Any], tensors: list[TensorInfo], size: int
) -> GgufInfo:
    arch = _text(metadata, "general.architecture")
    if not arch:
        raise invalid_file("it does not name an architecture")
    layers = _number(metadata, f"{arch}.block_count")
    heads = _number(metadata, f"{arch}.attention.head_count")
    embedding = _number(metadata, f"{arch}.embedding_length")
    head_size = embedding // heads if heads else 0
    file_type = _number(metadata, "general.file_type", default=-1)
    kinds = [tensor.kind for tensor in tensors]
    return GgufInfo(
        version=version,
        architecture=arch,
        name=_text(metadata, "general.name"),
        file_type=file_type,
        quantisation=_quantisation(file_type, tensors),
        parameters=sum(tensor.elements for tensor in tensors),
        file_size=size,
        tensor_bytes=sum(tensor.byte_size for tensor in tensors),
        repacked_bytes=sum(tensor.byte_size for tensor in tensors if tensor.is_repacked),
        context_length=_number(metadata, f"{arch}.context_length"),
        layers=layers,
        embedding=embedding,
        heads=heads,
        kv_heads=_kv_heads(metadata.get(f"{arch}.attention.head_count_kv"), layers, heads),
        key_length=_number(metadata, f"{arch}.attention.key_length", default=head_size),
        value_length=_number(metadata, f"{arch}.attention.value_length", default=head_size),
        sliding_window=_number(metadata, f"{arch}.attention.sliding_window"),
        experts=_number(metadata, f"{arch}.expert_count"),
        experts_used=_number(metadata, f"{arch}.expert_used_count"),
        vocabulary=_length(metadata.get("tokenizer.ggml.tokens")),
        tokenizer=_text(metadata, "tokenizer.ggml.model"),
        has_chat_template=bool(_text(metadata, "tokenizer.chat_template")),
        is_embedding_model=f"{arch}.pooling_type" in metadata,
        is_projector=arch == "clip" or not kinds,
        split_count=_number(metadata, "split.count"),
        licence=_text(metadata, "general.license"),
    )


_FILE_TYPES = {
    0: "F32", 1: "F16", 2: "Q4_0", 3: "Q4_1", 7: "Q8_0", 8: "Q5_0", 9: "Q5_1", 10: "Q2_K",
    11: "Q3_K_S", 12: "Q3_K_M", 13: "Q3_K_L", 14: "Q4_K_S", 15: "Q4_K_M", 16: "Q5_K_S",
    17: "Q5_K_M", 18: "Q6_K", 32: "BF16",
}  # fmt: skip


def _quantisation(file_type: int, tensors: list[TensorInfo]) -> str:
    """Name by the file's own statement, else by the type that holds most of the bytes."""
    if file_type in _FILE_TYPES:
        return _FILE_TYPES[file_type]
    weight: dict[int, int] = {}
    for tensor in tensors:
        weight[tensor.kind] = weight.get(tensor.kind, 0) + tensor.byte_size
    return TENSOR_TYPES[max(weight, key=weight.__getitem__)].name if weight else ""


def _kv_heads(value: object, layers: int, heads: int) -> tuple[int, ...]:
    if isinstance(value, list):
        return tuple(item for item in value if type(item) is int and item >= 0)
    count = value if type(value) is int and value >= 0 else heads
    return (count,) * min(layers, MAX_GGUF_TENSORS)


def _text(metadata: Mapping[str, Any], key: str) -> str:
    value = metadata.get(key)
    return value if isinstance(value, str) else ""


def _number(metadata: Mapping[str, Any], key: str, *, default: int = 0) -> int:
    value = metadata.get(key)
    return value if type(value) is int and value >= 0 else default


def _length(value: object) -> int:
    if isinstance(value, _ArrayLength):
        return value.count
    return len(value) if isinstance(value, list) else 0
