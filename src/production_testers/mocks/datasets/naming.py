"""The names of mock data files: `{scenario}_{variant}_{size}.{extension}`."""

import re
from dataclasses import dataclass, field
from typing import Final

from production_testers.mocks.datasets.registry import SCENARIOS, find_variant
from production_testers.mocks.datasets.shape import DataClass, Variant
from production_testers.model.errors import UsageError

_UNITS: Final = {"m": 1_000_000, "k": 1_000}
_SIZE: Final = re.compile(r"([0-9]{1,12})([km]?)")
_NAME: Final = re.compile(
    r"(?P<subject>[A-Za-z0-9][A-Za-z0-9_-]*_[A-Za-z0-9_-]*[A-Za-z0-9-])"
    r"_(?P<size>[0-9]{1,12}[km]?)\.(?P<extension>[A-Za-z0-9]+(?:\.[A-Za-z0-9]+)*)"
)
_WANTED: Final = "Name it {scenario}_{variant}_{size}.{ext}, as transactions_valid_10k.json."


@dataclass(frozen=True, slots=True, kw_only=True)
class DataFile:
    """A mock data file.

    Attributes:
        scenario: What it is about; may hold `_`.
        variant: Which kind of records; holds `_` only where the registry knows it so.
        size: How many records.
        extension: Without the dot.
        source: What makes its records, where the registry knows no variant of that name.
    """

    scenario: str
    variant: str
    size: int
    extension: str = "jsonl"
    source: Variant | None = field(default=None, compare=False, repr=False)

    @property
    def name(self) -> str:
        """The file's name."""
        return data_file_name(self.scenario, self.variant, self.size, self.extension)

    @property
    def found(self) -> Variant:
        """What makes its records.

        Raises:
            UsageError: No generator of that name exists.
        """
        return self.source or find_variant(self.scenario, self.variant)

    @property
    def data_class(self) -> DataClass:
        """The folder below `mocks/data/` that it belongs to; raises as `found` does."""
        return self.found.data_class


def size_text(size: int) -> str:
    """A number of records as it stands in names: 10000 is `10k`, 1000000 `1m`, 1500 `1500`."""
    for letter, unit in _UNITS.items():
        if size and size % unit == 0:
            return f"{size // unit}{letter}"
    return str(size)


def parse_size(text: str) -> int:
    """Read `100`, `10k` or `1m`.

    Raises:
        UsageError: It is none of those.
    """
    found = _SIZE.fullmatch(text)
    if found is None:
        raise UsageError(f"{text!r} is no size.", do="Say digits, or digits with k or m, as 10k.")
    return int(found[1]) * _UNITS.get(found[2], 1)


def data_file_name(scenario: str, variant: str, size: int, extension: str) -> str:
    """The name of a mock data file.

    Raises:
        UsageError: The name would be read back as something else.
    """
    name = f"{scenario}_{variant}_{size_text(size)}.{extension}"
    wanted = DataFile(scenario=scenario, variant=variant, size=size, extension=extension)
    if parse_data_file_name(name) != wanted:
        raise UsageError(f"{name!r} reads as another variant.", do="Leave `_` out of the variant.")
    return name


def parse_data_file_name(name: str) -> DataFile:
    """Read a file's name from the right.

    The variant is what follows the last `_` of the subject, unless the registry knows a
    scenario and a variant that make up the whole subject, as `patients` and `phi_evasion`.

    Raises:
        UsageError: It is no name of a mock data file.
    """
    found = _NAME.fullmatch(name)
    if found is None:
        raise UsageError(f"{name!r} is no name of a mock data file.", do=_WANTED)
    subject = found["subject"]
    scenario, variant = _known(subject) or tuple(subject.rsplit("_", 1))
    return DataFile(
        scenario=scenario,
        variant=variant,
        size=parse_size(found["size"]),
        extension=found["extension"],
    )


def _known(subject: str) -> tuple[str, str] | None:
    for name in SCENARIOS:
        variant = subject.removeprefix(f"{name}_")
        if variant != subject and variant in SCENARIOS[name].variants:
            return name, variant
    return None
