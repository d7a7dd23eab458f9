"""How hard it was looked for: what a search that found nothing means."""

from collections.abc import Mapping
from dataclasses import dataclass

from production_testers.model.canonical import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Power:
    """The detection power of a search.

    Attributes:
        schedules: Executions.
        strategies: Name → how many of them.
        interleavings: Distinct orders of steps among them.
        tasks: Tasks of the program, in asyncio's own order.
        choices: Points at which more than one task could go next, likewise.
        exhausted: Every order of ready tasks was executed, none left out.
        inconclusive: Executions that asked for something real and show nothing.
    """

    schedules: int
    strategies: Mapping[str, int]
    interleavings: int
    tasks: int
    choices: int
    exhausted: bool = False
    inconclusive: int = 0

    def bound(self, depth: int) -> float:
        """The probability with which PCT's runs of this depth find a defect of this depth.

        One run finds it with at least 1 / (n k^(depth-1)), for n tasks and k choices (Burckhardt
        et al., ASPLOS 2010); independent runs add up. Runs of other strategies are not counted.
        """
        runs = self.strategies.get(f"pct{depth}", 0)
        if not runs or not self.tasks:
            return 0.0
        one = 1.0 / (self.tasks * float(max(1, self.choices)) ** (depth - 1))
        return float(1 - (1 - one) ** runs)

    def bounds_in_words(self) -> str:
        """PCT's bounds for depths 1, 2 and 3."""
        first, second, third = (_percent(self.bound(depth)) for depth in (1, 2, 3))
        return f"{first}, {second} and {third}"

    def in_words(self) -> tuple[str, ...]:
        """What was done, and what that says."""
        named = ", ".join(f"{name} {count}" for name, count in sorted(self.strategies.items()))
        lines = [
            f"{_counted(self.schedules, 'schedule')} ({named}),"
            f" {_counted(self.interleavings, 'distinct interleaving')} of"
            f" {_counted(self.tasks, 'task')} with {_counted(self.choices, 'point')} of choice."
        ]
        if self.exhausted:
            lines.append(
                "Every order of ready tasks was executed, with nothing late and nothing going"
                " wrong: there is no other one."
            )
        elif not self.choices:
            lines.append("Never two tasks were ready at once: there is no order to choose.")
        elif not any(self.bound(depth) for depth in (1, 2, 3)):
            lines.append("PCT did not run: no bound is known for orders of ready tasks.")
        else:
            lines.append(
                "A defect that needs 1, 2 or 3 ordering constraints would have been found by PCT"
                f" alone with a probability of at least {self.bounds_in_words()} (if the orders"
                " that show it are possible under its model); one that needs more, or other inputs,"
                " may be there."
            )
        if self.inconclusive:
            executions = _counted(self.inconclusive, "execution")
            lines.append(f"Of these, {executions} asked for something real and showed nothing.")
        return tuple(lines)

    def as_json(self) -> dict[str, Json]:
        """The figures as a JSON object."""
        return {
            "schedules": self.schedules,
            "strategies": dict(sorted(self.strategies.items())),
            "distinct_interleavings": self.interleavings,
            "tasks": self.tasks,
            "choices": self.choices,
            "exhausted": self.exhausted,
            "inconclusive": self.inconclusive,
            "pct_bounds": [round(self.bound(depth), 6) for depth in (1, 2, 3)],
        }


def _counted(number: int, name: str) -> str:
    return f"{number:,} {name}{'s' if number != 1 else ''}"


def _percent(value: float) -> str:
    if 0 < value < 0.0001:
        return "under 0.01 %"
    return f"{value * 100:.2f} %"
