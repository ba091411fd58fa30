"""What a fake does when it is called: note it, wait at a gate, fail."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from node.core.errors import NodeError


@dataclass
class Script:
    calls: list[tuple[str, tuple[Any, ...]]] = field(default_factory=list)
    failures: dict[str, list[NodeError]] = field(default_factory=dict)
    gates: dict[str, asyncio.Event] = field(default_factory=dict)

    async def enter(self, name: str, *arguments: Any) -> None:
        """Called first by every method of a fake."""
        self.calls.append((name, arguments))
        gate = self.gates.get(name)
        if gate is not None:
            await gate.wait()
        failures = self.failures.get(name)
        if failures:
            raise failures.pop(0)
