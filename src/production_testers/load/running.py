"""Carries a plan out and keeps what it showed."""

import time
from collections.abc import Callable
from pathlib import Path

from production_testers.load import documents, hlog, otlp, supervisor
from production_testers.load.flame import Flame
from production_testers.load.plan import Plan
from production_testers.load.result import Result
from production_testers.load.supervisor import WorkerReport
from production_testers.workspace.atomic import write_json, write_text
from production_testers.workspace.clock import iso, utc_now

Tell = Callable[[str], None]

_TOLD_EVERY_S = 5.0


def perform(
    plan: Plan,
    tell: Tell = lambda _line: None,
    *,
    seed: int = 0,
    flame: Flame | None = None,
) -> Result:
    """Carry a plan out.

    Args:
        plan: What to do.
        tell: Shows progress.
        seed: Where the resampling of confidence intervals comes from.
        flame: Records the first worker from its first interval on.
    """
    started_at = iso(utc_now())
    told = [0.0]

    def progress(worker: WorkerReport, interval: dict[str, object]) -> None:
        if flame is not None and worker.number == 0:
            flame.start(worker.pid, plan.duration_s - plan.interval_s - 1)
        resources = interval["resources"]
        at_s = (resources["to_ns"] - first[0]) / 1e9 if first else 0.0  # type: ignore[index]
        if not first:
            first.append(resources["from_ns"])  # type: ignore[index]
        if at_s >= told[0] + _TOLD_EVERY_S:
            told[0] = at_s
            tell(f"  {at_s:.0f} of {plan.duration_s:g} s")

    first: list[int] = []
    load = supervisor.run(plan, progress)
    return Result(load=load, started_at=started_at, seed=seed)


def started_ns(result: Result) -> int:
    """When the load started, nanoseconds since 1970; the clocks of all processes are the same."""
    ago = time.perf_counter_ns() - result.load.start_ns
    return round(utc_now().timestamp() * 1e9) - ago


def keep(result: Result, folder: Path, sut: str) -> list[Path]:
    """Write latency.json, throughput.json, resource_usage.json and the histogram logs.

    Args:
        result: What a load showed.
        folder: Where to.
        sut: The target, for people.
    """
    written = []
    for name, content in documents.metrics(result, sut).items():
        write_json(folder / name, content)
        written.append(folder / name)
    document = otlp.traces(result, sut, started_ns(result))
    if document is not None:
        write_json(folder / "traces.json", document)
        written.append(folder / "traces.json")
    for name, text in hlog.logs(result).items():
        write_text(folder / name, text)
        written.append(folder / name)
    return written
