"""The scenarios that exist, and records by name."""

import difflib
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Final

from production_testers.mocks.datasets import messages, patients, requests, tenants, transactions
from production_testers.mocks.datasets.shape import DataScenario, Record, Variant
from production_testers.model.errors import UsageError

SCENARIOS: Final[Mapping[str, DataScenario]] = {
    scenario.name: scenario
    for scenario in (
        requests.SCENARIO,
        transactions.SCENARIO,
        patients.SCENARIO,
        tenants.SCENARIO,
        messages.SCENARIO,
    )
}
"""Name → scenario, in the order in which they are shown."""


def find_variant(scenario: str, variant: str) -> Variant:
    """The variant of that name.

    Raises:
        UsageError: There is no such scenario or variant; the message lists those there are.
    """
    if scenario not in SCENARIOS:
        raise _unknown("data scenario", scenario, SCENARIOS)
    variants = SCENARIOS[scenario].variants
    if variant not in variants:
        raise _unknown(f"variant of {scenario}", variant, variants)
    return variants[variant]


def generate(scenario: str, variant: str, size: int, seed: int) -> Iterator[Record]:
    """The first `size` records, made while they are read.

    A smaller size gives a prefix of a larger one. Records share nothing that can change, so
    a stage that alters its input spoils no other record.

    Raises:
        UsageError: No such scenario or variant, or the size is negative.
    """
    found = find_variant(scenario, variant)
    if size < 0:
        raise UsageError(f"A data set cannot have {size} records.", do="Say 0 or more.")
    return islice(found.stream(seed), size)


def _unknown(what: str, seen: str, known: Iterable[str]) -> UsageError:
    names = list(known)
    near = difflib.get_close_matches(seen, names, n=1)
    hint = f"Did you mean {near[0]}? " if near else ""
    return UsageError(f"There is no {what} {seen!r}.", do=f"{hint}There are: {', '.join(names)}.")
