"""The lab of a run folder: what its tests ask.

In the folder, `pytest tests/` needs nothing but this package and the system under test in one
environment; the runner points `PTEST_SUT_PYTHON` at another one instead.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from production_testers.experiments import imports
from production_testers.experiments.exploration import KindReport, WorkerPool, explore
from production_testers.experiments.targets import targets_missed
from production_testers.experiments.worker.client import this_interpreter
from production_testers.laws import LAWS, Category
from production_testers.model.errors import UsageError
from production_testers.model.scenario import Kind

PYTHON_VARIABLE = "PTEST_SUT_PYTHON"
EXPLORED_VARIABLE = "PTEST_EXPLORED"
"""A file with what the same folder's plan has just shown: the runner's tests explore no more."""
COST = "production_testers.experiments.jobs:cost"
MEASURE = "production_testers.load.worker.measuring:measure"


@dataclass(frozen=True, slots=True, kw_only=True)
class LawResult:
    """What the lab found about a law.

    Attributes:
        state: holds, broken or unknown.
        summary: For broken, the first break in words; for unknown, why.
        schedules: How many schedules it was judged on.
        exercised: How many things were judged in them.
    """

    state: str
    summary: str
    schedules: int
    exercised: int


def laws_of(category: str) -> list[str]:
    """The laws of one of the six categories, by id; about units only those that this folder uses.

    The run folder is on the import path, as it is in its own tests.
    """
    wanted = Category(category)
    module = imports.units_module()
    units = module.UNITS if module else ()
    laws = [law for law in LAWS.values() if law.category is wanted and law.concerns(units)]
    if module is not None and not module.PIPELINES_EVERY:  # no pipeline is run here
        laws = [law for law in laws if law.units is not None]
    return [law.id for law in laws]


def needs_costs(law: str) -> bool:
    """Whether the law judges measured work instead of schedules."""
    return LAWS[law].needs_costs


class Lab:
    """Executes the scenarios of a run folder, each kind once, when it is first asked.

    Args:
        folder: The run folder.
        python: Interpreter that has the system under test; by default `PTEST_SUT_PYTHON`, or
            the one that runs the tests.

    Raises:
        UsageError: The folder has no readable `config/run_config.json`.
        SutUnavailableError: The system under test cannot be imported.
    """

    def __init__(self, folder: Path, python: Path | None = None) -> None:
        self.folder = folder
        self.config = read_config(folder)
        chosen = python or Path(os.environ.get(PYTHON_VARIABLE) or this_interpreter())
        self._workers = WorkerPool(chosen, self.config["sut"]["name"], (folder,))
        self._reports: dict[Kind, KindReport] = {}
        self._costs: dict[str, Any] | None = None
        self._measured: dict[str, Any] | None = None
        if explored := os.environ.get(EXPLORED_VARIABLE):
            told = json.loads(Path(explored).read_text(encoding="utf-8"))
            self._reports = {Kind(k): KindReport.taken_over(Kind(k), told[k]) for k in told}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def close(self) -> None:
        """End the workers."""
        self._workers.__exit__()

    @property
    def kinds(self) -> list[str]:
        """The kinds that this run executes."""
        return list(self._parameters["schedules"])

    @property
    def _parameters(self) -> Mapping[str, Any]:
        parameters: Mapping[str, Any] = self.config["test_parameters"]
        return parameters

    def report(self, kind: str) -> KindReport:
        """What exploring a kind shows."""
        wanted = Kind(kind)
        if wanted not in self._reports:
            plan = {wanted: int(self._parameters["schedules"][kind])}
            self._reports.update(explore(self._workers, plan, int(self._parameters["seed"])))
        return self._reports[wanted]

    def result(self, law: str, kind: str) -> LawResult:
        """What a law says about a kind; about measured work for the laws that judge it."""
        if LAWS[law].needs_costs:
            return self._cost_result(law)
        report = self.report(kind)
        first = next((c for c in report.candidates if c["law"] == law), None)
        state = report.state_of(law)
        if first is not None:
            summary = f"schedule {first['index']}: {first['verdict']['summary']}"
        else:
            summary = "" if state == "holds" else _why_unknown(report, law)
        return LawResult(
            state=state,
            summary=summary,
            schedules=report.schedules,
            exercised=report.exercised[law],
        )

    def costs(self) -> dict[str, Any]:
        """Work by number of stages, for every shape of the plan."""
        if self._costs is None:
            self._costs = {
                shape: self._workers.call(COST, {"shape": shape, "sizes": sizes})
                for shape, sizes in self._parameters["cost_sizes"].items()
            }
        return self._costs

    def measured(self) -> dict[str, Any]:
        """Latency, throughput and resources of real executions of the baseline pipeline."""
        if self._measured is None:
            self._measured = self._workers.call(MEASURE, dict(self._parameters["real"]))
        return self._measured

    def missed_targets(self) -> list[str]:
        """The stated targets that the real executions miss, each with the figure measured."""
        targets: Mapping[str, float] = self._parameters.get("slo") or {}
        return targets_missed(self.measured()["figures"], targets) if targets else []

    def _cost_result(self, law: str) -> LawResult:
        results = [shape["verdicts"].get(law) for shape in self.costs().values()]
        verdicts = [verdict for verdict in results if verdict is not None]
        for state in ("broken", "holds"):
            for verdict in verdicts:
                if verdict["state"] == state:
                    return LawResult(
                        state=state,
                        summary=verdict["summary"],
                        schedules=len(verdicts),
                        exercised=sum(v["exercised"] for v in verdicts),
                    )
        return LawResult(
            state="unknown", summary="no sizes were measured", schedules=0, exercised=0
        )


def _why_unknown(report: KindReport, law: str) -> str:
    if report.why_inconclusive:
        return f"inconclusive: {report.why_inconclusive}"
    if law in report.crashes:
        return f"an error of production-testers: the law itself failed, {report.crashes[law]}"
    if law in report.judged and (explained := report.judged[law]["explained"]):
        return f"not kept in {explained} schedules, which the break of another law explains"
    if report.not_offered:
        return f"not offered by this release: {', '.join(sorted(report.not_offered))}"
    return f"nothing to judge in {report.schedules} schedules"


def read_config(folder: Path) -> dict[str, Any]:
    """The configuration of a run folder.

    Raises:
        UsageError: There is none that can be used.
    """
    path = folder / "config" / "run_config.json"
    try:
        config: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        _ = config["sut"]["name"], config["test_parameters"]["schedules"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(
            f"{path} cannot be used: {type(error).__name__}: {error}.",
            do="Restore it, or scaffold a new run.",
        ) from error
    return config
