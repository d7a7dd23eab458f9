"""Wrong ways to tell of stages and runs."""

from collections import Counter

from detection.units.planting import PlantedUnit
from production_testers.suts.reference.units.run_summary import RunSummary


class Retelling(RunSummary):
    """What is emitted goes through `tell`, which gives what is told instead."""

    def __init__(self, settings, bench):
        super().__init__(settings, bench)
        emit, unit = bench.emit, self

        class Bench:
            def emit(self, name, **told):
                for one in unit.tell(name, told):
                    emit(name, **one)

            def __getattr__(self, name):
                return getattr(bench, name)

        self._bench = Bench()

    def tell(self, name, told):
        return [told]


class OnlyWell(Retelling):
    """A stage that fails is told of by its exception."""

    def tell(self, name, told):
        return [] if name == "stage summary" and told["status"] == "failed" else [told]


class OnlyFailures(Retelling):
    """To tell less, only failures are told of one by one."""

    def tell(self, name, told):
        return [] if name == "stage summary" and told["status"] == "ok" else [told]


class TellsAgain(Retelling):
    """A failing stage is told of by itself and by the run."""

    def tell(self, name, told):
        return [told, told] if told["status"] == "failed" else [told]


class AlwaysWell(Retelling):
    """A stage that only says that it failed has ended well."""

    def tell(self, name, told):
        return [{**told, "status": "ok"}]


class InSeconds(Retelling):
    """Durations are cut to tens of milliseconds."""

    def tell(self, name, told):
        return [{**told, "ms": told["ms"] // 10 * 10}]


class WithoutSeconds(Retelling):
    """Of a duration the part below a second is told."""

    def tell(self, name, told):
        return [{**told, "ms": told["ms"] % 1_000}]


class OnlyGoodRuns(Retelling):
    """A run that failed is told of by its exception."""

    def tell(self, name, told):
        return [] if name == "run summary" and told["status"] == "failed" else [told]


class NotWhenCancelled(RunSummary):
    """Only ordinary exceptions are thought of."""

    def _summary(self, run, told, status, begun):
        if status != "cancelled":
            super()._summary(run, told, status, begun)


class LeavesFailuresOut(Retelling):
    """The list is of what ended well."""

    def tell(self, name, told):
        if name != "run summary":
            return [told]
        stages = {stage: end for stage, end in told["stages"].items() if end == "ok"}
        return [{**told, "stages": stages, "counts": dict(Counter(stages.values()))}]


class LeavesTheFirstOut(Retelling):
    """The list begins with the second stage."""

    def tell(self, name, told):
        if name != "run summary":
            return [told]
        stages = {stage: end for stage, end in told["stages"].items() if stage != "stage 0"}
        return [{**told, "stages": stages, "counts": dict(Counter(stages.values()))}]


class CountsAll(Retelling):
    """What is counted as well are all stages of a run that went well at last."""

    def tell(self, name, told):
        if name != "run summary":
            return [told]
        return [{**told, "counts": {"ok": self._settings["stages"]}}]


class ForgetsWho(Retelling):
    """When two runs are under way, the second one's name is not known."""

    busy = 0

    async def perform(self, operation, arguments):
        self.busy += 1
        try:
            return await super().perform(operation, arguments)
        finally:
            self.busy -= 1

    def tell(self, name, told):
        return [{**told, "of": None}] if self.busy > 1 else [told]


LAW = "summaries/told"

PLANTED = (
    PlantedUnit("run_summary", LAW, "failure-untold", OnlyWell),
    PlantedUnit("run_summary", LAW, "stage-untold", OnlyFailures),
    PlantedUnit("run_summary", LAW, "told-twice", TellsAgain),
    PlantedUnit("run_summary", LAW, "status-wrong", AlwaysWell),
    PlantedUnit("run_summary", LAW, "duration-wrong", InSeconds),
    PlantedUnit("run_summary", LAW, "duration-wrong", WithoutSeconds),
    PlantedUnit("run_summary", LAW, "run-untold", OnlyGoodRuns),
    PlantedUnit("run_summary", LAW, "cancelled-run-untold", NotWhenCancelled),
    PlantedUnit("run_summary", LAW, "failure-left-out", LeavesFailuresOut),
    PlantedUnit("run_summary", LAW, "stage-left-out", LeavesTheFirstOut),
    PlantedUnit("run_summary", LAW, "counts-wrong", CountsAll),
    PlantedUnit("run_summary", LAW, "of-nobody", ForgetsWho),
)
