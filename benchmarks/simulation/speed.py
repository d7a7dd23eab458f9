"""CPU time of a simulated schedule against the same execution on a reused stock event loop.

    .venv/bin/python benchmarks/simulation/speed.py

Writes its sections of docs/benchmarks.md. Ratios are taken within one worker, in turn.
"""

import statistics
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from page import write_section

from production_testers.experiments.environments import Sut, prepare
from production_testers.experiments.worker import Worker

SHAPES = {"5-stage chain": 400, "fan-out of 10": 200, "20 runs of one 5-stage graph": 20}
ANCHORS = {
    "5-stage chain": "600 to 700 schedules/s",
    "fan-out of 10": "300 to 350 schedules/s",
    "20 runs of one 5-stage graph": "27 to 50 schedules/s",
}
ROUNDS = 9


def main() -> None:
    sut = Sut.parse("stageflow-core==1.2.0")
    with Worker(prepare(sut).python, sut.name, (Path(__file__).parent,)) as worker:
        if "--bare" not in sys.argv:
            schedules(worker)
        bare(worker)


def schedules(worker: Worker) -> None:
    rows = []
    for shape, count in SHAPES.items():
        arguments = {"shape": shape, "count": count}
        found = [worker.call("speed_jobs:measure", arguments) for _ in range(ROUNDS)]
        names = ("simulated", "stock", "exploring", "judged")
        values = [_spread([f[name] for f in found]) for name in names]
        ratios = [
            _spread([f[name] / f["stock"] for f in found], ".2f")
            for name in ("simulated", "exploring")
        ]
        rows.append((shape, *values, *ratios, ANCHORS[shape]))
    write_section(
        "Simulation: cost of a schedule",
        "python benchmarks/simulation/speed.py",
        "CPU µs per schedule of stageflow-core 1.2.0, median (minimum to maximum) of nine rounds;"
        " every round measures all columns in one process, ten times in turn. *Simulated* and"
        " *exploring* (the loop that writes down every step) run the same build and the same"
        " instrumented stages with 10 ms of work as *stock*, a stock loop that is reused, with 20"
        " runs under way at a time."
        " *Judged* is what a run of `ptest` does: simulated, evaluated by the reference, and judged"
        " by every law. Aim: a ratio of at most 1.2. The last column is the anchors' prototype.",
        (
            "shape",
            "simulated",
            "stock",
            "exploring",
            "judged",
            "simulated / stock",
            "exploring / stock",
            "prototype",
        ),
        rows,
    )


def bare(worker: Worker) -> None:
    found = [worker.call("speed_jobs:bare", {}) for _ in range(ROUNDS)]
    write_section(
        "Simulation: bare speed",
        "python benchmarks/simulation/speed.py --bare",
        "Per CPU second, median (minimum to maximum) of nine rounds. *Explored* includes what"
        " `explore` needs of every execution: the order of steps and its problems. The stock loop's"
        " own steps in the same rounds say how fast the machine was.",
        ("what", "measured", "aim", "prototype"),
        [
            ("bare steps", _of(found, "bare_steps_per_s"), "300,000", "184,000"),
            ("bare steps of the stock loop", _of(found, "stock_steps_per_s"), "—", "—"),
            (
                f"small program of {found[0]['small_steps']} steps, simulated",
                _of(found, "small_per_s"),
                "4,000 at least, 10,000 aim",
                "2,700 to 4,100",
            ),
            ("the same, explored", _of(found, "explored_per_s"), "4,000 at least", "—"),
        ],
    )


def _of(found: list[dict[str, float]], name: str) -> str:
    return _spread([f[name] for f in found])


def _spread(values: list[float], form: str = ",.0f") -> str:
    middle, low, high = statistics.median(values), min(values), max(values)
    return f"{middle:{form}} ({low:{form}} to {high:{form}})"


if __name__ == "__main__":
    main()
