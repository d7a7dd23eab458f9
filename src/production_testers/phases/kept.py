"""A finding as it is kept: its run, its evidence, and how both are brought up to date."""

import difflib
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from production_testers.evidence.defect import Defect, load_defect
from production_testers.evidence.ranges import Range
from production_testers.experiments.environments import Sut
from production_testers.model.canonical import canonical_json
from production_testers.model.errors import UsageError
from production_testers.phases.configured import sut_of
from production_testers.workspace.atomic import exclusive, write_json
from production_testers.workspace.clock import iso, utc_now
from production_testers.workspace.documents import Finding
from production_testers.workspace.journal import JournalKind
from production_testers.workspace.proposals import Proposal, proposals_of
from production_testers.workspace.roadmap import RoadmapEntry
from production_testers.workspace.run_folder import RunFolder
from production_testers.workspace.states import ReachedState, StateLog
from production_testers.workspace.workspace import Workspace

STAGES_OF_A_RUN = '"pipelines.'


@dataclass(frozen=True, slots=True)
class KeptFinding:
    """A finding of a run.

    Args:
        workspace: Where it stands.
        run: The newest run that has it.
        finding: As that run's findings.json tells it.
    """

    workspace: Workspace
    run: RunFolder
    finding: Finding

    @classmethod
    def find(cls, workspace: Workspace, finding_id: str) -> "KeptFinding":
        """The finding of that id in the newest run that has it.

        Raises:
            UsageError: No run has it.
        """
        known: dict[str, None] = {}
        for run in reversed(workspace.all_runs()):
            if run.findings.is_file():
                for finding in run.read_findings().findings:
                    if finding.id == finding_id:
                        return cls(workspace, run, finding)
                    known[finding.id] = None
        near = difflib.get_close_matches(finding_id, known, n=1, cutoff=0.8)
        raise UsageError(
            f"There is no finding {finding_id!r} in {workspace.root}.",
            do=f"Did you mean {near[0]}?" if near else "`ptest findings list` shows every finding.",
        )

    @property
    def folder(self) -> Path:
        """Its evidence folder."""
        return self.run.evidence_of(self.finding.id)

    @property
    def states(self) -> StateLog:
        """The states that it went through."""
        return StateLog(self.folder)

    def reached(self) -> tuple[ReachedState, ...]:
        """Every state with its time; of evidence that was kept before times were, without them."""
        if kept := self.states.read():
            return kept
        told = self.finding.evidence.get("states")
        return tuple(
            ReachedState(
                state=str(one.get("state", "")),
                passed=one.get("passed") is not False,
                detail=str(one.get("detail", "")),
                at=str(one.get("at", "")),
                sut=self.sut_label,
            )
            for one in (told if isinstance(told, list) else [])
            if isinstance(one, Mapping)  # somebody may have written it by hand
        )

    def defect(self) -> Defect:
        """Its evidence.

        Raises:
            UsageError: There is none, as for a finding that somebody wrote by hand.
        """
        if not (self.folder / "evidence.json").is_file():
            raise UsageError(
                f"{self.finding.id} has no evidence that could be executed.",
                do="`ptest findings add` files one with a scenario.",
            )
        return load_defect(self.folder)

    def range(self) -> Range | None:
        """Since when it is there, where that was asked."""
        raw = self.finding.evidence.get("range")
        return Range.from_json(raw, path=self.finding.id) if isinstance(raw, Mapping) else None

    @property
    def sut_label(self) -> str:
        """Name and version of what it was found on."""
        sut: Any = self.finding.evidence.get("sut") or {}
        return " ".join(str(sut[part]) for part in ("name", "version") if sut.get(part))

    def sut(self, defect: Defect) -> Sut:
        """What it was found on, to be installed again."""
        with suppress(UsageError):  # a run that somebody made by hand may name none
            configured = sut_of(self.run.read_config())
            if configured.source and configured.name == defect.sut["name"]:
                return configured
        name, version = str(defect.sut["name"]), defect.sut["version"]
        return Sut(name=name, version=version) if version else Sut.parse(name)

    def paths(self, defect: Defect) -> tuple[Path, ...]:
        """What its stages are imported from.

        Raises:
            UsageError: It uses stages of its run that are not there, as in an archived run.
        """
        if (self.run.path / "pipelines").is_dir():
            return (self.run.path,)
        if STAGES_OF_A_RUN in canonical_json(defect.exhibit):
            raise UsageError(
                f"{self.finding.id} uses stages of {self.run.address}, whose pipelines/ is gone.",
                do=f"Bring it back: ptest restore {self.run.address}",
            )
        return ()

    def packages(self) -> dict[str, str]:
        """Distribution → version of what stood beside the system under test."""
        reproduction = self.finding.reproduction
        environment = reproduction.environment if reproduction else None
        stated = environment.dependencies if environment else {}
        return {name: version for name, version in stated.items() if version}

    def note(self, state: str, detail: str, *, sut: str, passed: bool = True) -> None:
        """Keep a state that it reached or failed to reach."""
        if not self.states.path.is_file():
            self.states.write(self.reached())
        self.states.add(state, detail, sut=sut, passed=passed)

    def change(
        self, changed: Callable[[Finding], Finding], kind: JournalKind, **told: object
    ) -> "KeptFinding":
        """Rewrite it in its run's findings.json, in the journal, and in the aggregate.

        Args:
            changed: Gives the finding as it shall be; its `updated_at` is set.
            kind: What the journal says.
            told: More of that.
        """
        if self.run.is_archived:
            raise UsageError(
                f"{self.run.address} is archived: its findings cannot change.",
                do=f"Bring it back: ptest restore {self.run.address}",
            )
        with exclusive(self.run.path):
            document = self.run.read_findings()
            mine = next(one for one in document.findings if one.id == self.finding.id)
            new = changed(mine).model_copy(update={"updated_at": iso(utc_now())})
            others = [new if one is mine else one for one in document.findings]
            self.run.journal.append(kind, finding=self.finding.id, **told)
            self.run.write_findings(document.with_findings(others))
            if self.run.record.is_file():
                # only where a report has to be written: it takes half a second
                from production_testers.phases.reporting import restate  # noqa: PLC0415

                restate(_Restated(self.workspace, self.run))
        self.workspace.aggregate()
        return replace(self, finding=new)

    def keep_range(self, found: Range, *, of: str = "range") -> "KeptFinding":
        """Beside its evidence and in findings.json.

        Args:
            found: The range.
            of: `range` for one over releases, `revisions` for one over a repository's commits.
        """
        write_json(self.folder / f"{of}.json", found.as_json())
        self.note("ranged", f"{found.words} Confidence {found.confidence}.", sut=self.sut_label)
        return self.change(
            lambda finding: with_evidence(
                finding, without=("not_ranged",), **{of: found.as_json(), "state": "ranged"}
            ),
            JournalKind.FINDING_RANGED,
            words=found.words,
        )

    def evidence_json(self) -> dict[str, Any]:
        """evidence.json as it stands."""
        path = self.folder / "evidence.json"
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return found


@dataclass(frozen=True, slots=True)
class _Restated:
    """What a run's report is made again from."""

    workspace: Workspace
    run: RunFolder

    @property
    def entry(self) -> RoadmapEntry:
        return self.workspace.roadmap().entry(self.run.entry_id)

    @property
    def findings(self) -> Sequence[Finding]:
        return self.run.read_findings().findings

    @property
    def proposals(self) -> Sequence[Proposal]:
        return proposals_of(self.run)


def with_evidence(finding: Finding, *, without: Sequence[str] = (), **more: object) -> Finding:
    """The finding with more under its `evidence`, and without some of it."""
    kept = {name: told for name, told in finding.evidence.items() if name not in without}
    return finding.model_copy(update={"evidence": {**kept, **more}})
