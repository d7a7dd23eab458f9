"""A child does a piece of work: what it leaves ends with it, and how it ends is known."""

import os
import signal
import sys
import threading
import time
from pathlib import Path

import pytest

from production_testers.model.errors import UsageError
from production_testers.simulation import explore
from production_testers.simulation.isolation import ChildDiedError, in_a_child

left = []


def leave():
    left.append(len(left))
    return os.getpid(), list(left)


def raising(error):
    def work():
        raise error

    return work


class AwkwardError(Exception):
    """Cannot be made anew from its arguments."""

    def __init__(self, first, second):
        super().__init__(f"{first} {second}")


def test_what_the_work_leaves_in_memory_ends_with_its_child():
    (first, seen), (second, seen_again) = in_a_child(leave), in_a_child(leave)
    assert seen == seen_again == [0]
    assert left == []
    assert len({first, second, os.getpid()}) == 3


def test_what_the_work_prints_is_not_shown(capfd):
    def talk():
        sys.stdout.write("print")
        sys.stderr.write("error")
        sys.stderr.flush()
        os.write(1, b"write")
        return "answer"

    assert in_a_child(talk) == "answer"
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    "error", [KeyError("x"), UsageError("What.", do="Do."), KeyboardInterrupt(), GeneratorExit()]
)
def test_what_the_work_raises_is_raised_here(error):
    with pytest.raises(type(error)) as caught:
        in_a_child(raising(error))
    assert str(caught.value) == str(error)


@pytest.mark.parametrize(
    ("leave_by", "code"),
    [
        (lambda: os._exit(3), 3),
        (lambda: os._exit(0), 0),
        (lambda: os.kill(os.getpid(), signal.SIGKILL), -9),
        (lambda: sys.exit(7), 7),
        (lambda: sys.exit("text"), 1),
    ],
    ids=["exit", "exit 0", "kill", "sys.exit", "sys.exit with a text"],
)
def test_a_child_that_ends_without_an_answer_is_named_with_its_exit_code(leave_by, code):
    with pytest.raises(ChildDiedError, match=rf"\(exit code {code}\)"):
        in_a_child(leave_by)


def test_a_result_that_cannot_be_pickled_is_said():
    with pytest.raises(RuntimeError, match="a result of type lock cannot be pickled"):
        in_a_child(threading.Lock)


def test_an_exception_that_cannot_be_pickled_is_said_with_its_text():
    with pytest.raises(RuntimeError, match=r"AwkwardError\('a b'\) cannot be pickled"):
        in_a_child(raising(AwkwardError("a", "b")))


def test_large_results_come_back_whole():
    assert len(in_a_child(lambda: b"x" * 5_000_000)) == 5_000_000


def test_an_interrupted_parent_leaves_no_child_behind(tmp_path):
    pid_file = tmp_path / "pid"

    def forever():
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        pid_file.write_text(str(os.getpid()))
        while True:
            time.sleep(10)

    def interrupt(*_):
        if not (pid_file.exists() and pid_file.read_text()):
            signal.setitimer(signal.ITIMER_REAL, 0.01)
            return
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.02)
        with pytest.raises(KeyboardInterrupt):
            in_a_child(forever)
    finally:
        signal.signal(signal.SIGALRM, before)
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid_file.read_text()), 0)


def test_no_file_stays_open():
    def descriptors():
        return len(list(Path("/proc/self/fd").iterdir()))

    in_a_child(leave)
    before = descriptors()
    for _ in range(3):
        in_a_child(leave)
        for work in (raising(KeyError("x")), lambda: os._exit(3)):
            with pytest.raises((KeyError, ChildDiedError)):
                in_a_child(work)
    assert descriptors() == before


# What it means for a search

batches = []


async def remembers():
    batches.append(1)
    assert len(batches) <= 50, "state of an earlier batch"


def test_the_state_of_one_batch_does_not_reach_the_next_one():
    assert explore(remembers, schedules=151).ok
    assert batches == []


def test_without_isolation_it_does():
    (failure,) = explore(remembers, schedules=151, isolate=False, minimise=False).failures
    assert failure.index == 50
    batches.clear()
