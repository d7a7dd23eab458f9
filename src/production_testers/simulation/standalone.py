"""Writes a feasible failure as a script that shows it on stock asyncio, without this package.

The script runs the program on asyncio's own loop, in real time; it only makes the sleeps and calls
in threads late that the schedule names. Delays are chosen so that a few milliseconds more or less,
which a real machine always takes, do not matter: the candidates are tried in the simulation under
random disturbances, and the most robust one is taken.
"""

import inspect
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, replace

from production_testers.model.errors import UsageError
from production_testers.simulation import patches
from production_testers.simulation.execution import (
    Detector,
    Execution,
    Limits,
    Problem,
    Program,
    execute,
)
from production_testers.simulation.exploration import prepare
from production_testers.simulation.latencies import place_of
from production_testers.simulation.schedule import Delay, Latency, Model, Schedule, in_words

SHOWN = frozenset({Detector.ERROR, Detector.DEADLOCK, Detector.LIVELOCK, Detector.EXCEPTION_LOST})
"""What a script sees of its own accord."""

DISTURBANCE_S = 0.004
"""What a real machine may add to any sleep."""

TRIES = 10
"""Disturbed executions of every candidate."""

APART_S = (0.02, 0.06)
"""Distances between the ends of sleeps that are tried."""

POLLING_S = 5.0
"""Real seconds for which a script watches a program that never ends by itself."""

STRETCHES = (1, 3, 10, 0.4, 30)
"""Factors by which the delays of a schedule are tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """A script that shows a failure.

    Attributes:
        text: The script.
        schedule: The schedule that it follows.
        robustness: In which share of disturbed simulations the failure shows.
    """

    text: str
    schedule: Schedule
    robustness: float


def standalone(program: Program, schedule: Schedule, *, limits: Limits | None = None) -> Script:
    """A script that shows on stock asyncio how `program` fails under a strict schedule.

    Its exit code is 1 when the failure shows, 0 when it does not, 2 when it cannot tell; with
    `--without-delays` it runs the program as it is.

    Args:
        program: A function of an importable module, or of a file.
        schedule: The schedule of a feasible failure.
        limits: How far an execution may go.

    Raises:
        UsageError: The schedule is latent or has faults, the program cannot be imported, or it
            does not fail under this schedule.
    """
    prepare(program, schedule)
    if schedule.model is not Model.STRICT:
        raise UsageError(
            "standalone: the failure is latent; on a stock loop ready tasks keep their order."
        )
    if schedule.faults:
        raise UsageError("standalone: the schedule has faults; stock asyncio has none.")
    where = _where(program)
    limits = limits or Limits()
    with patches.batch():
        failing = execute(program, schedule, limits=limits)
        if not failing.problems:
            raise UsageError("standalone: the program does not fail under this schedule.")
        chosen, robustness = _robust(program, failing, limits)
    if chosen.problems[0].detector not in SHOWN:
        raise UsageError(f"standalone: a script cannot show {chosen.problems[0].detector.value}.")
    text = _TEMPLATE.format(
        problem=_one_line(chosen.problems[0]),
        words="\n".join(f"    {line}" for line in in_words(chosen.schedule)) or "    Nothing else.",
        late=_table(chosen.stated.delays),
        deferred=_table(chosen.deferred),
        expected=repr(_expected(chosen.problems[0])),
        patience=_patience(chosen),
        where=where,
    )
    return Script(text=text, schedule=chosen.schedule, robustness=robustness)


def _robust(program: Program, failing: Execution, limits: Limits) -> tuple[Execution, float]:
    """Of a few schedules the one that fails most often when everything is disturbed."""
    identity = failing.problems[0].identity
    best, best_share = failing, -1.0
    for schedule in (*_stretched(failing.stated), *_apart(failing)):
        plain = execute(program, schedule, limits=limits)
        if not _same(plain, identity):
            continue
        stated = plain.stated
        shown = sum(
            _same(execute(program, _disturbed(stated, seed), limits=limits), identity)
            for seed in range(1, TRIES + 1)
        )
        if shown / TRIES > best_share:
            best, best_share = plain, shown / TRIES
        if best_share == 1:
            break
    return best, max(0.0, best_share)


def _apart(failing: Execution) -> Iterator[Schedule]:
    """The same order of ends, but each well after the one before it."""
    places = {place_of(*sleep): float(place) for place, sleep in enumerate(failing.ended)}
    for gap_s in APART_S:
        options = {**places, "gap_s": gap_s}
        latency = Latency(distribution="in-order", seed=0, options=options)
        yield replace(failing.stated, delays=(), latency=latency, order_seed=0)


def _same(execution: Execution, identity: tuple[str, str, str]) -> bool:
    return any(problem.identity == identity for problem in execution.problems[:1])


def _stretched(schedule: Schedule) -> Iterator[Schedule]:
    for factor in STRETCHES:
        delays = tuple(
            replace(delay, seconds=round(delay.seconds * factor, 6)) for delay in schedule.delays
        )
        yield replace(schedule, delays=delays, order_seed=0)


def _disturbed(schedule: Schedule, seed: int) -> Schedule:
    latency = Latency(distribution="disturbed", seed=seed, options={"most_s": DISTURBANCE_S})
    return replace(schedule, latency=latency)


def _where(program: Program) -> str:
    """How the script loads the program."""
    name = getattr(program, "__qualname__", "")
    module = getattr(program, "__module__", "")
    if not name or "<" in name:
        raise UsageError(
            f"standalone: {name or program!r} cannot be imported.",
            do="Name a function of a module, not a local one or a lambda.",
        )
    path = inspect.getsourcefile(program) or ""
    if "site-packages" in path or module in sys.stdlib_module_names:
        return repr((module, "", name))
    stem = path.removesuffix(".py").removesuffix("/__init__")
    if not stem.endswith(f"/{module.replace('.', '/')}"):  # the main module, and others by file
        module = stem.rpartition("/")[2]
    return repr((module, stem.removesuffix(f"/{module.replace('.', '/')}"), name))


def _patience(failing: Execution) -> float:
    """Seconds after which it hangs; what only polls has spent its virtual time on nothing."""
    polls = failing.problems[0].detector is Detector.LIVELOCK
    return POLLING_S if polls else round(2 * failing.virtual_s + 2, 1)


def _one_line(problem: Problem) -> str:
    first = problem.summary.partition("\n")[0]
    return f"{problem.detector.value}: {first}".replace("\\", "/").replace('"""', "'''")[:200]


def _expected(problem: Problem) -> str:
    """The type of the exception that shows it; empty where it is something else."""
    return problem.summary.partition(":")[0] if problem.detector.value == "error" else ""


def _table(delays: tuple[Delay, ...]) -> str:
    if not delays:
        return "{}"
    entries = ", ".join(f'("{d.task}", {d.nth}): {round(d.seconds, 6)}' for d in delays)
    return textwrap.fill("{" + entries + "}", 98, subsequent_indent="    ", break_long_words=False)


_TEMPLATE = '''\
"""Shows on stock asyncio: {problem}

{words}

Exit code: 1 it shows, 0 it does not, 2 cannot tell. With --without-delays nothing is late.
"""
import asyncio, gc, importlib, operator, os, sys, time

PROGRAM = {where}  # module, its folder unless it is installed, function
EXPECTED = {expected}  # exception that shows it; empty: it hangs, or an exception is lost
PATIENCE_S = {patience}
LATE = {late}  # (task, its nth sleep): seconds that it takes longer
DEFERRED = {deferred}  # (task, its nth other timer): seconds that it fires later
if "--without-delays" in sys.argv:
    LATE, DEFERRED = {{}}, {{}}
SLEEP = asyncio.futures._set_result_unless_cancelled


class Paths:
    """Knows every task by its spawn path: main/fetch[2] is the third fetch that main spawned."""

    def __init__(self):
        self.parents, self.children, self.counts = {{}}, {{}}, {{}}

    def label(self, task):
        name = task.get_name()
        unnamed = name.startswith("Task-") or name == "None"  # so does 3.13 call it
        return task.get_coro().__name__ if unnamed else name

    def of(self, task):
        if task not in self.parents:  # a callback, or a task of the program's own factory
            return ""
        parent, label = self.parents[task], self.label(task)
        siblings = self.children[parent]
        if siblings[0] is task and parent is None:
            return "main"
        nth = sum(self.label(other) == label for other in siblings[: siblings.index(task)])
        if parent is None:  # spawned by a callback
            return f"{{label}}[{{nth}}]" if nth else label
        return f"{{self.of(parent)}}/{{label}}[{{nth}}]"

    def next(self, *key):
        self.counts[key] = self.counts.get(key, 0) + 1
        return self.counts[key]


def make_late(loop, paths):
    call_at, in_executor = loop.call_at, loop.run_in_executor

    def late_call_at(when, callback, *args, **more):
        path, sleeps = paths.of(asyncio.current_task(loop)), callback is SLEEP
        extra = (LATE if sleeps else DEFERRED).get((path, paths.next(path, sleeps)), 0)
        return call_at(when + extra, callback, *args, **more)

    def late_executor(executor, func, *args):
        path = paths.of(asyncio.current_task(loop))
        extra = LATE.get((f"{{path}}/thread[{{paths.next(path, 'thread') - 1}}]", 1), 0)
        return in_executor(executor, lambda: (time.sleep(extra), func(*args))[1])

    def factory(loop, coro, **more):
        task, parent = asyncio.Task(coro, loop=loop, **more), asyncio.current_task(loop)
        paths.parents[task] = parent
        paths.children.setdefault(parent, []).append(task)
        return task

    loop.call_at, loop.run_in_executor = late_call_at, late_executor
    loop.set_task_factory(factory)


def load(module, folder, name):
    sys.path[:0] = [folder] if folder else []
    try:
        return operator.attrgetter(name)(importlib.import_module(module))
    except Exception as error:
        print(f"{{name}} of {{module}} cannot be loaded: {{error!r}}")
        sys.exit(2)


program, told, loop, paths = load(*PROGRAM), [], asyncio.new_event_loop(), Paths()
loop.set_exception_handler(lambda _loop, context: told.append(context["message"]))
loop.call_later(PATIENCE_S, loop.stop)
make_late(loop, paths)
main = loop.create_task(program())
main.add_done_callback(lambda _task: loop.stop())
loop.run_forever()
paths.parents.clear(), paths.children.clear(), gc.collect()  # who is lost says so when it is freed
lost = [text for text in told if "never retrieved" in text or "Exception in" in text]
error = "hangs" if not main.done() else "CancelledError" if main.cancelled() else None
if error is None and main.exception() is not None:
    error = type(main.exception()).__name__
print("it", error or "returned", *lost, flush=True)
os._exit(1 if (error == EXPECTED if EXPECTED else error == "hangs" or lost) else 0)
'''
