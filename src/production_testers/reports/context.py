"""The variables of FINAL_REPORT_TEMPLATE.md; the comment at its top describes each."""

from collections import Counter
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from production_testers.model.canonical import canonical_json
from production_testers.reports import actions, facts, finding_rows, limits, result_rows, summary
from production_testers.reports.finding_rows import Row
from production_testers.reports.markdown import codes
from production_testers.reports.record import RunRecord
from production_testers.workspace.findings import RunStatus, Severity
from production_testers.workspace.naming import FindingType

DECIDED, UNDECIDED = ("confirmed", "rejected"), "undecided"

FILES = {
    "README.md": "the run in short",
    "findings.json": "every finding with its evidence",
    "config/run_config.json": "parameters of the run",
    "config/environment.json": "machine and versions",
    "dx_evaluation/scores.json": "scores of the developer experience",
    "dx_evaluation/friction_points.md": "what they come from",
    "dx_evaluation/suggestions.md": "what would raise them",
}
"""What stands in every run folder besides this report."""


def context_of(record: RunRecord) -> dict[str, Any]:
    """Every variable, in plain values and lists."""
    return {
        **_run(record),
        **_research(record),
        **_environment(record),
        **_results(record),
        **_findings(record),
        **_experience(record),
        "actions": actions.actions(record),
        "missing": result_rows.missing(record),
        "pictures": [
            {"subject": picture.subject, "path": picture.path, "title": picture.title}
            for picture in record.pictures
        ],
        "limits": limits.limits(record),
        "files": _files(record),
    }


def _run(record: RunRecord) -> Row:
    entry = record.entry
    return {
        "entry_id": entry.id,
        "entry_title": entry.title,
        "priority": entry.priority,
        "risk": entry.risk,
        "run_id": record.config.run_id,
        "run_address": record.run_address,
        "status": record.status.value,
        "completed": record.status is RunStatus.COMPLETED,
        "started_at": record.started_at,
        "completed_at": record.completed_at or "",
        "sut": record.sut,
        "seed": record.seed,
        "tool_version": version("production-testers"),
        "verdict": record.verdict.value,
        "verdict_reasons": list(record.verdict_reasons),
        "conclusive": record.conclusive,
        "question": record.recipe.question,
        "recipe": record.recipe.name,
        "summary": summary.summary(record),
        "metrics": _metrics(record),
    }


def _metrics(record: RunRecord) -> list[Row]:
    numbers, told = facts.explored(record), facts.laws(record)
    tests = facts.tests_by_outcome(record.tests)
    rows = {
        "Schedules executed": f"{numbers.schedules:,} of {numbers.planned:,} planned",
        "Distinct interleavings, counted per kind": f"{numbers.interleavings:,}",
        "Steps (callbacks) in them": f"{numbers.steps:,}",
        "Laws exercised": f"{sum(law.exercised > 0 for law in told)} of {len(told)},"
        f" {sum(law.exercised for law in told):,} things judged",
        "Confirmed findings": _severities(facts.confirmed(record)),
        "Unconfirmed findings": _severities(facts.unconfirmed(record)),
        "Rejected candidates": f"{len(record.rejected):,}",
        **({"Proposals": facts.proposals(record)} if record.proposals else {}),
        "Tests passed, failed, skipped": f"{tests['passed']}, {tests['failed']},"
        f" {tests['skipped']}" + (f"; {tests['error']} in error" if tests["error"] else ""),
    }
    if record.measured is not None:
        latency = record.measured.latency
        rows["Latency P50, P95, P99"] = (
            f"{latency.p50_ms:,.2f} ms, {latency.p95_ms:,.2f} ms, {latency.p99_ms:,.2f} ms"
        )
        rows["Throughput"] = f"{record.measured.throughput_per_s:,.1f} executions per second"
    if record.dx is not None and record.dx.overall_score is not None:
        rows["Developer experience"] = f"{record.dx.overall_score:.1f} of 5"
    rows["Duration of the run"] = f"{record.duration_s:,.1f} s"
    return [{"name": name, "value": value} for name, value in rows.items()]


def _severities(findings: tuple[Any, ...]) -> str:
    counts = Counter(finding.severity for finding in findings)
    told = ", ".join(f"{counts[severity]} {severity.value}" for severity in Severity)
    return f"{len(findings)}: {told}" if findings else "0"


def _research(record: RunRecord) -> Row:
    return {
        "promises": result_rows.promises(record),
        "hypotheses": [
            {
                "id": hypothesis.id,
                "statement": hypothesis.statement,
                "law": hypothesis.law,
                "result": hypothesis.result,
                "evidence": hypothesis.evidence,
                "findings": list(hypothesis.finding_ids),
                "promise": hypothesis.promise,
                "source": hypothesis.source,
            }
            for hypothesis in record.hypotheses
            if hypothesis.result != UNDECIDED
        ],
        "hypothesis_counts": _hypothesis_counts(record),
    }


def _hypothesis_counts(record: RunRecord) -> list[Row]:
    """Results of the hypotheses about laws and of those about code; no row without any."""
    rows = []
    for name, is_about_code in (("laws", False), ("code that looks risky", True)):
        results = Counter(h.result for h in record.hypotheses if h.is_about_code is is_about_code)
        if results:
            counts = {result: results[result] for result in (*DECIDED, UNDECIDED)}
            rows.append({"name": name, **counts, "total": results.total()})
    return rows


def _environment(record: RunRecord) -> Row:
    machine = record.environment
    parameters = record.config.test_parameters.as_json()
    return {
        "industry": record.entry.industry or record.config.industry or "",
        "deployment_mode": record.entry.deployment_mode or record.config.deployment_mode or "",
        "data_files": [
            {
                "path": file["path"],
                "records": file["records"],
                "sha256": file["sha256"],
                "data_class": file["class"],
            }
            for file in record.data_files
        ],
        "services": list(record.services),
        "machine": [
            {"name": name, "value": str(value)}
            for name, value in {
                "Python": machine.python_version,
                "Operating system": machine.os,
                "Processor": machine.cpu,
                "Memory": f"{machine.memory_gb} GB",
                "GPU": machine.gpu,
            }.items()
            if value is not None
        ],
        "versions": [
            {"name": name, "version": number or ""}
            for name, number in sorted(machine.dependencies.items())
        ],
        "parameters": [
            {"name": name, "value": _parameter(value)}
            for name, value in parameters.items()
            if value is not None
        ],
    }


def _parameter(value: object) -> str:
    return value if isinstance(value, str) else canonical_json(value)


def _results(record: RunRecord) -> Row:
    return {
        "pipelines": result_rows.pipelines(record),
        "experiments": result_rows.experiments(record),
        "tests_total": len(record.tests),
        "test_categories": result_rows.categories(record),
        "failing_tests": result_rows.failing(record),
        "skipped_tests": result_rows.skipped(record),
        "targets": result_rows.targets(record),
        "measured": result_rows.measured(record),
        "costs": result_rows.costs(record),
        "grown": result_rows.grown(record),
        "cost_verdicts": result_rows.cost_verdicts(record),
        "laws": result_rows.laws(record),
    }


def _findings(record: RunRecord) -> Row:
    rows = finding_rows.rows(record)
    full = finding_rows.ids_in_full(record)
    severe = sum(finding.severity in finding_rows.IN_FULL for finding in record.findings)
    types = [kind.value for kind in FindingType]
    present = {finding.type.value for finding in record.findings}
    return {
        "findings": rows,
        "full_findings": [row for row in rows if row["id"] in full],
        "other_findings": [row for row in rows if row["id"] not in full],
        "shortened": severe - len(full),
        "silent_findings": [row for row in rows if row["silent"]],
        "by_severity": finding_rows.counts_by(
            record, lambda f: f.severity.value, [severity.value for severity in Severity]
        ),
        "by_type": finding_rows.counts_by(
            record, lambda f: f.type.value, [name for name in types if name in present]
        ),
        "rejected": [_rejected(key, count) for key, count in _rejections(record).items()],
        "rejected_total": len(record.rejected),
        "proposals": [
            {
                "id": proposal.id,
                "source": proposal.source.value,
                "law": proposal.law or "",
                "title": proposal.title,
                "state": proposal.state.value,
                "reason": proposal.reason,
                "finding": proposal.finding or "",
            }
            for proposal in record.proposals
        ],
        "proposals_counted": facts.proposals(record),
        "logs": [file for row in rows for file in row["attachments"] if file["type"] == "log"],
    }


def _rejections(record: RunRecord) -> Mapping[tuple[str, ...], int]:
    return Counter((r.law, r.outcome_class, r.kind, r.gate, r.reason) for r in record.rejected)


def _rejected(key: tuple[str, ...], count: int) -> Row:
    names = ("law", "outcome_class", "kind", "gate", "reason")
    return {**dict(zip(names, key, strict=True)), "candidates": count}


def _experience(record: RunRecord) -> Row:
    scores = record.dx
    categories = scores.categories.as_json() if scores else {}
    return {
        "dx_overall": ""
        if scores is None or scores.overall_score is None
        else f"{scores.overall_score:.1f}",
        "dx_scores": [
            {
                "name": name.replace("_", " "),
                "score": "" if category["score"] is None else f"{category['score']:g}",
                "notes": category["notes"],
            }
            for name, category in categories.items()
            if isinstance(category, dict)
        ],
        "dx_times": _times(record),
        "documentation_gaps": list(scores.documentation_gaps) if scores else [],
        "friction": list(record.friction),
    }


def _times(record: RunRecord) -> list[Row]:
    if record.dx is None:
        return []
    times = {
        "Time to the first pipeline": record.dx.time_to_first_pipeline_minutes,
        "Time to understand an error": record.dx.time_to_understand_error_minutes,
    }
    return [
        {"name": name, "value": f"{minutes:g} minutes"}
        for name, minutes in times.items()
        if minutes is not None
    ]


def _files(record: RunRecord) -> list[Row]:
    files = [{"path": path, "what": what} for path, what in FILES.items()]
    files += [
        {"path": data["path"], "what": f"mock data, {data['class']}, {data['records']:,} records"}
        for data in record.data_files
    ]
    shown: dict[str, list[str]] = {}
    for finding in record.findings:
        for file in finding.attachments:
            shown.setdefault(file.path, []).append(finding.id)
    files += [
        {"path": picture.path, "what": f"picture: {picture.title}"}
        for picture in record.pictures
        if picture.path not in shown
    ]
    files += [{"path": path, "what": f"evidence of {codes(ids)}"} for path, ids in shown.items()]
    return files
