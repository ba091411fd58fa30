"""A tiny model file with random weights, written with `struct` alone.

The file is a valid GGUF v3 of the `llama` architecture that the engine loads and chats with in
milliseconds. One hidden dimension is kept constant through the network, so the output rows can
prefer lower-case letters and spaces: answers are readable nonsense of a few dozen tokens.
"""

import random
import struct
from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_U32, _F32, _BOOL, _STRING, _ARRAY, _I32 = 4, 6, 7, 8, 9, 5
_ALIGNMENT = 32
_NORMAL_TOKEN, _CONTROL_TOKEN = 1, 3

CHAT_TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n"
    "{{ message['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
BROKEN_TEMPLATE = "{% for message in messages %}{{ message['role'] "


@dataclass(frozen=True, slots=True, kw_only=True)
class TinySpec:
    """Shape of the file. `end_bias` is the logit of the end token relative to a letter's."""

    layers: int = 2
    width: int = 64
    heads: int = 4
    kv_heads: int = 2
    feed_forward: int = 128
    trained_context: int = 2048
    template: str = CHAT_TEMPLATE
    architecture: str = "llama"
    name: str = "Tiny"
    end_bias: float = -0.5
    seed: int = 7


def write_tiny_gguf(path: Path, spec: TinySpec | None = None) -> Path:
    """Write the file (about 0.5 MB) and return its path."""
    path.write_bytes(tiny_gguf_bytes(spec or TinySpec()))
    return path


def tiny_gguf_bytes(spec: TinySpec) -> bytes:
    tokens, merges = _vocabulary()
    metadata = _metadata(spec, tokens, merges)
    tensors = _tensors(spec, tokens)
    header = struct.pack("<4sIQQ", b"GGUF", 3, len(tensors), len(metadata)) + b"".join(metadata)
    infos, offset = [], 0
    for name, shape, values in tensors:
        infos.append(
            _text(name)
            + struct.pack("<I", len(shape))
            + struct.pack(f"<{len(shape)}Q", *shape)
            + struct.pack("<IQ", 0, offset)
        )
        offset += _aligned(len(values) * 4)
    head = header + b"".join(infos)
    out = bytearray(head.ljust(_aligned(len(head)), b"\0"))
    for _, _, values in tensors:
        data = values.tobytes()
        out += data.ljust(_aligned(len(data)), b"\0")
    return bytes(out)


def _aligned(size: int) -> int:
    return -(-size // _ALIGNMENT) * _ALIGNMENT


def _text(value: str) -> bytes:
    raw = value.encode()
    return struct.pack("<Q", len(raw)) + raw


def _byte_letters() -> list[str]:
    """The byte-to-letter table of GPT-2's tokenizer: printable bytes stand for themselves."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    letters, extra = {}, 0
    for byte in range(256):
        if byte in printable:
            letters[byte] = chr(byte)
        else:
            letters[byte] = chr(256 + extra)
            extra += 1
    return [letters[byte] for byte in range(256)]


def _vocabulary() -> tuple[list[str], list[str]]:
    letters = _byte_letters()
    merges = ["t h", "th e", "a n", "an d", "\u0120 t", "i n", "o n", "e r"]
    merged = [merge.replace(" ", "") for merge in merges]
    return [*letters, *merged, "<|endoftext|>", "<|im_start|>", "<|im_end|>"], merges


def _metadata(spec: TinySpec, tokens: list[str], merges: list[str]) -> list[bytes]:
    arch, end = spec.architecture, len(tokens) - 1
    kinds = [_NORMAL_TOKEN] * (len(tokens) - 3) + [_CONTROL_TOKEN] * 3
    items = [
        _entry("general.architecture", _STRING, _text(arch)),
        _entry("general.name", _STRING, _text(spec.name)),
        _entry("general.file_type", _U32, struct.pack("<I", 0)),
        _entry("tokenizer.ggml.model", _STRING, _text("gpt2")),
        _entry("tokenizer.ggml.pre", _STRING, _text("gpt-2")),
        _entry("tokenizer.ggml.tokens", _ARRAY, _array(_STRING, map(_text, tokens), len(tokens))),
        _entry("tokenizer.ggml.merges", _ARRAY, _array(_STRING, map(_text, merges), len(merges))),
        _entry(
            "tokenizer.ggml.token_type",
            _ARRAY,
            _array(_I32, (struct.pack("<i", kind) for kind in kinds), len(kinds)),
        ),
        _entry("tokenizer.ggml.add_bos_token", _BOOL, b"\0"),
        _entry("tokenizer.chat_template", _STRING, _text(spec.template)),
        _entry(f"{arch}.attention.layer_norm_rms_epsilon", _F32, struct.pack("<f", 1e-5)),
    ]
    numbers = {
        f"{arch}.context_length": spec.trained_context,
        f"{arch}.embedding_length": spec.width,
        f"{arch}.block_count": spec.layers,
        f"{arch}.feed_forward_length": spec.feed_forward,
        f"{arch}.attention.head_count": spec.heads,
        f"{arch}.attention.head_count_kv": spec.kv_heads,
        f"{arch}.rope.dimension_count": spec.width // spec.heads,
        f"{arch}.vocab_size": len(tokens),
        "tokenizer.ggml.bos_token_id": len(tokens) - 3,
        "tokenizer.ggml.eos_token_id": end,
    }
    items += [_entry(key, _U32, struct.pack("<I", value)) for key, value in numbers.items()]
    return items


def _entry(key: str, kind: int, value: bytes) -> bytes:
    return _text(key) + struct.pack("<I", kind) + value


def _array(kind: int, items: Iterable[bytes], count: int) -> bytes:
    return struct.pack("<IQ", kind, count) + b"".join(items)


_Tensor = tuple[str, tuple[int, ...], "array[float]"]


def _tensors(spec: TinySpec, tokens: list[str]) -> list[_Tensor]:
    rng = random.Random(spec.seed)
    kv_width = spec.width // spec.heads * spec.kv_heads
    tensors: list[_Tensor] = [
        ("token_embd.weight", (spec.width, len(tokens)), _embedding(rng, spec, len(tokens))),
        ("output_norm.weight", (spec.width,), array("f", [1.0] * spec.width)),
        ("output.weight", (spec.width, len(tokens)), _output(rng, spec, tokens)),
    ]
    for layer in range(spec.layers):
        shapes = {
            "attn_q": (spec.width, spec.width),
            "attn_k": (spec.width, kv_width),
            "attn_v": (spec.width, kv_width),
            "attn_output": (spec.width, spec.width),
            "ffn_gate": (spec.width, spec.feed_forward),
            "ffn_up": (spec.width, spec.feed_forward),
            "ffn_down": (spec.feed_forward, spec.width),
        }
        for norm in ("attn_norm", "ffn_norm"):
            ones = array("f", [1.0] * spec.width)
            tensors.append((f"blk.{layer}.{norm}.weight", (spec.width,), ones))
        for part, (columns, rows) in shapes.items():
            values = _gauss(rng, columns * rows, 0.2)
            if part in ("attn_output", "ffn_down"):
                values[:columns] = array("f", [0.0] * columns)  # keeps hidden dimension 0 constant
            tensors.append((f"blk.{layer}.{part}.weight", (columns, rows), values))
    return tensors


def _gauss(rng: random.Random, count: int, deviation: float) -> "array[float]":
    return array("f", [rng.gauss(0.0, deviation) for _ in range(count)])


def _embedding(rng: random.Random, spec: TinySpec, rows: int) -> "array[float]":
    values = _gauss(rng, spec.width * rows, 0.3)
    for row in range(rows):
        values[row * spec.width] = 3.0
    return values


def _output(rng: random.Random, spec: TinySpec, tokens: list[str]) -> "array[float]":
    values = _gauss(rng, spec.width * len(tokens), 0.08)
    for row, token in enumerate(tokens):
        if token.isascii() and token.isalpha() and token.islower():
            bias = 1.0
        elif token == "\u0120":
            bias = 2.6
        elif token == "<|im_end|>":
            bias = 1.0 + spec.end_bias
        else:
            bias = -8.0
        values[row * spec.width] = bias
    return values
