"""Engine options in llama.cpp's own terms: defaults, ranges, JSON form."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Self

from node.core.errors import EngineError
from node.llm.gguf import GgufInfo
from node.llm.hardware import Hardware
from node.llm.limits import MAX_TEMPLATE_BYTES, MIB

LOCAL_SLOTS = 2
DEFAULT_SLOT_CONTEXT = 8192
KV_TYPES = ("f16", "bf16", "f32", "q8_0", "q5_1", "q5_0", "q4_1", "q4_0")
_SWITCH = ("auto", "on", "off")
_LOAD_MODES = ("auto", "none", "mmap", "mlock", "mmap_mlock")
_POOLINGS = ("none", "mean", "cls", "last")
_KINDS: Mapping[object, type] = {int: int, bool: bool, str: str, Mapping[str, Any]: dict}
_RANGES = {
    "gpu_layers": (-1, 1_000),
    "context_total": (0, 16_777_216),
    "slots": (1, 256),
    "threads": (0, 1_024),
    "batch": (1, 16_384),
    "ubatch": (1, 16_384),
    "cache_ram_mib": (0, 65_536),
}
# Attributes that let a request read files, reach the network or take over the worker's socket.
_FORBIDDEN_EXPERT = (
    "api_keys", "api_prefix", "cors", "endpoint_props", "hf_token", "hostnames", "logits",
    "lora_adapters", "mcp_", "media_path", "mmproj", "model", "path_", "port", "public_path",
    "reuse_port", "server_", "slot_save_path", "ssl_", "ui", "video_", "control_vector",
    "out_file", "prompt_file", "in_files", "context_files", "image", "tts_",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineOptions:
    """What the user may set for one model. 0 or -1 in a number means "decide for me".

    `context_total` counts tokens over all slots; one request gets `context_total / slots`.
    `expert` holds further engine attributes by name; the engine refuses unknown ones.
    """

    gpu_layers: int = -1
    context_total: int = 0
    slots: int = LOCAL_SLOTS
    threads: int = 0
    batch: int = 256
    ubatch: int = 256
    flash_attn: str = "auto"
    kv_type: str = "f16"
    load_mode: str = "auto"
    cache_ram_mib: int = 0
    embedding: bool = False
    pooling: str = "mean"
    chat_template: str = ""
    expert: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, (low, high) in _RANGES.items():
            value = getattr(self, name)
            if type(value) is not int or not low <= value <= high:
                raise bad_option(name, f"must be a whole number from {low} to {high}")
        _one_of("flash_attn", self.flash_attn, _SWITCH)
        _one_of("kv_type", self.kv_type, KV_TYPES)
        _one_of("load_mode", self.load_mode, _LOAD_MODES)
        _one_of("pooling", self.pooling, _POOLINGS)
        if len(self.chat_template.encode()) > MAX_TEMPLATE_BYTES:
            raise bad_option("chat_template", "must be a text of at most 64 KiB")
        for name in self.expert:
            if name.startswith(_FORBIDDEN_EXPERT):
                raise bad_option(name, "is reserved for the app")

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """Raises EngineError (`engine.bad_option`) for an unknown name or a value out of range."""
        kinds = {item.name: _KINDS[item.type] for item in fields(cls)}
        for name, value in values.items():
            if name not in kinds:
                raise bad_option(str(name), "is not known")
            if type(value) is not kinds[name]:
                raise bad_option(name, "has a value of the wrong kind")
        return cls(**values)

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "expert": dict(self.expert)}


def resolve(options: EngineOptions, model: GgufInfo, hardware: Hardware) -> EngineOptions:
    """Replace "decide for me" by figures for this model on this machine."""
    context = options.context_total
    if context == 0:
        trained = model.context_length or DEFAULT_SLOT_CONTEXT
        context = options.slots * min(DEFAULT_SLOT_CONTEXT, trained)
    return replace(
        options,
        context_total=context,
        threads=options.threads or default_threads(hardware),
        cache_ram_mib=options.cache_ram_mib or default_prompt_cache_mib(hardware),
    )


def default_threads(hardware: Hardware) -> int:
    """One core less than there are: a spinning thread that loses its core stops all the others."""
    return max(1, hardware.usable_cores - 1)


def default_prompt_cache_mib(hardware: Hardware) -> int:
    """512 MiB or 5 % of the memory; the engine's own default of 8 GiB eats memory unseen."""
    return max(16, min(512, hardware.ram_total // 20 // MIB))


def bad_option(name: str, reason: str) -> EngineError:
    return EngineError(
        f"The setting “{name}” {reason}.",
        code="engine.bad_option",
        hint="Reset the settings of this model.",
    )


def _one_of(name: str, value: object, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise bad_option(name, f"must be one of {', '.join(allowed)}")
