"""Takes a proposal of a person or an agent to a finding, or to the reason why it is none."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from production_testers.evidence.proposed import law_of, way_of
from production_testers.evidence.trial import not_offered
from production_testers.experiments.exploration import WorkerPool
from production_testers.experiments.worker import WorkerDiedError, Workers
from production_testers.model.errors import UsageError
from production_testers.phases import findings, mission, reporting
from production_testers.phases.context import RunContext
from production_testers.phases.proposals import read_scenario, read_script
from production_testers.workspace.proposals import (
    Proposal,
    ProposalSource,
    ProposalState,
    new_proposal,
    proposals_of,
)
from production_testers.workspace.run_folder import RunFolder
from production_testers.workspace.workspace import Workspace

EXIT_CODES = {
    ProposalState.PROMOTED: 0,
    ProposalState.DUPLICATE: 1,
    ProposalState.REJECTED: 1,
    ProposalState.UNDECIDED: 2,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """What somebody proposes.

    Attributes:
        law: The law that is said to be broken.
        scenario: A scenario file, or an evidence file or folder; None where there is a script.
        script: A script that ends with 1 where it shows, 0 where not, 2 where it cannot tell.
        way: In which way a script shows the law to be broken; empty where there is one way only.
        title: One line for people; empty for the law's own words.
        note: Why they think so.
    """

    law: str
    scenario: Path | None = None
    script: Path | None = None
    way: str = ""
    title: str = ""
    note: str = ""


def propose(
    workspace: Workspace, run: RunFolder, suggestion: Suggestion, tell: Callable[[str], None]
) -> Proposal:
    """Keep a proposal, have the machine judge it, and bring the run up to date.

    Raises:
        UsageError: The law is unknown, the scenario or script is wrong, or one of its stages
            cannot be imported; nothing is kept.
        SutUnavailableError: The run's system under test cannot be installed or imported.
    """
    stated = _stated(suggestion)
    run.read_findings()  # a broken file is told before anything is kept
    workspace.known_findings()
    context = mission.open_run(workspace, run, tell)
    with WorkerPool(context.environment.python, context.sut.name, (run.path,), size=1) as workers:
        if "scenario" in stated:
            _check_imports(workers, stated["law"], stated["scenario"])
        proposal = new_proposal(
            run,
            ProposalSource.COMMAND,
            **stated,
            title=" ".join(suggestion.title.split()),
            note=suggestion.note.strip(),
        )
        tell(f"Trying {proposal.id} on {context.sut_label}")
        judged = findings.add(context, workers, proposal)
    _bring_up_to_date(context)
    return judged


def _stated(suggestion: Suggestion) -> dict[str, Any]:
    """What a proposal holds, read and checked."""
    if (suggestion.scenario is None) is (suggestion.script is None):
        raise UsageError("A proposal has a scenario or a script.", do="Give one of them.")
    if suggestion.script is not None:
        way = way_of(suggestion.law, suggestion.way)
        return {"law": suggestion.law, "way": way, "script": read_script(suggestion.script)}
    if suggestion.way:
        raise UsageError("--way is for scripts: a scenario shows by itself how the law is broken.")
    law = law_of(suggestion.law)
    assert suggestion.scenario is not None, "there is no script"
    return {"law": law, "scenario": read_scenario(suggestion.scenario)}


def _check_imports(workers: Workers, law: str, scenario: dict[str, Any]) -> None:
    """A proposal that names what is not there is a mistake, and is not kept."""
    try:
        not_offered(workers, law, scenario)
    except WorkerDiedError as error:
        raise UsageError(
            f"What the scenario names cannot be imported: {error.what}", do="Mend its module."
        ) from error


def _bring_up_to_date(context: RunContext) -> None:
    context.findings = list(context.run.read_findings().findings)
    context.proposals = list(proposals_of(context.run))
    reporting.restate(context)
    context.workspace.aggregate()
