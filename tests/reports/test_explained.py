"""A law whose breaks another law tells did not hold, and nothing may say that it did."""

from collections import Counter

from production_testers.experiments.exploration import KindReport
from production_testers.model.scenario import Kind
from production_testers.reports.facts import LawFacts

LAW = "isolation/concurrent-runs"


def facts(**counts):
    base = {"broken": 0, "explained": 0, "exercised": 9, "schedules": 9}
    return LawFacts(
        id=LAW, statement="", category="", broken_in=(), findings=(), **{**base, **counts}
    )


def test_a_report_does_not_say_that_it_held():
    assert facts(explained=1).state == "told by another law"
    assert facts().state == "holds"
    assert facts(broken=1, explained=1).state == "broken"


def test_a_kind_does_not_say_that_it_held():
    report = KindReport(kind=Kind.CHAOS, planned=2)
    report.judged[LAW] = Counter(holds=1)
    assert report.state_of(LAW) == "holds"
    report.judged[LAW]["explained"] += 1
    assert report.state_of(LAW) == "unknown"
