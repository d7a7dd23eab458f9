"""One execution of a program under a schedule, and what is wrong with it."""

import re
import traceback
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from production_testers.simulation import ports
from production_testers.simulation.exploring_loop import ExploringLoop
from production_testers.simulation.isolation import OverdueError, overdue
from production_testers.simulation.schedule import Delay, FaultKind, Schedule
from production_testers.simulation.session import Ended, Session, simulate
from production_testers.simulation.tasks import Actor
from production_testers.simulation.work import WorkCounter

Program = Callable[[], Awaitable[Any]]
"""What is simulated: a coroutine function without arguments."""

_ADDRESS = re.compile(r"0x[0-9a-fA-F]+")
_NTH = re.compile(r"\[\d+\]")
"""Which of several tasks of one name: they fail alike."""


class Detector(StrEnum):
    """What can be wrong with an execution."""

    ERROR = "error"
    DEADLOCK = "deadlock"
    LIVELOCK = "livelock"
    EXCEPTION_LOST = "exception-lost"
    NEVER_AWAITED = "never-awaited"
    CALLBACK_AFTER_CLOSE = "callback-after-close"
    TASK_LEFT_OVER = "task-left-over"
    BUSY_STEP = "busy-step"


DETECTORS = frozenset(Detector) - {Detector.TASK_LEFT_OVER, Detector.BUSY_STEP}
"""What counts as a failure unless the caller says otherwise.

A task that is left over when the program returns is cancelled by `asyncio.run`, which many programs
mean; a step that does much work is slow and not wrong. Both are noted.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong with an execution.

    Attributes:
        detector: Which detector saw it.
        summary: What it is, in one line.
        place: Function that it belongs to, as far as that is known: two problems of one kind,
            exception type and place are the same failure.
        detail: More lines: who waits where, or the traceback.
    """

    detector: Detector
    summary: str
    place: str = ""
    detail: tuple[str, ...] = ()

    @property
    def identity(self) -> tuple[str, str, str]:
        """Equal for the same failure under other schedules."""
        kind = _NTH.sub("[]", self.summary.partition(":")[0])
        return (self.detector.value, kind, self.place)


PASSES_MAX = 1_000_000
PASSES_MIN = 50_000
PASSES_FACTOR = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How far an execution may go.

    Attributes:
        virtual_s: Virtual seconds.
        passes: Passes over the ready callbacks: the livelock bound. None for `PASSES_MAX`, and
            where asyncio's own order is known for `PASSES_FACTOR` times as many as it needs, but
            at least `PASSES_MIN`.
        real_s: Real seconds after which an execution in a child is broken off: a step that never
            ends cannot be counted.
        calls_per_step: Python calls in one step from which it is a busy step.
    """

    virtual_s: float = 86_400.0
    passes: int | None = None
    real_s: float = 60.0
    calls_per_step: int = 100_000

    def known(self, passes: int) -> "Limits":
        """The limits for a program that takes so many passes in asyncio's own order."""
        if self.passes is not None:
            return self
        return replace(self, passes=max(PASSES_MIN, PASSES_FACTOR * passes))


_LIMITS = Limits()


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What an execution in asyncio's own order looks like: what there is to choose from.

    Attributes:
        steps: Task, or call in a thread → its steps, in the order of their first one.
        calls: Those that are calls in threads.
        choices: Points at which more than one task could go next.
        sleeps: How often something slept.
        threads: Calls handed to threads.
        passes: Passes over the ready callbacks.
        virtual_s: How long it took.
        ports: Port → how often it was called.
    """

    steps: Mapping[str, int] = field(default_factory=dict)
    calls: frozenset[str] = frozenset()
    choices: int = 0
    sleeps: int = 0
    threads: int = 0
    passes: int = 0
    virtual_s: float = 0.0
    ports: Mapping[str, int] = field(default_factory=dict)

    @property
    def cancellable(self) -> list[tuple[str, int]]:
        """Every task but the program's own, with its steps."""
        tasks = [entry for entry in self.steps.items() if entry[0] not in self.calls]
        return tasks[1:]

    @property
    def total(self) -> int:
        """Steps of all tasks."""
        return sum(self.steps.values())


class Execution:
    """What became of a program under a schedule.

    What needs work to be told is told when it is asked for: most executions are only counted.

    Attributes:
        schedule: What was asked for.
        problems: What is wrong, by the detectors that count; the first one is the failure.
        notes: What other detectors saw.
        steps: Callbacks that ran.
        virtual_s: Virtual time that passed.
        widths: For every point with a choice, how many could go next.
        positions: Likewise, which one did.
        refused: Why the execution shows nothing: something real was asked for.
    """

    __slots__ = (
        "_calls", "_ending", "_loop", "fired_at_ports", "notes", "problems", "refused", "schedule",
        "steps", "virtual_s",
    )  # fmt: skip

    def __init__(
        self,
        schedule: Schedule,
        loop: ExploringLoop,
        session: Session,
        error: BaseException | None,
        watched: "ports.Ports",
    ) -> None:
        self.schedule = schedule
        self.problems: tuple[Problem, ...] = ()
        self.notes: tuple[Problem, ...] = ()
        self.steps = loop.steps
        self.virtual_s = session.virtual_s
        self.refused = session.refused
        self.fired_at_ports = watched.fired
        self._calls = watched.calls
        self._loop = loop
        self._ending = (session.ended, session.detail, session.result, error)

    def __repr__(self) -> str:
        return f"<Execution: {self.outcome}; {self.steps} steps, digest {self.digest}>"

    def __str__(self) -> str:
        lines = [f"{self.outcome} [digest {self.digest}]"]
        for problem in self.problems:
            lines.append(f"{problem.detector.value}: {problem.summary}")
            lines += [f"    {line}" for line in problem.detail]
        return "\n".join(lines)

    @property
    def widths(self) -> list[int]:
        """For every point with a choice, how many could go next."""
        return self._loop.widths

    @property
    def positions(self) -> list[int]:
        """For every point with a choice, which one went next."""
        return self._loop.positions

    @property
    def passed(self) -> list[tuple[tuple[str, int], int]]:
        """Steps that others overtook, and how many did; the most overtaken first."""
        return sorted(self._loop.passed.items(), key=lambda item: (-item[1], item[0]))

    @property
    def deferred(self) -> tuple[Delay, ...]:
        """Timers other than sleeps that fired late: they kept their place among the sleeps."""
        return self._loop.deferred

    @property
    def ended(self) -> list[tuple[Actor, int]]:
        """Sleeps in the order in which they ended, where some were late."""
        return self._loop.ended

    @property
    def outcome(self) -> str:
        """How it ended, in one line without addresses."""
        ended, detail, result, error = self._ending
        if ended is not Ended.RETURNED:
            return f"{ended.value}: {'; '.join(detail)}"
        if error is not None:
            return f"raised {_text(error)}"
        try:
            text = _told(result)
        except RecursionError:  # it contains itself
            text = repr(result)
        return "returned " + _ADDRESS.sub("0x…", text)[:500]

    @property
    def digest(self) -> str:
        """Of every step with its moment, and the outcome."""
        return self._loop.digest(self.outcome)

    @property
    def interleaving(self) -> str:
        """Digest of the order of steps alone."""
        return self._loop.interleaving()

    @property
    def out_of_step(self) -> int:
        """How often what the schedule has written down could not be followed."""
        return self._loop.out_of_step

    @property
    def fired(self) -> int:
        """How many faults happened."""
        return len(self._loop.cancelled) + self.fired_at_ports

    @property
    def stated(self) -> Schedule:
        """The schedule with every choice written down: it means something elsewhere, too."""
        loop, schedule = self._loop, self.schedule
        picks = () if schedule.holds or not any(loop.positions) else tuple(loop.picks)
        return replace(schedule, order=None, latency=None, picks=picks, delays=loop.delayed)

    @property
    def profile(self) -> Profile:
        """What there was to choose from."""
        loop = self._loop
        return Profile(
            steps={actor.path: actor.steps for actor in loop.actors},
            calls=frozenset(actor.path for actor in loop.actors if actor.is_call),
            choices=len(loop.widths),
            sleeps=sum(actor.sleeps for actor in loop.actors) + loop.root.sleeps,
            threads=sum(actor.threads for actor in loop.actors) + loop.root.threads,
            passes=loop.passes,
            virtual_s=self.virtual_s,
            ports=dict(self._calls),
        )

    @property
    def history(self) -> list[tuple[float, str]]:
        """Every step as (moment in seconds, task)."""
        return self._loop.steps_taken()


def execute(
    program: Program,
    schedule: Schedule,
    *,
    detect: Iterable[Detector] = DETECTORS,
    limits: Limits = _LIMITS,
    watch_ports: Iterable[str] = (),
    count_work: bool = False,
) -> Execution:
    """Run `program` once under `schedule`.

    Args:
        program: What to run; called anew for every execution.
        schedule: How.
        detect: Which detectors make a failure; the others make notes.
        limits: How far it may go.
        watch_ports: Ports whose calls are counted, though nothing goes wrong at them.
        count_work: Count the calls of every step (slow), and every point with a choice.
    """
    counted = frozenset(detect)
    work = WorkCounter() if count_work or Detector.BUSY_STEP in counted else None
    errors: list[BaseException] = []

    async def main(_loop: object) -> Any:
        """The program; an error that ends it is kept and not raised."""
        try:
            return await program()
        except (KeyboardInterrupt, GeneratorExit):
            raise
        except BaseException as error:  # noqa: BLE001 - the outcome; pytest.fail is no Exception
            errors.append(error)
        return None

    with ports.Ports(schedule.faults, watch_ports) as watched, overdue(limits.real_s):
        loop = ExploringLoop(
            schedule, limit_s=limits.virtual_s, pass_limit=limits.passes or PASSES_MAX, watch=work
        )
        session = simulate(main, loop, seed=schedule.seed, settle=False)
    error = errors[0] if errors and session.ended is Ended.RETURNED else None
    execution = Execution(schedule, loop, session, error, watched)
    problems = [*_problems(session, error, schedule), *_busy(work, limits)]
    if problems:
        execution.problems = tuple(p for p in problems if p.detector in counted)
        execution.notes = tuple(p for p in problems if p.detector not in counted)
    return execution


def _told(value: Any) -> str:
    """Like `repr`, but sets are sorted: their order depends on the process."""
    kind = type(value)
    if kind is dict:
        return "{" + ", ".join(f"{_told(k)}: {_told(v)}" for k, v in value.items()) + "}"
    if kind is list:
        return "[" + ", ".join(map(_told, value)) + "]"
    if kind is tuple:
        return "(" + ", ".join(map(_told, value)) + (",)" if len(value) == 1 else ")")
    if kind in (set, frozenset) and value:
        inner = "{" + ", ".join(sorted(map(_told, value))) + "}"
        return inner if kind is set else f"frozenset({inner})"
    return repr(value)


def _text(error: BaseException) -> str:
    return _ADDRESS.sub("0x…", f"{type(error).__name__}: {error}")[:500].rstrip(": ")


def _problems(
    session: Session, error: BaseException | None, schedule: Schedule
) -> Iterable[Problem]:
    if isinstance(error, OverdueError):
        yield replace(_raised(error), detector=Detector.LIVELOCK)
    elif error is not None and not _expected(error, schedule):
        yield _raised(error)
    if session.ended is Ended.STOPPED:
        yield Problem(detector=Detector.ERROR, summary="the program stops its own event loop")
    if session.ended is Ended.DEADLOCK:
        yield Problem(
            detector=Detector.DEADLOCK,
            summary="nothing can happen any more: " + _who(session.detail),
            place=_waiting_places(session.detail),
            detail=session.detail,
        )
    if session.ended is Ended.LIMIT:
        summary = f"does not end: {session.detail[0]}"
        yield Problem(detector=Detector.LIVELOCK, summary=summary, detail=session.pending)
    yield from map(_lost, session.lost)
    for text in session.unawaited:
        place = text.partition(":")[0]
        summary = f"coroutine was never awaited: {text}"
        yield Problem(detector=Detector.NEVER_AWAITED, summary=summary, place=place)
    for site in session.after_close:
        summary = f"callback scheduled on the closed loop: {site}"
        yield Problem(detector=Detector.CALLBACK_AFTER_CLOSE, summary=summary, place=site)
    if session.ended is Ended.RETURNED and error is None:
        for text in session.pending:
            summary = f"left over when the program returned: {text}"
            place = text.rpartition(" in ")[2].partition(":")[0]
            yield Problem(detector=Detector.TASK_LEFT_OVER, summary=summary, place=place)


def _lost(text: str) -> Problem:
    """What the exception handler of the loop was told."""
    overdue_step = f"{OverdueError.__name__}: " in text
    return Problem(
        detector=Detector.LIVELOCK if overdue_step else Detector.EXCEPTION_LOST,
        summary=_ADDRESS.sub("0x…", text),
        place=": ".join(text.split(": ")[1:2]),
    )


def _raised(error: BaseException) -> Problem:
    first, text = error, _text(error)
    while isinstance(first, BaseExceptionGroup):  # what it holds says more than the group
        first = first.exceptions[0]
        text = f"{text}: {_text(first)}"
    frames = traceback.extract_tb(first.__traceback__)
    own = [frame for frame in frames if "production_testers/simulation" not in frame.filename]
    last = own[-1] if own else None
    return Problem(
        detector=Detector.ERROR,
        summary=text,
        place=last.name if last is not None else "",
        detail=tuple(f"{frame.filename}:{frame.lineno} in {frame.name}" for frame in own),
    )


def _expected(error: BaseException, schedule: Schedule) -> bool:
    """Whether the error is what a fault asks for: it reached the caller, as it should."""
    if any(fault.kind is FaultKind.CANCEL for fault in schedule.faults) and (
        type(error).__name__ == "CancelledError"
    ):
        return True
    if isinstance(error, BaseExceptionGroup):
        return all(_expected(one, schedule) for one in error.exceptions)
    seen: BaseException | None = error
    while seen is not None:
        if getattr(seen, ports.MARK, False):
            return not isinstance(error, AssertionError)
        seen = seen.__cause__ or seen.__context__
    return False


def _who(detail: tuple[str, ...]) -> str:
    return f"{len(detail)} tasks wait for ever" if len(detail) != 1 else "1 task waits for ever"


def _waiting_places(detail: tuple[str, ...]) -> str:
    return ", ".join(sorted({text.rpartition(" in ")[2].partition(":")[0] for text in detail}))


def _busy(work: WorkCounter | None, limits: Limits) -> list[Problem]:
    if work is None:
        return []
    return [
        Problem(
            detector=Detector.BUSY_STEP,
            summary=f"too much work: step {step} of {task or 'a callback'} makes {calls:,} calls",
            place=_NTH.sub("[]", task),
        )
        for task, step, calls in work.steps_over(limits.calls_per_step)
    ]
