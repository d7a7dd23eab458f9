"""Asks one piece of evidence on many releases, each in its own environment, and ranges it."""

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

from production_testers.evidence import loads
from production_testers.evidence.defect import Defect
from production_testers.evidence.ranges import (
    OTHER_TIMINGS,
    Answer,
    Observed,
    Range,
    outside_of,
    range_of,
)
from production_testers.experiments.environments import Sut, prepare
from production_testers.experiments.worker import Worker, WorkerDiedError, Workers
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
        if loads.is_load(question.exhibit):
            told = loads.asked(workers, question.exhibit, question.law, question.outcome_class)
        else:
            told = workers.call(ASK, question.as_arguments())
    except WorkerDiedError as error:
        return Observed(release=release, answer=Answer.UNKNOWN, detail=str(error))
    except PtestError as error:
        first_line = (error.what.splitlines() or [""])[0]
        return Observed(release=release, answer=Answer.UNKNOWN, detail=first_line)
    return Observed.of(release, told)


class Releases:
    """Releases of one system under test, each with a worker of its own; a context manager.

    A worker starts when its release is asked first and stays: most questions take less time than
    to start one.

    Args:
        suts: Release → what to install; oldest first.
        folders: What the stages of evidence are imported from.
        absent: Releases that are not asked, with the reason; they are *unknown*.
        timeout_s: How long a release may take for one question, seconds.
    """

    def __init__(
        self,
        suts: Mapping[str, Sut],
        folders: tuple[Path, ...],
        *,
        absent: Mapping[str, str] | None = None,
        timeout_s: float = 300.0,
    ) -> None:
        self._suts, self._folders = suts, folders
        self._absent = absent or {}
        self._timeout_s = timeout_s
        self._workers: dict[str, Worker] = {}

    @classmethod
    def of(cls, sut: str, releases: Sequence[str], folders: tuple[Path, ...]) -> Self:
        """Releases by their versions."""
        return cls({release: Sut(name=sut, version=release) for release in releases}, folders)

    @property
    def names(self) -> tuple[str, ...]:
        """Oldest first."""
        return tuple(self._suts)

    def ask(self, release: str, question: Question) -> Observed:
        """Ask one release; one that cannot be installed is *unknown*."""
        if release in self._absent:
            why = self._absent[release]
            return Observed(release=release, answer=Answer.UNKNOWN, detail=why)
        try:
            return ask(self._worker(release), release, question)
        except SutUnavailableError as error:
            return Observed(release=release, answer=Answer.UNKNOWN, detail=error.what)

    def _worker(self, release: str) -> Worker:
        worker = self._workers.get(release)
        if worker is None or worker.ended:
            python = prepare(self._suts[release]).python
            worker = Worker(
                python, self._suts[release].name, self._folders, timeout_s=self._timeout_s
            )
            self._workers[release] = worker
        return worker

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        for worker in self._workers.values():
            worker.close()


def ask_one(sut: Sut, release: str, question: Question, folders: tuple[Path, ...]) -> Observed:
    """Ask one release in a new process; one that cannot be installed is *unknown*."""
    with Releases({release: sut}, folders) as alone:
        return alone.ask(release, question)


def find_range(
    defect: Defect, releases: Releases, tell: Tell, *, stop: Callable[[], bool] = lambda: False
) -> Range | None:
    """Since when and until when a defect is there, with two releases outside asked again.

    Args:
        defect: With the evidence to ask.
        releases: All of them are asked, as many at a time as there are processors.
        tell: Shows progress.
        stop: Asked before every question; where it says so, no more are put.

    Returns:
        None where it was stopped: half the answers say nothing.
    """
    question, found_on = Question.of(defect), str(defect.sut["version"])

    def asked(names: Sequence[str], question: Question) -> list[Observed]:
        def one(release: str) -> Observed | None:
            if stop():
                return None
            seen = releases.ask(release, question)
            tell(f"  {release}: {seen.answer.value.replace('_', ' ')} ({seen.detail})")
            return seen

        together = 1 if loads.is_load(defect.exhibit) else os.cpu_count()  # loads want it quiet
        with ThreadPoolExecutor(max_workers=together) as threads:
            return [seen for seen in threads.map(one, names) if seen is not None]

    observed = asked(releases.names, question)
    if len(observed) < len(releases.names):
        return None
    found = range_of(observed, found_on)
    again = outside_of(found)
    if not again:
        return found
    tell(f"  asking again outside of the range: {', '.join(again)}")
    retested = asked(again, question.again())
    return range_of(observed, found_on, retested) if len(retested) == len(again) else None
