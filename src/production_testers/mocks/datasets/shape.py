"""What a data scenario is made of."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from production_testers.mocks.datasets.rules import Keeps, Rule
from production_testers.mocks.datasets.schema import Schema
from production_testers.model.canonical import Json

Record = dict[str, Json]
Stream = Callable[[int], Iterator[Record]]
"""Seed → records without end; a shorter file is a prefix of a longer one."""


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
        schema: JSON schema of a record.
        keeps: Which rules of their scenario the records keep.
        in_run: Records of its file in a run folder, where the usual number would be too much.
    """

    about: str
    data_class: DataClass
    stream: Stream
    schema: Schema
    keeps: Keeps = Keeps.ALL
    in_run: int | None = None

    @property
    def columns(self) -> bool:
        """Whether every member has one type, so that the records fit into columns."""
        return self.data_class in {DataClass.HAPPY_PATH, DataClass.SCALE}


@dataclass(frozen=True, slots=True, kw_only=True)
class DataScenario:
    """A subject, with its variants.

    Attributes:
        name: As it stands in file names.
        about: One line for people.
        variants: Name → variant.
        rules: What holds between the members of a record, and between records.
        labels: Member → what a detector or a decision is judged by with it.
    """

    name: str
    about: str
    variants: Mapping[str, Variant]
    rules: tuple[Rule, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
