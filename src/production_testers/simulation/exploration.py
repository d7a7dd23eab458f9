"""Explores the schedules of a program, and keeps what fails and how hard it was looked for."""

import asyncio
import inspect
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from typing import Any

from production_testers.model.canonical import Json
from production_testers.model.errors import UsageError
from production_testers.model.ordering import Order
from production_testers.simulation import patches
from production_testers.simulation.execution import (
    DETECTORS,
    Detector,
    Execution,
    Limits,
    Problem,
    Profile,
    Program,
    execute,
)
from production_testers.simulation.isolation import ChildDiedError, in_a_child
from production_testers.simulation.latencies import DISTRIBUTIONS, WAKERS
from production_testers.simulation.portfolio import (
    EXHAUSTIVE,
    FIFO,
    Faults,
    Planned,
    everywhere,
    planned,
    turns_of,
)
from production_testers.simulation.power import Power
from production_testers.simulation.schedule import Model, Schedule, in_words
from production_testers.simulation.shrinking import STEP_BUDGET, shrink_with
from production_testers.simulation.strategies import PICKERS

BATCH = 50
"""Schedules that one child executes."""

FAILURES_MAX = 10
"""Different failures that are kept; further ones are counted."""

CONFIRMATIONS = 2
"""Children of their own in which a failure must show again, with the same history."""

UNSTABLE = (
    "It depends on something that a simulation does not control, such as what earlier schedules"
    " left in a module or a fixture, or the order of a set."
)

FEASIBLE_TRIES = 60
"""Strict schedules in which a failure of the reordering model is looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How executions are made; see `explore`."""

    detect: frozenset[Detector] = DETECTORS
    limits: Limits = field(default_factory=Limits)
    faults: Faults | None = None

    def __post_init__(self) -> None:
        _check_type("limits", self.limits, Limits)
        if self.faults is not None:
            _check_type("faults", self.faults, Faults)

    def run(self, program: Program, schedule: Schedule, *, count_work: bool = False) -> Execution:
        """One execution."""
        watched = self.faults.ports if self.faults is not None else ()
        return execute(
            program,
            schedule,
            detect=self.detect,
            limits=self.limits,
            watch_ports=watched,
            count_work=count_work,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One way in which a program fails.

    Attributes:
        problem: What is wrong.
        index: The first schedule that showed it; `planned` makes it anew.
        strategy: Its strategy.
        options: What the seed chose for it, in words.
        count: How many schedules showed it.
        schedule: The smallest schedule that shows it.
        model: The model that this schedule needs: strict ones are *feasible*, they can happen on
            a stock loop; others are *latent*.
        digest: Digest of the history under this schedule: a replay has the same.
        tried: Schedules that were executed to make it small.
        stable: Whether it showed again, with the same history, in processes of its own. Where it
            did not, the program depends on something that a simulation does not control.
    """

    problem: Problem
    index: int
    strategy: str
    options: str
    count: int
    schedule: Schedule
    digest: str
    tried: int = 0
    stable: bool = True

    @property
    def model(self) -> Model:
        """The model that the smallest schedule needs."""
        return self.schedule.model

    @property
    def feasible(self) -> bool:
        """Whether it can happen on a stock loop."""
        return self.model is Model.STRICT

    @property
    def directives(self) -> tuple[str, ...]:
        """The smallest schedule in words."""
        return in_words(self.schedule) or ("Nothing unusual: asyncio's own order.",)

    def in_words(self) -> tuple[str, ...]:
        """What fails, and what it takes."""
        kind = "feasible" if self.feasible else "latent: needs ready tasks to change places"
        if not self.stable:
            kind = "UNSTABLE: in a new process it did not show again with the same history"
        found = f"found by {self.strategy} in schedule {self.index} ({self.options})"
        first, *more = self.problem.summary.splitlines()
        return (
            f"{self.problem.detector.value}: {first} [{kind}]",
            *(f"  {line}" for line in self.directives),
            *(f"    {line}" for line in more if line.strip()),
            *(f"    {line}" for line in self.problem.detail[-6:]),
            *(() if self.stable else (f"  {UNSTABLE}",)),
            f"  {found}; shown by {self.count} schedule{'s' if self.count != 1 else ''}",
        )

    def as_json(self) -> dict[str, Json]:
        """The failure as a JSON object; `schedule` is what `replay` takes."""
        return {
            "detector": self.problem.detector.value,
            "summary": self.problem.summary,
            "place": self.problem.place,
            "detail": list(self.problem.detail),
            "feasible": self.feasible,
            "stable": self.stable,
            "index": self.index,
            "strategy": self.strategy,
            "options": self.options,
            "count": self.count,
            "directives": list(self.directives),
            "schedule": self.schedule.as_json(),
            "digest": self.digest,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Exploration:
    """What exploring a program showed.

    Attributes:
        seed: Of the plan.
        failures: Each way in which it fails, in the order in which they were found.
        notes: What detectors saw that do not count, each once.
        power: How hard it was looked for.
        refused: Why nothing can be said: the program asks for something real.
    """

    seed: int
    failures: tuple[Failure, ...]
    notes: tuple[str, ...]
    power: Power
    refused: str = ""

    @property
    def ok(self) -> bool:
        """Whether something was executed and nothing failed."""
        return not self.failures and not self.refused

    def __str__(self) -> str:
        lines: list[str] = []
        if self.refused:
            lines.append(f"Nothing can be said: {self.refused}.")
        if self.failures:
            count = len(self.failures)
            lines.append(f"{count} failure{'s' if count != 1 else ''}, seed {self.seed}:")
            lines += [line for failure in self.failures for line in failure.in_words()]
        elif not self.refused:
            lines.append(f"Nothing found, seed {self.seed}.")
        lines += [f"note: {note}" for note in self.notes]
        words = self.power.in_words()
        lines += words[:1] if self.failures or self.refused else words
        return "\n".join(lines)

    def raise_if_failed(self) -> None:
        """Raise `SimulationFailedError` unless `ok`."""
        if not self.ok:
            raise SimulationFailedError(self)

    def as_json(self) -> dict[str, Json]:
        """The exploration as a JSON object."""
        return {
            "seed": self.seed,
            "failures": [failure.as_json() for failure in self.failures],
            "notes": list(self.notes),
            "power": self.power.as_json(),
            "refused": self.refused,
        }


class SimulationFailedError(AssertionError):
    """A program fails under some schedule, or asks for something real.

    Attributes:
        exploration: Everything that is known.
    """

    def __init__(self, exploration: Exploration) -> None:
        super().__init__(str(exploration))
        self.exploration = exploration


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What one execution comes to, as it leaves its child."""

    planned: Planned
    interleaving: str
    problem: Problem | None
    notes: tuple[str, ...]
    refused: str


def explore(  # noqa: PLR0913 - the options of a search are arguments
    program: Program,
    *,
    schedules: int = 200,
    seed: int = 0,
    model: Model | str | None = None,
    strategies: Sequence[str] | None = None,
    faults: Faults | None = None,
    detect: Iterable[Detector | str] = DETECTORS,
    limits: Limits | None = None,
    isolate: bool = True,
    stop_at_first: bool = False,
    minimise: bool = True,
    on_schedules: Callable[[int], None] = lambda _count: None,
) -> Exploration:
    """Run `program` under many schedules.

    Schedule 0 is asyncio's own order; then strategies take turns. Each different failure is made
    small, shown again in processes of its own, and looked for in the strict model.

    Args:
        program: A coroutine function without arguments; called anew for every schedule. It fails
            when it raises, or when a detector sees something.
        schedules: How many schedules.
        seed: Decides everything else.
        model: "strict" for what can happen on a stock loop only; None for both models.
        strategies: Which strategies take turns; by default the portfolio. `exhaustive` walks
            through every order of ready tasks, as far as `schedules` reaches.
        faults: What may go wrong; by default nothing.
        detect: Which detectors make a failure.
        limits: How far an execution may go.
        isolate: Run batches in forked children, so that what a schedule leaves in memory does
            not reach later batches.
        stop_at_first: End with the first failure.
        minimise: Make failures small.
        on_schedules: Told how many schedules have just been executed.

    Raises:
        UsageError: An argument cannot be used.
    """
    _check_count(schedules)
    if model is not None and model not in tuple(Model):
        raise UsageError(f"model={model!r}: there is none.", do="Write strict or reordering.")
    prepare(program)
    options = Options(detect=detectors(detect), limits=limits or Limits(), faults=faults)
    explorer = _Explorer(program, seed, options, isolate=isolate)
    explorer.profile_it()
    if explorer.endless:  # in asyncio's own order; other orders would only take as long
        return explorer.result(minimise=False)
    names = [strategies] if isinstance(strategies, str) else strategies
    wanted = None if names is None else tuple(names)
    turns = turns_of(explorer.profile, None if model is None else Model(model), wanted)
    if wanted and EXHAUSTIVE in wanted:
        explorer.exhaust(schedules, stop_at_first=stop_at_first, tell=on_schedules)
    else:
        plan = (planned(seed, i, explorer.profile, turns, faults) for i in range(1, schedules))
        explorer.follow(plan, schedules - 1, stop_at_first=stop_at_first, tell=on_schedules)
    return explorer.result(minimise=minimise)


def detectors(names: Iterable[Detector | str]) -> frozenset[Detector]:
    """Detectors by name.

    Raises:
        UsageError: There is none of a name.
    """
    found = set()
    for name in [names] if isinstance(names, str) else names:
        if name not in tuple(Detector):
            known = ", ".join(sorted(Detector))
            raise UsageError(f"detect: there is no detector {name!r}.", do=f"Known: {known}.")
        found.add(Detector(name))
    return frozenset(found)


def cancel_everywhere(
    program: Program,
    *,
    seed: int = 0,
    detect: Iterable[Detector | str] = DETECTORS,
    limits: Limits | None = None,
    isolate: bool = True,
) -> Exploration:
    """Cancel every task but the program's own before each of its steps, one execution for each.

    Twice for each step: as soon as the task waits before it, and when it is about to run. That the
    cancellation reaches the program (`CancelledError`) is no failure.

    Args:
        program: As for `explore`.
        seed: Where the program's randomness comes from.
        detect: As for `explore`.
        limits: Likewise.
        isolate: Likewise.
    """
    prepare(program)
    options = Options(detect=detectors(detect), limits=limits or Limits())
    explorer = _Explorer(program, seed, options, isolate=isolate)
    explorer.profile_it()
    if explorer.endless:
        return explorer.result(minimise=False)
    faults = everywhere(explorer.profile)
    plan = (
        Planned(
            strategy="cancel-everywhere",
            options="asyncio's own order",
            schedule=Schedule(faults=(fault,)),
        )
        for fault in faults
    )
    explorer.follow(plan, len(faults), stop_at_first=False, tell=lambda _count: None)
    return explorer.result(minimise=True)


def replay(
    program: Program,
    schedule: Schedule,
    *,
    detect: Iterable[Detector | str] = DETECTORS,
    limits: Limits | None = None,
) -> Execution:
    """Run `program` once, in this process, under a schedule that is known.

    Args:
        program: As for `explore`.
        schedule: Of a failure, or as `read_schedule` gives it.
        detect: As for `explore`.
        limits: Likewise.

    Raises:
        UsageError: An argument cannot be used.
    """
    prepare(program, schedule)
    return execute(program, schedule, detect=detectors(detect), limits=limits or Limits())


def shrink(
    program: Program,
    schedule: Schedule,
    *,
    detect: Iterable[Detector | str] = DETECTORS,
    limits: Limits | None = None,
    budget: int = STEP_BUDGET,
) -> Execution:
    """The failing execution of the smallest schedule that fails as this one does.

    Args:
        program: As for `explore`.
        schedule: One under which it fails.
        detect: As for `explore`.
        limits: Likewise.
        budget: Steps that may be taken.

    Raises:
        UsageError: It does not fail under this schedule.
    """
    prepare(program, schedule)
    options = Options(detect=detectors(detect), limits=limits or Limits())
    failing = options.run(program, schedule)
    if not failing.problems:
        raise UsageError("shrink: the program does not fail under this schedule.")
    with patches.batch():
        return shrink_with(partial(options.run, program), failing, budget=budget).execution


def prepare(program: Program, schedule: Schedule | None = None) -> None:
    """Clocks and randomness that the program bound when it was imported are ours from now on.

    Raises:
        UsageError: The program cannot be called without arguments, something else stands where a
            schedule belongs, or an event loop is running.
    """
    if patches.active():
        raise UsageError("A simulation cannot run inside another one.")
    if asyncio._get_running_loop() is not None:  # noqa: SLF001 - the public one raises
        raise UsageError(
            "simulation: an event loop is running here.", do="Call it from synchronous code."
        )
    _check_program(program)
    if schedule is not None and not isinstance(schedule, Schedule):
        raise UsageError(
            f"schedule: something of type {type(schedule).__name__} is none.",
            do="Write failure.schedule, or read_schedule(...) for what as_json() gave.",
        )
    if schedule is not None:
        _check_names(schedule)
    patches.install()
    patches.rebind_functions()
    function = getattr(program, "func", program)  # of a partial
    patches.rebind((getattr(function, "__module__", "").partition(".")[0],))


def _check_count(schedules: object) -> None:
    if not isinstance(schedules, int) or schedules < 1:
        raise UsageError(f"schedules={schedules!r}: a number is needed, at least 1.")


def _check_type(name: str, value: object, kind: type) -> None:
    if not isinstance(value, kind):
        raise UsageError(f"{name}={value!r}: it is none.", do=f"Write {kind.__name__}(...).")


def _check_names(schedule: Schedule) -> None:
    if schedule.order is not None and schedule.order.strategy not in PICKERS:
        raise UsageError(
            f"schedule: there is no strategy {schedule.order.strategy!r}.",
            do=f"Known: {', '.join(sorted(PICKERS))}.",
        )
    known = {*DISTRIBUTIONS, *WAKERS}
    if schedule.latency is not None and schedule.latency.distribution not in known:
        raise UsageError(
            f"schedule: there is no distribution {schedule.latency.distribution!r}.",
            do=f"Known: {', '.join(sorted(known))}.",
        )


def _check_program(program: Any) -> None:
    if inspect.iscoroutine(program):
        program.close()
        raise UsageError(
            "program: a coroutine object runs only once.", do="Pass f itself instead of f()."
        )
    function = getattr(program, "func", program)  # of a partial
    name = getattr(function, "__qualname__", repr(program))
    if not callable(program):
        raise UsageError(f"program: {name} cannot be called.", do="Pass a coroutine function.")
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        raise UsageError(
            f"program: {name} is a generator.", do="Pass a coroutine function that consumes it."
        )
    try:
        inspect.signature(program).bind()
    except ValueError:  # written in C: it says nothing of its arguments
        return
    except TypeError as error:
        raise UsageError(
            f"program: {name} is called without arguments: {error}.",
            do="Give them with functools.partial.",
        ) from error


class _Explorer:
    """Executes plans in children, and adds up what they show."""

    def __init__(self, program: Program, seed: int, options: Options, *, isolate: bool) -> None:
        self._program = program
        self._seed = seed
        self._options = options
        self._isolate = isolate
        self._executed = 0
        self._strategies: Counter[str] = Counter()
        self._interleavings: set[str] = set()
        self._failures: dict[tuple[str, str, str], tuple[int, Planned, Problem]] = {}
        self._counts: Counter[tuple[str, str, str]] = Counter()
        self._notes: dict[str, None] = {}
        self._refused: list[str] = []
        self._exhausted = False
        self.endless = False
        self.profile = Profile()

    def profile_it(self) -> None:
        """Asyncio's own order, with the work of every step counted."""
        first = planned(self._seed, 0, Profile(), ())

        def work() -> tuple[Profile, _Seen]:
            execution = self._options.run(self._program, first.schedule, count_work=True)
            return execution.profile, _seen(first, execution)

        try:
            self.profile, seen = self._away(work)
        except ChildDiedError as error:
            seen = _dead(first, error)
        self._add(0, seen)
        self._note_ports()
        self.endless = seen.problem is not None and seen.problem.detector is Detector.LIVELOCK
        passes = 0 if self.endless else self.profile.passes
        self._options = replace(self._options, limits=self._options.limits.known(passes))

    def _note_ports(self) -> None:
        """A port that is never called is a name that is wrong, or was imported from elsewhere."""
        faults = self._options.faults
        for port in () if faults is None else sorted(set(faults.ports) - set(self.profile.ports)):
            self._notes[f"port {port} is not called in asyncio's own order: no fault there"] = None

    def _away(self, work: Callable[[], Any]) -> Any:
        if self._isolate:
            return in_a_child(work)
        with patches.batch():
            return work()

    def follow(
        self,
        plan: Iterator[Planned],
        count: int,
        *,
        stop_at_first: bool,
        tell: Callable[[int], None],
    ) -> None:
        """Execute a plan, batch by batch."""
        index = 1
        while not (stop_at_first and self._failures):
            batch = list(islice(plan, min(BATCH, count - index + 1)))
            if not batch:
                return
            for seen in self._batch(batch, stop_at_first=stop_at_first):
                self._add(index, seen)
                index += 1
            tell(len(batch))

    def _batch(self, batch: Sequence[Planned], *, stop_at_first: bool) -> list[_Seen]:
        def work() -> list[_Seen]:
            shown = []
            with patches.batch():
                for entry in batch:
                    shown.append(_seen(entry, self._options.run(self._program, entry.schedule)))
                    if stop_at_first and shown[-1].problem is not None:
                        break
            return shown

        try:
            found: list[_Seen] = self._away(work)
        except ChildDiedError as error:
            if len(batch) == 1:
                return [_dead(batch[0], error)]
            return [s for entry in batch for s in self._batch([entry], stop_at_first=False)]
        return found

    def exhaust(self, most: int, *, stop_at_first: bool, tell: Callable[[int], None]) -> None:
        """Walk through the tree of choices, depth first, as far as `most` executions reach."""
        path: list[int] | None = []
        while path is not None and self._executed < most:
            if stop_at_first and self._failures:
                return
            count = min(BATCH, most - self._executed)
            shown, path = self._walked(path, count, stop_at_first=stop_at_first)
            for seen in shown:
                self._add(self._executed, seen)
            tell(len(shown))
            self._exhausted = path is None and bool(shown[-1].interleaving)

    def _walked(
        self, path: list[int], count: int, *, stop_at_first: bool
    ) -> tuple[list[_Seen], list[int] | None]:
        """As `_branches`; the walk ends where the program ends its process."""
        work = partial(self._branches, path, count, stop_at_first=stop_at_first)
        try:
            found: tuple[list[_Seen], list[int] | None] = self._away(work)
        except ChildDiedError as error:
            if count == 1:
                return [_dead(_branch(path), error)], None
            shown, following = self._walked(path, 1, stop_at_first=stop_at_first)
            while following is not None and len(shown) < count:
                more, following = self._walked(following, 1, stop_at_first=stop_at_first)
                shown += more
            return shown, following
        return found

    def _branches(
        self, path: list[int], count: int, *, stop_at_first: bool
    ) -> tuple[list[_Seen], list[int] | None]:
        """Up to `count` executions from a path of the tree on, and the path after them."""
        shown: list[_Seen] = []
        following: list[int] | None = path
        with patches.batch():
            while following is not None and len(shown) < count:
                entry = _branch(following)
                execution = self._options.run(self._program, entry.schedule)
                shown.append(_seen(entry, execution))
                following = _after(execution.widths, execution.positions)
                if stop_at_first and shown[-1].problem is not None:
                    break
        return shown, following

    def _add(self, index: int, seen: _Seen) -> None:
        self._executed += 1
        self._strategies[seen.planned.strategy] += 1
        self._notes.update(dict.fromkeys(seen.notes))
        if seen.refused:
            self._refused.append(seen.refused)
            return
        if seen.interleaving:
            self._interleavings.add(seen.interleaving)
        if seen.problem is not None:
            identity = seen.problem.identity
            self._counts[identity] += 1
            if identity not in self._failures and len(self._failures) < FAILURES_MAX:
                self._failures[identity] = (index, seen.planned, seen.problem)

    def result(self, *, minimise: bool) -> Exploration:
        """What it comes to."""
        power = Power(
            schedules=self._executed,
            strategies=dict(self._strategies),
            interleavings=len(self._interleavings),
            tasks=len(self.profile.steps),
            choices=self.profile.choices,
            exhausted=self._exhausted,
            inconclusive=len(self._refused),
        )
        failures = [
            self._failure(index, entry, problem, minimise=minimise)
            for index, entry, problem in self._failures.values()
        ]
        refused = self._refused[0] if len(self._refused) == self._executed else ""
        return Exploration(
            seed=self._seed,
            failures=tuple(failures),
            notes=tuple(self._notes),
            power=power,
            refused=refused,
        )

    def _failure(self, index: int, entry: Planned, problem: Problem, *, minimise: bool) -> Failure:
        identity = problem.identity
        failure = Failure(
            problem=problem,
            index=index,
            strategy=entry.strategy,
            options=entry.options,
            count=self._counts[identity],
            schedule=entry.schedule,
            digest="",
        )
        try:
            smallest: Failure | None = self._away(
                lambda: self._smallest(failure, minimise=minimise)
            )
            if smallest is None:
                return replace(failure, stable=False)
            shown = [self._away(lambda: self._digest(smallest)) for _ in range(CONFIRMATIONS)]
        except ChildDiedError:
            return failure  # a program that ends its process does so again
        return replace(smallest, stable=set(shown) == {smallest.digest})

    def _smallest(self, failure: Failure, *, minimise: bool) -> Failure | None:
        """The failure with its smallest schedule, strict where there is a strict one."""
        with patches.batch():
            found = self._shown_again(failure.schedule, failure)
            if found is None:
                return None
            tried = 0
            if not minimise:
                stated = self._shown_again(found.stated, failure) or found
                return _with(failure, stated, tried)
            shrunk = shrink_with(self._run, found)
            tried, found = shrunk.tried, shrunk.execution
            if found.schedule.model is not Model.STRICT and (strict := self._strict(failure)):
                shrunk = shrink_with(self._run, strict)
                tried, found = tried + shrunk.tried, shrunk.execution
            return _with(failure, found, tried)

    def _run(self, schedule: Schedule) -> Execution:
        return self._options.run(self._program, schedule)

    def _shown_again(self, schedule: Schedule, failure: Failure) -> Execution | None:
        execution = self._run(schedule)
        same = any(p.identity == failure.problem.identity for p in execution.problems[:1])
        return execution if same else None

    def _strict(self, failure: Failure) -> Execution | None:
        """The same failure in the strict model, within a bound."""
        turns = turns_of(self.profile, Model.STRICT) or (FIFO,)
        for index in range(1, FEASIBLE_TRIES + 1):
            entry = planned(self._seed ^ 0x57_0000, index, self.profile, turns)
            schedule = replace(entry.schedule, faults=failure.schedule.faults)
            if (found := self._shown_again(schedule, failure)) is not None:
                return found
        return None

    def _digest(self, failure: Failure) -> str:
        with patches.batch():
            return self._run(failure.schedule).digest


def _with(failure: Failure, execution: Execution, tried: int) -> Failure:
    return replace(
        failure,
        problem=execution.problems[0],
        schedule=execution.schedule,
        digest=execution.digest,
        tried=tried,
    )


def _seen(entry: Planned, execution: Execution) -> _Seen:
    return _Seen(
        planned=entry,
        interleaving=execution.interleaving,
        problem=execution.problems[0] if execution.problems else None,
        notes=tuple(note.summary for note in execution.notes),
        refused=execution.refused[0] if execution.refused else "",
    )


def _dead(entry: Planned, error: ChildDiedError) -> _Seen:
    problem = Problem(detector=Detector.ERROR, summary=f"ProcessEnded: {error}")
    return _Seen(planned=entry, interleaving="", problem=problem, notes=(), refused="")


def _branch(path: Sequence[int]) -> Planned:
    order = Order(strategy="prefix", seed=0, options={f"{i}": n for i, n in enumerate(path)})
    options = f"choices {','.join(map(str, path)) or 'none'}, then asyncio's own order"
    return Planned(strategy=EXHAUSTIVE, options=options, schedule=Schedule(order=order))


def _after(widths: Sequence[int], positions: Sequence[int]) -> list[int] | None:
    """The next path of the tree, depth first; None behind the last one."""
    for depth in range(len(positions) - 1, -1, -1):
        if positions[depth] + 1 < widths[depth]:
            return [*positions[:depth], positions[depth] + 1]
    return None
