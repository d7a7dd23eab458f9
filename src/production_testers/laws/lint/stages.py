"""What is wrong with stages that are stated."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Stated:
    """Stages, and what they are behind.

    Attributes:
        after: Stage → what it is behind.
        missing: Stages that are behind one that is not there.
        loops: Stages that are, in the end, behind themselves.
        alone: Stages that are behind none, with none behind them, where there are others.
    """

    after: Mapping[str, Sequence[str]]
    missing: frozenset[str]
    loops: frozenset[str]
    alone: frozenset[str]

    @classmethod
    def of(cls, stages: Sequence[Mapping[str, Any]]) -> "Stated":
        """From the arguments of a call."""
        after = {str(one["name"]): list(one["after"]) for one in stages}
        behind = {name for names in after.values() for name in names}
        idle = {name for name, names in after.items() if not names and name not in behind}
        return cls(
            after=after,
            missing=frozenset(name for name, names in after.items() if set(names) - set(after)),
            loops=frozenset(name for name in after if name in _behind(name, after)),
            alone=frozenset(idle if len(after) > 1 else ()),
        )

    @property
    def faulty(self) -> frozenset[str]:
        """Stages that cannot be executed."""
        return self.missing | self.loops

    def are_named(self, named: set[str]) -> bool:
        """Whether each that misses one is among them, and one of those in loops."""
        return self.missing <= named and (not self.loops or bool(self.loops & named))


def _behind(name: str, after: Mapping[str, Sequence[str]]) -> set[str]:
    """Everything that a stage waits for in the end."""
    found: set[str] = set()
    open_ends = list(after[name])
    while open_ends:
        one = open_ends.pop()
        if one not in found:
            found.add(one)
            open_ends += after.get(one, [])
    return found
