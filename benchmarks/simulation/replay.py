"""Replays of failures: the same history every time, wherever.

    .venv/bin/python benchmarks/simulation/replay.py

Writes its section of docs/benchmarks.md.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

from corpora import LATE_WORK, MORE_RACES, RACES
from page import write_section

from production_testers.simulation import explore, read_schedule, replay

FAILURES = 50
IN_PROCESS = 10
HASH_SEEDS = ("0", "1", "42", "4242", "random")
IN_NEW_PROCESSES = 2


def main() -> None:
    if len(sys.argv) > 1:
        _replay_all(Path(sys.argv[1]))
        return
    failures = _failures()
    wanted = [failure.digest for _, failure in failures]
    same = total = 0
    for number in range(IN_PROCESS):
        noise = [bytearray(37 * n % 4_000) for n in range(5_000 * (number % 3))]
        found = [replay(_program(name), failure.schedule).digest for name, failure in failures]
        same += sum(a == b for a, b in zip(found, wanted, strict=True))
        total += len(wanted)
        del noise
    rows = [("in this process, with heap noise between", total, f"{same / total:.1%}")]
    for hash_seed in HASH_SEEDS:
        same = total = 0
        for _ in range(IN_NEW_PROCESSES):
            found = _in_a_new_process(failures, hash_seed)
            same += sum(a == b for a, b in zip(found, wanted, strict=True))
            total += len(wanted)
        rows.append((f"in new processes, PYTHONHASHSEED={hash_seed}", total, f"{same / total:.1%}"))
    write_section(
        "Simulation: replay",
        "python benchmarks/simulation/replay.py",
        f"{len(failures)} failures of the races, each replayed from its smallest schedule. The same"
        " means: every step with its moment, and the outcome. The anchors: three published"
        " simulators gave 60 different outcomes in 60 replays of one seed. Aim: 100 %.",
        ("where", "replays", "the same history"),
        rows,
    )


def _failures():
    found = []
    for seed in range(9):
        for name in (*RACES, *MORE_RACES):
            exploration = explore(
                _program(name), schedules=60, seed=seed, stop_at_first=True, faults=LATE_WORK
            )
            found += [(name, failure) for failure in exploration.failures if failure.stable]
            if len(found) >= FAILURES:
                return found[:FAILURES]
    return found


def _program(name: str):
    return RACES.get(name) or MORE_RACES[name]


def _in_a_new_process(failures, hash_seed: str) -> list[str]:
    path = Path(__file__).with_name("replay.json.tmp")
    entries = [[name, failure.schedule.as_json()] for name, failure in failures]
    path.write_text(json.dumps(entries), encoding="utf-8")
    try:
        done = subprocess.run(
            [sys.executable, __file__, str(path)],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=True,
        )
    finally:
        path.unlink()
    return list(json.loads(done.stdout))


def _replay_all(path: Path) -> None:
    entries = json.loads(path.read_text(encoding="utf-8"))
    print(json.dumps([replay(_program(n), read_schedule(raw)).digest for n, raw in entries]))


if __name__ == "__main__":
    main()
