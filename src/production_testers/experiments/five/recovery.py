"""Real processes that fail, are stopped and are killed in the middle of their work, and resume.

Nothing may be lost: what was accepted is done in the end. Nothing may happen twice: what was done
is not done again, and no stage is executed twice in one life. What a life had begun and not
finished, the next one executes again; the effect goes by the item's key, so it comes once. No
release that is known here claims more than that, and `executed_again` tells how much of it was.

How long is too long depends on the machine, so it is measured first: what the process that is to
be ended took, undisturbed, from its start to its first item. The next one may take so many times
that; where it takes longer, a process that has nothing to resume is started for comparison.
"""

import json
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import production_testers
from production_testers.experiments.five import life
from production_testers.experiments.five.ground import Ground, Measurement, rounded
from production_testers.experiments.worker.client import PACKAGE_ONLY, clean_environment
from production_testers.model.canonical import Json
from production_testers.workspace.clock import stopwatch

FAIL, STOP, KILL = "fail", "stop", "kill -9"
POLL_S = 0.002

RESTORED_S_MIN = 5.0
"""No limit is shorter: a moment's load is not the framework's."""

FIRST_S_MAX = 180.0
"""For the very first item, when nothing has been measured yet."""

PATIENCE_S_MIN = 30.0
PATIENCE_TIMES = 10
"""How long nothing may get done, in times of what the first process took to its first item."""

TOGETHER_S_MAX = 540.0
"""All ways together; those that are left then were not tried."""

_LIVE = f"""{PACKAGE_ONLY}
import json
from production_testers.experiments.five.life import live
live(json.loads(sys.argv[1]))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """An application's process ends in each of these ways, and another one takes over.

    Attributes:
        items: Accepted before the first process starts.
        ways: How the first process ends: `fail` (an exception of its own), `stop` (SIGTERM),
            `kill -9`.
        concurrency: Runs at a time.
        restored_times_max: From the end of the first process to the first item that the next one
            has done, its start included: so many times what the first process took from its start
            to its first item, and five seconds at least.
        restored_within_s: The same in seconds, whatever the machine, where somebody was promised
            so; None leaves it to `restored_times_max`.
    """

    items: int = 60
    ways: Sequence[str] = (FAIL, STOP, KILL)
    concurrency: int = 5
    restored_times_max: float = 5.0
    restored_within_s: float | None = None

    def perform(self, ground: Ground) -> Measurement:
        """Play every way, each with a file of its own."""
        items, clock = ground.runs(self.items), stopwatch()
        rows: list[dict[str, Json]] = []
        unclear: list[str] = []
        broken: list[str] = []
        for way in self.ways:
            if clock() > TOGETHER_S_MAX:
                unclear.append(f"{way}: not tried; the others took {clock():.0f} s.")
                continue
            with tempfile.TemporaryDirectory(prefix="ptest-recovery-") as folder:
                play = _Play(ground, Path(folder), items, self.concurrency)
                row = play.perform(way, ground.random("recovery", way).uniform(0.2, 0.6))
                row["restored_within_s"] = rounded(self._limit_s(row))
                rows.append(row)
                told, nobody_knows = self._judged(way, row, play)
            broken += told
            unclear += nobody_knows
        if not self.ways:
            unclear.append("No way to end the process is stated.")
        return Measurement.of(
            broken=broken,
            unclear=unclear,
            figures={
                "accepted": _sum_of(rows, "accepted"),
                "lost": _sum_of(rows, "lost"),
                "twice": _sum_of(rows, "twice"),
                "executed_again": _sum_of(rows, "executed_again"),
                "undisturbed_first_done_after_s_max": _most_of(rows, "undisturbed_after_s"),
                "first_done_after_s_max": _most_of(rows, "first_done_after_s"),
                "restored_within_s_max": _most_of(rows, "restored_within_s"),
            },
            table=rows,
        )

    def _limit_s(self, row: Mapping[str, Any]) -> float | None:
        if self.restored_within_s is not None:
            return self.restored_within_s
        undisturbed: float | None = row["undisturbed_after_s"]
        if undisturbed is None:
            return None
        return max(RESTORED_S_MIN, self.restored_times_max * undisturbed)

    def _judged(
        self, way: str, row: Mapping[str, Any], play: "_Play"
    ) -> tuple[list[str], list[str]]:
        """What speaks against the framework, and what nobody can tell."""
        broken, unclear = [], []
        if row["ended_before_its_time"]:
            unclear.append(f"{way}: {_too_early(row)}")
        if row["lost"]:
            broken.append(f"{way}: {row['lost']} of {row['accepted']} accepted items were lost.")
        if row["twice"]:
            broken.append(f"{way}: {row['twice']} items were executed twice.")
        broken += [f"{way}: {words}" for words in play.given_up]
        first, limit = row["first_done_after_s"], row["restored_within_s"]
        missing = row["done_at_the_end"] != row["accepted"]
        if first is None and missing:
            broken.append(f"{way}: the next process got nothing done.")
        elif first is not None and limit is not None and first > limit:
            late = f"{way}: the first item was done after {first} s; {limit:g} s are allowed"
            if self.restored_within_s is not None:
                broken.append(f"{late}.")
                return broken, unclear
            late += f", because the first process had taken {row['undisturbed_after_s']} s"
            control = play.control()
            if control is not None and control * self.restored_times_max >= first:
                unclear.append(
                    f"{late}. One that had nothing to resume took {control} s after that: the"
                    " machine has become slower."
                )
            else:
                took = "got nothing done" if control is None else f"took {control} s"
                broken.append(f"{late}, and one that had nothing to resume {took}.")
        return broken, unclear


def _too_early(row: Mapping[str, Any]) -> str:
    if row["undisturbed_after_s"] is None:
        return f"within {FIRST_S_MAX:g} s the first process got nothing done, or it ended."
    return "the process was over before it could be ended."


def _sum_of(rows: Sequence[Mapping[str, Any]], name: str) -> int:
    return sum(int(row[name]) for row in rows)


def _most_of(rows: Sequence[Mapping[str, Any]], name: str) -> float | None:
    return max((float(row[name]) for row in rows if row[name] is not None), default=None)


class _Progress:
    """What got done so far, and whether that is the same for too long."""

    def __init__(self, done: Callable[[], int], patience_s: float) -> None:
        self._done, self._patience_s = done, patience_s
        self.done, self._clock = done(), stopwatch()

    def goes_on(self) -> bool:
        """Look again; false when nothing got done for too long."""
        time.sleep(POLL_S)
        done = self._done()
        if done != self.done:
            self.done, self._clock = done, stopwatch()
        return self._clock() < self._patience_s


@dataclass(slots=True)
class _Play:
    """One file, its first process, and the one that takes over.

    Attributes:
        given_up: What was waited for in vain, in words.
    """

    ground: Ground
    folder: Path
    items: int
    concurrency: int
    given_up: list[str] = field(default_factory=list)
    _lives: int = 0
    _patience_s: float = FIRST_S_MAX
    _measured_s: float | None = None

    def perform(self, way: str, share: float) -> dict[str, Json]:
        """End the first process when such a share of the items is done, and start the next."""
        life.accept(self.store, self.items)
        target = max(1, round(self.items * share))
        clock = stopwatch()
        first = self._start(**{"fail_at" if way == FAIL else "hold_at": target})
        too_early = False
        try:
            undisturbed = self._first_done(first, 0, clock)
            if undisturbed is not None:
                self._measured_s = undisturbed
                self._patience_s = max(PATIENCE_S_MIN, PATIENCE_TIMES * undisturbed)
            reached = self._wait(first, target)
            too_early = way != FAIL and not (reached and first.poll() is None)
            if way != FAIL and first.poll() is None:
                first.send_signal(signal.SIGTERM if way == STOP else signal.SIGKILL)
            self._end(first, "The first process")
        finally:
            first.kill()
            first.wait()
        clock, before = stopwatch(), self._done()
        second = self._start()
        try:
            restored = self._first_done(second, before, clock)
            self._end(second, "The next process")
        finally:
            second.kill()
            second.wait()
        took = clock()
        return {
            "way": way,
            "accepted": self.items,
            "done_when_it_ended": before,
            "done_at_the_end": self._done(),
            "exit_codes": [first.returncode, second.returncode],
            "undisturbed_after_s": rounded(undisturbed),
            "first_done_after_s": rounded(restored),
            "restored_within_s": None,  # whoever states the limit fills it in
            "all_done_after_s": rounded(took),
            "ended_before_its_time": too_early or undisturbed is None or before == self.items,
            **self._counted(),
        }

    def control(self) -> float | None:
        """Seconds to the first item of a process that has nothing to resume; None without one."""
        folder = self.folder / "control"
        folder.mkdir()
        other = _Play(self.ground, folder, self.items, self.concurrency)
        other._patience_s = self._patience_s
        life.accept(other.store, self.items)
        clock = stopwatch()
        process = other._start()
        try:
            return rounded(other._first_done(process, 0, clock))
        finally:
            process.kill()
            process.wait()

    @property
    def store(self) -> Path:
        """The file that outlives the processes."""
        return self.folder / "store.db"

    def _start(self, *, fail_at: int = 0, hold_at: int = 0) -> "subprocess.Popen[bytes]":
        self._lives += 1
        kind = type(self.ground.adapter)
        arguments: dict[str, Any] = {
            "paths": list(self.ground.paths),
            "adapter": f"{kind.__module__}:{kind.__qualname__}",
            "store": str(self.store),
            "seed": self.ground.seed,
            "items": self.items,
            "life": self._lives,
            "concurrency": self.concurrency,
            "fail_at": fail_at,
            "hold_at": hold_at,
        }
        package = str(Path(production_testers.__file__).parent)
        with (self.folder / f"stderr-{self._lives}").open("wb") as errors:
            return subprocess.Popen(
                [sys.executable, "-s", "-P", "-B", "-c", _LIVE, package, json.dumps(arguments)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                env=clean_environment(),
            )

    def _first_done(
        self, process: "subprocess.Popen[bytes]", before: int, clock: Callable[[], float]
    ) -> float | None:
        """When one item more was done; None when none was before the process ended."""
        return clock() if self._wait(process, before + 1) else None

    def _wait(self, process: "subprocess.Popen[bytes]", wanted: int) -> bool:
        """Whether so many are done before the process ends, or right after, or nothing moves on."""
        progress = _Progress(self._done, self._patience_s)
        while progress.done < wanted and process.poll() is None and progress.goes_on():
            pass
        return self._done() >= wanted

    def _end(self, process: "subprocess.Popen[bytes]", who: str) -> None:
        """Wait for its end, as long as something gets done; then it is killed."""
        progress = _Progress(self._done, self._patience_s)
        while process.poll() is None:
            if not progress.goes_on():
                because = f"; the first item of all had taken {rounded(self._measured_s)} s"
                self.given_up.append(
                    f"{who} had not ended after {self._patience_s:.0f} s in which nothing got done"
                    f"{because if self._measured_s is not None else ''}."
                )
                return

    def _ask(self, question: str) -> int:
        with closing(sqlite3.connect(self.store, timeout=10.0)) as store:
            return int(store.execute(question).fetchone()[0])

    def _done(self) -> int:
        return self._ask("SELECT count(*) FROM items WHERE done_in IS NOT NULL")

    def _counted(self) -> dict[str, Json]:
        lost = (
            "SELECT count(*) FROM items WHERE done_in IS NULL"
            " OR key NOT IN (SELECT key FROM effects)"
        )
        twice = (
            "SELECT count(*) FROM (SELECT e.key FROM executed e JOIN items i ON i.key = e.key"
            " GROUP BY e.key, e.life HAVING count(*) > 1 OR e.life > i.done_in)"
        )
        again = (
            "SELECT count(*) FROM (SELECT key FROM executed GROUP BY key"
            " HAVING count(DISTINCT life) > 1)"
        )
        return {
            "lost": self._ask(lost),
            "twice": self._ask(twice),
            "executed_again": self._ask(again),
        }
