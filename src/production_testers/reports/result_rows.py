"""Laws, tests, targets and real executions as the template is given them."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from production_testers.evidence.growth import measured_of, what_of
from production_testers.experiments.five.ground import shown
from production_testers.laws import LAWS
from production_testers.laws.cost.operations_per_stage import SHAPES
from production_testers.model.semantics import Capability
from production_testers.reports import facts
from production_testers.reports.finding_rows import Row
from production_testers.reports.kinds import KINDS
from production_testers.reports.record import Measured, RunRecord
from production_testers.workspace.layout import TEST_CATEGORIES


def laws(record: RunRecord) -> list[Row]:
    """Every law with what came of it; confirmed findings and others apart."""
    counting = {finding.id for finding in facts.confirmed(record)}
    return [
        {
            "id": law.id,
            "statement": law.statement,
            "category": law.category,
            "exercised": law.exercised,
            "schedules": law.schedules,
            "broken": law.broken,
            "broken_in": list(law.broken_in),
            "state": law.state,
            "confirmed": [f.id for f in law.findings if f.id in counting],
            "findings": [f.id for f in law.findings],
            "why_not": _why_not(record, law) if law.state in _SILENT else "",
        }
        for law in facts.laws(record)
    ]


_SILENT = ("not exercised", facts.FAILED_ITSELF)


def _why_not(record: RunRecord, law: facts.LawFacts) -> str:
    if law.crashed:
        return f"the law itself failed in {facts.many(law.crashed, 'schedule')}, an error of ours"
    known = LAWS.get(law.id)
    if known and record.promises and known.capability.value not in record.promises:
        return f"the release does not offer {_words(known.capability)}"
    if known and known.needs_costs:
        return "the work of an execution was not counted"
    if not law.schedules:
        return "no schedule asked for it"
    return f"nothing to judge in {facts.many(law.schedules, 'schedule')}"


def categories(record: RunRecord) -> list[Row]:
    """Test results and laws of each of the six categories."""
    told = facts.laws(record)
    found = []
    for category in TEST_CATEGORIES:
        tests = [test for test in record.tests if test.category == category]
        own = [law for law in told if law.category == category]
        states = Counter(law.state for law in own)
        found.append(
            {
                "name": category,
                **facts.tests_by_outcome(tests),
                "total": len(tests),
                "laws": len(own),
                "laws_hold": states["holds"],
                "laws_broken": states["broken"] + states["told by another law"],
                "laws_not_exercised": states["not exercised"] + states[facts.FAILED_ITSELF],
            }
        )
    return found


def failing(record: RunRecord) -> list[Row]:
    """The tests that failed, each with the findings that it shows."""
    return [
        {
            "category": test.category,
            "name": test.name,
            "outcome": test.outcome,
            "message": test.message,
            "findings": list(facts.findings_of_test(test, record.findings)),
        }
        for test in record.tests
        if test.outcome in facts.FAILING
    ]


def skipped(record: RunRecord) -> list[Row]:
    """Why tests were skipped, and how many for each reason."""
    reasons = Counter(test.message for test in record.tests if test.outcome == "skipped")
    return [{"reason": reason, "tests": count} for reason, count in reasons.items()]


def targets(record: RunRecord) -> list[Row]:
    """What the entry's title and the configuration ask for, and what was reached."""
    told = {law.id: law for law in facts.laws(record)}
    found: list[Row] = []
    for requirement in record.recipe.requires:
        law = told.get(requirement.law)
        exercised = law.exercised if law else 0
        found.append(
            {
                "category": law.category if law else "",
                "target": f"`{requirement.law}` judges at least {requirement.minimum:,} things,"
                f" because {requirement.why}",
                "seen": f"{exercised:,} judged",
                "met": exercised >= requirement.minimum,
            }
        )
    return found + _stated(record)


def _stated(record: RunRecord) -> list[Row]:
    """The targets (`slo`) of the configuration; without real executions nothing was reached."""
    stated = record.config.test_parameters.as_json().get("slo")
    if not isinstance(stated, Mapping):
        return []
    seen = _figures(record.measured) if record.measured else {}
    return [_target(str(name), float(limit), seen.get(str(name))) for name, limit in stated.items()]


def _target(name: str, limit: float, value: float | None) -> Row:
    at_least = name == "throughput_tps"
    return {
        "category": "performance",
        "target": f"`{name}` at {'least' if at_least else 'most'} {limit:,g}",
        "seen": "not measured" if value is None else f"{value:,.2f}",
        "met": value is not None and (value >= limit if at_least else value <= limit),
    }


def _figures(measured: Measured) -> dict[str, float]:
    latency = measured.latency
    return {
        "p50_ms": latency.p50_ms,
        "p95_ms": latency.p95_ms,
        "p99_ms": latency.p99_ms,
        "max_ms": latency.max_ms,
        "throughput_tps": measured.throughput_per_s,
    }


def measured(record: RunRecord) -> list[Row]:
    """Real executions as metrics; empty when none were made."""
    if (told := record.measured) is None:
        return []
    latency = told.latency
    figures = {
        "Executions": f"{latency.count:,} by {facts.many(told.concurrency, 'caller')},"
        f" {facts.many(told.stages, 'stage')} each",
        "Executions that did not complete": f"{told.failed:,}",
        "Latency P50": f"{latency.p50_ms:,.2f} ms",
        "Latency P95": f"{latency.p95_ms:,.2f} ms",
        "Latency P99": f"{latency.p99_ms:,.2f} ms",
        "Latency, mean and largest": f"{latency.mean_ms:,.2f} ms and {latency.max_ms:,.2f} ms",
        "Throughput": f"{told.throughput_per_s:,.1f} executions per second",
        "CPU time of one execution": f"{told.cpu_us_per_execution:,.1f} µs",
        "Largest resident set": f"{told.rss_max_mb:,.1f} MB",
        "Tasks left afterwards": f"{told.tasks_left:,}",
    }
    if (opened := told.from_intended) is not None:
        figures[f"Open loop, {told.rate_per_s:,.0f} a second, from the intended start"] = (
            f"P50 {opened.p50_ms:,.2f} ms, P95 {opened.p95_ms:,.2f} ms,"
            f" P99 {opened.p99_ms:,.2f} ms, largest {opened.max_ms:,.2f} ms"
        )
    return [{"name": name, "value": value} for name, value in figures.items()]


def costs(record: RunRecord) -> list[Row]:
    """Counted work by number of stages."""
    return [
        {
            "shape": shape.replace("_", "-"),
            "stages": size,
            "operations": operations,
            "per_stage": operations / size if size else 0.0,
        }
        for shape, cost in record.costs.items()
        if shape in SHAPES
        for size, operations in cost["points"]
    ]


def grown(record: RunRecord) -> list[Row]:
    """What else was measured by size: what is kept, what units cost, what observing adds."""
    return [
        {
            "what": what_of(shape),
            "size": measured_of(shape).of_size(size),
            "amount": measured_of(shape).of_amount(operations),
        }
        for shape, cost in record.costs.items()
        if shape not in SHAPES
        for size, operations in cost["points"]
    ]


def cost_verdicts(record: RunRecord) -> list[Row]:
    """What the laws over counted work say of each shape."""
    return [
        {
            "shape": shape.replace("_", "-"),
            "law": law,
            "state": verdict["state"],
            "summary": verdict.get("summary", ""),
        }
        for shape, cost in record.costs.items()
        for law, verdict in cost["verdicts"].items()
    ]


def pipelines(record: RunRecord) -> list[Row]:
    """The five kinds: what each is for, what it executed, and the findings seen in it."""
    return [_pipeline(record, kind.value, purpose) for kind, purpose in KINDS.items()]


def _pipeline(record: RunRecord, kind: str, purpose: str) -> Row:
    report: Mapping[str, Any] = record.exploration.get(kind, {})
    names = ("planned", "schedules", "steps", "left_out", "lost", "distinct_interleavings")
    return {
        "kind": kind,
        "purpose": purpose,
        "executed": bool(report),
        **{name: report.get(name, 0) for name in names},
        "digest": report.get("digest", ""),
        # none of the three stands in the records of older versions
        "faults_planned": report.get("faults_planned"),
        "faults_fired": sum(report.get("faults_fired", {}).values()),
        "faults_by_kind": [f"{name} {n:,}" for name, n in report.get("faults_fired", {}).items()],
        "why_inconclusive": report.get("why_inconclusive", ""),
        "findings": [
            finding.id
            for finding in record.findings
            if kind in _kinds_of(record, finding.id, finding.evidence)
        ],
    }


def experiments(record: RunRecord) -> list[Row]:
    """What each kind's experiment gave: verdict, reasons, figures and tables in words."""
    return [
        {
            "kind": kind,
            "held": done["held"],
            "reasons": list(done["reasons"]),
            "figures": [
                {"name": name.replace("_", " "), "value": shown(value)}
                for name, value in done["figures"].items()
                if name != "guards"
            ],
            "tables": [
                {"header": list(rows[0]), "rows": [list(map(shown, row.values())) for row in rows]}
                for rows in (done["table"], done["figures"].get("guards", ()))
                if rows
            ],
        }
        for kind, done in record.experiments.items()
    ]


def _kinds_of(record: RunRecord, finding_id: str, evidence: Mapping[str, Any]) -> tuple[str, ...]:
    told = record.finding_schedules.get(finding_id) or evidence.get("seen") or {}
    return tuple(told.get("kinds", ()))


def promises(record: RunRecord) -> list[Row]:
    """What the release says of what this run's laws judge, with `file:line`, or without words."""
    judged = {one for law in facts.laws(record) for one in _capabilities(law.id)}
    return [
        {
            "capability": capability.replace("_", " "),
            "quote": promise["quote"] if promise else "",
            "place": f"{promise['file']}:{promise['line']}" if promise else "",
        }
        for capability, promise in record.promises.items()
        if capability in judged
    ]


def _capabilities(law_id: str) -> set[str]:
    """What a law is about, and what decides how bad its break is."""
    law = LAWS.get(law_id)
    if law is None:
        return set()
    ways = [way for of_law in law.classes.values() for way in (of_law.capability, of_law.promise)]
    return {law.capability.value, *(str(one) for one in ways if one)}


def missing(record: RunRecord) -> list[Row]:
    """Capabilities that the release does not offer, and what that left out."""
    left_out: Counter[str] = Counter()
    for report in record.exploration.values():
        left_out.update(report["not_offered"])
    absent = {c.value for c in Capability if record.promises and c.value not in record.promises}
    return [
        {"capability": name.replace("_", " "), "left_out": left_out[name]}
        for name in sorted(absent | set(left_out))
    ]


def _words(capability: Capability) -> str:
    return capability.value.replace("_", " ")
