"""Counts the work of every step in calls: the same on every machine, unlike seconds."""

import sys

from production_testers.simulation.tasks import Actor

STEPS_MAX = 50_000
"""Steps of one execution whose calls are counted: counting is slow."""


class WorkCounter:
    """Counts Python and C calls step by step; see `exploring_loop.Watch`."""

    def __init__(self) -> None:
        self._calls = 0
        self._counts: list[tuple[str, int, int]] = []

    def begin(self) -> None:
        """Count from here."""
        self._calls = 0
        if len(self._counts) < STEPS_MAX:
            sys.setprofile(self._called)

    def end(self, actor: Actor | None) -> None:
        """The step has ended."""
        if len(self._counts) >= STEPS_MAX:
            return
        sys.setprofile(None)
        name, step = ("", 0) if actor is None else (actor.path, actor.steps)
        self._counts.append((name, step, self._calls))

    def _called(self, _frame: object, event: str, _argument: object) -> None:
        if event in {"call", "c_call"}:
            self._calls += 1

    def steps_over(self, limit: int) -> list[tuple[str, int, int]]:
        """Steps that made more than `limit` calls: task, step, calls."""
        return [entry for entry in self._counts if entry[2] > limit]
