"""A proper call does not die of a mistake inside the unit."""

from production_testers.laws.law import ANY_UNIT, Category, Judgement, Law, OutcomeClass, Severity
from production_testers.laws.usage import calls_of
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict

MISTAKES = frozenset(
    {
        "AttributeError", "NameError", "UnboundLocalError", "RecursionError", "IndexError",
        "AssertionError", "InvalidStateError", "UnicodeEncodeError", "UnicodeDecodeError",
        "ZeroDivisionError", "OverflowError", "NotImplementedError",
    }
)  # fmt: skip
"""Classes that no interface means to raise for a proper call."""


def check(observation: Observation) -> Verdict:
    """Judge every call that ended."""
    judgement = Judgement()
    for line in calls_of(observation):
        if line.ended is None:
            continue
        judgement.judge(
            line.error != "" or line.type not in MISTAKES,
            "internal-error",
            lambda: f"call {line.key} of {line.call.operation} {line.in_words()}",
            line.ended.seq,
            run=line.key,
        )
    return judgement.verdict()


LAW = Law(
    id="units/errors-are-meant",
    statement="A proper call ends with an answer, an error of the caller's own code, or an error"
    " that the unit means; not with one that shows a mistake inside.",
    category=Category.CORRECTNESS,
    capability=Capability.UNITS,
    units=ANY_UNIT,
    classes={
        "internal-error": OutcomeClass(
            title="A proper call dies of a mistake inside the framework",
            severity=Severity.MEDIUM,
            why="the caller did nothing wrong, and the message does not say what to do",
        ),
    },
    check=check,
)
