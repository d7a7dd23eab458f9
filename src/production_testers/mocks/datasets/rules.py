"""Rules of consistency: what an expert of the industry expects of records, checked from outside.

A rule reads what the records say and nothing else; it shares no code with what made them. So
it can be asked of anybody's records, and a generator that drifts is found out.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from production_testers.model.canonical import Json

Memory = dict[Any, Any]
"""What a rule keeps of earlier records; its own, empty at the first record."""

Breach = Callable[[Mapping[str, Any], Memory], str | None]
"""A record and the rule's memory → what is wrong with it, or None."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One thing that holds.

    Attributes:
        name: Short, as it stands in reports.
        about: What holds, in one sentence.
        breach: Says what is wrong with a record. It may raise LookupError, TypeError or
            ValueError where a record lacks what the rule reads: then it cannot hold.
        across: Whether it compares records with earlier ones, rather than one record's members.
    """

    name: str
    about: str
    breach: Breach
    across: bool = False


class Keeps(Enum):
    """Which of a scenario's rules the records of a variant keep."""

    ALL = "all"
    EACH = "each"
    """Those about one record's members; every record stands for itself."""
    NONE = "none"

    def among(self, rules: Iterable[Rule]) -> tuple[Rule, ...]:
        """Those of the rules that are kept."""
        if self is Keeps.NONE:
            return ()
        return tuple(rule for rule in rules if self is Keeps.ALL or not rule.across)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inconsistency:
    """A record that breaks a rule.

    Attributes:
        number: Of the record, from 1.
        rule: The rule's name.
        what: What is wrong, with the value seen.
    """

    number: int
    rule: str
    what: str


def rule(name: str, about: str, *, across: bool = False) -> Callable[[Breach], Rule]:
    """Make a rule of a function."""
    return lambda breach: Rule(name=name, about=about, breach=breach, across=across)


def inconsistencies(
    records: Iterable[Mapping[str, Json]], rules: Iterable[Rule]
) -> Iterator[Inconsistency]:
    """Every rule that a record breaks, in the order of the records, while they are read."""
    asked: list[tuple[Rule, Memory]] = [(rule, {}) for rule in rules]
    for number, record in enumerate(records, start=1):
        for asked_rule, memory in asked:
            what = _breach(asked_rule, record, memory)
            if what is not None:
                yield Inconsistency(number=number, rule=asked_rule.name, what=what)


def _breach(asked: Rule, record: Mapping[str, Json], memory: Memory) -> str | None:
    try:
        return asked.breach(record, memory)
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        return f"it cannot be read: {type(error).__name__}: {error}"
