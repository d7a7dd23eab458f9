"""What a visit's resources, the note and its marks say about each other."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from production_testers.mocks.datasets.rules import Memory, rule

Visit = Mapping[str, Any]

# Sex and ages in full years to which the codes can apply.
_APPLIES: Final = {
    "I10": ("", 18, 120),
    "E11.9": ("", 10, 120),
    "J45.909": ("", 2, 120),
    "J06.9": ("", 0, 120),
    "G43.909": ("", 5, 90),
    "E03.9": ("", 0, 120),
    "D50.9": ("", 1, 120),
    "N40.0": ("male", 40, 120),
    "N92.0": ("female", 10, 56),
    "Z34.90": ("female", 12, 50),
    "M81.0": ("", 45, 120),
    "H66.90": ("", 0, 120),
    "Z00.129": ("", 0, 17),
    "P59.9": ("", 0, 0),
}
_UNITS: Final = {
    "8480-6": ("mm[Hg]", 50, 260),
    "8462-4": ("mm[Hg]", 25, 150),
    "8867-4": ("/min", 35, 220),
    "8310-5": ("Cel", 34, 42),
    "29463-7": ("kg", 2, 250),
    "8302-2": ("cm", 40, 220),
    "39156-5": ("kg/m2", 9, 60),
    "4548-4": ("%", 3.5, 15),
    "3016-3": ("m[IU]/L", 0.1, 30),
    "718-7": ("g/dL", 5, 20),
    "2857-1": ("ng/mL", 0, 50),
    "2160-0": ("mg/dL", 0.2, 8),
}


def _values(record: Visit) -> dict[str, float]:
    return {
        one["code"]["coding"][0]["code"]: one["valueQuantity"]["value"]
        for one in record["observations"]
    }


@rule("age", "the age follows from the day of birth and the day of the visit")
def age(record: Visit, _memory: Memory) -> str | None:
    """Full years, 0 to 120."""
    born = date.fromisoformat(record["patient"]["birthDate"])
    seen = date.fromisoformat(record["note_date"])
    years = sum(
        (born.year + n, born.month, born.day) <= (seen.year, seen.month, seen.day)
        for n in range(1, 130)
    )
    if born <= seen and years == record["age"] <= 120:
        return None
    return f"born {born}, seen {seen}, aged {record['age']}"


@rule("references", "all resources point to this patient and this visit")
def references(record: Visit, _memory: Memory) -> str | None:
    """FHIR references."""
    subject, visit = f"Patient/{record['id']}", f"Encounter/{record['encounter']['id']}"
    parts = [record["encounter"], *record["conditions"], *record["observations"]]
    wrong = [one["id"] for one in parts if one["subject"]["reference"] != subject]
    wrong += [one["id"] for one in parts[1:] if one["encounter"]["reference"] != visit]
    if record["patient"]["id"] != record["id"]:
        wrong.append(record["patient"]["id"])
    return f"{wrong} belong to somebody else" if wrong else None


@rule("times", "onset, visit and measurements lie in this order between birth and the note")
def times(record: Visit, _memory: Memory) -> str | None:
    """With their offsets; the clinic is open on working days from 8 to 16."""
    period = record["encounter"]["period"]
    begin, end = datetime.fromisoformat(period["start"]), datetime.fromisoformat(period["end"])
    onset = date.fromisoformat(record["conditions"][0]["onsetDateTime"])
    born = date.fromisoformat(record["patient"]["birthDate"])
    if not born <= onset <= begin.date() or begin.date().isoformat() != record["note_date"]:
        return f"born {born}, ill since {onset}, seen {begin}"
    if not begin < end or not 8 <= begin.hour < 16 or begin.weekday() > 4:
        return f"a visit from {begin} to {end}"
    for one in record["observations"]:
        if not begin <= datetime.fromisoformat(one["effectiveDateTime"]) <= end:
            return f"{one['id']} measured at {one['effectiveDateTime']}"
    return None


@rule("diagnosis", "the ICD-10-CM code exists and fits sex and age")
def diagnosis(record: Visit, _memory: Memory) -> str | None:
    """Sex and age to which the code can apply."""
    for one in record["conditions"]:
        code = one["code"]["coding"][0]["code"]
        sex, youngest, oldest = _APPLIES[code]
        gender = record["patient"]["gender"]
        if (sex and gender != sex) or not youngest <= record["age"] <= oldest:
            return f"{code} in a {gender} of {record['age']}"
    return None


# What is acute began days ago, and nobody is pregnant for longer than 42 weeks.
_LASTS_DAYS: Final = {"J06.9": 21, "H66.90": 21, "Z34.90": 294, "Z00.129": 0, "P59.9": 28}


@rule("course", "no condition has lasted longer than it can")
def course(record: Visit, _memory: Memory) -> str | None:
    """From its onset to the visit."""
    seen = date.fromisoformat(record["note_date"])
    for one in record["conditions"]:
        code = one["code"]["coding"][0]["code"]
        days = (seen - date.fromisoformat(one["onsetDateTime"])).days
        if days > _LASTS_DAYS.get(code, days):
            return f"{code} for {days} days"
    return None


@rule("telephone", "a telephone number is of the area in which its owner lives")
def telephone(record: Visit, _memory: Memory) -> str | None:
    """And of the range that is nobody's."""
    areas = {"62701": "217", "61602": "309", "73737": "580", "78626": "512"}
    who = record["patient"]
    number, code = who["telecom"][0]["value"], who["address"][0]["postalCode"]
    if re.fullmatch(rf"\({areas.get(code)}\) 555-01\d\d", number):
        return None
    return f"{number} in {code}"


@rule("units", "every observation has its code's unit and a value that somebody alive can have")
def units(record: Visit, _memory: Memory) -> str | None:
    """LOINC and UCUM."""
    for one in record["observations"]:
        code, quantity = one["code"]["coding"][0]["code"], one["valueQuantity"]
        unit, least, most = _UNITS[code]
        if quantity["code"] != unit or not least <= quantity["value"] <= most:
            return f"{code} is {quantity['value']} {quantity['code']}"
    return None


@rule("body", "the body mass index is that of weight and height; systolic is over diastolic")
def body(record: Visit, _memory: Memory) -> str | None:
    """Within the rounding of the index."""
    found = _values(record)
    index = found["29463-7"] / (found["8302-2"] / 100) ** 2
    if abs(index - found["39156-5"]) > 0.06:
        return f"index {found['39156-5']}, by weight and height {index:.2f}"
    if found["8480-6"] <= found["8462-4"] + 10:
        return f"pressure {found['8480-6']} over {found['8462-4']}"
    return None


@rule("findings", "what was measured agrees with the diagnosis")
def findings(record: Visit, _memory: Memory) -> str | None:
    """The value by which the condition is known is on the side on which it must be."""
    found = _values(record)
    code = record["conditions"][0]["code"]["coding"][0]["code"]
    checks = {
        "I10": found["8480-6"] >= 130 or found["8462-4"] >= 85,
        "E11.9": found.get("4548-4", 0) >= 6.5,
        "E03.9": found.get("3016-3", 0) >= 4.5,
        "D50.9": found.get("718-7", 99) < 12.5,
        "J06.9": found["8310-5"] >= 37.3,
        "H66.90": found["8310-5"] >= 37.3,
    }
    return None if checks.get(code, True) else f"{code} with {found}"


@rule("marks", "the marked spans are in order, inside the note, and are the patient's own data")
def marks(record: Visit, _memory: Memory) -> str | None:
    """Where a span is disguised, `phi_plain` says what it means."""
    note, at = record["note"], 0
    plain = record.get("phi_plain") or [note[a:b] for a, b, _ in record["phi"]]
    if len(plain) != len(record["phi"]):
        return f"{len(plain)} meanings for {len(record['phi'])} spans"
    own = _own(record)
    for (start, end, kind), words in zip(record["phi"], plain, strict=True):
        if not at <= start < end <= len(note):
            return f"span {start} to {end} of {len(note)}"
        at = end
        if kind in own and words not in own[kind]:
            return f"{kind} {words!r} is not the patient's"
    kinds = {kind for *_, kind in record["phi"]}
    missing = {"NAME", "DATE", "MRN", "SSN", "PHONE", "EMAIL", "ADDRESS"} - kinds
    return f"no {sorted(missing)} marked" if missing else None


@rule("nothing_unmarked", "nothing that identifies the patient stands outside the marks")
def nothing_unmarked(record: Visit, _memory: Memory) -> str | None:
    """By the values themselves, and by shapes of numbers and addresses."""
    note, outside, at = record["note"], "", 0
    for start, end, _ in record["phi"]:
        outside, at = f"{outside}{note[at:start]}|", end
    outside += note[at:]
    for kind, values in _own(record).items():
        found = [value for value in values if len(value) > 3 and value in outside]
        if found and kind != "AGE":
            return f"{kind} {found[0]!r} is not marked"
    shapes = re.search(r"\d{3}-\d{2}-\d{4}|[\w.]{1,64}@\w|\d{4}-\d{2}-\d{2}|\(\d{3}\)", outside)
    if shapes:
        return f"{shapes[0]!r} is not marked"
    if record["age"] > 89 and f"{record['age']} years" in outside:
        return f"the age of {record['age']} is not marked"
    return None


def _own(record: Visit) -> dict[str, set[str]]:
    who = record["patient"]
    name, home = who["name"][0], who["address"][0]
    full = f"{name['given'][0]} {name['family']}"
    return {
        "NAME": {full, name["family"]},
        "DATE": {
            who["birthDate"],
            record["note_date"],
            record["conditions"][0]["onsetDateTime"],
        },
        "MRN": {who["identifier"][0]["value"]},
        "PHONE": {who["telecom"][0]["value"]},
        "EMAIL": {who["telecom"][1]["value"]},
        "ADDRESS": {f"{home['line'][0]}, {home['city']}, {home['state']} {home['postalCode']}"},
        "AGE": {str(record["age"])},
    }


RULES: Final = (
    age,
    references,
    times,
    diagnosis,
    course,
    telephone,
    units,
    body,
    findings,
    marks,
    nothing_unmarked,
)
