"""How long each piece of work in a scenario takes, by name, and what was asked for."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from production_testers.model import seeds


@dataclass(slots=True)
class Factors:
    """The latency factors of one execution.

    A factor is named by what it decides (`run/stage/nth` takes so long), not by its position in a
    tape: removing one part of a scenario leaves the other factors as they were, and the same
    names exist on another release of the code under test.

    Attributes:
        seed: Where factors that are not fixed come from.
        low: The smallest factor.
        high: The largest factor.
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
