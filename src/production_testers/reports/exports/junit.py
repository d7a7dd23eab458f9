"""JUnit XML: an open finding fails, what nobody can tell is skipped, our own error is an error."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Sequence
from itertools import groupby

from production_testers.reports.exports.exported import OPEN, Exported, Judged, Outcome, Turned
from production_testers.workspace.documents import FindingStatus

OURS = "minimised"
"""The gate at which a worker died: nothing was shown about the system under test."""

_TAGS = {Outcome.FAILED: "failure", Outcome.ERROR: "error", Outcome.SKIPPED: "skipped"}
_COUNTED = {"failures": "failure", "errors": "error", "skipped": "skipped"}
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML 1.0 document may hold, not even escaped; a framework's message can hold anything."""


def junit_text(
    found: Sequence[Exported], turned: Sequence[Turned], judged: Sequence[Judged] = ()
) -> str:
    """The document, as `junit-10.xsd` of the Jenkins xUnit plug-in describes it.

    Args:
        found: One suite.
        turned: Candidates that a gate turned down; one suite.
        judged: What runs say of laws, and of themselves; one suite a run, in their order.
    """
    suites = [
        _suite("findings", (_finding(one) for one in found)),
        _suite("candidates", (_candidate(one) for one in turned)),
        *(
            _suite(run, (_judged(one) for one in of_run))
            for run, of_run in groupby(judged, key=lambda one: one.run)
        ),
    ]
    document = ET.Element("testsuites", name="production-testers")
    for count in ("tests", "failures", "errors"):  # the schema has `skipped` at suites alone
        document.set(count, str(sum(int(suite.get(count, 0)) for suite in suites)))
    document.extend(suites)
    ET.indent(document)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(document, encoding="unicode")}\n'


def _suite(name: str, cases: Iterable[ET.Element]) -> ET.Element:
    suite = ET.Element("testsuite", name=name)
    suite.extend(cases)
    suite.set("tests", str(len(suite)))
    for count, tag in _COUNTED.items():
        suite.set(count, str(len(suite.findall(f"testcase/{tag}"))))
    return suite


def _finding(one: Exported) -> ET.Element:
    finding, law = one.finding, str(one.told("law") or "by hand")
    if finding.status in OPEN:
        words = f"{finding.title}: {one.told('actual') or finding.description}"
        return _case(finding.id, law, Outcome.FAILED, words, kind=finding.severity.value)
    if finding.status is FindingStatus.RESOLVED:
        return _case(finding.id, law, Outcome.PASSED)
    return _case(finding.id, law, Outcome.SKIPPED, finding.status.value)


def _candidate(one: Turned) -> ET.Element:
    name = f"{one.outcome_class} in {one.run}"
    if one.gate == OURS:
        return _case(name, one.law, Outcome.ERROR, one.reason)
    return _case(name, one.law, Outcome.SKIPPED, f"not {one.gate}: {one.reason}")


def _judged(one: Judged) -> ET.Element:
    return _case(one.what, one.run, one.outcome, one.reason)


def _case(
    name: str, group: str, outcome: Outcome, reason: str = "", kind: str | None = None
) -> ET.Element:
    case = ET.Element("testcase", name=_NO_XML.sub("�", name), classname=_NO_XML.sub("�", group))
    if outcome is not Outcome.PASSED:
        told = ET.SubElement(case, _TAGS[outcome], message=_NO_XML.sub("�", reason))
        if kind is not None:
            told.set("type", kind)
    return case
