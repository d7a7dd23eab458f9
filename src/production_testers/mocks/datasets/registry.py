"""The scenarios that exist, and records by name.

A scenario is imported when somebody asks for it: a worker pays for the data that it uses.
"""

import difflib
import importlib
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Final

from production_testers.mocks.datasets.shape import DataScenario, Record, Variant
from production_testers.model.errors import UsageError

GENERAL: Final = "general"

INDUSTRIES: Final[Mapping[str, tuple[str, ...]]] = {
    GENERAL: (
        "requests",
        "tenants",
        "messages",
        "values",
        "prompts",
        "documents",
        "conversations",
        "extractions",
    ),
    "finance": ("transactions", "transfers", "ticks"),
    "healthcare": ("patients", "vitals"),
    "defence": ("tracks",),
    "retail": ("orders",),
    "gaming": ("chats", "purchases"),
    "industrial": ("telemetry",),
    "telecom": ("calls", "alarms"),
    "media": ("broadcasts",),
    "education": ("submissions",),
    "government": ("applications",),
    "energy": ("meters",),
    "biotech": ("samples",),
    "legal": ("contracts",),
}
"""Industry → its scenarios, in the order in which they are shown."""

_PACKAGE: Final = "production_testers.mocks.datasets"


class _Scenarios(Mapping[str, DataScenario]):
    """Name → scenario; each is imported at its first use."""

    def __init__(self) -> None:
        self._industries = {name: kind for kind, names in INDUSTRIES.items() for name in names}
        self._loaded: dict[str, DataScenario] = {}

    def __getitem__(self, name: str) -> DataScenario:
        found = self._loaded.get(name)
        if found is None:
            industry = self._industries[name]
            folder = GENERAL if industry == GENERAL else f"industries.{industry}"
            module = importlib.import_module(f"{_PACKAGE}.{folder}.{name}")
            found = self._loaded[name] = module.SCENARIO
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._industries)

    def __len__(self) -> int:
        return len(self._industries)

    def __contains__(self, name: object) -> bool:
        return name in self._industries

    def industry_of(self, name: str) -> str:
        return self._industries[name]


SCENARIOS: Final = _Scenarios()
"""Name → scenario, in the order in which they are shown."""


def industry_of(scenario: str) -> str:
    """The industry that a scenario belongs to, or "general".

    Raises:
        UsageError: There is no such scenario.
    """
    find_scenario(scenario)
    return SCENARIOS.industry_of(scenario)


def find_scenario(scenario: str) -> DataScenario:
    """The scenario of that name.

    Raises:
        UsageError: There is none; the message lists those there are.
    """
    if scenario not in SCENARIOS:
        raise _unknown("data scenario", scenario, SCENARIOS)
    return SCENARIOS[scenario]


def find_variant(scenario: str, variant: str) -> Variant:
    """The variant of that name.

    Raises:
        UsageError: There is no such scenario or variant; the message lists those there are.
    """
    variants = find_scenario(scenario).variants
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
