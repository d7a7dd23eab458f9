"""OSV: findings about security, for those who scan dependencies."""

import json
from collections.abc import Sequence
from typing import Any

from production_testers.evidence.ranges import Answer
from production_testers.reports.exports.exported import Exported
from production_testers.workspace.documents import FindingType

SCHEMA_VERSION = "1.6.7"
DRAFT = "PYSEC-0000-"
"""An id begins with the database that gives it, and the schema has a list of them. So the advisory
database of PyPI wants what it has given no number (github.com/pypa/advisory-database, README)."""


def osv_text(found: Sequence[Exported]) -> str:
    """A list with one entry for every finding of type security; it may be empty."""
    entries = [_entry(one) for one in found if one.finding.type is FindingType.SECURITY]
    return json.dumps(entries, indent=2, ensure_ascii=False) + "\n"


def _entry(one: Exported) -> dict[str, Any]:
    finding = one.finding
    return {
        "schema_version": SCHEMA_VERSION,
        "id": f"{DRAFT}{finding.id}",
        "published": finding.created_at,
        "modified": finding.updated_at or finding.created_at,
        "summary": finding.title,
        "details": finding.description,
        "affected": [
            {
                "package": {"ecosystem": "PyPI", "name": one.sut[0]},
                "ranges": [{"type": "ECOSYSTEM", "events": _events(one)}],
                "versions": _versions(one),
            }
        ],
        "database_specific": {
            "severity": finding.severity.value,
            "fingerprint": finding.fingerprint,
            "component": finding.component,
            **({"range": one.range.words, "confidence": one.range.confidence} if one.range else {}),
        },
    }


def _events(one: Exported) -> list[dict[str, str]]:
    """Where nobody asked other releases, it is introduced where it was seen."""
    found = one.range
    if found is None or found.first_bad is None:
        return [{"introduced": one.sut[1] or "0"}]
    events = [{"introduced": found.first_bad}]
    return [*events, {"fixed": found.fixed_in}] if found.fixed_in else events


def _versions(one: Exported) -> list[str]:
    found = one.range
    if found is None:
        return [one.sut[1]] if one.sut[1] else []
    return [seen.release for seen in found.observed if seen.answer is Answer.BROKEN]
