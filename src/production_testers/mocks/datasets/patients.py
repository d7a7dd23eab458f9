"""Patients, shaped as FHIR R4 resources, each with a note whose PHI is marked.

Everybody is invented. Telephone numbers are of the range 555-0100 to 555-0199, mail addresses
end in example.org.
"""

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import count
from random import Random
from typing import Final

from production_testers.mocks.datasets.notes import DISGUISES, Phi, Piece, assembled, disguised
from production_testers.mocks.datasets.shape import (
    DataClass,
    DataScenario,
    Record,
    Variant,
    loosened,
    pick,
)
from production_testers.mocks.datasets.vocabulary import FAMILY_NAMES, GIVEN_NAMES
from production_testers.model.canonical import Json
from production_testers.model.seeds import random_for

FIELDS: Final = {
    "id": "string",
    "patient": "object",
    "age": "integer",
    "note_date": "string",
    "note": "string",
    "phi": "array",
}
"""`patient` is the FHIR resource, `age` is in full years on `note_date`, `phi` lists
[start, end, type] in code points of `note`, end excluded."""

_FIRST_DAY: Final = date(2025, 1, 1)
_STREETS: Final = ("Alder Lane", "Brook Street", "Cedar Road", "Dove Avenue", "Elm Court")
_CITIES: Final = (
    ("Springfield", "IL", "62701"),
    ("Riverton", "WY", "82501"),
    ("Fairview", "OR", "97024"),
    ("Georgetown", "TX", "78626"),
)
_CONDITIONS: Final = ("hypertension", "asthma", "type 2 diabetes", "migraine", "a wrist fracture")
_PLANS: Final = (
    "continue medication",
    "repeat blood tests",
    "refer to cardiology",
    "rest and review",
)
_MRN_SYSTEM: Final = "http://terminology.hl7.org/CodeSystem/v2-0203"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Person:
    """Who a record is about."""

    number: int
    given: str
    family: str
    gender: str
    birth: date
    seen: date
    mrn: str
    ssn: str
    phone: str
    email: str
    street: str
    city: tuple[str, str, str]

    @property
    def age(self) -> int:
        had_birthday = (self.seen.month, self.seen.day) >= (self.birth.month, self.birth.day)
        return self.seen.year - self.birth.year - (not had_birthday)


def _person(random: Random, number: int) -> _Person:
    given, family = pick(random, GIVEN_NAMES), pick(random, FAMILY_NAMES)
    seen = _FIRST_DAY + timedelta(days=int(random.random() * 365))
    serial = int(random.random() * 10_000_000)
    return _Person(
        number=number,
        given=given,
        family=family,
        gender=pick(random, ("female", "male", "other", "unknown")),
        birth=seen - timedelta(days=int(random.random() * 35_000)),
        seen=seen,
        mrn=f"MRN{serial:07d}",
        ssn=f"{1 + serial % 665:03d}-{1 + serial % 99:02d}-{1 + serial % 9999:04d}",
        phone=f"({201 + int(random.random() * 700)}) 555-01{int(random.random() * 100):02d}",
        email=f"{given}.{family}{number % 1000}@example.org".lower(),
        street=f"{1 + int(random.random() * 999)} {pick(random, _STREETS)}",
        city=pick(random, _CITIES),
    )


def _resource(person: _Person) -> dict[str, Json]:
    city, state, postal_code = person.city
    mrn_type: Json = {"coding": [{"system": _MRN_SYSTEM, "code": "MR"}]}
    return {
        "resourceType": "Patient",
        "id": f"pat-{person.number:08d}",
        "identifier": [{"use": "usual", "type": mrn_type, "value": person.mrn}],
        "active": True,
        "name": [{"use": "official", "family": person.family, "given": [person.given]}],
        "telecom": [
            {"system": "phone", "value": person.phone, "use": "home"},
            {"system": "email", "value": person.email},
        ],
        "gender": person.gender,
        "birthDate": person.birth.isoformat(),
        "address": [
            {
                "line": [person.street],
                "city": city,
                "state": state,
                "postalCode": postal_code,
                "country": "US",
            }
        ],
    }


def _phi(kind: str, text: str) -> Phi:
    return Phi(type=kind, text=text, plain=text)


def _pieces(random: Random, person: _Person) -> list[Piece]:
    city, state, postal_code = person.city
    return [
        _phi("NAME", f"{person.given} {person.family}"),
        ", born ",
        _phi("DATE", person.birth.isoformat()),
        f", {person.age} years old, was seen on ",
        _phi("DATE", person.seen.isoformat()),
        f" for {pick(random, _CONDITIONS)}. Record ",
        _phi("MRN", person.mrn),
        ", social security ",
        _phi("SSN", person.ssn),
        ". Lives at ",
        _phi("ADDRESS", f"{person.street}, {city}, {state} {postal_code}"),
        ". Reach at ",
        _phi("PHONE", person.phone),
        " or ",
        _phi("EMAIL", person.email),
        f". Plan: {pick(random, _PLANS)}.",
    ]


def _record(person: _Person, pieces: list[Piece]) -> Record:
    note = assembled(pieces)
    return {
        "id": f"pat-{person.number:08d}",
        "patient": _resource(person),
        "age": person.age,
        "note_date": person.seen.isoformat(),
        "note": note.text,
        "phi": note.spans,
    }


def _ordinary(variant: str) -> Callable[[int], Iterator[Record]]:
    def stream(seed: int) -> Iterator[Record]:
        random = random_for(seed, "patients", variant)
        for number in count(1):
            person = _person(random, number)
            yield _record(person, _pieces(random, person))

    return stream


BOUNDARIES: Final[Mapping[str, Callable[[_Person], _Person]]] = {
    "born_today": lambda person: replace(person, birth=person.seen),
    "birthday_today": lambda person: replace(person, birth=person.seen.replace(year=1990)),
    "birthday_tomorrow": lambda person: replace(
        person, birth=(person.seen + timedelta(days=1)).replace(year=1990)
    ),
    "leap_day": lambda person: replace(person, birth=date(2000, 2, 29)),
    "oldest": lambda person: replace(person, birth=date(1903, 1, 2)),
    "short_name": lambda person: replace(person, given="O", family="E"),
    "long_name": lambda person: replace(person, family="-".join(FAMILY_NAMES)),
    "accented_name": lambda person: replace(person, given="Zo\u00eb", family="N\u00fa\u00f1ez"),
    "decomposed_name": lambda person: replace(
        person, given="Zoe\u0308", family="Nu\u0301n\u0303ez"
    ),
    "right_to_left_name": lambda person: replace(
        person, given="\u0644\u064a\u0644\u0649", family="\u062d\u062f\u0627\u062f"
    ),
    "apostrophe_name": lambda person: replace(person, family="O'Brien-D'Angelo"),
    "word_as_name": lambda person: replace(person, given="Will", family="May"),
    "astral_name": lambda person: replace(person, given="\U00020bb7\u7530", family="\U0001f469"),
    "oldest_note": lambda person: replace(person, seen=date(1970, 1, 1), birth=date(1969, 12, 31)),
}
"""Case → what it changes about an ordinary person."""


def _boundary(seed: int) -> Iterator[Record]:
    random = random_for(seed, "patients", "boundary")
    cases = tuple(BOUNDARIES.items())
    for number in count(1):
        case, change = cases[(number - 1) % len(cases)]
        person = change(_person(random, number))
        yield {**_record(person, _pieces(random, person)), "case": case}


def _evasion(seed: int) -> Iterator[Record]:
    random = random_for(seed, "patients", "phi_evasion")
    ways = tuple(DISGUISES)
    for number in count(1):
        way, person = ways[(number - 1) % len(ways)], _person(random, number)
        pieces = disguised(_pieces(random, person), way)
        yield {**_record(person, pieces), "phi_plain": assembled(pieces).plain, "evasion": way}


Change = Mapping[str, Json]
DEFECTS: Final[Mapping[str, tuple[Change, Change]]] = {
    "resource_type": ({"resourceType": "Practitioner"}, {}),
    "birth_date_no_such_day": ({"birthDate": "1980-02-30"}, {}),
    "birth_date_after_note": ({"birthDate": "2031-01-01"}, {}),
    "birth_date_number": ({"birthDate": 19800101}, {}),
    "name_empty": ({"name": []}, {}),
    "name_text": ({"name": "Ada Abara"}, {}),
    "identifier_empty": ({"identifier": []}, {}),
    "identifier_null": ({"identifier": None}, {}),
    "telecom_text": ({"telecom": "555-0100"}, {}),
    "gender_code": ({"gender": "F"}, {}),
    "address_null": ({"address": [None]}, {}),
    "age_wrong": ({}, {"age": -1}),
    "note_null": ({}, {"note": None}),
    "patient_missing": ({}, {"patient": None}),
    "span_outside": ({}, {"phi": [[0, 1_000_000, "NAME"]]}),
    "span_backwards": ({}, {"phi": [[9, 3, "NAME"]]}),
}
"""Defect → what it puts into the resource, and into the record around it."""


def _malformed(seed: int) -> Iterator[Record]:
    random = random_for(seed, "patients", "malformed")
    defects = tuple(DEFECTS.items())
    for number in count(1):
        defect, changes = defects[(number - 1) % len(defects)]
        inside, around = deepcopy(changes)
        person = _person(random, number)
        record = _record(person, _pieces(random, person))
        patient: Json = {**_resource(person), **inside}
        yield {**record, "patient": patient, **around, "defect": defect}


SCENARIO: Final = DataScenario(
    name="patients",
    about="FHIR-shaped patients with clinical notes whose PHI is marked",
    variants={
        "valid": Variant(
            about="ordinary patients; ages and dates agree",
            data_class=DataClass.HAPPY_PATH,
            stream=_ordinary("valid"),
            fields=FIELDS,
        ),
        "boundary": Variant(
            about="unusual but correct names, ages and dates, named by `case`",
            data_class=DataClass.EDGE_CASES,
            stream=_boundary,
            fields={**FIELDS, "case": "string"},
        ),
        "malformed": Variant(
            about="one broken member a record, named by `defect`",
            data_class=DataClass.ADVERSARIAL,
            stream=_malformed,
            fields=loosened(FIELDS, defect="string"),
        ),
        "phi_evasion": Variant(
            about="PHI hidden from simple patterns, by the way that `evasion` names",
            data_class=DataClass.ADVERSARIAL,
            stream=_evasion,
            fields={**FIELDS, "phi_plain": "array", "evasion": "string"},
        ),
        "volume": Variant(
            about="ordinary patients, many",
            data_class=DataClass.SCALE,
            stream=_ordinary("volume"),
            fields=FIELDS,
        ),
    },
)
