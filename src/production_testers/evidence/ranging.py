"""Asks one piece of evidence on many releases, each in its own environment, and ranges it."""

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from production_testers.evidence.defect import Defect
from production_testers.evidence.elsewhere import OTHER_TIMINGS
from production_testers.evidence.pipeline import Workers
from production_testers.evidence.ranges import Answer, Observed, Range, outside_of, range_of
from production_testers.experiments.environments import Sut, prepare
from production_testers.experiments.worker import Worker, WorkerDiedError
from production_testers.model.errors import PtestError, SutUnavailableError

ASK = "production_testers.evidence.elsewhere:ask"

AGAIN = 3
"""How many times as many timings are tried where a release outside of the range is asked again."""

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One piece of evidence, to be asked anywhere.

    Attributes:
        exhibit: What replays it.
        law: The law.
        outcome_class: In which way it is broken.
        timings: How many other timings are tried where it does not show.
        first: Number of the first of them.
    """

    exhibit: Mapping[str, Any]
    law: str
    outcome_class: str
    timings: int = OTHER_TIMINGS
    first: int = 1

    @classmethod
    def of(cls, defect: Defect) -> "Question":
        """What a defect's evidence asks."""
        return cls(exhibit=defect.exhibit, law=defect.law, outcome_class=defect.outcome_class)

    def again(self) -> "Question":
        """The same in more timings, and none of them the same."""
        return replace(self, timings=self.timings * AGAIN, first=self.first + self.timings)

    def as_arguments(self) -> dict[str, Any]:
        """For the job."""
        return {
            "exhibit": dict(self.exhibit),
            "law": self.law,
            "outcome_class": self.outcome_class,
            "timings": self.timings,
            "first": self.first,
        }


def ask(workers: Workers, release: str, question: Question) -> Observed:
    """One question to one release; a death or an error of ours is *unknown*."""
    try:
        told = workers.call(ASK, question.as_arguments())
    except WorkerDiedError as error:
        return Observed(release=release, answer=Answer.UNKNOWN, detail=str(error))
    except PtestError as error:
        first_line = (error.what.splitlines() or [""])[0]
        return Observed(release=release, answer=Answer.UNKNOWN, detail=first_line)
    return Observed.of(release, told)


def ask_everywhere(
    suts: Mapping[str, Sut], question: Question, folders: tuple[Path, ...], tell: Tell
) -> tuple[Observed, ...]:
    """Ask every release, as many at a time as there are processors.

    Args:
        suts: Release or revision → what to install; in order.
        question: The evidence.
        folders: What its stages are imported from.
        tell: Shows progress.
    """

    def one(release: str) -> Observed:
        seen = ask_one(suts[release], release, question, folders)
        tell(f"  {release}: {seen.answer.value.replace('_', ' ')} ({seen.detail})")
        return seen

    with ThreadPoolExecutor(max_workers=os.cpu_count()) as threads:
        return tuple(threads.map(one, suts))


def ask_one(sut: Sut, release: str, question: Question, folders: tuple[Path, ...]) -> Observed:
    """Ask one release in a new process; one that cannot be installed is *unknown*."""
    try:
        environment = prepare(sut)
        with Worker(environment.python, sut.name, folders) as worker:
            return ask(worker, release, question)
    except SutUnavailableError as error:
        return Observed(release=release, answer=Answer.UNKNOWN, detail=error.what)


def find_range(
    defect: Defect, releases: Sequence[str], folders: tuple[Path, ...], tell: Tell
) -> Range:
    """Since when and until when a defect is there, with two releases outside asked again."""
    name = str(defect.sut["name"])
    question = Question.of(defect)
    suts = {release: Sut(name=name, version=release) for release in releases}
    found_on = str(defect.sut["version"])
    observed = ask_everywhere(suts, question, folders, tell)
    found = range_of(observed, found_on)
    again = outside_of(found)
    if not again:
        return found
    tell(f"  asking again outside of the range: {', '.join(again)}")
    retested = ask_everywhere({r: suts[r] for r in again}, question.again(), folders, tell)
    return range_of(observed, found_on, retested)
