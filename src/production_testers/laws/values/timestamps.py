"""A moment that was written down is read as what it was."""

from production_testers.laws.law import Category, Judgement, Law, OutcomeClass, Severity
from production_testers.laws.usage import CallLine, calls_of
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict

TOLERANCE_US = 1
"""A number of seconds with a fraction cannot tell every microsecond apart."""


def check(observation: Observation) -> Verdict:
    """Judge every text and number."""
    judgement = Judgement()
    for line in calls_of(observation):
        if line.ended is None or line.given_up is not None:
            continue
        if line.call.operation == "parse":
            _read(line, judgement)
        else:
            judgement.judge(
                line.outcome == "raised",
                "garbage-read",
                lambda line=line: (  # type: ignore[misc]
                    f"{line.call.arguments['written']!r} is no moment, and call {line.key}"
                    f" {line.in_words()}"
                ),
                run=line.key,
            )
    return judgement.verdict()


def _read(line: CallLine, judgement: Judgement) -> None:
    given = line.call.arguments
    due: int = given["moment_us"]  # type: ignore[assignment]
    judgement.judge(
        line.outcome == "returned",
        "refused",
        lambda: (
            f"call {line.key}, given {given['written']!r} ({given['style']}), {line.in_words()}"
        ),
        run=line.key,
    )
    if line.outcome == "returned":
        right = isinstance(line.value, int) and abs(line.value - due) <= TOLERANCE_US
        judgement.judge(
            right,
            "another-moment",
            lambda: (
                f"call {line.key} read {given['written']!r} ({given['style']}) as {line.value} µs,"
                f" it is {due} µs"
            ),
            run=line.key,
        )


LAW = Law(
    id="values/timestamps",
    statement="A moment that is written in one of the ways promised is read as that moment, and"
    " what is no moment is refused.",
    category=Category.CORRECTNESS,
    capability=Capability.TIMESTAMPS,
    units=frozenset({"timestamps"}),
    classes={
        "another-moment": OutcomeClass(
            title="A timestamp is read as another moment",
            severity=Severity.HIGH,
            why="orders, deadlines and reports are wrong, and nobody is told",
        ),
        "refused": OutcomeClass(
            title="A timestamp in a promised form is refused",
            severity=Severity.MEDIUM,
            why="good records are thrown away",
        ),
        "garbage-read": OutcomeClass(
            title="What is no moment is read as one",
            severity=Severity.MEDIUM,
            why="damaged records go on with an invented time",
        ),
    },
    check=check,
)
