"""Phase 6: what people read, and the run's end."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from production_testers import __version__
from production_testers.evidence.defect import Defect
from production_testers.experiments.five import Held
from production_testers.experiments.targets import targets_missed
from production_testers.laws import LAWS
from production_testers.phases.context import RunContext
from production_testers.phases.dx import DxEvaluation
from production_testers.phases.exports_of_run import write_sarif
from production_testers.phases.hypotheses import how_hard, hypotheses, outcomes
from production_testers.phases.testing import summarise
from production_testers.reports import final_report, kept, summary, verdict
from production_testers.reports.record import (
    HypothesisOutcome,
    Rejected,
    RunRecord,
    TestOutcome,
)
from production_testers.workspace.atomic import write_json, write_text
from production_testers.workspace.clock import iso, parse_iso, utc_now
from production_testers.workspace.documents import Finding, RunStatus
from production_testers.workspace.proposals import Proposal
from production_testers.workspace.roadmap import RoadmapEntry
from production_testers.workspace.run_folder import RunFolder
from production_testers.workspace.run_readme import RunReadme
from production_testers.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Conclusion:
    """Whether the entry's risk was exercised, and what targets were missed.

    Attributes:
        conclusive: Every required law was exercised as much as the recipe asks.
        truncated: Part of the plan was not executed.
        reasons: What is missing, one sentence each.
        missed_targets: SLOs that were missed, with the figure measured.
    """

    conclusive: bool
    truncated: bool
    reasons: tuple[str, ...]
    missed_targets: tuple[str, ...]


def conclude(context: RunContext) -> Conclusion:
    """Compare what was exercised with what the entry's title needs."""
    reasons = []
    if not context.recipe.conclusive:
        reasons.append(
            "The risk that this entry names was not exercised: there is no recipe for it, so the"
            " general laws of pipeline execution were tested."
        )
    for requirement in context.recipe.requires:
        law = LAWS[requirement.law]
        _, exercised, _ = how_hard(context, law)
        if law.capability.value not in context.description["capabilities"]:
            reasons.append(f"{context.sut_label} does not offer what {law.id} is about.")
        elif exercised < requirement.minimum:
            reasons.append(
                f"{law.id} judged {exercised} things; this entry needs {requirement.minimum},"
                f" because {requirement.why}."
            )
    reasons += [
        f"{report.kind.value}: {report.why_inconclusive}, so it says nothing of what faults do."
        for report in context.reports.values()
        if report.why_inconclusive
    ]
    reasons += [
        f"This entry is about the experiment of {kind.value}.py, which was not performed."
        for kind in context.recipe.experiments
        if kind.value not in context.experiments
    ]
    cut = [report for report in context.reports.values() if report.truncated]
    reasons += [
        f"{report.kind.value}: {report.schedules} of {report.planned} planned schedules were"
        f" executed{f', {report.lost} were lost with their worker' if report.lost else ''}."
        for report in cut
    ]
    reasons += [
        f"{law} failed itself, an error of production-testers ({told}): what it would have said"
        " is not known."
        for law, told in sorted(context.crashes.items())
    ]
    reasons += _unreached(context)
    missed = (
        targets_missed(context.measured["figures"], context.plan.targets)
        if context.measured
        else []
    )
    for kind, done in context.experiments.items():
        told = [f"The experiment of {kind}.py: {reason}" for reason in done["reasons"]]
        if done["held"] == Held.INCONCLUSIVE.value:
            reasons += told
        else:
            missed += told
    return Conclusion(
        conclusive=not reasons,
        truncated=bool(cut or context.unreached),
        reasons=tuple(reasons),
        missed_targets=tuple(missed),
    )


def _unreached(context: RunContext) -> list[str]:
    """What broke a law and is no finding, because nobody had the time to prove it."""
    return [
        f"{one.law} seemed broken ({one.outcome_class}) in {sum(one.kinds.values())} schedules and"
        f" is {one.state}, not verified, because {context.unreached_why}."
        for one in context.unreached
    ]


def report(
    context: RunContext, tests: tuple[TestOutcome, ...], dx: DxEvaluation
) -> tuple[RunRecord, Conclusion]:
    """Write FINAL_REPORT.md as of a completed run."""
    conclusion = conclude(context)
    completed_at = iso(utc_now())
    record = _record(context, tests, dx, conclusion, completed_at)
    template = context.workspace.report_template.read_text(encoding="utf-8")
    write_text(context.run.final_report, final_report.render(record, template))
    write_json(context.run.record, kept.dump(record))
    return record, conclusion


class Restated(Protocol):
    """What a run's documents are brought up to date from."""

    @property
    def workspace(self) -> Workspace:
        """Where the run stands."""

    @property
    def run(self) -> RunFolder:
        """The run."""

    @property
    def entry(self) -> RoadmapEntry:
        """Its roadmap entry."""

    @property
    def findings(self) -> Sequence[Finding]:
        """Its findings as they are now."""

    @property
    def proposals(self) -> Sequence[Proposal]:
        """Its proposals as they are now."""


def restate(context: Restated) -> None:
    """Bring README.md and, where the run is completed, its report up to date with its findings.

    Args:
        context: With the findings and proposals as they are now.
    """
    write_sarif(context.workspace.root, context.run, context.findings)
    document = context.run.read_findings()
    if document.metadata.status is not RunStatus.COMPLETED or not context.run.record.is_file():
        context.run.write_state(document)
        return
    before = kept.load(context.run.record)
    record = _with_findings(context, before)
    template = context.workspace.report_template.read_text(encoding="utf-8")
    write_text(context.run.final_report, final_report.render(record, template))
    write_json(context.run.record, kept.dump(record))
    text = _write_readme(context, record)
    metadata = document.metadata.model_copy(update={"summary": text})
    context.run.write_findings(document.model_copy(update={"metadata": metadata}))


def _with_findings(context: Restated, before: RunRecord) -> RunRecord:
    findings = tuple(context.findings)
    judged, reasons = verdict.judge(
        findings,
        conclusive=before.conclusive,
        inconclusive_reasons=before.inconclusive_reasons,
        missed_targets=before.missed_targets,
    )
    return replace(
        before,
        verdict=judged,
        verdict_reasons=reasons,
        findings=findings,
        finding_schedules={f.id: _seen(f.evidence) for f in findings},
        proposals=tuple(context.proposals),
        hypotheses=tuple(_with_findings_of(one, findings) for one in before.hypotheses),
    )


def _with_findings_of(one: HypothesisOutcome, findings: tuple[Finding, ...]) -> HypothesisOutcome:
    """A finding of its law confirms a hypothesis, whoever found it."""
    ids = tuple(finding.id for finding in findings if finding.evidence.get("law") == one.law)
    if one.is_about_code or not set(ids) - set(one.finding_ids):
        return one
    shown = f"shown by {', '.join(ids)}"
    return replace(one, result="confirmed", evidence=shown, finding_ids=ids)


def close(context: RunContext, record: RunRecord) -> None:
    """Complete the run: README.md, the journal, and last findings.json.

    The status in findings.json decides whether a run can be resumed, so it changes when nothing
    else is left to write: a process that dies earlier leaves a run in progress.
    """
    write_sarif(context.workspace.root, context.run, context.findings)
    text = _write_readme(context, record)
    context.run.journal.append("run_completed", verdict=record.verdict.value)
    document = context.run.read_findings()
    metadata = document.metadata.model_copy(
        update={"status": RunStatus.COMPLETED, "completed_at": record.completed_at, "summary": text}
    )
    context.run.write_findings(document.model_copy(update={"metadata": metadata}))


def _write_readme(context: Restated, record: RunRecord) -> str:
    """Write README.md of a completed run; gives its summary."""
    text = summary.summary(record)
    context.run.write_readme(
        RunReadme(
            entry_id=context.entry.id,
            title=context.entry.title,
            run_id=context.run.run_id,
            status=RunStatus.COMPLETED,
            started_at=record.started_at,
            completed_at=record.completed_at,
            summary=text,
            key_findings=summary.key_findings(record),
            findings_logged=len(context.findings),
            test_note=summary.test_note(record),
        )
    )
    return text


def _record(
    context: RunContext,
    tests: tuple[TestOutcome, ...],
    dx: DxEvaluation,
    conclusion: Conclusion,
    completed_at: str,
) -> RunRecord:
    config = context.run.read_config()
    judged, reasons = verdict.judge(
        tuple(context.findings),
        conclusive=conclusion.conclusive,
        inconclusive_reasons=conclusion.reasons,
        missed_targets=conclusion.missed_targets,
    )
    started = parse_iso(config.started_at)
    return RunRecord(
        entry=context.entry,
        recipe=context.recipe,
        config=config,
        environment=context.run.read_environment(),
        status=RunStatus.COMPLETED,
        started_at=config.started_at,
        completed_at=completed_at,
        duration_s=(parse_iso(completed_at) - started).total_seconds(),
        run_address=context.run.address,
        sut=context.sut_label,
        seed=context.plan.seed,
        verdict=judged,
        verdict_reasons=reasons,
        conclusive=conclusion.conclusive,
        inconclusive_reasons=conclusion.reasons,
        missed_targets=conclusion.missed_targets,
        exploration={kind.value: r.as_json() for kind, r in context.reports.items()},
        costs=context.costs,
        experiments=context.experiments,
        measured=summarise(context.measured) if context.measured else None,
        findings=tuple(context.findings),
        finding_schedules={f.id: _seen(f.evidence) for f in context.findings},
        rejected=tuple(_rejected(defect) for defect in context.rejected),
        proposals=tuple(context.proposals),
        hypotheses=outcomes(hypotheses(context, tested=True)),
        tests=tests,
        data_files=tuple(context.data_files),
        services=("llm", "db", "api", "infra"),
        promises=context.description["capabilities"],
        dx=context.run.read_scores(),
        friction=tuple(point.title for point in dx.friction),
        pictures=context.pictures,
        pictures_missing=context.pictures_missing,
        version=__version__,
    )


def _seen(evidence: dict[str, Any]) -> dict[str, Any]:
    seen = evidence.get("seen")
    return {
        "kinds": list(seen["kinds"]) if isinstance(seen, dict) else [],
        "schedules": seen["schedules"] if isinstance(seen, dict) else 0,
        **(
            {"broken_so": seen["broken_so"]}
            if isinstance(seen, dict) and "broken_so" in seen
            else {}
        ),
    }


def _rejected(defect: Defect) -> Rejected:
    gate = defect.failed_gate
    return Rejected(
        law=defect.law,
        outcome_class=defect.outcome_class,
        kind=", ".join(defect.kinds),
        gate=gate.state if gate else "",
        reason=gate.detail if gate else "",
    )
