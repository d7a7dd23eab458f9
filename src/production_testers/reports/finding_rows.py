"""Findings as the template is given them: plain rows, nothing that the finding does not hold."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from production_testers.laws import LAWS
from production_testers.reports import facts
from production_testers.reports.record import RunRecord
from production_testers.reports.silent import silent_because
from production_testers.workspace.findings import Finding, FindingStatus, Severity

Row = dict[str, Any]
"""Plain values and lists, by name."""

IN_FULL = (Severity.CRITICAL, Severity.HIGH)
"""Findings of these severities are told in full."""

AT_MOST_IN_FULL = 20
"""How many; whatever is beyond has one line in the report, and is whole in findings.json."""

REPLAY = "ptest replay {id}"


def rows(record: RunRecord) -> list[Row]:
    """Every finding of the run, in the record's order."""
    counting = {finding.id for finding in facts.confirmed(record)}
    return [_row(record, finding, counts=finding.id in counting) for finding in record.findings]


def ids_in_full(record: RunRecord) -> set[str]:
    """The findings that the report tells in full: the most severe first, then confirmed ones."""
    counting = {finding.id for finding in facts.confirmed(record)}
    severe = [finding for finding in record.findings if finding.severity in IN_FULL]
    severe.sort(key=lambda finding: (finding.severity.rank, finding.id not in counting))
    return {finding.id for finding in severe[:AT_MOST_IN_FULL]}


def counts_by(record: RunRecord, key: Callable[[Finding], str], names: Sequence[str]) -> list[Row]:
    """How many findings of each name are confirmed, unconfirmed and closed, and the sum."""
    counting = {finding.id for finding in facts.confirmed(record)}
    pending = {finding.id for finding in facts.unconfirmed(record)}
    counted = []
    for name in names:
        ids = {finding.id for finding in record.findings if key(finding) == name}
        counted.append(_counts(name, ids, counting, pending))
    every = {finding.id for finding in record.findings}
    return [*counted, _counts("all", every, counting, pending)]


def _counts(name: str, ids: set[str], counting: set[str], pending: set[str]) -> Row:
    return {
        "name": name,
        "confirmed": len(ids & counting),
        "unconfirmed": len(ids & pending),
        "closed": len(ids - counting - pending),
        "total": len(ids),
    }


def _row(record: RunRecord, finding: Finding, *, counts: bool) -> Row:
    evidence = finding.evidence
    law = LAWS.get(str(evidence.get("law")))
    expected, actual = plain(evidence.get("expected")), plain(evidence.get("actual"))
    described = _folded(finding.description)
    replay = plain(evidence.get("replay")) or REPLAY.format(id=finding.id)
    return {
        "id": finding.id,
        "title": finding.title.strip().rstrip("."),
        "type": finding.type.value,
        "severity": finding.severity.value,
        "why_severity": plain(evidence.get("why_severity")),
        "status": finding.status.value,
        "confirmed": counts,
        "component": finding.component or plain(evidence.get("component")),
        "law": plain(evidence.get("law")),
        "statement": plain(evidence.get("statement")) or (law.statement if law else ""),
        "outcome_class": plain(evidence.get("outcome_class")),
        "fingerprint": plain(evidence.get("fingerprint")),
        "features": _list(evidence.get("features")),
        "feasible": _feasible(evidence.get("feasible")),
        "silent": silent_because(finding),
        "state": plain(evidence.get("state")),
        "releases": _releases(evidence.get("range")),
        "states": [_state(state) for state in _list(evidence.get("states"))],
        **_seen(record, finding),
        "description": finding.description.strip(),
        # the description usually says it; it is told once
        "expected": "" if _folded(expected) in described else expected,
        "expected_source": _source(evidence.get("expected_source")),
        "actual": "" if _folded(actual) in described else actual,
        "directives": [plain(directive) for directive in _list(evidence.get("directives"))],
        "executions": evidence.get("executions"),
        "replay": replay,
        **_reproduction(finding, replay),
        "impact": _impact(finding),
        **_recommendation(finding),
        "related": list(finding.related_findings),
        "resolution": _resolution(finding),
        "attachments": [
            {"name": file.name, "path": file.path, "type": file.type}
            for file in finding.attachments
        ],
    }


def plain(value: object) -> str:
    """A value of the evidence as text; empty for nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {plain(held)}" for key, held in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(plain(held) for held in value)
    return str(value).strip()


def _list(value: object) -> list[Any]:
    if value is None or value == "":
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold().rstrip(".")


def _feasible(value: object) -> str:
    if value is True:
        return "yes: it happens with asyncio's own order of callbacks"
    if value is False:
        return "no, latent: it needs an order of callbacks that asyncio does not give today"
    return plain(value)


def _state(state: object) -> Row:
    if not isinstance(state, Mapping):
        return {"state": plain(state), "at": "", "detail": ""}
    return {name: plain(state.get(name)) for name in ("state", "at", "detail")}


def _releases(value: object) -> str:
    """Since when and until when it is there, where that was asked."""
    if not isinstance(value, Mapping):
        return ""
    reasons = "; ".join(plain(reason) for reason in _list(value.get("reasons")))
    confidence = f"Confidence {plain(value.get('confidence'))}"
    return f"{plain(value.get('words'))} {confidence}{': ' * bool(reasons)}{reasons}."


def _source(value: object) -> str:
    """`file:line`, with the quote before it where the source is a citation."""
    if not isinstance(value, Mapping):
        return plain(value)
    line = value.get("line")
    place = f"{plain(value.get('file'))}:{line}" if line else plain(value.get("file"))
    quote = plain(value.get("quote"))
    return f"“{quote}”, {place}" if quote else place


def _seen(record: RunRecord, finding: Finding) -> Row:
    told = record.finding_schedules.get(finding.id) or finding.evidence.get("seen")
    if not isinstance(told, Mapping):
        return {"seen_kinds": [], "seen": ""}
    kinds = [plain(kind) for kind in _list(told.get("kinds"))]
    schedules = told.get("schedules")
    counted = facts.many(schedules, "schedule") if isinstance(schedules, int) and schedules else ""
    if counted and (shared := told.get("broken_so")):
        counted = (
            f"at least {counted} of the {shared:,} that broke the law in this way, for which there"
            " is more than one finding"
        )
    return {
        "seen_kinds": kinds,
        "seen": ": ".join(part for part in (", ".join(kinds), counted) if part),
    }


def _reproduction(finding: Finding, replay: str) -> Row:
    """The steps besides the replay command, which is told once."""
    told = finding.reproduction
    return {
        "steps": [step for step in told.steps if step != replay] if told else [],
        "code_snippet": (told.code_snippet if told else None) or "",
        "conditions": (told.conditions if told else None) or "",
        "frequency": told.frequency.value if told and told.frequency else "",
    }


def _impact(finding: Finding) -> list[Row]:
    told = {} if finding.impact is None else finding.impact.as_json()
    return [
        {"name": name.replace("_", " "), "value": plain(value)}
        for name, value in told.items()
        if value is not None and not name.startswith("workaround")
    ]


def _recommendation(finding: Finding) -> Row:
    told, impact = finding.recommendation, finding.impact
    return {
        "recommendation": (told.summary if told else None) or "",
        "proposal": (told.detailed_proposal if told else None) or "",
        "effort": told.estimated_effort.value if told and told.estimated_effort else "",
        "workaround": (impact.workaround_description if impact else None) or "",
    }


def _resolution(finding: Finding) -> str:
    if finding.status not in {FindingStatus.RESOLVED, FindingStatus.WONT_FIX}:
        return ""
    told = finding.resolution
    return ((told.resolution_details if told else None) or "").strip()
