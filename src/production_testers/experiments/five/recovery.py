"""Real processes that fail, are stopped and are killed in the middle of their work, and resume.

Nothing may be lost: what was accepted is done in the end. Nothing may happen twice: what was done
is not done again, and no stage is executed twice in one life. What a life had begun and not
finished, the next one executes again; the effect goes by the item's key, so it comes once. No
release that is known here claims more than that, and `executed_again` tells how much of it was.
"""

import json
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
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
LOOK_S_MAX = 120.0

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
        restored_within_s: From the end of the first process to the first item that the next one
            has done, its start included.
    """

    items: int = 60
    ways: Sequence[str] = (FAIL, STOP, KILL)
    concurrency: int = 5
    restored_within_s: float = 60.0

    def perform(self, ground: Ground) -> Measurement:
        """Play every way, each with a file of its own."""
        items = ground.runs(self.items)
        rows: list[dict[str, Json]] = []
        unclear: list[str] = []
        broken: list[str] = []
        for way in self.ways:
            with tempfile.TemporaryDirectory(prefix="ptest-recovery-") as folder:
                play = _Play(ground, Path(folder), items, self.concurrency)
                row = play.perform(way, ground.random("recovery", way).uniform(0.2, 0.6))
            rows.append(row)
            if row["ended_before_its_time"]:
                unclear.append(f"{way}: the process was over before it could be ended.")
            broken += self._complaints(way, row)
        if not rows:
            unclear.append("No way to end the process is stated.")
        return Measurement.of(
            broken=broken,
            unclear=unclear,
            figures={
                "accepted": sum(int(str(row["accepted"])) for row in rows),
                "lost": sum(int(str(row["lost"])) for row in rows),
                "twice": sum(int(str(row["twice"])) for row in rows),
                "executed_again": sum(int(str(row["executed_again"])) for row in rows),
                "first_done_after_s_max": max(
                    (
                        float(str(row["first_done_after_s"]))
                        for row in rows
                        if row["first_done_after_s"] is not None
                    ),
                    default=None,
                ),
                "restored_within_s": self.restored_within_s,
            },
            table=rows,
        )

    def _complaints(self, way: str, row: dict[str, Json]) -> list[str]:
        found = []
        if row["lost"]:
            found.append(f"{way}: {row['lost']} of {row['accepted']} accepted items were lost.")
        if row["twice"]:
            found.append(f"{way}: {row['twice']} items were executed twice.")
        first = row["first_done_after_s"]
        if first is None and row["done_at_the_end"] != row["accepted"]:
            found.append(f"{way}: the next process got nothing done.")
        elif first is not None and float(str(first)) > self.restored_within_s:
            found.append(
                f"{way}: the first item was done after {first} s; {self.restored_within_s:g} s are"
                " allowed."
            )
        return found


@dataclass(slots=True)
class _Play:
    """One file, its first process, and the one that takes over."""

    ground: Ground
    folder: Path
    items: int
    concurrency: int
    _lives: int = 0
    _errors: list[str] = field(default_factory=list)

    def perform(self, way: str, share: float) -> dict[str, Json]:
        """End the first process when such a share of the items is done, and start the next."""
        life.accept(self.store, self.items)
        target = max(1, round(self.items * share))
        first = self._start(**{"fail_at" if way == FAIL else "hold_at": target})
        too_early = False
        try:
            reached = self._wait(first, lambda: self._done() >= target)
            too_early = way != FAIL and not (reached and first.poll() is None)
            if way != FAIL and first.poll() is None:
                first.send_signal(signal.SIGTERM if way == STOP else signal.SIGKILL)
            self._end(first)
        finally:
            first.kill()
            first.wait()
        clock, before = stopwatch(), self._done()
        second = self._start()
        restored = None
        try:
            if self._wait(second, lambda: self._done() > before):
                restored = clock()
            self._end(second)
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
            "first_done_after_s": rounded(restored),
            "all_done_after_s": rounded(took),
            "ended_before_its_time": too_early or before == self.items,
            **self._counted(),
        }

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

    def _wait(self, process: "subprocess.Popen[bytes]", seen: Callable[[], bool]) -> bool:
        """Whether it was seen before the process ended, or right after."""
        clock = stopwatch()
        while process.poll() is None and clock() < LOOK_S_MAX:
            if seen():
                return True
            time.sleep(POLL_S)
        return seen()

    def _end(self, process: "subprocess.Popen[bytes]") -> None:
        with suppress(subprocess.TimeoutExpired):  # then it is killed
            process.wait(LOOK_S_MAX)

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
