"""What the phases of one run share."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from production_testers.evidence.defect import Defect
from production_testers.experiments.environments import Environment, Sut
from production_testers.experiments.exploration import KindReport
from production_testers.experiments.recipe import Recipe
from production_testers.model.scenario import Kind
from production_testers.model.target import Target
from production_testers.phases.research.decisions import Seen
from production_testers.phases.research.hazard import Hazard
from production_testers.reports.record import Picture
from production_testers.workspace.documents import Finding
from production_testers.workspace.proposals import Proposal
from production_testers.workspace.roadmap import RoadmapEntry
from production_testers.workspace.run_folder import RunFolder
from production_testers.workspace.workspace import Workspace

REAL_S = 4.0
"""Seconds of real executions in a run of its own accord."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a run is going to do; follows from recipe, seed and options.

    Attributes:
        seed: Where everything is drawn from.
        schedules: Kind → number of schedules.
        cost_sizes: Shape → numbers of stages whose cost is counted.
        real_s: Seconds of real executions, closed and open loop together.
        concurrency: Callers of the closed loop.
        targets: SLO name → value.
        budget_s: Ceiling for exploring, seconds; None for none.
        experiments: Whether the experiments of the five kinds are performed.
    """

    seed: int
    schedules: Mapping[Kind, int]
    cost_sizes: Mapping[str, tuple[int, ...]]
    real_s: float = REAL_S
    concurrency: int = 50
    targets: Mapping[str, float] = field(default_factory=dict)
    budget_s: float | None = None
    experiments: bool = True


@dataclass(slots=True, kw_only=True)
class RunContext:
    """One run while it goes through its phases.

    Attributes:
        workspace: Where it stands.
        run: Its folder.
        entry: Its roadmap entry.
        recipe: How the entry is executed.
        sut: The system under test, as the user named it.
        environment: Where that is installed.
        description: What its adapter says of it.
        plan: What the run is going to do.
        tell: Shows progress to the user.
        target: A team's own application, where one is tested.
        reports: What exploring showed, by kind.
        costs: Work by number of stages; as `load`, the pairs of a load that missed a target.
        measured: Real executions.
        experiments: Kind → what its experiment gave; see `experiments.five`.
        defects: Defects that passed every gate, with their findings.
        rejected: Candidates that failed a gate.
        unreached: Candidates for whose gates there was no time, as far as they came.
        unreached_why: Why not.
        findings: What findings.json holds.
        new_ids: Findings that no earlier run had.
        proposals: What people and agents proposed, with what became of it.
        pictures: What was drawn into results/screenshots/.
        pictures_missing: Why pictures could not be drawn; empty where all were.
        hazards: What the static scan of the system under test found; None before it was made.
        seen: What the run shows of each hazard, by the key of its group; empty before the tests.
    """

    workspace: Workspace
    run: RunFolder
    entry: RoadmapEntry
    recipe: Recipe
    sut: Sut
    environment: Environment
    description: Mapping[str, Any]
    plan: Plan
    tell: Callable[[str], None]
    target: Target | None = None
    reports: dict[Kind, KindReport] = field(default_factory=dict)
    costs: dict[str, Any] = field(default_factory=dict)
    measured: dict[str, Any] | None = None
    experiments: dict[str, dict[str, Any]] = field(default_factory=dict)
    defects: list[Defect] = field(default_factory=list)
    rejected: list[Defect] = field(default_factory=list)
    unreached: list[Defect] = field(default_factory=list)
    unreached_why: str = ""
    findings: list[Finding] = field(default_factory=list)
    new_ids: set[str] = field(default_factory=set)
    proposals: list[Proposal] = field(default_factory=list)
    pictures: tuple[Picture, ...] = ()
    pictures_missing: str = ""
    hazards: tuple[Hazard, ...] | None = None
    seen: Mapping[tuple[str, str], Seen] = field(default_factory=dict)
    data_files: list[dict[str, Any]] = field(default_factory=list)

    @property
    def sut_label(self) -> str:
        """Name and version, for people."""
        version = self.description["version"]
        return f"{self.sut.name} {version}" if version else self.sut.name

    @property
    def crashes(self) -> dict[str, str]:
        """Laws that failed themselves → where first, over all kinds and measured shapes."""
        found: dict[str, str] = {}
        for kind, report in self.reports.items():
            for law, told in report.crashes.items():
                found.setdefault(law, f"{kind.value}, {told}")
        for shape, measured in self.costs.items():
            for law, verdict in measured["verdicts"].items():
                if verdict.get("crashed"):
                    found.setdefault(law, f"{shape}, {verdict['summary']}")
        return found

    @property
    def folder(self) -> Path:
        """The run folder's path."""
        return self.run.path
