"""Explores a run folder's scenarios in workers and adds up what they showed.

The plan is counted in schedules: schedule i of a kind is drawn from H(seed, kind, i), so a
smaller plan is a prefix of a larger one, and the order in which batches come back changes nothing.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Self

from production_testers.experiments.worker import Worker, WorkerDiedError
from production_testers.model.canonical import digest
from production_testers.model.scenario import Kind
from production_testers.simulation import Power

EXPLORE = "production_testers.experiments.jobs:explore"
BATCH = 25
"""Schedules a forked child executes: what they leave in memory ends with it."""

CANDIDATES_PER_CLASS = 4
"""How many schedules that break one law in one way are kept for a kind."""


@dataclass(slots=True)
class KindReport:
    """What exploring one kind showed.

    Attributes:
        kind: Which of the five.
        planned: Schedules that the plan asked for.
        schedules: Schedules that were executed.
        steps: Callbacks that ran in them.
        left_out: Schedules that need something the release does not offer.
        not_offered: What that was → how often.
        judged: Law → state → number of schedules.
        exercised: Law → number of things judged.
        crashes: Law that failed itself → the first time that it did: an error of ours.
        broken: (law, outcome class) → number of schedules.
        interleavings: Digests of the distinct histories.
        candidates: The first schedules that broke each law in each way.
        strategies: Name → schedules that followed it.
        tasks: The most tasks that one schedule had.
        choices: The most points at which a strategy could choose the next task.
        faults_planned: How many things the executed schedules let go wrong.
        faults_fired: Kind of fault → how often it happened.
        lost: Schedules whose worker died.
    """

    kind: Kind
    planned: int
    schedules: int = 0
    steps: int = 0
    left_out: int = 0
    lost: int = 0
    not_offered: Counter[str] = field(default_factory=Counter)
    judged: dict[str, Counter[str]] = field(default_factory=dict)
    exercised: Counter[str] = field(default_factory=Counter)
    crashes: dict[str, str] = field(default_factory=dict)
    broken: Counter[tuple[str, str]] = field(default_factory=Counter)
    interleavings: set[str] = field(default_factory=set)
    strategies: Counter[str] = field(default_factory=Counter)
    tasks: int = 0
    choices: int = 0
    faults_planned: int = 0
    faults_fired: Counter[str] = field(default_factory=Counter)
    candidates: list[dict[str, Any]] = field(default_factory=list)

    def add(self, batch: Mapping[str, Any]) -> None:
        """Add what one batch showed; batches come in the order of their schedules."""
        self.schedules += batch["schedules"]
        self.steps += batch["steps"]
        self.left_out += batch["left_out"]
        self.not_offered.update(batch["not_offered"])
        self.exercised.update(batch["exercised"])
        self.interleavings.update(batch["interleavings"])
        self.strategies.update(batch["strategies"])
        self.tasks = max(self.tasks, batch["tasks"])
        self.choices = max(self.choices, batch["choices"])
        self.faults_planned += batch["faults_planned"]
        self.faults_fired.update(batch["faults_fired"])
        for law, states in batch["judged"].items():
            self.judged.setdefault(law, Counter()).update(states)
        for law, told in batch["crashes"].items():
            self.crashes.setdefault(law, told)
        for law, outcome_class, count in batch["broken"]:
            self.broken[law, outcome_class] += count
        kept = Counter((c["law"], c["verdict"]["outcome_class"]) for c in self.candidates)
        for candidate in batch["candidates"]:
            key = (candidate["law"], candidate["verdict"]["outcome_class"])
            if kept[key] < CANDIDATES_PER_CLASS:
                kept[key] += 1
                self.candidates.append({**candidate, "kind": self.kind.value})

    def state_of(self, law: str) -> str:
        """broken, holds or unknown over all schedules of the kind.

        Unknown, too, where it was not kept and another law's break is the reason, or where the law
        itself failed: it did not hold; and where things were to go wrong, and nothing did.
        """
        states = self.judged.get(law, Counter())
        if states["broken"]:
            return "broken"
        if states["explained"] or states["crashed"] or self.why_inconclusive:
            return "unknown"
        return "holds" if states["holds"] else "unknown"

    @property
    def why_inconclusive(self) -> str:
        """Why a chaos run shows nothing: none of its faults happened. Empty where one did."""
        if self.kind is not Kind.CHAOS or not self.schedules or self.faults_fired.total():
            return ""
        return (
            f"none of the {self.faults_planned} planned faults happened in {self.schedules}"
            " schedules"
        )

    @property
    def power(self) -> Power:
        """How hard it was looked for, with the largest schedule for the bound."""
        return Power(
            schedules=self.schedules,
            strategies=dict(self.strategies),
            interleavings=len(self.interleavings),
            tasks=self.tasks,
            choices=self.choices,
        )

    @property
    def truncated(self) -> bool:
        """Whether part of the plan was not executed."""
        return self.schedules + self.left_out < self.planned

    def handed_on(self) -> dict[str, Any]:
        """What a lab needs of it to answer as if it had explored itself."""
        return {
            "planned": self.planned,
            "schedules": self.schedules,
            "left_out": self.left_out,
            "not_offered": dict(self.not_offered),
            "judged": {law: dict(states) for law, states in self.judged.items()},
            "exercised": dict(self.exercised),
            "crashes": dict(self.crashes),
            "faults_planned": self.faults_planned,
            "faults_fired": dict(self.faults_fired),
            "candidates": [
                {"law": one["law"], "index": one["index"], "verdict": one["verdict"]}
                for one in self.candidates
            ],
        }

    @classmethod
    def taken_over(cls, kind: Kind, told: Mapping[str, Any]) -> Self:
        """Read what `handed_on` gave."""
        return cls(
            kind=kind,
            planned=told["planned"],
            schedules=told["schedules"],
            left_out=told["left_out"],
            not_offered=Counter(told["not_offered"]),
            judged={law: Counter(states) for law, states in told["judged"].items()},
            exercised=Counter(told["exercised"]),
            crashes=dict(told["crashes"]),
            faults_planned=told["faults_planned"],
            faults_fired=Counter(told["faults_fired"]),
            candidates=list(told["candidates"]),
        )

    def as_json(self) -> dict[str, Any]:
        """The report as it stands in `results/exploration.json`."""
        return {
            "kind": self.kind.value,
            "planned": self.planned,
            "schedules": self.schedules,
            "steps": self.steps,
            "left_out": self.left_out,
            "lost": self.lost,
            "not_offered": dict(sorted(self.not_offered.items())),
            "laws": {
                law: {"exercised": self.exercised[law], **dict(sorted(states.items()))}
                for law, states in sorted(self.judged.items())
            },
            **({"crashes": dict(sorted(self.crashes.items()))} if self.crashes else {}),
            "broken": [[law, name, count] for (law, name), count in sorted(self.broken.items())],
            "faults_planned": self.faults_planned,
            "faults_fired": dict(sorted(self.faults_fired.items())),
            "why_inconclusive": self.why_inconclusive,
            "distinct_interleavings": len(self.interleavings),
            "digest": digest(sorted(self.interleavings)),
            "power": self.power.as_json(),
        }


def explore(
    workers: "WorkerPool",
    plan: Mapping[Kind, int],
    seed: int,
    *,
    on_schedules: Callable[[int], None] = lambda _count: None,
    stop: Callable[[], bool] = lambda: False,
) -> dict[Kind, KindReport]:
    """Execute a plan.

    Args:
        workers: Where the schedules run.
        plan: Kind → number of schedules.
        seed: The run's seed.
        on_schedules: Told how many schedules have just been executed.
        stop: Asked before every batch; True leaves the rest of the plan out.
    """
    reports = {kind: KindReport(kind=kind, planned=count) for kind, count in plan.items()}
    batches = [
        (kind, start, min(BATCH, count - start))
        for start in range(0, max(plan.values(), default=0), BATCH)
        for kind, count in plan.items()
        if start < count
    ]

    def execute(batch: tuple[Kind, int, int]) -> dict[str, Any] | None:
        kind, start, count = batch
        if stop():
            return None
        arguments = {"kind": kind.value, "seed": seed, "start": start, "count": count}
        try:
            result: dict[str, Any] = workers.call(EXPLORE, arguments)
        except WorkerDiedError:
            return {"lost": count}
        on_schedules(result["schedules"])
        return result

    with ThreadPoolExecutor(workers.size) as threads:
        for (kind, _, _), result in zip(batches, threads.map(execute, batches), strict=True):
            if result is not None and "lost" in result:
                reports[kind].lost += result["lost"]
            elif result is not None:
                reports[kind].add(result)
    return reports


class WorkerPool:
    """A few equal workers; a context manager. A worker that dies is replaced.

    Args:
        python: Interpreter of the system under test's environment.
        sut: The adapter's name.
        paths: Folders that jobs import from.
        size: How many workers.
    """

    def __init__(self, python: Path, sut: str, paths: tuple[Path, ...] = (), size: int = 2) -> None:
        self.size = size
        self._arguments = (python, sut, paths)
        self._free: SimpleQueue[Worker] = SimpleQueue()
        first = Worker(*self._arguments)
        self.sut = first.sut
        self._all = [first]
        self._free.put(first)
        for _ in range(size - 1):
            another = Worker(*self._arguments)
            self._all.append(another)
            self._free.put(another)

    @property
    def paths(self) -> tuple[Path, ...]:
        """Folders that jobs import from."""
        return self._arguments[2]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        for worker in self._all:
            worker.close()

    def call(self, job: str, arguments: dict[str, Any], timeout_s: float = 300.0) -> Any:
        """Have a job done by whichever worker is free.

        Raises:
            WorkerDiedError: The worker died; another one takes its place.
            PtestError: The job raised.
        """
        worker = self._free.get()
        try:
            return worker.call(job, arguments, timeout_s=timeout_s)
        except WorkerDiedError:
            worker.close()
            worker = Worker(*self._arguments)
            self._all.append(worker)
            raise
        finally:
            self._free.put(worker)
