"""Redaction hides at least 99 % of each kind of personal data that it says it hides."""

from collections import Counter
from collections.abc import Mapping
from math import comb

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
from production_testers.model.semantics import Capability, PersonalData
from production_testers.model.verdict import Verdict

MISSED_MAX = 0.01
"""The field asks for a recall of more than 99 %."""

ITEMS_MIN = 100
"""Fewer say too little about one percent."""

CHANCE_MAX = 0.001
"""How unlikely so many misses must be if the recall were 99 %."""


def check(observation: Observation) -> Verdict:
    """Judge each kind over everything that the redaction was asked to hide."""
    judgement = Judgement()
    asked: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    examples: dict[str, tuple[str, int]] = {}
    for event in observation.history.of(EventKind.REDACTED):
        counts, left = event.value.get("asked"), event.value.get("missed")
        asked.update({k: int(str(n)) for k, n in _items(counts)})
        for kind, words in left if isinstance(left, list) else ():
            missed[kind] += 1
            examples.setdefault(kind, (words, event.seq))
    for kind in sorted(observation.sut.redacts):
        if asked[kind] >= ITEMS_MIN:
            words, seq = examples.get(kind, ("", 0))
            judgement.judge(
                _chance(asked[kind], missed[kind]) >= CHANCE_MAX,
                f"missed-{kind.replace('_', '-')}",
                lambda: (
                    f"{missed[kind]} of {asked[kind]} were left readable"
                    f" ({missed[kind] / asked[kind]:.1%}; 1 % is allowed), such as {words!r}"
                ),
                seq,
            )
    return judgement.verdict()


def _items(value: object) -> list[tuple[str, object]]:
    return list(value.items()) if isinstance(value, Mapping) else []


def _chance(items: int, misses: int) -> float:
    """Probability of at least so many misses if each item is missed with `MISSED_MAX`."""
    fewer = sum(
        comb(items, k) * MISSED_MAX**k * (1 - MISSED_MAX) ** (items - k) for k in range(misses)
    )
    return 1 - fewer


def _missed(words: str) -> OutcomeClass:
    return OutcomeClass(
        title=f"Redaction leaves more than 1 % of {words} readable",
        severity=Severity.HIGH,
        why="personal data that was to be hidden leaves the guard",
        type=FindingType.SECURITY,
    )


_WORDS = {
    PersonalData.EMAIL: "e-mail addresses",
    PersonalData.PHONE_US: "US phone numbers",
    PersonalData.SSN: "social security numbers",
    PersonalData.CREDIT_CARD: "credit card numbers",
    PersonalData.IP_ADDRESS: "IP addresses",
}

LAW = Law(
    id="guard/redaction-recall",
    statement="Of every kind of personal data that the framework says it redacts, at least 99 %"
    " are hidden.",
    category=Category.SECURITY,
    capability=Capability.REDACTION,
    classes={
        f"missed-{kind.value.replace('_', '-')}": _missed(words) for kind, words in _WORDS.items()
    },
    check=check,
)
