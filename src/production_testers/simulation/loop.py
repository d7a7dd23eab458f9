"""An asyncio event loop with virtual time, no input or output, and reproducible task order.

Ready callbacks keep the order that asyncio guarantees (first in, first out), so whatever happens
here can happen on a stock loop. Timers that are due at the same moment fire in the order in which
they were set, as they do on a clock that never stands still.
"""

# ruff: noqa: SLF001 - stands where the stock loop stands, and inherits its private parts

import asyncio
import contextvars
import heapq
import math
import sys
import weakref
from asyncio import format_helpers
from collections import deque
from collections.abc import Callable
from typing import Any, NoReturn

from production_testers.simulation.tasks import Actor, SimulatedFuture, SimulatedTask, adopt
from production_testers.simulation.wires import Wires

PASS_COST_S = 1e-6
"""Virtual time that one pass over the ready callbacks takes: polling loops make progress."""

SPIN_PASSES = 64
"""After so many passes in which nothing but passes took time, each takes longer by as much again:
a loop that polls for a timer does not have to be followed for every microsecond."""

_CANCELLED_TIMERS_MAX = 100
"""More cancelled timers than this, and more than half of all: they are thrown away."""


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


class Handle(asyncio.Handle):
    """A ready callback.

    Attributes:
        actor: Whose step it is; None for a callback that is no task's step. Loops that explore
            set it.
        lag: How much later than without any delay it happens, in seconds, likewise.
    """

    __slots__ = ("actor", "lag")
    actor: Actor | None
    lag: float

    def __init__(
        self, callback: Any, args: Any, loop: Any, context: contextvars.Context | None
    ) -> None:
        self._context = contextvars.copy_context() if context is None else context
        self._loop = loop
        self._callback = callback
        self._args = args
        self._cancelled = False
        self._repr = None
        self._source_traceback = None


class Timer(asyncio.TimerHandle):
    """A callback that becomes ready at a moment.

    Attributes:
        actor: The call that it runs in a thread; None for every other timer.
        lag: How much later than without any delay it fires, in seconds.
    """

    __slots__ = ("actor", "lag")
    actor: Actor | None
    lag: float

    def __init__(
        self, when: float, callback: Any, args: Any, loop: Any, context: contextvars.Context | None
    ) -> None:
        self._context = contextvars.copy_context() if context is None else context
        self._loop = loop
        self._callback = callback
        self._args = args
        self._cancelled = False
        self._repr = None
        self._source_traceback = None
        self._when = when
        self._scheduled = True
        self.actor = None
        self.lag = 0.0


class _Generators(weakref.WeakKeyDictionary[Any, None]):
    """The async generators that are open, in the order in which they were begun."""

    def add(self, generator: object) -> None:
        """One was begun."""
        self[generator] = None

    def discard(self, generator: object) -> None:
        """One has ended."""
        self.pop(generator, None)


class SimulatedLoop(asyncio.BaseEventLoop):
    """A stock event loop less the outside world.

    Args:
        order_seed: Decides the order in which sets of tasks iterate; 0 for the order in which
            they were spawned.
        limit_s: Virtual time past which the loop stops with `LimitReachedError`.
        pass_limit: Passes after which it stops with `LimitReachedError`: a livelock bound.

    Attributes:
        tasks: Every task that was made.
        limit_s: Virtual time past which it stops.
        passes: Passes over the ready callbacks.
        steps: Callbacks that ran.
        skew: By how many seconds the wall clock is wrong at a moment; None for never.
        after_close: Where a callback was scheduled though the loop was closed.
        wires: What can be connected to inside of the simulation.
    """

    _ready: deque[Any]

    def __init__(
        self, order_seed: int = 0, *, limit_s: float = 3600.0, pass_limit: int = 2_000_000
    ) -> None:
        super().__init__()
        self._asyncgens = _Generators()
        self.order_seed = order_seed & 0xFFFF_FFFF
        self.root = Actor("")
        self.wires = Wires()
        self.tasks: list[Any] = []
        self.passes = 0
        self.steps = 0
        self.skew: Callable[[float], float] | None = None
        self.after_close: list[str] = []
        self._now = 0.0
        self._thread_s = 0.0
        self._in_thread = False
        self.limit_s = float(limit_s)
        self._pass_limit = pass_limit
        self._numbers = 0
        self._spinning = 0
        self._timers: list[tuple[float, int, Timer]] = []
        self._timers_set = 0
        self._timers_cancelled = 0
        self._resting = False
        self._clock_resolution = 1e-9

    def time(self) -> float:
        """Virtual seconds since the simulation started."""
        return self._now + self._thread_s

    def block(self, seconds: float) -> None:
        """Let virtual time pass while nothing else runs, as `time.sleep` does to a real loop.

        In a call that was handed to a thread, only that call takes longer.
        """
        if self._in_thread:
            self._thread_s += seconds
        else:
            self._now += seconds

    def next_number(self) -> int:
        """Numbers tasks and futures by the order of creation."""
        self._numbers += 1
        return self._numbers

    def create_future(self) -> asyncio.Future[Any]:
        """A future that belongs to this loop."""
        future = SimulatedFuture(loop=self)
        self._numbers += 1
        future.number = self._numbers
        return future

    def set_task_factory(self, factory: Any) -> None:
        """As the stock loop; the eager tasks of 3.12 are made of a kind that is known here."""
        if factory is not None and factory is getattr(asyncio, "eager_task_factory", None):
            factory = asyncio.create_eager_task_factory(SimulatedTask)  # type: ignore[attr-defined]
        super().set_task_factory(factory)

    def create_task(  # type: ignore[override]
        self, coro: Any, *, name: str | None = None, context: Any = None, **more: Any
    ) -> Any:
        """A task, made by the program's own factory where it has set one."""
        self._check_open()
        factory: Any = self._task_factory  # type: ignore[attr-defined]
        text = None if name is None else str(name)
        if factory is None:
            return SimulatedTask(coro, loop=self, name=text, context=context, **more)
        task = factory(self, coro, **({} if context is None else {"context": context}), **more)
        adopt(task, self, coro, text)
        if text is not None and hasattr(task, "set_name"):
            task.set_name(text)
        return task

    def _check_open(self) -> None:
        if self._closed:  # type: ignore[attr-defined]
            self.after_close.append(call_site())
            raise RuntimeError("Event loop is closed")

    def call_soon(  # type: ignore[override]
        self, callback: Any, *args: Any, context: contextvars.Context | None = None
    ) -> asyncio.Handle:
        """Have a callback run in the next pass."""
        if self._closed:  # type: ignore[attr-defined]
            self._check_open()
        handle = Handle(callback, args, self, context)
        self._ready.append(handle)
        return handle

    def call_at(  # type: ignore[override]
        self, when: float, callback: Any, *args: Any, context: contextvars.Context | None = None
    ) -> asyncio.TimerHandle:
        """Set a timer."""
        self._check_open()
        timer = Timer(when, callback, args, self, context)
        self._set(timer, when)
        return timer

    def call_later(  # type: ignore[override]
        self, delay: float, callback: Any, *args: Any, context: contextvars.Context | None = None
    ) -> asyncio.TimerHandle:
        """Set a timer, from now on."""
        if delay is None:
            raise TypeError("delay must not be None")
        return self.call_at(self.time() + delay, callback, *args, context=context)

    def _set(self, timer: Timer, when: float) -> None:
        self._timers_set += 1
        heapq.heappush(self._timers, (when, self._timers_set, timer))

    def _timer_handle_cancelled(self, _handle: object) -> None:
        """Called by a timer that is cancelled: time-outs that do not fire must not pile up."""
        self._timers_cancelled += 1
        if self._timers_cancelled > _CANCELLED_TIMERS_MAX:
            self._throw_cancelled_away()

    def _throw_cancelled_away(self) -> None:
        if self._timers_cancelled * 2 > len(self._timers):
            self._timers = [entry for entry in self._timers if not entry[2]._cancelled]
            heapq.heapify(self._timers)
            self._timers_cancelled = 0

    def rest(self, *, seconds: float = math.inf, passes: int = 2_000_000) -> None:
        """Go on until every task has ended, nothing more can happen, or the allowance is used.

        Args:
            seconds: Virtual time that this may take, whatever the loop's own limit was.
            passes: Passes that this may take, likewise.
        """
        if not self._ready and all(task.done() for task in self.tasks):
            return
        self.limit_s, self._pass_limit = self._now + seconds, self.passes + passes
        self._resting = True
        try:
            self.run_forever()
        except (DeadlockError, LimitReachedError):
            pass
        finally:
            self._resting = False

    def _run_once(self) -> None:
        """Passes, as the stock loop makes them, until the loop is stopped."""
        ready = self._ready
        while True:
            self._begin_pass()
            for _ in range(len(ready)):
                handle = ready.popleft()
                if handle._cancelled:
                    continue
                self.steps += 1
                try:
                    handle._context.run(handle._callback, *handle._args)
                except (SystemExit, KeyboardInterrupt):
                    raise
                except BaseException as error:  # noqa: BLE001 - as the stock loop does
                    self._failed(handle, error)
            self._end_pass()
            if self._stopping:  # type: ignore[attr-defined]
                return

    def _end_pass(self) -> None:
        self._spinning += 1
        self._now += PASS_COST_S * (1 + self._spinning // SPIN_PASSES)

    def _begin_pass(self) -> None:
        """Let time pass where nothing is ready, and make ready what is due."""
        self.passes += 1
        if not self._ready and not self._stopping:  # type: ignore[attr-defined]
            if self._resting and all(task.done() for task in self.tasks):
                self.stop()
            else:
                self._pass_time()
        if self.passes > self._pass_limit or self._now > self.limit_s:
            raise LimitReachedError(f"stopped at {self._now:.3f} virtual s, pass {self.passes}")
        timers = self._timers
        while timers and timers[0][0] <= self._now:
            timer = heapq.heappop(timers)[2]
            timer._scheduled = False
            if not timer._cancelled:
                self._ready.append(timer)

    def _failed(self, handle: Any, error: BaseException) -> None:
        """A callback raised; a task's own errors never come here."""
        text = format_helpers._format_callback_source(handle._callback, handle._args)
        self.call_exception_handler(
            {"message": f"Exception in callback {text}", "exception": error, "handle": handle}
        )

    def _pass_time(self) -> None:
        """Go to the moment of the next timer."""
        timers = self._timers
        while timers and timers[0][2]._cancelled:
            heapq.heappop(timers)[2]._scheduled = False
        if not timers or timers[0][0] == math.inf:
            raise DeadlockError(self.waiting())
        self._go_to(timers[0][0])

    def _go_to(self, when: float) -> None:
        if when > self.limit_s:
            self._now = max(self._now, self.limit_s)
            raise LimitReachedError(f"stopped at {self.limit_s:.3f} virtual s")
        self._now = max(self._now, when)
        self._spinning = 0

    def waiting(self, *, told_to_end: bool = True) -> tuple[str, ...]:
        """Every task that has not ended, with the place where it waits.

        Args:
            told_to_end: Those, too, that somebody has cancelled, and those that close generators.
        """
        return tuple(
            f"task {task.simulated_actor.path} in {_place(task.get_coro())}"
            for task in self.tasks
            if not task.done() and (told_to_end or not (task.cancelling() or _closes(task)))
        )

    def chosen(self) -> tuple[int, int, dict[tuple[str, int], int]]:
        """How many tasks were made, points with a choice, and which steps were overtaken."""
        return len(self.tasks), 0, {}

    def run_in_executor(  # type: ignore[override]
        self,
        _executor: object,
        func: Callable[..., Any],
        *args: Any,
    ) -> asyncio.Future[Any]:
        """Run `func` in a later step of this thread: one more schedulable step.

        As in a thread of its own, no event loop is running while it runs, context variables have
        their defaults (`asyncio.to_thread` hands its own on), and when it sleeps nobody else waits
        for it.
        """
        self._check_open()
        future = self.create_future()
        self._hand_to_thread(self._thread_step, future, func, args)
        return future

    def _hand_to_thread(self, step: Callable[..., None], *args: Any) -> None:
        self.call_soon(step, *args)

    def _thread_step(
        self, future: asyncio.Future[Any], func: Callable[..., Any], args: tuple[Any, ...]
    ) -> None:
        if future.cancelled():
            return
        asyncio._set_running_loop(None)
        self._in_thread = True
        try:
            outcome, give = contextvars.Context().run(func, *args), future.set_result
        except Exception as error:  # noqa: BLE001 - it belongs to whoever awaits the future
            outcome, give = _awaitable(error), future.set_exception
        finally:
            self._in_thread = False
            slept, self._thread_s = self._thread_s, 0.0
            asyncio._set_running_loop(self)
        if slept:
            self.call_at(self._now + slept, _unless_cancelled, future, give, outcome)
        else:
            give(outcome)

    def call_soon_threadsafe(  # type: ignore[override]
        self, callback: Any, *args: Any, context: Any = None
    ) -> asyncio.Handle:
        """There is only one thread."""
        return self.call_soon(callback, *args, context=context)

    def _process_events(self, _event_list: object) -> None:
        """There are no events from outside."""

    def _write_to_self(self) -> None:
        """Nobody sleeps in a selector."""

    async def create_connection(
        self,
        protocol_factory: Callable[[], Any],
        host: Any = None,
        port: Any = None,
        *,
        sock: Any = None,
        **more: Any,
    ) -> tuple[Any, Any]:
        """Connect to what is served inside of the simulation.

        Raises:
            RefusedError: Nothing is served there, or it is to be encrypted.
        """
        address = self.wires.address_for(host, port, sock)
        if address is None or more.get("ssl"):
            raise RefusedError("loop.create_connection()")
        return self.wires.connected(self, protocol_factory, address)

    async def sock_connect(self, sock: Any, address: Any) -> None:
        """Take note of where a client's own socket leads.

        Raises:
            RefusedError: Nothing is served there.
        """
        if not self.wires.connecting(sock, address):
            raise RefusedError("loop.sock_connect()")

    async def getaddrinfo(self, host: Any, port: Any, **_more: Any) -> list[Any]:
        """Of what is served inside of the simulation.

        Raises:
            RefusedError: Nothing is served there.
        """
        found = self.wires.addresses(host, port)
        if found is None:
            raise RefusedError("loop.getaddrinfo()")
        return found


def _unless_cancelled(
    future: asyncio.Future[Any], give: Callable[[Any], None], outcome: object
) -> None:
    if not future.cancelled():
        give(outcome)


def _closes(task: Any) -> bool:
    """Whether the loop itself made the task, to close a generator that nobody uses any more."""
    return type(task.get_coro()).__name__ == "async_generator_athrow"


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
    "sock_sendall sock_sendto sock_accept sock_sendfile "
    "create_server create_datagram_endpoint create_unix_connection create_unix_server "
    "connect_read_pipe connect_write_pipe subprocess_shell subprocess_exec start_tls "
    "add_signal_handler getnameinfo"
)
for _name in _REAL.split():
    setattr(SimulatedLoop, _name, _refuse(_name))
