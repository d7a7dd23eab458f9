"""What is no finding: candidates that a gate turned down, proposals that were not promoted."""

from dataclasses import asdict, dataclass

from production_testers.model.canonical import Json
from production_testers.phases.exporting import turned_down
from production_testers.workspace.proposals import ProposalState, proposals_of
from production_testers.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """One of them.

    Attributes:
        run: Address of its run.
        kind: `candidate` or `proposal`.
        what: In which way the law is broken, or the proposal's number.
        law: The law; empty where a proposal names none.
        state: rejected, undecided or duplicate.
        reason: Why, with numbers.
    """

    run: str
    kind: str
    what: str
    law: str
    state: str
    reason: str

    def as_json(self) -> dict[str, Json]:
        """For `--json`."""
        return asdict(self)


def set_aside(workspace: Workspace) -> tuple[SetAside, ...]:
    """Every one of all runs, run by run.

    Raises:
        InvalidDocumentError: A proposal's file is broken.
    """
    candidates = [
        SetAside(
            run=one.run,
            kind="candidate",
            what=one.outcome_class,
            law=one.law,
            state=ProposalState.REJECTED.value,
            reason=f"not {one.gate}: {one.reason}",
        )
        for one in turned_down(workspace)
    ]
    proposals = [
        SetAside(
            run=run.address,
            kind="proposal",
            what=one.id,
            law=one.law or "",
            state=one.state.value,
            reason=one.reason,
        )
        for run in workspace.all_runs()
        for one in proposals_of(run)
        if one.state is not ProposalState.PROMOTED
    ]
    return tuple(sorted((*candidates, *proposals), key=lambda one: one.run))
