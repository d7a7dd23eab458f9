"""Proposals of findings, by people and agents: results/evidence/proposal-NNN.json."""

import re
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from production_testers.workspace.atomic import exclusive, write_json
from production_testers.workspace.clock import iso, utc_now
from production_testers.workspace.run_folder import RunFolder
from production_testers.workspace.schema import Document, FindingIdText, Stamp

_NAME = re.compile(r"proposal-(?P<number>[0-9]{3,})\.json\Z")


class ProposalSource(StrEnum):
    """How a proposal came in."""

    COMMAND = "command"
    FINDINGS_FILE = "findings.json"


class ProposalState(StrEnum):
    """What the machine says of a proposal."""

    PROPOSED = "proposed"
    PROMOTED = "promoted"
    DUPLICATE = "duplicate"
    REJECTED = "rejected"
    UNDECIDED = "undecided"


class Proposal(Document):
    """One proposal, with what became of it."""

    format: Literal["ptest.proposal/1"] = "ptest.proposal/1"
    id: Annotated[str, Field(pattern=r"^proposal-[0-9]{3,}$")]
    """Counts per run."""
    source: ProposalSource
    """How it came in."""
    proposed_at: Stamp
    """When it came in."""
    law: str | None = None
    """The law that it says is broken; null where it names none."""
    scenario: dict[str, object] | None = None
    """In the format `ptest.scenario/1`; null where it names none."""
    script: str | None = None
    """The text of a script that ends with 1 where it shows; null where there is none."""
    way: str | None = None
    """In which way the script shows the law to be broken."""
    title: str = ""
    """In the words of whoever proposed it."""
    note: str = ""
    """Why they think so."""
    stated: object = None
    """What stood in findings.json, to the letter."""
    state: ProposalState = ProposalState.PROPOSED
    """What became of it."""
    reason: str = ""
    """Why, with numbers."""
    finding: FindingIdText | None = None
    """The finding that it became, or that it is a duplicate of."""
    judged_at: Stamp | None = None
    """When the machine last looked at it."""
    sut: str = ""
    """Name and version of the system that it was tried on."""

    def judged(
        self, state: ProposalState, reason: str, *, finding: str | None = None, sut: str = ""
    ) -> "Proposal":
        """The same proposal with what became of it, as of now."""
        return self.model_copy(
            update={
                "state": state,
                "reason": reason,
                "finding": finding,
                "judged_at": iso(utc_now()),
                "sut": sut or self.sut,
            }
        )


def proposals_of(run: RunFolder) -> tuple[Proposal, ...]:
    """Every proposal of a run, in the order in which they came in.

    Raises:
        InvalidDocumentError: One of the files is broken.
    """
    return tuple(Proposal.load(path) for path in proposal_files(run))


def new_proposal(run: RunFolder, source: ProposalSource, **fields: object) -> Proposal:
    """Keep a new proposal under the next number of the run."""
    run.evidence.mkdir(parents=True, exist_ok=True)
    with exclusive(run.evidence):
        number = max((*_numbers_given(run), *(one for one, _ in _files(run))), default=0) + 1
        proposal = Proposal.model_validate(
            {
                **fields,
                "id": f"proposal-{number:03d}",
                "source": source,
                "proposed_at": iso(utc_now()),
            }
        )
        keep_proposal(run, proposal)
    return proposal


def keep_proposal(run: RunFolder, proposal: Proposal) -> None:
    """Write a proposal as it stands now; raises as `atomic.write_json` does."""
    write_json(run.evidence / f"{proposal.id}.json", proposal.as_json())


def proposal_files(run: RunFolder) -> tuple[Path, ...]:
    """The files of the proposals, in the order in which they came in."""
    return tuple(path for _, path in sorted(_files(run)))


def _numbers_given(run: RunFolder) -> Iterator[int]:
    """Numbers of proposals that were judged, also of those whose files somebody deleted."""
    for event in run.journal.read():
        if (match := _NAME.match(f"{event.get('proposal')}.json")) is not None:
            yield int(match["number"])


def _files(run: RunFolder) -> Iterator[tuple[int, Path]]:
    if run.evidence.is_dir():
        for path in run.evidence.iterdir():
            if (match := _NAME.match(path.name)) is not None:
                yield int(match["number"]), path
