"""An asyncio event loop with virtual time, no input or output, and reproducible task order.

`asyncio.wait` and `TaskGroup` keep tasks in sets, and sets iterate by hash; stock tasks hash by
address, so one seed would give many outcomes. Tasks made here hash by their spawn path. Timers
that are due at the same moment fire in the order in which they were set, as they do on a clock
that never stands still.
"""

# ruff: noqa: SLF001 - stands where the stock loop stands, and inherits its private parts

import asyncio
import contextvars
import heapq
import math
import sys
from collections.abc import Callable, Coroutine
from typing import Any, NoReturn

from production_testers.simulation.choices import Choices

PASS_COST_S = 1e-6
"""Virtual time that one pass over the ready callbacks takes: polling loops make progress."""


class DeadlockError(Exception):
    """Nothing is ready and no timer is set, yet the simulation is waiting.

    Args:
        stuck: For every task that waits, its path and where it waits.
    """

    def __init__(self, stuck: tuple[str, ...]) -> None:
        super().__init__(f"Nothing can happen any more; waiting: {'; '.join(stuck) or 'nobody'}")
        self.stuck = stuck


class LimitReachedError(Exception):
    """The simulation took more virtual time, or more passes, than it may."""


refusals: list[str] = []
"""What was refused since the current simulation started: code that swallows the error is found."""


class RefusedError(RuntimeError):
    """The code under test asked for something real that a simulation does not have."""

    def __init__(self, what: str) -> None:
        site = call_site()
        super().__init__(f"{what} is not available in a simulation; called at {site}")
        self.site = site
        refusals.append(str(self))


def call_site() -> str:
    """File and line of the nearest caller outside this package and the standard library."""
    frame = sys._getframe(1)
    while frame is not None:
        name = frame.f_globals.get("__name__", "")
        root = name.partition(".")[0]
        if root not in sys.stdlib_module_names and not name.startswith(__package__ or ""):
            return f"{name}:{frame.f_lineno}"
        if frame.f_back is None:
            break
        frame = frame.f_back
    return "unknown"


class SimulatedTask(asyncio.Task[Any]):
    """A task that is known by its spawn path: `0` is the first root, `0.2` its third child."""

    path: str
    _hash: int
    _children: int

    def __init__(
        self, coro: Coroutine[Any, Any, Any], *, loop: "SimulatedLoop", path: str, **kwargs: Any
    ) -> None:
        self.path = path
        self._children = 0
        self._hash = loop.choices.task_hash(path)
        super().__init__(coro, loop=loop, name=path, **kwargs)

    def __hash__(self) -> int:
        return self._hash

    def next_child(self) -> str:
        """The path of the next task that this one spawns."""
        self._children += 1
        return f"{self.path}.{self._children - 1}"


class _Timer(asyncio.TimerHandle):
    """A timer that stands behind those that were set earlier for the same moment."""

    __slots__ = ("nth",)
    nth: int

    def __lt__(self, other: Any) -> bool:
        return bool((self._when, self.nth) < (other._when, other.nth))  # type: ignore[attr-defined]


class SimulatedLoop(asyncio.BaseEventLoop):
    """A stock event loop less the outside world.

    Args:
        choices: The choices of this schedule.
        limit_s: Virtual time past which the loop stops with `LimitReachedError`.
        pass_limit: Passes after which it stops with `LimitReachedError`: a livelock bound.
    """

    def __init__(
        self, choices: Choices, *, limit_s: float = 3600.0, pass_limit: int = 2_000_000
    ) -> None:
        super().__init__()
        self.choices = choices
        self.passes = 0
        self.steps = 0
        self._now = 0.0
        self._limit_s = float(limit_s)
        self._pass_limit = pass_limit
        self._roots = 0
        self._timers = 0
        self._resting = False
        self.tasks: list[SimulatedTask] = []
        self._clock_resolution = 1e-9
        self.set_task_factory(self._make_task)  # type: ignore[arg-type]

    def time(self) -> float:
        """Virtual seconds since the simulation started."""
        return self._now

    def block(self, seconds: float) -> None:
        """Let virtual time pass while nothing else runs, as `time.sleep` does to a real loop."""
        self._now += seconds

    def call_at(  # type: ignore[override]
        self, when: float, callback: Any, *args: Any, context: contextvars.Context | None = None
    ) -> asyncio.TimerHandle:
        """Set a timer, as the stock loop does."""
        self._check_closed()  # type: ignore[attr-defined]
        timer = _Timer(when, callback, args, self, context)
        timer.nth = self._timers
        self._timers += 1
        heapq.heappush(self._scheduled, timer)  # type: ignore[attr-defined]
        timer._scheduled = True  # type: ignore[attr-defined]
        return timer

    def rest(self, *, seconds: float = math.inf, passes: int = 2_000_000) -> None:
        """Go on until every task has ended, nothing more can happen, or the allowance is used.

        Args:
            seconds: Virtual time that this may take, whatever the loop's own limit was.
            passes: Passes that this may take, likewise.
        """
        self._limit_s, self._pass_limit = self._now + seconds, self.passes + passes
        self._resting = True
        try:
            self.run_forever()
        except (DeadlockError, LimitReachedError):
            pass
        finally:
            self._resting = False

    def _make_task(
        self,
        _loop: asyncio.AbstractEventLoop,
        coro: Coroutine[Any, Any, Any],
        context: contextvars.Context | None = None,
        **_later: Any,  # 3.13 and later hand the name over here; a task is known by its path
    ) -> SimulatedTask:
        parent = asyncio.current_task(self) if asyncio._get_running_loop() is self else None
        if isinstance(parent, SimulatedTask):
            path = parent.next_child()
        else:
            path = str(self._roots)
            self._roots += 1
        task = SimulatedTask(coro, loop=self, path=path, context=context)
        self.tasks.append(task)
        return task

    def _run_once(self) -> None:
        """One pass, as the stock loop makes it: due timers behind what is ready, then run all."""
        self.passes += 1
        scheduled: list[Any] = self._scheduled  # type: ignore[attr-defined]
        ready: Any = self._ready  # type: ignore[attr-defined]
        while scheduled and scheduled[0]._cancelled:
            heapq.heappop(scheduled)._scheduled = False
        if self._resting and all(task.done() for task in self.tasks):
            self.stop()
        if not ready and not self._stopping:  # type: ignore[attr-defined]
            self._pass_time()
        if self.passes > self._pass_limit or self._now > self._limit_s:
            raise LimitReachedError(f"stopped at {self._now:.3f} virtual s, pass {self.passes}")
        while scheduled and scheduled[0]._when <= self._now:
            handle = heapq.heappop(scheduled)
            handle._scheduled = False
            if not handle._cancelled:
                ready.append(handle)
        for _ in range(len(ready)):
            handle = ready.popleft()
            if not handle._cancelled:
                self.steps += 1
                handle._run()
        self._now += PASS_COST_S

    def _pass_time(self) -> None:
        """Go to the moment of the next timer."""
        scheduled: list[Any] = self._scheduled  # type: ignore[attr-defined]
        if not scheduled or scheduled[0]._when == math.inf:
            raise DeadlockError(self.waiting())
        if scheduled[0]._when > self._limit_s:
            self._now = max(self._now, self._limit_s)
            raise LimitReachedError(f"stopped at {self._limit_s:.3f} virtual s")
        self._now = max(self._now, scheduled[0]._when)

    def waiting(self) -> tuple[str, ...]:
        """Every task that has not ended, with the place where it waits."""
        return tuple(
            f"task {task.path} in {_place(task.get_coro())}"
            for task in self.tasks
            if not task.done()
        )

    def run_in_executor(  # type: ignore[override]
        self,
        _executor: object,
        func: Callable[..., Any],
        *args: Any,
    ) -> asyncio.Future[Any]:
        """Run `func` in a later step of this thread: one more schedulable step.

        As in a thread of its own, no event loop is running while it runs.
        """
        future = self.create_future()

        def step() -> None:
            if future.cancelled():
                return
            asyncio._set_running_loop(None)
            try:
                result = func(*args)
            except Exception as error:  # noqa: BLE001 - it belongs to whoever awaits the future
                future.set_exception(_awaitable(error))
            else:
                future.set_result(result)
            finally:
                asyncio._set_running_loop(self)

        self.call_soon(step)
        return future

    def call_soon_threadsafe(  # type: ignore[override]
        self, callback: Any, *args: Any, context: Any = None
    ) -> asyncio.Handle:
        """There is only one thread."""
        return self.call_soon(callback, *args, context=context)

    def _process_events(self, _event_list: object) -> None:
        """There are no events from outside."""

    def _write_to_self(self) -> None:
        """Nobody sleeps in a selector."""


def _place(coroutine: Any) -> str:
    """Function and line of the innermost frame that is not the standard library's."""
    place = "start"
    while coroutine is not None:
        frame = next(
            (f for name in _FRAMES if (f := getattr(coroutine, name, None)) is not None), None
        )
        root = frame.f_globals.get("__name__", "").partition(".")[0] if frame else ""
        if frame is not None and (place == "start" or root not in sys.stdlib_module_names):
            place = f"{frame.f_code.co_qualname}:{frame.f_lineno}"
        coroutine = next(
            (c for name in _AWAITED if (c := getattr(coroutine, name, None)) is not None), None
        )
    return place


_FRAMES = ("cr_frame", "gi_frame", "ag_frame")
_AWAITED = ("cr_await", "gi_yieldfrom", "ag_await")


def _awaitable(error: Exception) -> Exception:
    """The error as a future can hold it: `StopIteration` would end whoever awaits it."""
    return RuntimeError(f"{error!r}") if isinstance(error, StopIteration) else error


def _refuse(name: str) -> Callable[..., NoReturn]:
    def refused(*_args: object, **_kwargs: object) -> NoReturn:
        raise RefusedError(f"loop.{name}()")

    return refused


_REAL = (
    "add_reader add_writer remove_reader remove_writer sock_recv sock_recv_into sock_recvfrom "
    "sock_sendall sock_sendto sock_connect sock_accept sock_sendfile create_connection "
    "create_server create_datagram_endpoint create_unix_connection create_unix_server "
    "connect_read_pipe connect_write_pipe subprocess_shell subprocess_exec start_tls "
    "add_signal_handler getaddrinfo getnameinfo"
)
for _name in _REAL.split():
    setattr(SimulatedLoop, _name, _refuse(_name))
