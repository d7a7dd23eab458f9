"""Variants in which every record is at one edge, which `case` names."""

from collections.abc import Callable, Iterator, Mapping
from itertools import count
from random import Random

from production_testers.mocks.datasets.edges.unicode import TEXTS, WRITABLE
from production_testers.mocks.datasets.rules import Keeps
from production_testers.mocks.datasets.schema import Schema, extended, text
from production_testers.mocks.datasets.shape import DataClass, Record, Variant
from production_testers.model.canonical import plain
from production_testers.model.seeds import random_for

Make = Callable[[Random, int], Record]
"""A generator and the record's number → a record at that edge."""

CASE = text("Which edge the record is at")


def boundary(scenario: str, schema: Schema, cases: Mapping[str, Make], more: str = "") -> Variant:
    """A variant that takes the cases in turn; each record stands for itself."""
    listed = tuple(cases.items())

    def stream(seed: int) -> Iterator[Record]:
        random = random_for(seed, scenario, "boundary")
        for number in count(1):
            case, make = listed[(number - 1) % len(listed)]
            yield {**plain(make(random, number)), "case": case}

    return Variant(
        about="correct records at one edge each, named by `case`" + more,
        data_class=DataClass.EDGE_CASES,
        stream=stream,
        schema=extended(schema, case=CASE),
        keeps=Keeps.EACH,
    )


def unusual_texts(make: Callable[[Random, int, str], Record]) -> dict[str, Make]:
    """One case for every family of unusual texts that UTF-8 can say.

    Args:
        make: Puts the text where anybody may write what he likes.
    """

    def made(name: str) -> Make:
        return lambda random, number: make(random, number, TEXTS[name].draw(random))

    return {f"text_{name}": made(name) for name in WRITABLE}
