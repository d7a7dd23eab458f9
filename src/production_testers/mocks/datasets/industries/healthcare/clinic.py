"""What people of an age and sex come to a clinic with, and what is measured there.

Codes: ICD-10-CM for conditions, LOINC for observations, UCUM for units. Values are those that
textbooks call usual for the age, changed as the condition changes them.
"""

from random import Random
from typing import Final, NamedTuple

from production_testers.mocks.datasets.draws import bell, pick

LONG_AGO_DAYS: Final = 900


class Condition(NamedTuple):
    """Why somebody comes.

    Attributes:
        code: ICD-10-CM.
        display: Its words.
        sex: "female", "male" or "" for both.
        ages: Full years, from and to.
        shifts: LOINC code → how much the condition adds to the usual value.
        medicine: What is prescribed.
        onset_days: It began so many days ago at most.
    """

    code: str
    display: str
    sex: str
    ages: tuple[int, int]
    shifts: dict[str, float]
    medicine: str
    onset_days: int = LONG_AGO_DAYS


SYSTOLIC, DIASTOLIC, PULSE, TEMPERATURE = "8480-6", "8462-4", "8867-4", "8310-5"
WEIGHT, HEIGHT, BMI = "29463-7", "8302-2", "39156-5"
HBA1C, TSH, HEMOGLOBIN, PSA, CREATININE = "4548-4", "3016-3", "718-7", "2857-1", "2160-0"

LOINC: Final = {
    SYSTOLIC: ("Systolic blood pressure", "mm[Hg]"),
    DIASTOLIC: ("Diastolic blood pressure", "mm[Hg]"),
    PULSE: ("Heart rate", "/min"),
    TEMPERATURE: ("Body temperature", "Cel"),
    WEIGHT: ("Body weight", "kg"),
    HEIGHT: ("Body height", "cm"),
    BMI: ("Body mass index (BMI) [Ratio]", "kg/m2"),
    HBA1C: ("Hemoglobin A1c/Hemoglobin.total in Blood", "%"),
    TSH: ("Thyrotropin [Units/volume] in Serum or Plasma", "m[IU]/L"),
    HEMOGLOBIN: ("Hemoglobin [Mass/volume] in Blood", "g/dL"),
    PSA: ("Prostate specific Ag [Mass/volume] in Serum or Plasma", "ng/mL"),
    CREATININE: ("Creatinine [Mass/volume] in Serum or Plasma", "mg/dL"),
}
"""Code → display and unit."""

_LABORATORY: Final = {
    HBA1C: (5.3, 0.25),
    TSH: (2.0, 0.5),
    HEMOGLOBIN: (14.0, 0.7),
    PSA: (1.2, 0.4),
    CREATININE: (0.9, 0.12),
}
"""Code → usual value of an adult, and its deviation."""

CONDITIONS: Final = (
    Condition(
        "I10",
        "Essential (primary) hypertension",
        "",
        (25, 120),
        {SYSTOLIC: 30, DIASTOLIC: 14, CREATININE: 0.0},
        "lisinopril 10 mg daily",
    ),
    Condition(
        "E11.9",
        "Type 2 diabetes mellitus without complications",
        "",
        (25, 120),
        {HBA1C: 2.4, CREATININE: 0.1},
        "metformin 500 mg twice daily",
    ),
    Condition(
        "J45.909",
        "Unspecified asthma, uncomplicated",
        "",
        (4, 120),
        {PULSE: 8},
        "albuterol inhaler as needed",
    ),
    Condition(
        "J06.9",
        "Acute upper respiratory infection, unspecified",
        "",
        (0, 120),
        {TEMPERATURE: 1.4, PULSE: 12},
        "rest and fluids",
        onset_days=10,
    ),
    Condition(
        "G43.909",
        "Migraine, unspecified, not intractable, without status migrainosus",
        "",
        (8, 80),
        {},
        "sumatriptan 50 mg as needed",
    ),
    Condition(
        "E03.9",
        "Hypothyroidism, unspecified",
        "",
        (18, 120),
        {TSH: 6.5, PULSE: -6},
        "levothyroxine 50 mcg daily",
    ),
    Condition(
        "D50.9",
        "Iron deficiency anemia, unspecified",
        "",
        (12, 120),
        {HEMOGLOBIN: -4.2, PULSE: 8},
        "ferrous sulfate 325 mg daily",
    ),
    Condition(
        "N40.0",
        "Benign prostatic hyperplasia without lower urinary tract symptoms",
        "male",
        (45, 120),
        {PSA: 1.6},
        "tamsulosin 0.4 mg daily",
    ),
    Condition(
        "N92.0",
        "Excessive and frequent menstruation with regular cycle",
        "female",
        (12, 54),
        {HEMOGLOBIN: -2.5},
        "tranexamic acid 1 g three times daily",
    ),
    Condition(
        "Z34.90",
        "Encounter for supervision of normal pregnancy, unspecified, unspecified trimester",
        "female",
        (16, 48),
        {HEMOGLOBIN: -1.5, PULSE: 10},
        "folic acid 400 mcg daily",
        onset_days=250,
    ),
    Condition(
        "M81.0",
        "Age-related osteoporosis without current pathological fracture",
        "",
        (50, 120),
        {},
        "alendronate 70 mg weekly",
    ),
    Condition(
        "H66.90",
        "Otitis media, unspecified, unspecified ear",
        "",
        (0, 17),
        {TEMPERATURE: 1.7},
        "amoxicillin for seven days",
        onset_days=7,
    ),
    Condition(
        "Z00.129",
        "Encounter for routine child health examination without abnormal findings",
        "",
        (0, 17),
        {},
        "next vaccination as scheduled",
        onset_days=0,
    ),
    Condition(
        "P59.9", "Neonatal jaundice, unspecified", "", (0, 0), {}, "check bilirubin again", 14
    ),
)
"""What people come with; every age has some of it."""

_GROWTH: Final = (
    (0, 50, 3.4),
    (1, 75, 9.8),
    (3, 96, 14.3),
    (6, 116, 21),
    (10, 139, 33),
    (14, 163, 51),
    (18, 171, 70),
)
"""Full years, usual height in cm and weight in kg; grown from the last one on."""

_CIRCULATION: Final = (
    (0, 140, 80, 50),
    (1, 120, 90, 55),
    (3, 105, 96, 58),
    (6, 90, 105, 65),
    (12, 78, 115, 70),
    (18, 72, 122, 77),
)
"""From this age on: pulse, systolic and diastolic pressure."""


def condition_for(random: Random, sex: str, age: int, days: int) -> Condition:
    """One that somebody of that sex, of so many years and days of life, can have."""
    fitting = [
        one
        for one in CONDITIONS
        if one.sex in {"", sex}
        and one.ages[0] <= age <= one.ages[1]
        and (one.code != "P59.9" or days <= 28)
    ]
    return pick(random, fitting)


def measured(random: Random, condition: Condition, sex: str, age: int) -> dict[str, float]:
    """LOINC code → value: vital signs, and what the condition has tested."""
    pulse, systolic, diastolic = next(row[1:] for row in reversed(_CIRCULATION) if age >= row[0])
    height, weight = _grown(random, sex, age)
    usual = {
        PULSE: pulse + 6 * bell(random),
        SYSTOLIC: systolic + 6 * bell(random),
        DIASTOLIC: diastolic + 4 * bell(random),
        TEMPERATURE: 36.8 + 0.2 * bell(random),
    }
    for code, (value, deviation) in _LABORATORY.items():
        if code in condition.shifts:
            usual[code] = value + deviation * bell(random)
    found = {code: value + condition.shifts.get(code, 0.0) for code, value in usual.items()}
    found[DIASTOLIC] = min(found[DIASTOLIC], found[SYSTOLIC] - 15)
    rounded = {
        code: round(value, 1 if code in {TEMPERATURE, *_LABORATORY} else 0)
        for code, value in found.items()
    }
    bmi = round(weight / (height / 100) ** 2, 1)
    return {**rounded, WEIGHT: weight, HEIGHT: height, BMI: bmi}


def _grown(random: Random, sex: str, age: int) -> tuple[float, float]:
    """Height in cm and weight in kg that fit each other and the age."""
    older = next((row for row in _GROWTH if row[0] > age), _GROWTH[-1])
    younger = next(row for row in reversed(_GROWTH) if row[0] <= age)
    way = 0.0 if older is younger else (age - younger[0]) / (older[0] - younger[0])
    way = min(1.0, way)
    height = younger[1] + way * (older[1] - younger[1])
    weight = younger[2] + way * (older[2] - younger[2])
    if age >= 18:
        height += 6 if sex == "male" else -6
    stretch = 1 + 0.04 * bell(random)
    girth = 1 + 0.14 * abs(bell(random))
    return round(height * stretch, 1), round(weight * stretch * stretch * girth, 1)
