"""A run links flagged code to what it executed: on the reference, with hazards put in its way."""

import inspect

import pytest

from production_testers.evidence.repairs import Repair
from production_testers.phases import understanding
from production_testers.phases.hypotheses import hypotheses
from production_testers.phases.research import decisions
from production_testers.phases.research.hazard import Hazard, HazardKind
from production_testers.suts.reference import executor

pytestmark = pytest.mark.slow

FILE = "production_testers/suts/reference/executor.py"
WAITS = "done, _ = await asyncio.wait(tasks.values(), return_when=asyncio.FIRST_EXCEPTION)"


def hazard(kind, line, name, **fields):
    return Hazard(
        kind=kind,
        file=FILE,
        line=line,
        qualified_name=f"production_testers.suts.reference.executor.{name}",
        code_line=WAITS,
        statement=f"{name} goes wrong.",
        lines=(line, line),
        **fields,
    )


def line_of(words):
    lines, first = inspect.getsourcelines(executor)
    return next(n for n, line in enumerate(lines, first or 1) if words in line)


@pytest.fixture
def outcome(quick, start, monkeypatch):
    """A run whose scan flags a line that every run executes, one that none does, and a loop."""
    every = line_of(WAITS)
    found = (
        hazard(HazardKind.MISSING_CLEANUP, every, "run", repair=Repair.STOP_TASKS),
        hazard(HazardKind.OWNERLESS_TASK, 1, "never"),
        hazard(HazardKind.BLOCKING_CALL, every, "waits"),
        hazard(HazardKind.NESTED_SCAN, every, "loop"),
    )
    monkeypatch.setattr(understanding, "scan", lambda _source: found)
    monkeypatch.setattr(decisions, "EXPLORED_MIN", 10)  # the plan is tiny
    monkeypatch.setattr(decisions, "SCHEDULES_MIN", 2)
    return start()


def about_code(outcome):
    return {
        one.hazard.first.kind: one
        for one in hypotheses(outcome.context, tested=True)
        if one.hazard is not None
    }


def check_results(outcome):
    """Code that ran while its law held is rejected; the rest is undecided, each with a reason."""
    found = about_code(outcome)
    assert {kind: one.result.value for kind, one in found.items()} == {
        HazardKind.MISSING_CLEANUP: "rejected",
        HazardKind.OWNERLESS_TASK: "undecided",
        HazardKind.BLOCKING_CALL: "undecided",
        HazardKind.NESTED_SCAN: "undecided",
    }
    assert (
        "sampled schedules that executed these lines" in found[HazardKind.MISSING_CLEANUP].evidence
    )
    assert "never executed" in found[HazardKind.OWNERLESS_TASK].evidence
    assert "15 of the 15 sampled schedules" in found[HazardKind.BLOCKING_CALL].evidence
    assert "too small" in found[HazardKind.NESTED_SCAN].evidence
    assert found[HazardKind.BLOCKING_CALL].example == "baseline/0"
    assert found[HazardKind.OWNERLESS_TASK].example == ""


def check_order(outcome):
    """Numbers follow what matters for the entry."""
    found = hypotheses(outcome.context, tested=True)
    assert [one.id for one in found] == [f"H-{n:03}" for n in range(1, len(found) + 1)]
    required = {requirement.law for requirement in outcome.context.recipe.requires}
    own = [one.hazard is None and one.laws[0] in required for one in found]
    assert own == sorted(own, reverse=True)
    assert sum(own) == len(required)
    kinds = [one.hazard.first.kind for one in found if one.hazard]
    assert kinds[0] is HazardKind.MISSING_CLEANUP  # its law is the entry's, and its code ran
    assert kinds[-1] is HazardKind.OWNERLESS_TASK  # it never ran


def check_documents(outcome):
    """The documents tell the counts, and the report the decided ones."""
    run = outcome.context.run
    text = (run.research / "hypotheses.md").read_text()
    assert "| Code that looks risky | 0 | 1 | 3 | 4 |" in text
    report = run.final_report.read_text()
    assert "| code that looks risky | 0 | 1 | 3 | 4 |" in report
    assert f"{FILE}:{line_of(WAITS)}" in report


def test_a_run_says_of_flagged_code_what_it_showed(outcome):
    check_results(outcome)
    check_order(outcome)
    check_documents(outcome)
    assert {one.result.value for one in hypotheses(outcome.context, tested=False)} == {"undecided"}
