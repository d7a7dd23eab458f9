"""In which order ready tasks take their steps, where asyncio's own order is not kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A task is held before one of its steps, while others go on.

    Attributes:
        task: Spawn path.
        step: Before which of its steps, counted from 1.
        others: Until so many steps of others have run; None for until nothing else can run.
    """

    task: str
    step: int
    others: int | None = None

    def in_words(self) -> str:
        """One sentence for somebody who knows the program."""
        until = "nothing else can run"
        if self.others is not None:
            until = f"{self.others} step{'s' if self.others != 1 else ''} of others have run"
        return f"Hold task {self.task} before its step {self.step} until {until}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A strategy that decides which ready task goes next.

    Attributes:
        strategy: Its name; see `simulation.strategies.PICKERS`.
        seed: Where its choices come from.
        options: Numbers by name, such as PCT's depth.
        weights: Task → steps expected of it, for strategies that weigh.
    """

    strategy: str
    seed: int
    options: Mapping[str, float] = field(default_factory=dict)
    weights: Mapping[str, int] = field(default_factory=dict)
