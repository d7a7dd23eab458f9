"""Applications for a housing allowance, with the decision that the written rules give.

The act is invented; its paragraphs stand in `decided`. Every decision can be explained from the
record alone.
"""

from collections.abc import Callable, Iterator, Mapping
from random import Random
from typing import Any, Final

from production_testers.mocks.datasets.attacks.confusion import Plant, malformed, setting
from production_testers.mocks.datasets.draws import between, chance, person, pick
from production_testers.mocks.datasets.edges.cases import Make, boundary, unusual_texts
from production_testers.mocks.datasets.industries.government.application_rules import RULES
from production_testers.mocks.datasets.schema import (
    day,
    fields,
    listing,
    local_moment,
    maybe,
    text,
    whole,
    word,
)
from production_testers.mocks.datasets.shape import DataScenario, Record
from production_testers.mocks.datasets.stamps import DAY_S, Zone, day_text
from production_testers.mocks.datasets.streams import stream_of, valid, volume

PARAGRAPHS: Final = {
    "s1-age": "the applicant is of age",
    "s2-register": "the address is in the register of residents",
    "s3-income": "the income is below the limit for the size of the household",
    "s4-need": "the rent is more than 30 % of the income",
}
"""Paragraph of the invented act → what it asks for, in the order in which it is judged."""

DECISIONS: Final = ("granted", "refused", "pending")
_ZONE: Final = Zone("Europe/Berlin", 1, "eu")
_OFFICES: Final = ("North", "Harbour", "Old Town", "Hill")
_LIMIT_CENTS: Final = 160_000
_PER_PERSON_CENTS: Final = 55_000

_MEMBER: Final = fields(
    relation=word("To the applicant", "partner", "child", "parent"),
    birth_date=day("Day of birth"),
)
SCHEMA: Final = fields(
    id=text("Number, in the order of arrival", pattern="^app-[0-9]{9}$"),
    office=word("Which office", *_OFFICES),
    received_at=local_moment("When it arrived"),
    applicant=text("Name of the applicant", most=120),
    birth_date=day("Of the applicant"),
    household=listing("Who lives with the applicant", _MEMBER, most=8),
    income_cents=whole("Of the household, in a month", 0, 10**8),
    rent_cents=whole("In a month", 0, 10**8),
    address=text("Where they live", most=200),
    register=word("What the register of residents says", "found", "unknown", "unavailable"),
    decision=word("What the rules give", *DECISIONS),
    grounds=listing("Paragraphs that were judged, in order", word("Paragraph", *PARAGRAPHS)),
    amount_cents=whole("Granted for a month, 0 otherwise", 0, 100_000),
    decided_at=maybe(local_moment("When; null while it is pending")),
    duplicate_of=maybe(text("Earlier application of the same person", pattern="^app-[0-9]{9}$")),
)


def limit_cents(people: int) -> int:
    """Income up to which an allowance is granted."""
    return _LIMIT_CENTS + _PER_PERSON_CENTS * (people - 1)


def decided(
    years: int, register: str, people: int, income: int, rent: int
) -> tuple[str, list[str], int]:
    """Decision, paragraphs that were judged, and amount, by the invented act.

    s1: the applicant is 18 or older. s2: the register knows the address; while it is
    unavailable nothing is decided. s3: the income is at most the limit. s4: the rent is more
    than 30 % of the income. Granted is half of what the rent is above that, 500 euros at most.
    """
    judged = ["s1-age"]
    if years < 18:
        return "refused", judged, 0
    judged.append("s2-register")
    if register != "found":
        return ("refused" if register == "unknown" else "pending"), judged, 0
    judged.append("s3-income")
    if income > limit_cents(people):
        return "refused", judged, 0
    judged.append("s4-need")
    above = rent * 10 - income * 3
    if above <= 0:
        return "refused", judged, 0
    return "granted", judged, min(50_000, above // 20)


class Offices:
    """The stream's state: the clock of the post room, and who applied lately."""

    def __init__(self, random: Random, step_s: int) -> None:
        self._random, self._step_s = random, step_s
        self._day, self._at_s = 1, 8 * 3_600
        self._outage = 0
        self._recent: list[Record] = []

    def next(self, number: int) -> Record:
        """The next application, in the order of arrival."""
        random = self._random
        self._at_s += int(random.random() * self._step_s)
        if self._at_s >= 16 * 3_600:
            self._day, self._at_s = self._day + 1, 8 * 3_600
            while (self._day + 3) % 7 > 4:  # day 0 is a Thursday
                self._day += 1
        if not self._outage and chance(random, 0.01):
            self._outage = between(random, 5, 30)
        self._outage = max(0, self._outage - 1)
        register = "unavailable" if self._outage else pick(random, ("found",) * 19 + ("unknown",))
        when = _ZONE.midnight(self._day) + self._at_s
        if self._recent and chance(random, 0.02):
            first = pick(random, self._recent)
            return application(number, _same(first), register, when, str(first["id"]))
        record = application(number, _form(random, self._day), register, when)
        self._recent.append(record)
        del self._recent[:-50]
        return record


_FORM: Final = ("office", "applicant", "birth_date", "household", "income_cents", "rent_cents",
                "address")  # fmt: skip


def _same(record: Record) -> dict[str, Any]:
    household: Any = record["household"]
    return {**{name: record[name] for name in _FORM}, "household": [dict(one) for one in household]}


def _form(random: Random, today: int) -> dict[str, Any]:
    given, family, _ = person(random)
    years = between(random, 17, 85)
    born = today - years * 365 - years // 4 - int(random.random() * 365)
    household = []
    if years > 20 and chance(random, 0.5):
        household.append(_member("partner", max(18, years + between(random, -6, 6)), today, random))
    household += [
        _member("child", between(random, 0, min(20, years - 20)), today, random)
        for _ in range(between(random, 0, 3) if 22 <= years <= 55 else 0)
    ]
    people = 1 + len(household)
    income = int(limit_cents(people) * (0.3 + random.random()))
    return {
        "office": pick(random, _OFFICES),
        "applicant": f"{given} {family}",
        "birth_date": day_text(born),
        "household": household,
        "income_cents": income,
        "rent_cents": 30_000 + people * 12_000 + int(random.random() * 60_000),
        "address": f"{pick(random, ('Mill Road', 'Quay', 'Chapel Street', 'Long Lane'))} "
        f"{between(random, 1, 199)}",
    }


def _member(relation: str, years: int, today: int, random: Random) -> dict[str, Any]:
    born = today - years * 365 - years // 4 - int(random.random() * 365)
    return {"relation": relation, "birth_date": day_text(born)}


def application(
    number: int, form: Mapping[str, Any], register: str, when_s: int, first: str | None = None
) -> Record:
    """An application with its decision."""
    received = _ZONE.local(when_s)
    people = 1 + len(form["household"])
    decision, grounds, amount = decided(
        _years(form["birth_date"], received),
        register,
        people,
        form["income_cents"],
        form["rent_cents"],
    )
    # Decided after some days, at nine in the morning of a working day.
    days = when_s // DAY_S + 3 + number % 5
    while (days + 3) % 7 > 4:
        days += 1
    return {
        "id": f"app-{number:09d}",
        **form,
        "received_at": received,
        "register": register,
        "decision": decision,
        "grounds": list(grounds),
        "amount_cents": amount,
        "decided_at": None if decision == "pending" else _ZONE.local(_ZONE.midnight(days) + 32_400),
        "duplicate_of": first,
    }


def _years(born: str, at: str) -> int:
    had = at[5:10] >= born[5:10]
    return int(at[:4]) - int(born[:4]) - (not had)


def _case(when_s: int = 5 * DAY_S + 36_000, register: str = "found", **members: Any) -> Make:
    def make(random: Random, number: int) -> Record:
        form = {
            "office": "North",
            "applicant": "Ada Abara",
            "birth_date": "1980-02-29",
            "household": [],
            "income_cents": 100_000,
            "rent_cents": 60_000,
            "address": f"Quay {between(random, 1, 199)}",
            **members,
        }
        return application(number, form, register, when_s)

    return make


_CASES: Final[Mapping[str, Make]] = {
    "eighteen_today": _case(birth_date="2008-01-06"),
    "eighteen_tomorrow": _case(birth_date="2008-01-07"),
    "at_the_limit": _case(income_cents=160_000, rent_cents=90_000),
    "a_cent_over_the_limit": _case(income_cents=160_001, rent_cents=90_000),
    "rent_at_thirty_per_cent": _case(rent_cents=30_000),
    "rent_a_cent_more": _case(rent_cents=30_001),
    "no_income": _case(income_cents=0),
    "most": _case(income_cents=0, rent_cents=10**8),
    "register_down": _case(register="unavailable"),
    "register_knows_nothing": _case(register="unknown"),
    "eight_children": _case(
        household=[{"relation": "child", "birth_date": f"20{n:02d}-01-01"} for n in range(10, 18)]
    ),
    "born_on_the_day": _case(household=[{"relation": "child", "birth_date": "2026-01-06"}]),
    "hundred_years_old": _case(birth_date="1925-06-01"),
    "first_minute_of_summer_time": _case(when_s=87 * DAY_S + 3_600),
    "in_the_hour_that_comes_twice": _case(when_s=297 * DAY_S + 3_600),
}


def _decided_otherwise(record: dict[str, Any]) -> None:
    record["decision"] = "refused" if record["decision"] == "granted" else "granted"


PLANTS: Final = (
    Plant(rule="decision", change=_decided_otherwise),
    Plant(rule="arrival", change=setting(received_at="2025-12-30T10:00:00+01:00")),
    Plant(rule="decided_later", change=setting(decided_at="2020-01-01T09:00:00+01:00")),
    Plant(
        rule="household",
        change=setting(household=[{"relation": "child", "birth_date": "1920-01-01"}]),
    ),
    Plant(rule="duplicates", change=setting(duplicate_of="app-999999999")),
)


def _applications(variant: str, step_s: int = 300) -> Callable[[int], Iterator[Record]]:
    return stream_of("applications", variant, lambda random: Offices(random, step_s).next)


SCENARIO: Final = DataScenario(
    name="applications",
    about="applications for an allowance, with the decision that the written rules give",
    rules=RULES,
    labels={"decision": "the right decision", "duplicate_of": "detection of double applications"},
    variants={
        "valid": valid(_applications("valid"), SCHEMA, "registers fail at times; 2 % apply twice"),
        "boundary": boundary(
            "applications",
            SCHEMA,
            {**_CASES} | unusual_texts(lambda random, n, words: _case(applicant=words)(random, n)),
        ),
        "malformed": malformed(_applications("malformed"), SCHEMA, PLANTS),
        "volume": volume(_applications("volume", 4), SCHEMA, "years of applications"),
    },
)
