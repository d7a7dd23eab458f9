"""CSV and JSON."""

import csv
import io
import json
from collections.abc import Sequence

from production_testers.reports.exports.exported import Exported

COLUMNS = (
    *("id", "type", "severity", "status", "title", "component", "law", "outcome_class"),
    *("fingerprint", "state", "sut", "version", "first_bad", "fixed_in", "replay"),
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins so is executed by spreadsheets."""


def csv_text(found: Sequence[Exported]) -> str:
    """One line a finding."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([_safe(cell) for cell in _row(one)] for one in found)
    return text.getvalue()


def _row(one: Exported) -> list[object]:
    finding, known = one.finding, one.range
    return [
        *(finding.id, finding.type.value, finding.severity.value, finding.status.value),
        *(finding.title, finding.component, one.told("law"), one.told("outcome_class")),
        *(finding.fingerprint, one.told("state"), *one.sut),
        *(known and known.first_bad, known and known.fixed_in, one.told("replay")),
    ]


def _safe(cell: object) -> str:
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(_FORMULA) else text


def json_text(found: Sequence[Exported]) -> str:
    """A list of the findings as findings.json holds them."""
    listed = [one.finding.as_json() for one in found]
    return json.dumps(listed, indent=2, ensure_ascii=False) + "\n"
