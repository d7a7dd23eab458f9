"""What belongs to another tenant is not touched, and every attempt is told."""

from typing import Any

from production_testers.laws.law import (
    Category,
    FindingType,
    Judgement,
    Law,
    OutcomeClass,
    Severity,
)
from production_testers.laws.usage import CallLine, calls_of, ended_before
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.usage import Usage
from production_testers.model.verdict import Verdict


def check(observation: Observation) -> Verdict:
    """Judge every touch, every piece of work, and every report."""
    judgement = Judgement()
    usage = observation.scenario.usage
    assert usage is not None, "the law is about a unit"
    touches = calls_of(observation, "touch")
    for line in calls_of(observation):
        if line.ended is None or line.given_up is not None or line.outcome == "refused":
            continue
        if line.call.operation == "touch":
            _touch(line, usage, judgement)
        elif line.call.operation == "within":
            judgement.judge(
                line.value == line.call.arguments["tenant"],
                "another-tenant",
                lambda: (
                    f"call {line.key} works for {line.call.arguments['tenant']}, and"
                    f" {line.in_words()}"
                ),
                run=line.key,
            )
        else:
            _report(line, [one for one in touches if _is_foreign(one, usage)], judgement)
    return judgement.verdict()


def _is_foreign(line: CallLine, usage: Usage) -> bool:
    owner = line.call.arguments["owner"]
    return owner is not None and owner != usage.settings["tenant"]


def _touch(line: CallLine, usage: Usage, judgement: Judgement) -> None:
    owner = line.call.arguments["owner"]
    if _is_foreign(line, usage):
        strict = usage.settings["strict"]
        judgement.judge(
            line.error == "foreign" if strict else line.value is False,
            "foreign-allowed",
            lambda: f"call {line.key} touched what belongs to {owner}, and {line.in_words()}",
            run=line.key,
        )
    else:
        judgement.judge(
            line.value is True,
            "own-refused",
            lambda: (
                f"call {line.key} touched what belongs to {owner or 'nobody'}, and"
                f" {line.in_words()}"
            ),
            run=line.key,
        )


def _report(line: CallLine, foreign: list[CallLine], judgement: Judgement) -> None:
    told: Any = line.value
    least = sum(ended_before(one, line) for one in foreign)
    most = sum(not ended_before(line, one) for one in foreign if one.started)
    judgement.judge(
        least <= told["violations"] <= most and told["isolated"] is (told["violations"] == 0),
        "report-wrong",
        lambda: f"there were {least} to {most} attempts on other tenants, told is {told}",
        run=line.key,
    )


LAW = Law(
    id="auth/tenancy",
    statement="Only what belongs to a tenant, or to nobody, may be touched for it; each attempt on"
    " another one's is reported, and nothing else; and concurrent work is each for its own tenant.",
    category=Category.SECURITY,
    capability=Capability.TENANCY,
    units=frozenset({"tenancy"}),
    classes={
        "foreign-allowed": OutcomeClass(
            title="What belongs to another tenant may be touched",
            severity=Severity.CRITICAL,
            why="one customer reads or changes another one's data",
            type=FindingType.SECURITY,
        ),
        "own-refused": OutcomeClass(
            title="What belongs to the tenant, or to nobody, may not be touched",
            severity=Severity.HIGH,
            why="customers cannot work on their own data",
        ),
        "another-tenant": OutcomeClass(
            title="The current tenant of a piece of work is another one's",
            severity=Severity.CRITICAL,
            why="what it does next is done for another customer",
            type=FindingType.SECURITY,
        ),
        "report-wrong": OutcomeClass(
            title="Attempts on other tenants are missing from the report, or made up",
            severity=Severity.HIGH,
            why="a breach goes unseen, or people look for one that was not",
            type=FindingType.SECURITY,
        ),
    },
    check=check,
)
