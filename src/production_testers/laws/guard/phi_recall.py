"""Redaction hides at least 99.9 % of the identifiers in clinical notes that it says it hides."""

from collections import Counter
from collections.abc import Mapping

from production_testers.laws.law import (
    Category,
    FindingType,
    Judgement,
    Law,
    OutcomeClass,
    Severity,
)
from production_testers.model.history import EventKind
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.shares import Share
from production_testers.model.verdict import Verdict

RECALL_MIN = 0.999
"""What the field asks for of protected health information."""

ITEMS_MIN = 1_000
"""Fewer say too little about one in a thousand."""

CLINICAL = "phi:"
"""Kinds of personal data begin so where they stand in a clinical note."""


def check(observation: Observation) -> Verdict:
    """Judge all claimed kinds together, over everything that the redaction was asked to hide."""
    judgement = Judgement()
    asked: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    example, at = "", 0
    claimed = {f"{CLINICAL}{kind}" for kind in observation.sut.redacts}
    for event in observation.history.of(EventKind.REDACTED):
        counts, left = event.value.get("asked"), event.value.get("missed")
        items = counts.items() if isinstance(counts, Mapping) else ()
        asked.update({kind: int(str(n)) for kind, n in items if kind in claimed})
        for kind, words in left if isinstance(left, list) else ():
            if kind in claimed:
                missed[kind] += 1
                example, at = example or words, at or event.seq
    found = Share(asked.total() - missed.total(), asked.total())
    if found.of >= ITEMS_MIN:
        kinds = ", ".join(f"{kind.removeprefix(CLINICAL)} {n}" for kind, n in missed.items())
        judgement.judge(
            not found.surely_under(RECALL_MIN),
            "missed",
            lambda: (
                f"recall in clinical notes is {found}; {RECALL_MIN:.1%} are asked for. Left"
                f" readable: {kinds}, such as {example!r}"
            ),
            at,
        )
    return judgement.verdict()


LAW = Law(
    id="guard/phi-recall",
    statement="Of the identifiers in clinical notes that are of kinds that the framework says it"
    " redacts, at least 99.9 % are hidden.",
    category=Category.SECURITY,
    capability=Capability.REDACTION,
    classes={
        "missed": OutcomeClass(
            title="Redaction leaves more than 0.1 % of the identifiers in clinical notes readable",
            severity=Severity.HIGH,
            why="protected health information that was to be hidden leaves the guard",
            type=FindingType.SECURITY,
        ),
    },
    check=check,
)
