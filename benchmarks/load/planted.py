"""Slow executors become findings of a load: a lock across runs, work before every stage.

    .venv/bin/python benchmarks/load/planted.py

Each is measured up to three times beside its control, on a machine that should do nothing else:
where others have much of it, the pairs decide nothing, which is told. Ends with 1 where one is not
found. Writes its section of docs/benchmarks.md.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "benchmarks"), str(ROOT / "tests")]

from page import write_section

from detection.executors import Planted, PlantedAdapter
from detection.test_loads import (
    CHAIN,
    LAW,
    SLOW,
    Here,
    HoldsALock,
    WorksBeforeEveryStage,
    load,
    near_the_control,
)
from production_testers.evidence import loads

TURN_S = 0.5
TIMES = 3


@contextmanager
def _earlier(_workers: Any, _load: Any) -> Iterator[Here]:
    yield Here(PlantedAdapter(Planted))


def main() -> int:
    rows, shown = [], set()
    beside = {"beside": "stageflow-core==0.1.0"}
    for execution, asked, stated in (
        (HoldsALock, load(CHAIN, turn_s=TURN_S), near_the_control),
        (
            WorksBeforeEveryStage,
            load(CHAIN, targets=(), turn_s=TURN_S) | beside,
            lambda found: found,
        ),
    ):
        if "beside" in asked:
            loads._control = _earlier  # noqa: SLF001 - what stands for an earlier release
        for number in range(1, TIMES + 1):
            workers = Here(PlantedAdapter(execution))
            found = stated(loads.measured(workers, asked))
            ways = {(one.law, one.outcome_class) for one in loads.defects_of(workers, asked, found)}
            shown |= ways
            waited = max(one["waited_share"] for one in found.figures)
            told = ", ".join(sorted(f"{law} {way}" for law, way in ways)) or "nothing decided"
            rows.append((execution.__doc__.splitlines()[0], number, f"{waited:.0%}", told))
            if len(ways) == 2:
                break
    write_section(
        "Load: slow executors become findings",
        "python benchmarks/load/planted.py",
        f"Bugs planted in a right executor, {LAW} beside the reference and load/releases beside the"
        f" right one, up to {TIMES} times each. Load of the machine: {os.getloadavg()[0]:.1f} on"
        f" {os.cpu_count()} cores. Shown: {len(shown & SLOW)} of {len(SLOW)} ways.",
        ("planted", "time", "others had the core", "shown"),
        rows,
    )
    return 0 if shown >= SLOW else 1


if __name__ == "__main__":
    sys.exit(main())
