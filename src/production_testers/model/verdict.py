"""What a law says about an observation: it holds, it is broken, or nobody can tell."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from production_testers.model.canonical import Json


class State(StrEnum):
    """The three values of a verdict."""

    HOLDS = "holds"
    BROKEN = "broken"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One law's word on one observation.

    Attributes:
        state: Holds, broken or unknown.
        outcome_class: For broken: which way, one of the classes that the law declares.
        summary: One sentence, with the values seen.
        events: Sequence numbers of the events that show it.
        run: For broken: the run concerned, where it is one.
        stage: For broken: the stage concerned, where the law can tell.
        exercised: How many times the law had something to judge.
        explained: Whether it was broken, and the break of another law is the reason.
        crashed: Whether the law itself failed: an error of ours, told as such and no finding.
        also: For broken: the other ways in which it is broken in the same observation.
    """

    state: State
    outcome_class: str = ""
    summary: str = ""
    events: tuple[int, ...] = ()
    run: str = ""
    stage: str = ""
    exercised: int = 0
    explained: bool = False
    crashed: bool = False
    also: tuple["Verdict", ...] = ()

    def ways(self) -> "tuple[Verdict, ...]":
        """For broken: itself and every other way in which the law is broken."""
        return (self, *self.also) if self.state is State.BROKEN else ()

    def way(self, outcome_class: str) -> "Verdict | None":
        """For broken in this way: the verdict that says so."""
        return next((way for way in self.ways() if way.outcome_class == outcome_class), None)

    def as_json(self) -> dict[str, Json]:
        """The verdict as it stands in a file or crosses a pipe."""
        return {
            "state": self.state.value,
            "outcome_class": self.outcome_class,
            "summary": self.summary,
            "events": list(self.events),
            "run": self.run,
            "exercised": self.exercised,
            **({"stage": self.stage} if self.stage else {}),
            **({"crashed": True} if self.crashed else {}),
            **({"also": [way.as_json() for way in self.also]} if self.also else {}),
        }


def told_of(verdict: Mapping[str, Any], outcome_class: str) -> Mapping[str, Any] | None:
    """In a verdict as JSON, broken in this way: the part that says so. As `Verdict.way`."""
    ways = (verdict, *verdict.get("also", ()))
    broken = (way for way in ways if way["state"] == State.BROKEN.value)
    return next((way for way in broken if way["outcome_class"] == outcome_class), None)
