"""SARIF 2.1.0: a law is a rule, the minimal schedule is a code flow."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from production_testers import __version__
from production_testers.laws import LAWS
from production_testers.reports.exports.exported import OPEN, Exported
from production_testers.workspace.documents import Severity

SCHEDULE = "The smallest schedule that shows it: what is set up, then what happens, in order."

LEVELS: Mapping[Severity, str] = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.INFO: "note",
}


def sarif_text(found: Sequence[Exported]) -> str:
    """The document."""
    from sarif_pydantic import Sarif  # noqa: PLC0415 - pydantic models take a while to make

    rules = sorted({str(one.told("law")) for one in found if one.told("law") in LAWS})
    document = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "production-testers",
                        "version": __version__,
                        "rules": [_rule(law) for law in rules],
                    }
                },
                "results": [_result(one, rules) for one in found],
            }
        ],
    }
    checked = Sarif.model_validate(document)
    return str(checked.model_dump_json(by_alias=True, exclude_none=True, indent=2)) + "\n"


def _rule(law_id: str) -> dict[str, Any]:
    law = LAWS[law_id]
    return {
        "id": law_id,
        "shortDescription": {"text": law.statement},
        "properties": {"tags": [law.category.value]},
    }


def _result(one: Exported, rules: Sequence[str]) -> dict[str, Any]:
    finding = one.finding
    law = one.told("law")
    fails = finding.status in OPEN
    result: dict[str, Any] = {
        "ruleId": law or finding.id,
        **({"ruleIndex": rules.index(law)} if law in rules else {}),
        # a level goes with failures only: SARIF 2.1.0, 3.27.10
        "level": LEVELS[finding.severity] if fails else "none",
        "kind": "fail" if fails else "informational",
        "message": {"text": f"{finding.title}. {one.told('actual') or finding.description}"},
        "locations": [_location(one)],
        "partialFingerprints": {"ptestFingerprint/v1": finding.fingerprint},
        "properties": {
            "id": finding.id,
            "status": finding.status.value,
            "severity": finding.severity.value,
            "replay": one.told("replay"),
            **({"range": one.range.words} if one.range else {}),
        },
    }
    if steps := [*_directives(one), *_events(one)]:
        flow = {"locations": [{**step, "executionOrder": n} for n, step in enumerate(steps, 1)]}
        result["codeFlows"] = [{"message": {"text": SCHEDULE}, "threadFlows": [flow]}]
    return result


def _location(one: Exported) -> dict[str, Any]:
    return {
        "physicalLocation": {"artifactLocation": {"uri": f"{one.folder}/evidence.json"}},
        "logicalLocations": [
            {"fullyQualifiedName": one.finding.component or "unknown", "kind": "function"}
        ],
    }


def _directives(one: Exported) -> Iterator[dict[str, Any]]:
    """What is set up: pipeline, runs, faults, holds; what a reader needs first."""
    for words in one.told("directives") or ():
        yield _step(f"{one.folder}/evidence.json", str(words), importance="essential")


def _events(one: Exported) -> Iterator[dict[str, Any]]:
    """The history of the smallest scenario, event by event."""
    for line, event in enumerate(one.events, start=2):  # line 1 is the header
        importance = "essential" if event["seq"] in one.offending else "important"
        yield _step(f"{one.folder}/history.jsonl", _words(event), importance=importance, line=line)


def _step(uri: str, words: str, *, importance: str, line: int | None = None) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": {"uri": uri}}
    if line is not None:
        place["region"] = {"startLine": line}
    return {
        "importance": importance,
        "location": {"physicalLocation": place, "message": {"text": words}},
    }


def _words(event: Mapping[str, Any]) -> str:
    where = "/".join(part for part in (event["run"], event["stage"]) if part)
    return f"{event['time_ns'] / 1e6:.3f} ms  {event['kind']}  {where}".rstrip()
