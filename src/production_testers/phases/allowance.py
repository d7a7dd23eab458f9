"""How long a part of a run may take, and what to say of what it did not get to."""

from collections.abc import Callable
from dataclasses import dataclass, field

from production_testers.workspace.clock import stopwatch

FINDING_SECONDS_MAX = 300.0
"""How long minimising, reproducing, attributing and verifying may take in a run, in all."""


@dataclass(slots=True)
class Allowance:
    """Seconds that may be spent, and why no more of them.

    Attributes:
        seconds: From now on.
        why: Said of what is not reached.
        elapsed: Seconds since now.
    """

    seconds: float
    why: str
    elapsed: Callable[[], float] = field(default_factory=stopwatch)

    def is_spent(self) -> bool:
        """Whether the next piece of work is not begun."""
        return self.elapsed() >= self.seconds


def for_findings(budget_s: float | None) -> Allowance:
    """Of the gates: as long as exploring may take, and never longer than the most.

    Args:
        budget_s: The user's ceiling for exploring, seconds; None for none.
    """
    if budget_s is not None and budget_s < FINDING_SECONDS_MAX:
        return Allowance(budget_s, f"the allowance for findings, {budget_s:g} s, was used up")
    most = f"{FINDING_SECONDS_MAX:.0f} s"
    return Allowance(FINDING_SECONDS_MAX, f"the allowance for findings, {most}, was used up")
