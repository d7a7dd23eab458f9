"""What a data scenario is made of."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import TypeVar

from production_testers.model.canonical import Json

Record = dict[str, Json]
Stream = Callable[[int], Iterator[Record]]
"""Seed → records without end; a shorter file is a prefix of a longer one."""

Fields = Mapping[str, str]
"""Field → JSON type, alternatives joined by `|`; `any` may be anything, or missing."""

Member = TypeVar("Member")


class DataClass(StrEnum):
    """The four classes of mock data; each is a folder below `mocks/data/`."""

    HAPPY_PATH = "happy_path"
    EDGE_CASES = "edge_cases"
    ADVERSARIAL = "adversarial"
    SCALE = "scale"


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One kind of records of a scenario.

    Attributes:
        about: One line for people.
        data_class: Which folder it belongs to.
        stream: Gives the records.
        fields: What a record holds.
    """

    about: str
    data_class: DataClass
    stream: Stream
    fields: Fields


@dataclass(frozen=True, slots=True, kw_only=True)
class DataScenario:
    """A subject, with its variants.

    Attributes:
        name: As it stands in file names.
        about: One line for people.
        variants: Name → variant.
    """

    name: str
    about: str
    variants: Mapping[str, Variant]


def loosened(fields: Fields, **labels: str) -> Fields:
    """The fields of records that are broken on purpose: only the labels can be relied on."""
    return {**dict.fromkeys(fields, "any"), **labels}


def pick(random: Random, members: Sequence[Member]) -> Member:
    """A member; several times quicker than `random.choice`, and as even for short sequences."""
    return members[int(random.random() * len(members))]


def canary(random: Random) -> str:
    """A harmless mark that can be searched for wherever data may have leaked."""
    return f"CANARY-{random.getrandbits(64):016x}"
