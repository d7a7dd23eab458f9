"""Runs a piece of work in a forked child, so that what it leaves in memory ends with it.

Module globals, caches, interned objects and counters that one schedule changes must not reach the
next one: a child runs a batch of schedules, and every failure is shown again in a child of its own.
"""

import os
import pickle
import signal
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar, cast

Result = TypeVar("Result")

_is_child = False


class OverdueError(BaseException):
    """A piece of work takes more real time than it may; no `except Exception` keeps it."""


@contextmanager
def overdue(seconds: float) -> Iterator[None]:
    """In a child, raise `OverdueError` in the middle of whatever runs when its time is up.

    Elsewhere nothing happens: the signal of the alarm clock belongs to the process.
    """
    if not _is_child:
        yield
        return

    def up(_signal: int, _frame: object) -> None:
        raise OverdueError(f"still running after {seconds:g} s of real time")

    signal.signal(signal.SIGALRM, up)
    signal.setitimer(signal.ITIMER_REAL, seconds, 1.0)  # again, where it was swallowed
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)


class ChildDiedError(Exception):
    """The child ended without an answer: it was killed, or the program ended the interpreter."""


def in_a_child(work: Callable[[], Result]) -> Result:
    """What `work()` returns in a child of this process.

    What it prints is not shown.

    Raises:
        ChildDiedError: The child gave no answer.
        Exception: Whatever `work` raised; where that or the result cannot be pickled, a
            RuntimeError that says so.
    """
    reading, writing = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # 3.12 warns where threads run
        child = os.fork()
    if child == 0:
        os.close(reading)
        _answer(writing, work)
    os.close(writing)
    try:
        with os.fdopen(reading, "rb") as pipe:
            raw = pipe.read()
    except BaseException:  # somebody interrupts: the child must not go on alone
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        raise
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if status != 0 or not raw:
        raise ChildDiedError(f"The program ended its process (exit code {status}).")
    error, result = pickle.loads(raw)  # noqa: S301 - our own child wrote it
    if error is not None:
        raise error
    return cast("Result", result)


def _answer(writing: int, work: Callable[[], object]) -> None:
    global _is_child
    _is_child, code = True, 1
    try:
        nowhere = os.open(os.devnull, os.O_RDWR)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        sys.stdout = sys.stderr = os.fdopen(nowhere, "w")  # they may be somebody's own files
        raw = _pickled(work)
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(raw)
        code = 0
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else 1
    finally:
        os._exit(code)


def _pickled(work: Callable[[], object]) -> bytes:
    """The exception and the result of some work, one of them None."""
    try:
        answer: tuple[object, object] = (None, work())
    except SystemExit:
        raise
    except BaseException as error:  # noqa: BLE001 - it belongs to the parent
        answer = (error, None)
    try:
        raw = pickle.dumps(answer)
        pickle.loads(raw)  # noqa: S301 - exceptions with arguments of their own fail only here
    except Exception as error:  # noqa: BLE001 - whatever a reduction raises
        raised, result = answer
        what = f"a result of type {type(result).__name__}" if raised is None else repr(raised)
        return pickle.dumps((RuntimeError(f"{what} cannot be pickled: {error}"), None))
    return raw
