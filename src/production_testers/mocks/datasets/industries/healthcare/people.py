"""Invented people who come to an invented clinic.

Telephone numbers are of the range 555-0100 to 555-0199 in the area of the city, mail addresses
end in example.org, social security numbers have area numbers of 900 and up, which nobody is given.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Final

from production_testers.mocks.datasets.draws import between, digits, person, pick
from production_testers.mocks.datasets.stamps import DAY_S, START, Zone
from production_testers.mocks.datasets.vocabulary import FAMILY_NAMES, FEMALE_NAMES, MALE_NAMES

_ZONE: Final = Zone("America/Chicago", -6, "us")
_STREETS: Final = ("Alder Lane", "Brook Street", "Cedar Road", "Dove Avenue", "Elm Court")
_CITIES: Final = (
    ("Springfield", "IL", "62701"),
    ("Peoria", "IL", "61602"),
    ("Fairview", "OK", "73737"),
    ("Georgetown", "TX", "78626"),
)
_AREAS: Final = {"Springfield": 217, "Peoria": 309, "Fairview": 580, "Georgetown": 512}
"""City → its telephone area."""
_SLOTS: Final = 30
_DOCTORS: Final = ("Dr. Vale", "Dr. Osei", "Dr. Lindgren", "Dr. Marchetti")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who a record is about; `sex` is what conditions depend on, "" where it is not known."""

    number: int
    given: str
    family: str
    gender: str
    sex: str
    birth: date
    seen: date
    onset_days: int
    slot: int
    mrn: str
    ssn: str
    plan: str
    phone: str
    email: str
    street: str
    city: tuple[str, str, str]
    relative: str
    doctor: str

    @property
    def age(self) -> int:
        """Full years on the day of the visit."""
        had_birthday = (self.seen.month, self.seen.day) >= (self.birth.month, self.birth.day)
        return self.seen.year - self.birth.year - (not had_birthday)

    @property
    def onset(self) -> date:
        """Since when: not before birth."""
        return max(self.birth, self.seen - timedelta(days=self.onset_days))

    @property
    def visit(self) -> tuple[str, str]:
        """Begin and end in local time: a quarter or half of an hour in the clinic's hours."""
        day_s = (self.seen - START.date()).days * DAY_S
        begin = _ZONE.midnight(day_s // DAY_S) + 8 * 3600 + self.slot * 900
        return _ZONE.local(begin), _ZONE.local(begin + 900 + 900 * (self.slot % 2))


def drawn(random: Random, number: int) -> Person:
    """Somebody of any age; the days on which the clinic is open are Monday to Friday."""
    given, family, sex = person(random)
    gender = sex if random.random() < 0.97 else pick(random, ("other", "unknown"))
    seen = START.date() + timedelta(days=between(random, 0, 364))
    seen -= timedelta(days=max(0, seen.weekday() - 4))
    city = pick(random, _CITIES)
    names = FEMALE_NAMES if random.random() < 0.5 else MALE_NAMES
    return Person(
        number=number,
        given=given,
        family=family,
        gender=gender,
        sex=sex if gender == sex else "",
        birth=seen - timedelta(days=_days_of_life(random)),
        seen=seen,
        onset_days=between(random, 0, 900),
        slot=between(random, 0, _SLOTS),
        mrn=f"MRN{digits(random, 7)}",
        ssn=f"{between(random, 900, 999)}-{between(random, 10, 49)}-{digits(random, 4)}",
        plan=f"HP-{digits(random, 9)}",
        phone=f"({_AREAS[city[0]]}) 555-01{int(random.random() * 100):02d}",
        email=f"{given}.{family}{number % 1000}@example.org".lower(),
        street=f"{between(random, 1, 999)} {pick(random, _STREETS)}",
        city=city,
        relative=f"{pick(random, names)} {pick(random, FAMILY_NAMES)}",
        doctor=pick(random, _DOCTORS),
    )


def _days_of_life(random: Random) -> int:
    """More of the old than of the young; one in forty a newborn."""
    if random.random() < 0.025:
        return between(random, 0, 28)
    return between(random, 0, 35_400) if random.random() < 0.5 else between(random, 14_000, 35_400)
