"""Runs the workers of one load, and lives on when one of them dies.

`ProcessPoolExecutor` would lose every result with the first killed worker. Here a worker sends
what it recorded once an interval; when it dies, those intervals stay and the report says so.
"""

import fcntl
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import production_testers
from production_testers.experiments.worker import frames
from production_testers.experiments.worker.client import PACKAGE_ONLY
from production_testers.load.plan import Plan
from production_testers.model.errors import PtestError, SutUnavailableError, UsageError

BOOTSTRAP = f"""{PACKAGE_ONLY}
from production_testers.load.worker.process import main
main(int(sys.argv[1]), int(sys.argv[2]))
"""

PREPARE_S = 120.0
"""How long a worker may take to import its target."""

GRACE_S = 60.0
"""How long after the end a worker may still be silent."""

LEAD_S = 0.1
"""From the order to start until the start, so that all workers are there."""

_CLOCK_TRIES = 5
_F_SETPIPE_SZ = 1031
_PIPE_BYTES = 1024 * 1024


@dataclass(slots=True, kw_only=True)
class WorkerReport:
    """What one worker told.

    Attributes:
        number: From 0.
        pid: Its process.
        intervals: What it recorded, in order; times are those of the monotonic clock.
        ended: Empty for a worker that did its whole job, else why it did not.
        clock_offset_us: Its clock less ours: half a round trip at most.
        clock_error_us: How well that is known.
        tasks_left: Tasks that the target left behind; None where it is not known.
    """

    number: int
    pid: int = 0
    intervals: list[dict[str, Any]] = field(default_factory=list)
    ended: str = "it never started"
    clock_offset_us: float = 0.0
    clock_error_us: float = 0.0
    tasks_left: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What came of a plan.

    Attributes:
        plan: What was asked for.
        start_ns: When it started, on the monotonic clock.
        workers: What each worker told.
        interrupted: Whether the user stopped it.
    """

    plan: Plan
    start_ns: int
    workers: Sequence[WorkerReport]
    interrupted: bool = False


def run(
    plan: Plan,
    on_interval: Callable[[WorkerReport, dict[str, Any]], None] = lambda _worker, _interval: None,
) -> Load:
    """Have a plan carried out.

    Args:
        plan: What to do.
        on_interval: Told of every interval as it comes.

    Raises:
        UsageError: The target cannot be used.
        SutUnavailableError: The framework cannot be imported.
        PtestError: No worker could be started, or one failed by our own mistake.
    """
    processes: list[_Process] = []
    try:
        for number in range(plan.workers):
            processes.append(_Process(plan, number))  # noqa: PERF401 - each one must be ended
        for process in processes:
            process.prepare()
        start = time.perf_counter_ns() + round(LEAD_S * 1e9)
        for process in processes:
            process.order({"start": start})
        interrupted = _listen(processes, plan, start, on_interval)
        reports = [process.report for process in processes]
        return Load(plan=plan, start_ns=start, workers=reports, interrupted=interrupted)
    finally:
        for process in processes:
            process.close()


def _listen(
    processes: Sequence["_Process"],
    plan: Plan,
    start: int,
    on_interval: Callable[[WorkerReport, dict[str, Any]], None],
) -> bool:
    """Read what the workers tell until all have ended; true where the user stopped it."""
    deadline = start / 1e9 + plan.duration_s + plan.drain_s + GRACE_S
    with selectors.DefaultSelector() as selector:
        for process in processes:
            selector.register(process.answers, selectors.EVENT_READ, process)
        try:
            while selector.get_map():
                left_s = deadline - time.perf_counter_ns() / 1e9
                ready = selector.select(max(0.0, left_s))
                for key, _ in ready:
                    if key.data.listen(on_interval):
                        selector.unregister(key.fileobj)
                if not ready and left_s <= 0:
                    break
        except KeyboardInterrupt:
            _give_up(processes, "stopped by the user")
            return True
        _give_up(processes, f"it gave no answer for {GRACE_S:.0f} s after the end")
    return False


def _give_up(processes: Sequence["_Process"], reason: str) -> None:
    for process in processes:
        if process.report.ended == _AT_WORK:
            process.report.ended = reason


_AT_WORK = "at work"


class _Process:
    """One worker's process."""

    def __init__(self, plan: Plan, number: int) -> None:
        self.report = WorkerReport(number=number)
        orders_read, orders_write = os.pipe()
        self.answers, answers_write = os.pipe()
        package = str(Path(production_testers.__file__).parent)
        command = [str(plan.python), "-s", "-P", "-c", BOOTSTRAP, package]
        try:
            self._process = subprocess.Popen(
                [*command, str(orders_read), str(answers_write)],
                pass_fds=(orders_read, answers_write),
                stdin=subprocess.DEVNULL,
                stdout=2,  # standard output is for the result alone
                env=None if plan.environment is None else dict(plan.environment),
                start_new_session=True,
            )
        finally:
            os.close(orders_read)
            os.close(answers_write)
        self._orders = os.fdopen(orders_write, "wb")
        _widen(self.answers)
        self._buffer = bytearray()
        self.report.pid = self._process.pid
        self.order(plan.job(number))

    def order(self, message: dict[str, Any]) -> None:
        """Tell the worker something; one that has ended is found out when it is listened to."""
        try:
            frames.write(self._orders, message)
        except (BrokenPipeError, ValueError):
            return

    def prepare(self) -> None:
        """Wait until the worker is ready, and compare its clock with ours."""
        self._expect("ready", PREPARE_S)
        best = float("inf")
        for _ in range(_CLOCK_TRIES):
            sent = time.perf_counter_ns()
            self.order({"clock": True})
            theirs = self._expect("clock", PREPARE_S)
            received = time.perf_counter_ns()
            if received - sent < best:
                best = received - sent
                self.report.clock_offset_us = (theirs - (sent + received) / 2) / 1e3
                self.report.clock_error_us = best / 2e3
        self.report.ended = _AT_WORK

    def _expect(self, kind: str, timeout_s: float) -> Any:
        deadline = time.perf_counter_ns() + round(timeout_s * 1e9)
        while True:
            message = self._parse()
            if message is not None:
                if kind in message:
                    return message[kind]
                self._refuse(message)
            if not self._receive(max(0.0, (deadline - time.perf_counter_ns()) / 1e9)):
                code = self._exit_code()
                raise PtestError(f"A load worker ended before it was ready ({_died(code)}).")

    def _refuse(self, message: dict[str, Any]) -> None:
        if "usage" in message:
            what, do = message["usage"]
            raise UsageError(what, do=do)
        if "unavailable" in message:
            what, do = message["unavailable"]
            raise SutUnavailableError(what, do=do)
        raise PtestError(
            f"A load worker failed: {message.get('error', message)}.\n"
            f"{message.get('traceback', '')}"
        )

    def listen(self, on_interval: Callable[[WorkerReport, dict[str, Any]], None]) -> bool:
        """Take in what there is; true when nothing will come any more."""
        alive = self._receive(0.0)
        while (message := self._parse()) is not None:
            if "interval" in message:
                self.report.intervals.append(message["interval"])
                on_interval(self.report, message["interval"])
            elif "done" in message:
                self.report.ended = ""
                self.report.tasks_left = message["done"]["tasks_left"]
            else:
                self.report.ended = str(message.get("error") or message.get("usage"))
        if not alive and self.report.ended == _AT_WORK:
            self.report.ended = f"it died ({_died(self._exit_code())})"
        return not alive

    def _receive(self, timeout_s: float) -> bool:
        """Whether there is more; waits for it."""
        with selectors.DefaultSelector() as selector:
            selector.register(self.answers, selectors.EVENT_READ)
            if timeout_s and not selector.select(timeout_s):
                raise PtestError("A load worker was not ready in time.")
        data = os.read(self.answers, 1 << 20)
        self._buffer += data
        return bool(data)

    def _parse(self) -> dict[str, Any] | None:
        """The next whole message that was received."""
        if len(self._buffer) < 4:
            return None
        end = 4 + int.from_bytes(self._buffer[:4], "big")
        if len(self._buffer) < end:
            return None
        message = frames.parse(bytes(self._buffer[4:end]))
        del self._buffer[:end]
        return message

    def _exit_code(self) -> int:
        try:
            return self._process.wait(5)
        except subprocess.TimeoutExpired:
            return 0

    def close(self) -> None:
        """End the worker and everything that it started."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        os.close(self.answers)
        try:
            self._orders.close()
        except BrokenPipeError:
            return


def _widen(pipe: int) -> None:
    """A worker must not wait because we are slow to read."""
    try:
        fcntl.fcntl(pipe, _F_SETPIPE_SZ, _PIPE_BYTES)
    except OSError:
        return


def _died(code: int) -> str:
    if code < 0:
        return f"signal {signal.Signals(-code).name}"
    return f"exit {code}"
