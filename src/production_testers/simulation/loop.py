"""An asyncio event loop with virtual time, no input or output, and reproducible task order.

`asyncio.wait` and `TaskGroup` keep tasks in sets, and sets iterate by hash; stock tasks hash by
address, so one seed would give many outcomes. Tasks made here hash by their spawn path.
"""

import asyncio
import contextvars
import heapq
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


class RefusedError(RuntimeError):
    """The code under test asked for something real that a simulation does not have."""

    def __init__(self, what: str) -> None:
        site = call_site()
        super().__init__(f"{what} is not available in a simulation; called at {site}")
        self.site = site


def call_site() -> str:
    """File and line of the nearest caller outside this package and the standard library."""
    frame = sys._getframe(1)  # noqa: SLF001 - the documented way to walk the caller's stack
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


class SimulatedLoop(asyncio.BaseEventLoop):
    """A stock event loop less the outside world.

    Args:
        choices: The choices of this schedule.
        limit_s: Virtual time at which the loop stops with `TimeoutError`.
        pass_limit: Passes after which it stops with `TimeoutError`: a livelock bound.
    """

    def __init__(
        self, choices: Choices, *, limit_s: float = 3600.0, pass_limit: int = 2_000_000
    ) -> None:
        super().__init__()
        self.choices = choices
        self.passes = 0
        self.steps = 0
        self._now = 0.0
        self._limit_s = limit_s
        self._pass_limit = pass_limit
        self._roots = 0
        self.tasks: list[SimulatedTask] = []
        self._clock_resolution = 1e-9
        self.set_task_factory(self._make_task)  # type: ignore[arg-type]

    def time(self) -> float:
        return self._now

    def _make_task(
        self,
        _loop: asyncio.AbstractEventLoop,
        coro: Coroutine[Any, Any, Any],
        context: contextvars.Context | None = None,
    ) -> SimulatedTask:
        parent = asyncio.current_task(self) if asyncio._get_running_loop() is self else None  # noqa: SLF001
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
        while scheduled and scheduled[0]._cancelled:  # noqa: SLF001
            heapq.heappop(scheduled)._scheduled = False  # noqa: SLF001
        if not ready and not self._stopping:  # type: ignore[attr-defined]
            if not scheduled:
                raise DeadlockError(self.waiting())
            self._now = max(self._now, scheduled[0]._when)  # noqa: SLF001
        if self._now > self._limit_s or self.passes > self._pass_limit:
            raise TimeoutError(f"stopped at {self._now:.3f} virtual s, pass {self.passes}")
        while scheduled and scheduled[0]._when <= self._now:  # noqa: SLF001
            handle = heapq.heappop(scheduled)
            handle._scheduled = False  # noqa: SLF001
            if not handle._cancelled:  # noqa: SLF001
                ready.append(handle)
        for _ in range(len(ready)):
            handle = ready.popleft()
            if not handle._cancelled:  # noqa: SLF001
                self.steps += 1
                handle._run()  # noqa: SLF001
        self._now += PASS_COST_S

    def waiting(self) -> tuple[str, ...]:
        """Every task that has not ended, with the place where it waits."""
        found = []
        for task in self.tasks:
            if task.done():
                continue
            stack = task.get_stack(limit=1)
            at = f"{stack[-1].f_code.co_qualname}:{stack[-1].f_lineno}" if stack else "start"
            found.append(f"task {task.path} in {at}")
        return tuple(found)

    def run_in_executor(  # type: ignore[override]
        self, executor: object, func: Callable[..., Any], *args: Any
    ) -> asyncio.Future[Any]:
        """Run `func` in a later step of this thread: one more schedulable step."""
        future = self.create_future()

        def step() -> None:
            if future.cancelled():
                return
            try:
                future.set_result(func(*args))
            except Exception as error:  # noqa: BLE001 - it belongs to whoever awaits the future
                future.set_exception(error)

        self.call_soon(step)
        return future

    def call_soon_threadsafe(self, callback: Any, *args: Any, context: Any = None) -> Any:
        return self.call_soon(callback, *args, context=context)

    def _process_events(self, event_list: object) -> None:
        """There are no events from outside."""

    def _write_to_self(self) -> None:
        """Nobody sleeps in a selector."""


def _refuse(name: str) -> Callable[..., NoReturn]:
    def refused(*_args: object, **_kwargs: object) -> NoReturn:
        raise RefusedError(f"loop.{name}()")

    return refused


for _name in (
    "add_reader add_writer remove_reader remove_writer sock_recv sock_recv_into sock_recvfrom "
    "sock_sendall sock_sendto sock_connect sock_accept sock_sendfile create_connection "
    "create_server create_datagram_endpoint create_unix_connection create_unix_server "
    "connect_read_pipe connect_write_pipe subprocess_shell subprocess_exec start_tls "
    "add_signal_handler getaddrinfo getnameinfo"
).split():
    setattr(SimulatedLoop, _name, _refuse(_name))
