"""Visits of patients, as FHIR R4 resources, each with a note whose PHI is marked."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import count
from random import Random
from typing import Any, Final

from production_testers.mocks.datasets.attacks.confusion import Plant, malformed, setting
from production_testers.mocks.datasets.draws import pick
from production_testers.mocks.datasets.edges.cases import boundary, unusual_texts
from production_testers.mocks.datasets.industries.healthcare import fhir
from production_testers.mocks.datasets.industries.healthcare.clinic import (
    DIASTOLIC,
    LONG_AGO_DAYS,
    SYSTOLIC,
    TEMPERATURE,
    Condition,
    condition_for,
    measured,
)
from production_testers.mocks.datasets.industries.healthcare.notes import (
    DISGUISES,
    KINDS,
    Phi,
    Piece,
    assembled,
    disguised,
)
from production_testers.mocks.datasets.industries.healthcare.patient_rules import RULES
from production_testers.mocks.datasets.industries.healthcare.people import Person, drawn
from production_testers.mocks.datasets.schema import (
    day,
    extended,
    fields,
    listing,
    row,
    text,
    whole,
    word,
)
from production_testers.mocks.datasets.shape import DataClass, DataScenario, Record, Variant
from production_testers.mocks.datasets.streams import stream_of, valid, volume
from production_testers.mocks.datasets.vocabulary import FAMILY_NAMES
from production_testers.model.seeds import random_for

_SPAN: Final = row(
    "Start, end (excluded) and kind",
    whole("Code point at which it starts"),
    whole("Code point before which it ends"),
    word("Kind of protected health information", *KINDS),
)
SCHEMA: Final = fields(
    id=text("Of the patient", pattern="^pat-[0-9]{8}$"),
    patient=fhir.PATIENT,
    age=whole("Full years on the day of the note", 0, 120),
    **fhir.VISIT,
    note_date=day("Day of the visit"),
    note=text("What was written down", most=20_000),
    phi=listing("What in the note is protected, in code points, in order", _SPAN, least=7),
)


def _phi(kind: str, words: str) -> Phi:
    return Phi(type=kind, text=words, plain=words)


def _pieces(
    random: Random, who: Person, found: Condition, values: Mapping[str, float]
) -> list[Piece]:
    """The note: three ways of writing it, all of which hold the same kinds of PHI."""
    name, born = _phi("NAME", f"{who.given} {who.family}"), _phi("DATE", who.birth.isoformat())
    seen, mrn = _phi("DATE", who.seen.isoformat()), _phi("MRN", who.mrn)
    city, state, postal_code = who.city
    years: Piece = _phi("AGE", str(who.age)) if who.age > 89 else str(who.age)
    home = _phi("ADDRESS", f"{who.street}, {city}, {state} {postal_code}")
    reach: list[Piece] = [_phi("PHONE", who.phone), " or ", _phi("EMAIL", who.email)]
    numbers: list[Piece] = [", SSN ", _phi("SSN", who.ssn), ", plan ", _phi("PLAN", who.plan)]
    vital = (
        f"BP {values[SYSTOLIC]:.0f}/{values[DIASTOLIC]:.0f}, temperature {values[TEMPERATURE]} C"
    )
    ending: list[Piece] = [
        f"Assessment: {found.display} ({found.code}), since ",
        _phi("DATE", who.onset.isoformat()),
        f".\nPlan: {found.medicine}. Next of kin: ",
        _phi("RELATIVE", who.relative),
        ".",
    ]
    start: Sequence[Piece] = pick(
        random,
        (
            (
                name,
                ", born ",
                born,
                ", ",
                years,
                " years old, was seen on ",
                seen,
                ". Record ",
                mrn,
                *numbers,
                ".\nLives at ",
                home,
                "; reach at ",
                *reach,
                ".\n",
                vital,
                ".\n",
            ),
            (
                "MRN ",
                mrn,
                "\nPatient: ",
                name,
                " (DOB ",
                born,
                ")\nDate: ",
                seen,
                "\nAddress: ",
                home,
                "\nContact: ",
                *reach,
                *numbers,
                "\nS: ",
                years,
                " years old. O: ",
                vital,
                ".\n",
            ),
            (
                "On ",
                seen,
                " we saw ",
                name,
                ", ",
                years,
                " years old (",
                born,
                "), of ",
                home,
                ". File ",
                mrn,
                *numbers,
                ". Findings: ",
                vital,
                ". Questions to ",
                *reach,
                ".\n",
            ),
        ),
    )
    return [*start, *ending]


def visit(
    random: Random, who: Person, way: str = "", changed: Mapping[str, float] | None = None
) -> Record:
    """The record of a visit; `way` hides the PHI of the note in that way."""
    days = (who.seen - who.birth).days
    found = condition_for(random, who.sex, who.age, days)
    who = replace(who, onset_days=who.onset_days * found.onset_days // LONG_AGO_DAYS)
    values = {**measured(random, found, who.sex, who.age), **(changed or {})}
    pieces = _pieces(random, who, found, values)
    note = assembled(disguised(pieces, way) if way else pieces)
    record: Record = {
        "id": f"pat-{who.number:08d}",
        "patient": fhir.patient(who),
        "age": who.age,
        "encounter": fhir.encounter(who),
        "conditions": [fhir.condition(who, found)],
        "observations": fhir.observations(who, values),
        "note_date": who.seen.isoformat(),
        "note": note.text,
        "phi": note.spans,
    }
    return {**record, "phi_plain": note.plain, "evasion": way} if way else record


def _ordinary(variant: str) -> Callable[[int], Iterator[Record]]:
    return stream_of(
        "patients",
        variant,
        lambda random: lambda number: visit(random, drawn(random, number)),
    )


def _years_before(day: date, years: int) -> date:
    """So many years before the day after."""
    tomorrow = day + timedelta(days=1)
    return tomorrow.replace(year=tomorrow.year - years)


_BOUNDARIES: Final[Mapping[str, Callable[[Person], Person]]] = {
    "born_today": lambda who: replace(who, birth=who.seen),
    "born_yesterday": lambda who: replace(who, birth=who.seen - timedelta(days=1)),
    "birthday_today": lambda who: replace(who, birth=who.seen.replace(year=1990)),
    "birthday_tomorrow": lambda who: replace(who, birth=_years_before(who.seen, 36)),
    "leap_day": lambda who: replace(who, birth=date(2000, 2, 29)),
    "just_eighteen": lambda who: replace(who, birth=who.seen.replace(year=who.seen.year - 18)),
    "eighty_nine": lambda who: replace(who, birth=who.seen.replace(year=who.seen.year - 89)),
    "ninety": lambda who: replace(who, birth=who.seen.replace(year=who.seen.year - 90)),
    "oldest": lambda who: replace(who, birth=date(1911, 1, 2)),
    "summer_time_day_after": lambda who: replace(
        who, seen=date(2026, 3, 9), birth=date(1980, 1, 1)
    ),
    "winter_time_day_after": lambda who: replace(
        who, seen=date(2026, 11, 2), birth=date(1980, 1, 1)
    ),
    "short_name": lambda who: replace(who, given="O", family="E"),
    "long_name": lambda who: replace(who, family="-".join(FAMILY_NAMES[:20])),
    "accented_name": lambda who: replace(who, given="Zo\u00eb", family="N\u00fa\u00f1ez"),
    "right_to_left_name": lambda who: replace(
        who, given="\u0644\u064a\u0644\u0649", family="\u062d\u062f\u0627\u062f"
    ),
    "apostrophe_name": lambda who: replace(who, family="O'Brien-D'Angelo"),
    "word_as_name": lambda who: replace(who, given="Will", family="May"),
    "month_as_name": lambda who: replace(who, given="April", family="June"),
    "astral_name": lambda who: replace(who, given="\U00020bb7\u7530", family="\U0001f469"),
}
"""Case → what it changes about an ordinary person."""


def _case(change: Callable[[Person], Person]) -> Callable[[Random, int], Record]:
    return lambda random, number: visit(random, change(drawn(random, number)))


def _named(random: Random, number: int, words: str) -> Record:
    return visit(random, replace(drawn(random, number), family=f"Q{words}Z"))


def _evasion(seed: int) -> Iterator[Record]:
    random = random_for(seed, "patients", "phi_evasion")
    ways = tuple(DISGUISES)
    for number in count(1):
        way = ways[(number - 1) % len(ways)]
        yield visit(random, drawn(random, number), way)


def _older(record: dict[str, Any]) -> None:
    record["age"] = (record["age"] + 7) % 121


def _of_another(record: dict[str, Any]) -> None:
    record["observations"][0]["subject"]["reference"] = "Patient/pat-99999999"


def _late(record: dict[str, Any]) -> None:
    record["observations"][0]["effectiveDateTime"] = "2031-01-01T10:00:00-06:00"


def _impossible(record: dict[str, Any]) -> None:
    code = "N40.0" if record["patient"]["gender"] == "female" else "Z34.90"
    record["conditions"][0]["code"]["coding"][0]["code"] = code


def _lasting(record: dict[str, Any]) -> None:
    coding = record["conditions"][0]["code"]["coding"][0]
    coding["code"] = "Z00.129" if record["age"] < 18 else "J06.9"
    record["conditions"][0]["onsetDateTime"] = record["patient"]["birthDate"]


def _elsewhere(record: dict[str, Any]) -> None:
    record["patient"]["telecom"][0]["value"] = "(911) 555-0101"


def _fahrenheit(record: dict[str, Any]) -> None:
    for one in record["observations"]:
        if one["code"]["coding"][0]["code"] == TEMPERATURE:
            one["valueQuantity"]["value"] = 98.6


def _upside_down(record: dict[str, Any]) -> None:
    for one in record["observations"]:
        if one["code"]["coding"][0]["code"] == DIASTOLIC:
            one["valueQuantity"]["value"] = 149


def _healthy_diabetic(record: dict[str, Any]) -> None:
    record["conditions"][0]["code"]["coding"][0]["code"] = "E11.9"
    record["observations"] = [
        one for one in record["observations"] if one["code"]["coding"][0]["code"] != "4548-4"
    ]


def _unmarked(record: dict[str, Any]) -> None:
    record["note"] += f" Call {record['patient']['telecom'][0]['value']}."


PLANTS: Final = (
    Plant(rule="age", change=_older),
    Plant(rule="references", change=_of_another),
    Plant(rule="times", change=_late),
    Plant(rule="diagnosis", change=_impossible),
    Plant(rule="course", change=_lasting),
    Plant(rule="telephone", change=_elsewhere),
    Plant(rule="units", change=_fahrenheit),
    Plant(rule="body", change=_upside_down),
    Plant(rule="findings", change=_healthy_diabetic),
    Plant(rule="marks", change=setting(phi=[[0, 1_000_000, "NAME"]] * 7)),
    Plant(rule="nothing_unmarked", change=_unmarked),
)

SCENARIO: Final = DataScenario(
    name="patients",
    about="visits of patients in FHIR R4, with clinical notes whose PHI is marked",
    rules=RULES,
    labels={"phi": "detection of protected health information (HIPAA, 45 CFR 164.514)"},
    variants={
        "valid": valid(_ordinary("valid"), SCHEMA, "people of all ages; codes and values agree"),
        "boundary": boundary(
            "patients",
            SCHEMA,
            {name: _case(change) for name, change in _BOUNDARIES.items()} | unusual_texts(_named),
        ),
        "malformed": malformed(_ordinary("malformed"), SCHEMA, PLANTS),
        "phi_evasion": Variant(
            about="PHI hidden from simple patterns, by the way that `evasion` names",
            data_class=DataClass.ADVERSARIAL,
            stream=_evasion,
            schema=extended(
                SCHEMA,
                phi_plain=listing("What each span means", text("Plain words")),
                evasion=word("How it is hidden", *DISGUISES),
            ),
        ),
        "volume": volume(_ordinary("volume"), SCHEMA, "people of all ages, many", 1_000),
    },
)
