"""The calls of a target's usage: alone or side by side, and what was done in them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from production_testers.laws.usage import CallLine, WorkLine, calls_of
from production_testers.model.canonical import Json
from production_testers.model.history import Event, EventKind
from production_testers.model.observation import Observation
from production_testers.model.target import TOLD_TEXT, Target
from production_testers.units.target import target_of

WRONG = frozenset({EventKind.FAULT_FIRED})


@dataclass(frozen=True, slots=True)
class Request:
    """One request.

    Attributes:
        line: Its call.
        record: Which of the target's requests.
        alone: It was made before any other client began.
    """

    line: CallLine
    record: int
    alone: bool

    @property
    def key(self) -> str:
        """The call's key."""
        return self.line.key

    @property
    def undisturbed(self) -> bool:
        """Whether nothing went wrong in it by the scenario's will, and its caller waited."""
        return self.line.given_up is None and not any(e.kind in WRONG for e in self.line.events)

    @property
    def answer(self) -> dict[str, Json]:
        """Path → digest of what it answered; empty when it did not, or the answer is too large."""
        value = self.line.value
        return dict(value) if isinstance(value, dict) and "size" not in value else {}

    @property
    def odd(self) -> str:
        """Which member of it holds a text that is not its record's own; empty for none."""
        odd: Any = self.line.call.arguments.get("odd")
        return str(odd["member"]) if odd else ""

    def texts(self) -> dict[str, Json]:
        """Member that may hold any text → digest of what it held."""
        return {str(e.value["member"]): e.value["digest"] for e in self.emitted("text")}

    def emitted(self, name: str) -> Iterator[Event]:
        """Notes of one name."""
        for event in self.line.events:
            if event.kind is EventKind.EMITTED and event.value.get("name") == name:
                yield event

    def stage_at(self, event: Event, stages: frozenset[str]) -> str:
        """The stage of the target in which something happened.

        As it was noted, or that in which the service was asked; else the last that had begun.
        """
        told = event.stage
        if "." in told:  # of a service
            before = [e for e in self.emitted("asks") if e.seq < event.seq]
            asks = [e.stage for e in before if e.value["operation"] == told]
            told = asks[-1] if asks else ""
        if told in stages:
            return told
        begun = [w for w in self.line.works if w.label in stages and w.started.seq < event.seq]
        going = [w for w in begun if w.ended is None or w.ended.seq > event.seq]
        return (going or begun or [WorkLine("", 0, event)])[-1].label


def requests_of(observation: Observation) -> tuple[Target, list[Request]]:
    """The application, and every request that was made of it."""
    usage = observation.scenario.usage
    assert usage is not None, "the law is about a unit"
    lines = [line for line in calls_of(observation) if line.started is not None]
    return target_of(usage), [
        Request(line, _record_of(line), line.call.client == usage.first) for line in lines
    ]


def effects_of(requests: Iterable[Request]) -> Iterator[tuple[Request, Event]]:
    """Every effect in the world, in order; a service ignores a call whose key it has seen."""
    found = [(one, event) for one in requests for event in one.emitted("effect")]
    seen = set()
    for request, event in sorted(found, key=lambda pair: pair[1].seq):
        key = event.value.get("key") and (event.value["operation"], event.value["key"])
        if not key or key not in seen:
            yield request, event
        seen.add(key)


def told_otherwise(request: Request, alone: Iterable[Request]) -> bool:
    """Whether a service told a request something else than it did alone, asked the same.

    A text that changed between those made alone, too, is an id or a time; a number that did may be
    what is left of something.
    """
    known: dict[tuple[Json, Json], list[Mapping[str, Json]]] = {}
    for one in alone:
        for question, answer in _told(one):
            known.setdefault(question, []).append(answer)
    return any(
        question in known and not _like(answer, known[question])
        for question, answer in _told(request)
    )


def _told(request: Request) -> Iterator[tuple[tuple[Json, Json], Mapping[str, Json]]]:
    for event in request.emitted("told"):
        answer: Any = event.value["answer"]
        yield (event.value["operation"], event.value["asked"]), answer


def _like(answer: Mapping[str, Json], known: Sequence[Mapping[str, Json]]) -> bool:
    """Whether every member is one of those known, or a text that is another one every time."""
    for path in answer.keys() | known[0].keys():
        before = [one.get(path) for one in known]
        changes = len(set(before)) > 1 and all(str(one).startswith(TOLD_TEXT) for one in before)
        if answer.get(path) not in before and not changes:
            return False
    return True


def _record_of(line: CallLine) -> int:
    number: Any = line.call.arguments["record"]
    return int(number)


def where(target: Target, stage: str) -> str:
    """A stage with its file and line, for a sentence."""
    place = target.stages.get(stage)
    return f"stage {stage} ({place})" if place else f"stage {stage}" if stage else "the application"
