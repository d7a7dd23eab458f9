"""Every choice of a schedule, made by meaning and recorded.

A choice is named by what it decides (`run/stage/nth` takes how long, which hash a task has), not
by its position in a tape: removing one part of a scenario leaves the other choices as they were,
and the same names exist on another release of the code under test.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from production_testers.model import seeds


@dataclass(slots=True)
class Choices:
    """The choices of one schedule.

    Attributes:
        seed: Where choices that are not fixed come from.
        low: The smallest latency factor.
        high: The largest latency factor.
        fixed: Factors stated by name; `*` stands for every name that is not there.
        taken: Every factor that was asked for, by name.
    """

    seed: int
    low: float = 1.0
    high: float = 1.0
    fixed: Mapping[str, float] = field(default_factory=dict)
    taken: dict[str, float] = field(default_factory=dict)

    def factor(self, name: str) -> float:
        """How many times longer than asked for the named piece of work takes."""
        chosen = self.taken.get(name)
        if chosen is None:
            chosen = self.fixed.get(name, self.fixed.get("*"))
            if chosen is None:
                spread = seeds.fraction(self.seed, "latency", name)
                chosen = round(self.low + (self.high - self.low) * spread, 3)
            self.taken[name] = chosen
        return chosen

    def task_hash(self, path: str) -> int:
        """The hash of the task at `path`: decides where it stands in sets of tasks."""
        return seeds.derive(self.seed, "task", path) >> 3
