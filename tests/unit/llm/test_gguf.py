import os
import struct
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from node.core.errors import ModelFileError
from node.llm.gguf import GgufInfo, read_gguf
from tests.support.tiny_gguf import TinySpec, tiny_gguf_bytes

_GOOD = tiny_gguf_bytes(TinySpec())
_FIRST_TENSOR = _GOOD.index(b"token_embd.weight")
_HEADER_END = _GOOD.index(b"blk.1.ffn_down.weight") + 60


def _read(tmp_path: Path, content: bytes) -> GgufInfo:
    path = tmp_path / "model.gguf"
    path.write_bytes(content)
    return read_gguf(path)


def _refused(tmp_path: Path, content: bytes) -> str:
    with pytest.raises(ModelFileError) as caught:
        _read(tmp_path, content)
    return caught.value.message


def _patched(position: int, replacement: bytes) -> bytes:
    return _GOOD[:position] + replacement + _GOOD[position + len(replacement) :]


def test_header_of_a_good_file(tmp_path: Path) -> None:
    info = _read(tmp_path, _GOOD)
    assert (info.version, info.architecture, info.name) == (3, "llama", "Tiny")
    assert (info.layers, info.embedding, info.heads, info.kv_heads) == (2, 64, 4, (2, 2))
    assert (info.key_length, info.value_length, info.context_length) == (16, 16, 2048)
    assert info.quantisation == "F32"
    assert info.tensor_bytes == info.parameters * 4
    assert info.vocabulary == 267
    assert info.has_chat_template
    assert not info.is_projector
    assert info.file_size == len(_GOOD)


@pytest.mark.parametrize("cut", [*range(0, 64), *range(64, _HEADER_END, 97)])
def test_a_file_cut_anywhere_in_its_header_is_refused(tmp_path: Path, cut: int) -> None:
    message = _refused(tmp_path, _GOOD[:cut])
    assert message.startswith("Not a valid model file: ")


def test_a_file_cut_in_its_data_names_the_tensor(tmp_path: Path) -> None:
    message = _refused(tmp_path, _GOOD[:-40])
    assert message == "Not a valid model file: tensor 21 points outside the file."


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"GGML" + _GOOD[4:], "does not start with the GGUF mark"),
        (_patched(4, struct.pack("<I", 1)), "version 1 is not supported"),
        (_patched(4, struct.pack(">I", 3)), "big-endian"),
        (_patched(8, struct.pack("<Q", 1 << 40)), "too many tensors"),
        (_patched(16, struct.pack("<Q", 5000)), "too many metadata keys"),
        (_patched(24, struct.pack("<Q", 1 << 60)), "text in its header is too long"),
        (_patched(_FIRST_TENSOR + 17, struct.pack("<I", 9)), "too many dimensions"),
        (_patched(_FIRST_TENSOR + 21, struct.pack("<Q", 1 << 62)), "impossible size"),
        (_patched(_FIRST_TENSOR + 21, struct.pack("<Q", 0)), "impossible size"),
        (_patched(_FIRST_TENSOR + 37, struct.pack("<I", 77)), "unknown type"),
        (_patched(_FIRST_TENSOR + 37, struct.pack("<I", 12)), "rows of a wrong length"),
        (_patched(_FIRST_TENSOR + 41, struct.pack("<Q", 1 << 63)), "points outside the file"),
        (_patched(_FIRST_TENSOR + 41, struct.pack("<Q", 7)), "not aligned"),
        (_patched(_FIRST_TENSOR + 41, struct.pack("<Q", 320_000)), "overlaps"),
        (_GOOD.replace(b"blk.0.attn_norm", b"blk.1.attn_norm"), "the same name"),
        (tiny_gguf_bytes(TinySpec(template="x" * 70_000)), "chat template is too long"),
        (tiny_gguf_bytes(TinySpec(name="x" * (1 << 21))), "text in its header is too long"),
        (tiny_gguf_bytes(TinySpec(architecture="")), "architecture"),
    ],
)  # fmt: skip
def test_damage_is_named(tmp_path: Path, content: bytes, reason: str) -> None:
    assert reason in _refused(tmp_path, content)


def test_a_list_that_claims_to_be_huge_is_refused(tmp_path: Path) -> None:
    position = _GOOD.index(b"tokenizer.ggml.tokens") + len("tokenizer.ggml.tokens") + 8
    assert "list is too long" in _refused(tmp_path, _patched(position, struct.pack("<Q", 1 << 40)))
    nested = struct.pack("<IQ", 9, 1) * 4
    assert "nested" in _refused(tmp_path, _patched(position - 4, nested))


def test_a_header_beyond_64_mib_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.gguf"
    # Valid keys without end: each holds a text of 1 MiB.
    with path.open("wb") as file:
        file.write(struct.pack("<4sIQQ", b"GGUF", 3, 0, 100))
        for number in range(100):
            key = f"k{number:03}".encode()
            file.write(struct.pack("<Q", len(key)) + key + struct.pack("<IQ", 8, 1 << 20))
            file.seek(1 << 20, 1)
        file.write(b"x")
    with pytest.raises(ModelFileError, match="header is too large"):
        read_gguf(path)


@pytest.mark.skipif(sys.platform == "win32", reason="no named pipes among the files there")
def test_a_pipe_is_refused_instead_of_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "pipe.gguf"
    os.mkfifo(path)
    with pytest.raises(ModelFileError, match="cannot be read"):
        read_gguf(path)


def test_a_folder_or_missing_file_is_a_clear_error(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "gone.gguf"):
        with pytest.raises(ModelFileError, match="cannot be read"):
            read_gguf(path)


@settings(max_examples=300)
@given(position=st.integers(0, _HEADER_END), junk=st.binary(min_size=1, max_size=16))
def test_flipped_bytes_are_read_or_refused_but_never_crash(
    tmp_path_factory: pytest.TempPathFactory, position: int, junk: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "fuzz.gguf"
    path.write_bytes(_patched(position, junk))
    try:
        info = read_gguf(path)
    except ModelFileError as error:
        assert error.message
    else:
        assert info.tensor_bytes <= info.file_size


@settings(max_examples=200)
@given(st.binary(max_size=400))
def test_random_bytes_are_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "random.gguf"
    path.write_bytes(struct.pack("<4sI", b"GGUF", 3) + content)
    with pytest.raises(ModelFileError):
        read_gguf(path)
