"""The happy path: one run at a time, and each of them gives what the reference gives."""

from collections import Counter
from dataclasses import dataclass

from production_testers.experiments.five.ground import Ground, Measurement, percentile, rounded
from production_testers.experiments.five.timeline import runs_of, times_ms
from production_testers.experiments.judging import run_and_judge
from production_testers.model.history import EventKind
from production_testers.model.scenario import Kind
from production_testers.model.shares import Share


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """One run after the other, in virtual time.

    Attributes:
        runs: How many.
        every_ms: From one start to the next; long enough that they do not meet.
    """

    runs: int = 50
    every_ms: float = 10_000.0

    def perform(self, ground: Ground) -> Measurement:
        """Execute them, and have every law judge what happened."""
        requests = ground.requests(ground.runs(self.runs), "baseline", every_ms=self.every_ms)
        scenario = ground.scenario(Kind.BASELINE, requests)
        judged = run_and_judge(ground.adapter, ground.sut, scenario)
        observation = judged.observation
        runs = runs_of(observation.history)
        completed = Share(sum(run.completed for run in runs), len(requests))
        as_due = sum(
            run.outcome in observation.expected[run.key].outcomes
            for run in runs
            if run.key in observation.expected
        )
        calls = Counter(
            str(event.value["call"]).split("/")[-2]
            for event in observation.history.of(EventKind.SERVICE_CALLED)
        )
        times = times_ms(runs)
        broken = [f"{law}: {verdict.summary}" for law, verdict in judged.broken.items()]
        if completed.count < completed.of:
            broken.append(
                f"{completed.of - completed.count} of {completed.of} runs did not complete."
            )
        return Measurement.of(
            broken=broken,
            figures={
                "runs": len(requests),
                "completed": completed.as_json(),
                "ended_as_due": as_due,
                "virtual_p50_ms": rounded(percentile(times, 0.5)),
                "virtual_p95_ms": rounded(percentile(times, 0.95)),
                "stage_executions": sum(1 for _ in observation.history.of(EventKind.STAGE_STARTED)),
                "service_calls": dict(sorted(calls.items())),
                "laws_kept": sum(v.state.value == "holds" for v in judged.verdicts.values()),
            },
        )
