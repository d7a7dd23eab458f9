"""`ptest demo`: a workspace, a real run, and its findings."""

from pathlib import Path

from production_testers.cli.commands.run import told
from production_testers.cli.options import WorkspacePath
from production_testers.cli.output import show, tell
from production_testers.experiments.environments import Sut
from production_testers.phases import mission
from production_testers.workspace.workspace import FOLDER, Workspace

ENTRY = "CORE-001"


def demo(*, entry: str = ENTRY, workspace: WorkspacePath = None) -> int:
    """Make a workspace, run an entry against stageflow-core from the registry, show the findings.

    Args:
        entry: The roadmap entry to run.
        workspace: Where the workspace is made.
    """
    place = Workspace.create(workspace or Path(FOLDER))
    found = place.roadmap().entry(entry)
    outcome = mission.start(place, found, mission.Options(sut=Sut.parse("stageflow-core")), tell)
    show(told(outcome))
    if outcome.context.findings:
        first = outcome.context.findings[0].id
        show(f"\nSee it again: .venv/bin/ptest replay {first} --workspace {place.root}")
    return 0
