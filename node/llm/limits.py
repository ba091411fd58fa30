"""Limits on what model servers and model files may make us hold or wait for."""

from dataclasses import dataclass

MIB = 1024 * 1024

# Answers of a model server.
MAX_CHUNK_BYTES = MIB
MAX_ANSWER_BYTES = 16 * MIB
MAX_STREAM_BYTES = 64 * MIB  # a chunk of one token carries about 200 bytes of JSON around it
MAX_CHUNKS = 200_000
MAX_ERROR_BYTES = 64 * 1024

# Waiting for a model server, in seconds.
STREAM_SILENCE_S = 90.0
WHOLE_ANSWER_S = 600.0
AUDIO_ANSWER_S = 1800.0  # a consumer waits as long for speech and transcriptions
HEALTH_S = 2.0

# Model files.
MAX_GGUF_KEYS = 4_096
MAX_GGUF_TENSORS = 65_536
MAX_GGUF_NAME_BYTES = 256
MAX_GGUF_STRING_BYTES = MIB
MAX_GGUF_ARRAY_ITEMS = 1 << 22
MAX_GGUF_HEADER_BYTES = 64 * MIB
MAX_GGUF_NESTING = 2
MAX_TEMPLATE_BYTES = 64 * 1024
CHECK_TIME_S = 5
CHECK_MEMORY_BYTES = 256 * MIB


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """How long a model server may be silent: within a stream, and before a whole answer."""

    stream_silence_s: float = STREAM_SILENCE_S
    whole_answer_s: float = WHOLE_ANSWER_S

    @classmethod
    def both(cls, seconds: float) -> "Waits":
        return cls(stream_silence_s=seconds, whole_answer_s=seconds)


DEFAULT_WAITS = Waits()
