"""FHIR R4 resources of a visit: Patient, Encounter, Condition, Observation."""

from typing import Final

from production_testers.mocks.datasets.industries.healthcare.clinic import LOINC, Condition
from production_testers.mocks.datasets.industries.healthcare.people import Person
from production_testers.mocks.datasets.schema import (
    Schema,
    anything,
    day,
    fields,
    flag,
    listing,
    local_moment,
    number,
    text,
    word,
)
from production_testers.model.canonical import Json

_MRN: Final = "http://terminology.hl7.org/CodeSystem/v2-0203"
_ACT: Final = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
_CLINICAL: Final = "http://terminology.hl7.org/CodeSystem/condition-clinical"
_CATEGORY: Final = "http://terminology.hl7.org/CodeSystem/observation-category"
_ICD: Final = "http://hl7.org/fhir/sid/icd-10-cm"
_LOINC: Final = "http://loinc.org"
_UCUM: Final = "http://unitsofmeasure.org"

_REFERENCE: Final = fields(reference=text("Type and id", pattern="^[A-Z][A-Za-z]+/[a-z0-9-]+$"))
_CODING: Final = fields(
    coding=listing(
        "Codes that mean the same",
        fields(system=text("Code system"), code=text("Code"), display=text("Its words")),
        least=1,
        most=1,
    )
)

PATIENT: Final = fields(
    "FHIR R4 Patient",
    resourceType=word("Kind of resource", "Patient"),
    id=text("Of the patient", pattern="^pat-[0-9]{8}$"),
    identifier=listing("The medical record number", anything("Identifier"), least=1),
    active=flag("Whether the record is in use"),
    name=listing(
        "The official name",
        fields(
            use=word("Which name", "official"),
            family=text("Family name", most=200),
            given=listing("Given names", text("Name"), least=1),
        ),
        least=1,
    ),
    telecom=listing("Telephone and mail", anything("ContactPoint"), least=2, most=2),
    gender=word("Administrative gender", "female", "male", "other", "unknown"),
    birthDate=day("Day of birth"),
    address=listing("Home", anything("Address"), least=1),
)

ENCOUNTER: Final = fields(
    "FHIR R4 Encounter: the visit",
    **{
        "resourceType": word("Kind of resource", "Encounter"),
        "id": text("Of the visit", pattern="^enc-[0-9]{8}$"),
        "status": word("State", "finished"),
        "class": fields(
            system=text("Code system"), code=word("Ambulatory", "AMB"), display=text("Its words")
        ),
        "subject": _REFERENCE,
        "period": fields(start=local_moment("Begin"), end=local_moment("End")),
    },
)

CONDITION: Final = fields(
    "FHIR R4 Condition: why",
    resourceType=word("Kind of resource", "Condition"),
    id=text("Of the condition", pattern="^con-[0-9]{8}$"),
    clinicalStatus=fields(
        coding=listing("State", fields(system=text("Code system"), code=word("State", "active")))
    ),
    code=_CODING,
    subject=_REFERENCE,
    encounter=_REFERENCE,
    onsetDateTime=day("Since when"),
)

OBSERVATION: Final = fields(
    "FHIR R4 Observation",
    resourceType=word("Kind of resource", "Observation"),
    id=text("Of the observation", pattern="^obs-[0-9]{8}-[0-9]+$"),
    status=word("State", "final"),
    category=listing("Kind", anything("CodeableConcept"), least=1),
    code=_CODING,
    subject=_REFERENCE,
    encounter=_REFERENCE,
    effectiveDateTime=local_moment("When it was measured"),
    valueQuantity=fields(
        value=number("Value", 0, 1_000),
        unit=text("Unit"),
        system=text("Code system of the unit"),
        code=text("UCUM code"),
    ),
)


def patient(person: Person) -> dict[str, Json]:
    """The person."""
    city, state, postal_code = person.city
    mrn_type: Json = {"coding": [{"system": _MRN, "code": "MR"}]}
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


def encounter(person: Person) -> dict[str, Json]:
    """The visit; clinics are in Chicago time, where winter and summer differ."""
    begin, end = person.visit
    return {
        "resourceType": "Encounter",
        "id": f"enc-{person.number:08d}",
        "status": "finished",
        "class": {"system": _ACT, "code": "AMB", "display": "ambulatory"},
        "subject": _to("Patient/pat", person),
        "period": {"start": begin, "end": end},
    }


def condition(person: Person, found: Condition) -> dict[str, Json]:
    """Why the person came."""
    return {
        "resourceType": "Condition",
        "id": f"con-{person.number:08d}",
        "clinicalStatus": {"coding": [{"system": _CLINICAL, "code": "active"}]},
        "code": _coded(_ICD, found.code, found.display),
        "subject": _to("Patient/pat", person),
        "encounter": _to("Encounter/enc", person),
        "onsetDateTime": person.onset.isoformat(),
    }


def observations(person: Person, values: dict[str, float]) -> list[Json]:
    """What was measured."""
    return [
        {
            "resourceType": "Observation",
            "id": f"obs-{person.number:08d}-{index}",
            "status": "final",
            "category": [{"coding": [{"system": _CATEGORY, "code": _kind(code)}]}],
            "code": _coded(_LOINC, code, LOINC[code][0]),
            "subject": _to("Patient/pat", person),
            "encounter": _to("Encounter/enc", person),
            "effectiveDateTime": person.visit[0],
            "valueQuantity": {
                "value": value,
                "unit": LOINC[code][1],
                "system": _UCUM,
                "code": LOINC[code][1],
            },
        }
        for index, (code, value) in enumerate(values.items(), start=1)
    ]


def _kind(code: str) -> str:
    vital = {"8480-6", "8462-4", "8867-4", "8310-5", "29463-7", "8302-2", "39156-5"}
    return "vital-signs" if code in vital else "laboratory"


def _coded(system: str, code: str, display: str) -> dict[str, Json]:
    return {"coding": [{"system": system, "code": code, "display": display}]}


def _to(prefix: str, person: Person) -> dict[str, Json]:
    return {"reference": f"{prefix}-{person.number:08d}"}


VISIT: Final[dict[str, Schema]] = {
    "encounter": ENCOUNTER,
    "conditions": listing("Why", CONDITION, least=1),
    "observations": listing("What was measured", OBSERVATION, least=7),
}
"""Members of a record besides the patient and the note."""
