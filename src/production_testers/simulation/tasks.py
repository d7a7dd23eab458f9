"""Tasks and futures that are known by where they come from, not by where they lie in memory.

`asyncio.wait` and `TaskGroup` keep tasks in sets, and sets iterate by hash; stock tasks and futures
hash by address, so one seed would give many outcomes.
"""

# ruff: noqa: SLF001 - stands where the stock task stands

import asyncio
import zlib
from typing import Any

_SPREAD = 0x9E3779B97F4A7C15
_HASH_BITS = (1 << 60) - 1
_HEAP_TYPE, _IMMUTABLE_TYPE = 1 << 9, 1 << 8
"""`Py_TPFLAGS_HEAPTYPE`, `Py_TPFLAGS_IMMUTABLETYPE`: whether attributes of a class can be set."""


class Actor:
    """Who takes steps: a task, or a call that was handed to a thread.

    Attributes:
        path: Where it comes from. `main/fetch[2]` is the third task with the name or coroutine
            `fetch` that `main` spawned.
        tag: 32 bits that stand for the path in traces.
        steps: Steps that it has begun; loops that explore count them.
        sleeps: Sleeps that it has begun; loops that explore count them.
        timers: Other timers that it has set, likewise.
        threads: Calls that it has handed to threads.
        is_call: Whether it is a call that was handed to a thread.
        priority: For strategies that keep one.
    """

    __slots__ = (
        "_children", "_label", "_parent", "is_call", "path", "priority", "sleeps", "steps", "tag",
        "threads", "timers",
    )  # fmt: skip

    def __init__(self, path: str, label: str = "", parent: "Actor | None" = None) -> None:
        self.path = path
        self.tag = zlib.crc32(path.encode())
        self._label = label
        self._parent = parent
        self.timers = 0
        self.steps = self.sleeps = self.threads = 0
        self.is_call = False
        self.priority = 0.0
        self._children: dict[str, int] = {}

    def child(self, label: str) -> "Actor":
        """A new actor that this one has brought into being."""
        return Actor(self._next_path(label), label, self)

    def _next_path(self, label: str) -> str:
        nth = self._children.get(label, 0)
        self._children[label] = nth + 1
        return self._path_of(label, nth)

    def _path_of(self, label: str, nth: int) -> str:
        if not self.path:  # nobody spawned it
            return f"{label}[{nth}]" if nth else label
        return f"{self.path}/{label}[{nth}]"

    def rename(self, label: str) -> None:
        """Take a name before the first step: `create_task(..., name=...)` gives it only then."""
        parent = self._parent
        if parent is None or self.steps or label == self._label:
            return
        last = parent._children[self._label] - 1
        if self.path == parent._path_of(self._label, last):  # otherwise a gap stays
            parent._children[self._label] = last
        self._label, self.path = label, parent._next_path(label)
        self.tag = zlib.crc32(self.path.encode())


def hash_by_order(future: Any) -> int:
    """The hash of a future of a simulated loop: its number, taken now where it has none yet."""
    number: int | None = getattr(future, "number", None)
    if number is None:
        next_number = getattr(future.get_loop(), "next_number", None)
        if next_number is None:
            return object.__hash__(future)
        number = future.number = next_number()
    return number


class _StandsIn(type):
    """Lets what the class `stands_for` calls its own pass for its own: `isinstance` tells both."""

    def __instancecheck__(cls, instance: object) -> bool:
        real = vars(cls).get("stands_for")
        return super().__instancecheck__(instance) if real is None else isinstance(instance, real)

    def __subclasscheck__(cls, subclass: type) -> bool:
        real = vars(cls).get("stands_for")
        return super().__subclasscheck__(subclass) if real is None else issubclass(subclass, real)


class SimulatedFuture(asyncio.Future[Any], metaclass=_StandsIn):
    """A future that hashes by the order of creation; `asyncio.Future` while a simulation runs."""

    stands_for = asyncio.Future
    number: int
    __hash__ = hash_by_order


class SimulatedTask(asyncio.Task[Any], metaclass=_StandsIn):
    """A task that hashes by the path of its actor; `asyncio.Task` while a simulation runs."""

    stands_for = asyncio.Task
    simulated_actor: Actor
    _identity: int

    def __init__(
        self, coro: Any, *, loop: Any = None, name: str | None = None, **more: Any
    ) -> None:
        owner: Any = asyncio.get_running_loop() if loop is None else loop
        number = owner.next_number()
        _identify(self, owner, coro, name, number)
        super().__init__(coro, loop=owner, name=name or f"Task-{number}", **more)
        owner.tasks.append(self)

    def set_name(self, value: object) -> None:
        """As the stock task; a name that it gets before its first step is part of its path."""
        super().set_name(value)
        self.simulated_actor.rename(str(value))

    def __hash__(self) -> int:
        return self._identity


def adopt(task: Any, loop: Any, coro: Any, name: str | None) -> None:
    """Give a task that the program's own factory made an actor, and a hash where that can be.

    `asyncio.Task` itself, bound before the simulation, does not let its hash be replaced.
    """
    if hasattr(task, "simulated_actor") or not isinstance(task, asyncio.Future):
        return
    kind = type(task)
    changeable = kind.__flags__ & (_HEAP_TYPE | _IMMUTABLE_TYPE) == _HEAP_TYPE
    if changeable and kind.__hash__ is object.__hash__:
        kind.__hash__ = _hash_of_adopted  # type: ignore[assignment]
    _identify(task, loop, coro, name, loop.next_number())
    loop.tasks.append(task)


def _hash_of_adopted(task: Any) -> int:
    identity: int | None = getattr(task, "_identity", None)
    return object.__hash__(task) if identity is None else identity


def _identify(task: Any, loop: Any, coro: Any, name: str | None, number: int) -> None:
    label = name or getattr(coro, "__name__", None) or type(coro).__name__
    parent = asyncio.current_task(loop) if asyncio._get_running_loop() is loop else None
    task.simulated_actor = actor = getattr(parent, "simulated_actor", loop.root).child(label)
    seed = loop.order_seed
    task._identity = ((actor.tag ^ seed) * _SPREAD >> 4 & _HASH_BITS) if seed else number


_BUILTIN = type(len)


def actor_of(callback: Any) -> Actor | None:
    """Whose step a callback is; None for a callback that is no task's step."""
    kind = type(callback)
    if (kind is _BUILTIN and callback.__name__ == "task_wakeup") or (
        kind.__name__ == "TaskStepMethWrapper"
    ):
        return getattr(callback.__self__, "simulated_actor", None)
    return None
