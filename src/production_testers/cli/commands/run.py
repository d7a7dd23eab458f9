"""`ptest run`, `ptest new`, `ptest resume`."""

import math
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from production_testers.cli.options import JsonFlag, Seed, WorkspacePath, find_workspace
from production_testers.cli.output import show, show_json, tell
from production_testers.experiments.environments import Sut
from production_testers.experiments.targets import parse_targets
from production_testers.model.errors import UsageError
from production_testers.model.scenario import Kind
from production_testers.phases import mission
from production_testers.phases.target import read_target
from production_testers.reports import verdict
from production_testers.workspace.documents import Finding, FindingStatus, Severity
from production_testers.workspace.roadmap import RoadmapEntry
from production_testers.workspace.run_folder import RunFolder
from production_testers.workspace.workspace import Workspace

DEFAULT_SUT = "stageflow-core"


def run(
    entry: str,
    *,
    sut: str | None = None,
    seed: Seed | None = None,
    budget: float | None = None,
    kinds: str | None = None,
    slo: str | None = None,
    target: str | None = None,
    allow_host: tuple[str, ...] = (),
    fail_on: str = "high",
    in_: Annotated[str | None, Parameter(name="--in")] = None,
    json: JsonFlag = False,
    workspace: WorkspacePath = None,
) -> int:
    """Do the whole mission for a roadmap entry.

    Args:
        entry: Id of the roadmap entry, such as CORE-001.
        sut: NAME, NAME==VERSION, NAME@PATH, NAME@git+URL#REV or reference; stageflow-core.
        seed: Where everything is drawn from, 0 by default; printed before the run.
        budget: Ceiling in seconds for exploring, and for proving what it found; reaching it marks
            the run truncated.
        kinds: Comma-separated kinds to execute; all five by default.
        slo: Targets such as p99_ms=50,throughput_tps=5000.
        target: module:object of a team's own application; . for the one that ptest.toml names.
        allow_host: Hosts that the application may connect to; only this machine by default.
        fail_on: Severity from which on a confirmed finding gives exit code 1, or new.
        in_: Execute this run again, with its files and configuration as they are now.
        json: Print one JSON document.
        workspace: The workspace; by default the nearest one.
    """
    threshold = _threshold(fail_on)
    place = find_workspace(workspace)
    found = place.roadmap().entry(entry)
    if in_ is not None:
        again = run_of(place, found, in_, changed=(sut, seed, budget, kinds, slo, target))
        return _finish(mission.resume(place, again, tell, again=True), threshold, json=json)
    options = _options(sut or DEFAULT_SUT, seed or 0, budget, kinds or "", slo or "")
    if target is not None:
        named = None if target == "." else target
        options = replace(options, target=read_target(named, Path.cwd(), allow_host))
    return _finish(mission.start(place, found, options, tell), threshold, json=json)


def run_of(
    place: Workspace, entry: RoadmapEntry, address: str, *, changed: tuple[object, ...]
) -> RunFolder:
    """The run of an entry that `--in` names.

    Args:
        place: The workspace.
        entry: The entry.
        address: Of the run.
        changed: Options that only a new run can have; None where the user gave none.

    Raises:
        UsageError: It is a run of another entry, archived, or such an option was given.
    """
    found = place.whole_run(address)
    if found.entry_id != entry.id:
        raise UsageError(f"--in {address}: that is a run of {found.entry_id}, not of {entry.id}.")
    if any(option is not None for option in changed):
        raise UsageError(
            f"--in {address}: the run has its own system under test, seed, plan and targets.",
            do="Edit its config/run_config.json, or leave the other options out.",
        )
    return found


def new(
    entry: str,
    *,
    sut: str = DEFAULT_SUT,
    seed: Seed = 0,
    json: JsonFlag = False,
    workspace: WorkspacePath = None,
) -> int:
    """Scaffold a run of a roadmap entry, and execute nothing.

    Args:
        entry: Id of the roadmap entry.
        sut: The system under test.
        seed: Where everything will be drawn from.
        json: Print one JSON document.
        workspace: The workspace; by default the nearest one.
    """
    place = find_workspace(workspace)
    found = place.roadmap().entry(entry)
    context = mission.scaffold(place, found, _options(sut, seed, None, "", ""), tell)
    if json:
        show_json({"entry": found.id, "run_id": context.run.run_id, "run_dir": str(context.folder)})
    else:
        show(str(context.folder))
        show(f"Edit its files, then: ptest resume {context.run.address}")
    return 0


def resume(
    run: str,
    *,
    fail_on: str = "high",
    json: JsonFlag = False,
    workspace: WorkspacePath = None,
) -> int:
    """Go on with a run that was interrupted or scaffolded.

    Args:
        run: Address of the run, ENTRY/run-….
        fail_on: Severity from which on a confirmed finding gives exit code 1, or new.
        json: Print one JSON document.
        workspace: The workspace; by default the nearest one.
    """
    threshold = _threshold(fail_on)
    place: Workspace = find_workspace(workspace)
    outcome = mission.resume(place, place.whole_run(run), tell)
    return _finish(outcome, threshold, json=json)


def _threshold(text: str) -> Severity | str:
    if text == "new":
        return text
    try:
        return Severity(text)
    except ValueError:
        known = ", ".join(severity.value for severity in Severity)
        raise UsageError(f"--fail-on {text!r}: unknown.", do=f"Known: {known}, new.") from None


def _options(sut: str, seed: int, budget: float | None, kinds: str, slo: str) -> mission.Options:
    if budget is not None and not 0 < budget < math.inf:
        raise UsageError(f"--budget {budget:g}: it must be more than 0 seconds, and finite.")
    return mission.Options(
        sut=Sut.parse(sut),
        seed=seed,
        kinds=_kinds(kinds),
        targets=parse_targets(slo),
        budget_s=budget,
    )


def _kinds(text: str) -> tuple[Kind, ...]:
    found = []
    for name in filter(None, (part.strip() for part in text.split(","))):
        try:
            found.append(Kind(name))
        except ValueError:
            known = ", ".join(kind.value for kind in Kind)
            raise UsageError(f"--kinds {name!r}: unknown.", do=f"Known: {known}.") from None
    return tuple(dict.fromkeys(found))


def _finish(outcome: mission.Outcome, threshold: Severity | str, *, json: bool) -> int:
    code = exit_code(outcome, threshold)
    if json:
        show_json(as_json(outcome, code))
        return code
    show(told(outcome))
    for reason in (*outcome.record.verdict_reasons, *outcome.conclusion.missed_targets):
        tell(f"  {reason}")
    return code


def exit_code(outcome: mission.Outcome, threshold: Severity | str) -> int:
    """What a run ends with; see `reports.verdict`."""
    context, conclusion = outcome.context, outcome.conclusion
    return verdict.exit_code(
        tuple(context.findings),
        fail_on=threshold,  # type: ignore[arg-type]
        new_ids=frozenset(context.new_ids),
        conclusive=conclusion.conclusive,
        truncated=conclusion.truncated,
        missed_targets=conclusion.missed_targets,
    )


def told(outcome: mission.Outcome) -> str:
    """What was tested, what was found with its replay line, and where the report is."""
    context, record = outcome.context, outcome.record
    schedules = sum(report.schedules for report in context.reports.values())
    distinct = sum(len(report.interleavings) for report in context.reports.values())
    lines = [
        "",
        f"{record.entry.id} on {record.sut}: {record.verdict.value}"
        f" ({schedules} schedules, {distinct} distinct interleavings, seed {record.seed},"
        f" {record.duration_s:.0f} s)",
    ]
    for finding in context.findings:
        lines += [
            "",
            f"  {finding.id}  {finding.severity.value}  {finding.title}",
            *_of_another(finding),
            *(f"      {words}" for words in _words(finding.evidence.get("directives"))),
            *([f"      {_since(finding)}"] if _since(finding) else []),
            f"      replay: ptest replay {finding.id}",
        ]
    if not context.findings:
        lines.append("  No finding.")
    lines += ["", *(f"  {reason}" for reason in outcome.conclusion.reasons)]
    lines.append(f"Report: {context.run.final_report}")
    return "\n".join(lines)


def _since(finding: Finding) -> str | None:
    """Which releases have it, where that was asked."""
    known = finding.evidence.get("range")
    return str(known["words"]) if isinstance(known, dict) else None


def _of_another(finding: Finding) -> list[str]:
    """What it is a duplicate of, and whether by its cause only."""
    if finding.status is not FindingStatus.DUPLICATE or not finding.related_findings:
        return []
    how = "same cause as" if finding.evidence.get("same_cause") else "duplicate of"
    return [f"      {how} {finding.related_findings[0]}"]


def _words(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []


def as_json(outcome: mission.Outcome, code: int) -> dict[str, Any]:
    """The document that `--json` prints."""
    context, record, conclusion = outcome.context, outcome.record, outcome.conclusion
    reports = context.reports.values()
    return {
        "entry": record.entry.id,
        "run_id": context.run.run_id,
        "run_dir": str(context.folder.resolve()),
        "status": record.status.value,
        "verdict": record.verdict.value,
        "conclusive": conclusion.conclusive,
        "seed": record.seed,
        "sut": {"name": context.sut.name, "version": context.description["version"]},
        "duration_s": record.duration_s,
        "exploration": {
            "schedules": sum(report.schedules for report in reports),
            "steps": sum(report.steps for report in reports),
            "strategies": ["strict-latency"],
            "distinct_interleavings": sum(len(report.interleavings) for report in reports),
            "laws_exercised": sorted(
                {law for report in reports for law, count in report.exercised.items() if count}
                | {
                    law
                    for shape in context.costs.values()
                    for law, verdict_ in shape["verdicts"].items()
                    if verdict_["exercised"]
                }
            ),
            "truncated": conclusion.truncated,
            "faults_fired": {
                report.kind.value: dict(sorted(report.faults_fired.items())) for report in reports
            },
        },
        "findings": [
            {
                "id": finding.id,
                "type": finding.type.value,
                "severity": finding.severity.value,
                "title": finding.title,
                "component": finding.component,
                "status": finding.status.value,
                "range": _since(finding),
                **{
                    name: finding.evidence.get(name)
                    for name in ("law", "fingerprint", "state", "feasible", "replay")
                },
                "same_cause": finding.evidence.get("same_cause"),
            }
            for finding in context.findings
        ],
        "inconclusive_reasons": list(conclusion.reasons),
        "missed_targets": list(conclusion.missed_targets),
        "exit_code": code,
    }
