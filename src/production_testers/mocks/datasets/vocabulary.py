"""Invented names and words that records are written with."""
# ruff: noqa: SIM905 - one name a line would be no easier to read

from typing import Final

FEMALE_NAMES: Final = (
    "Ada Aiko Bela Carmen Dana Elif Fatima Greta Hana Ines Kaya Lena Mara Mei Nadia Noor Olga "
    "Priya Rosa Tara Yara"
).split()
MALE_NAMES: Final = (
    "Amir Bruno Chidi Emeka Femi Hugo Ivan Jonas Karim Luis Marek Mateo Nikolai Omar Pavel Rafael "
    "Sami Tomas Viktor Wei"
).split()
GIVEN_NAMES: Final = tuple(sorted(FEMALE_NAMES + MALE_NAMES))
FAMILY_NAMES: Final = (
    "Abara Almeida Bergmann Castillo Dubois Eriksen Fischer Georgiou Haddad Ivanova Jensen "
    "Kowalski Lindqvist Moreau Nakamura Okafor Pereira Quist Rossi Santos Tanaka Ueda Varga "
    "Weber Yilmaz Zielinski"
).split()
TENANTS: Final = ("acme", "birch", "cobalt", "dune", "ember", "fjord", "grove", "harbor")
USERS: Final = ("admin", "alice", "bob", "carol", "dave", "erin", "frank", "grace")
VERBS: Final = ("Summarise", "Check", "Translate", "Classify", "Compare", "Explain", "Forward")
OBJECTS: Final = (
    "the quarterly report",
    "this invoice",
    "the support ticket",
    "the delivery note",
    "our refund policy",
    "the meeting minutes",
    "the incident log",
    "this contract clause",
)
ENDINGS: Final = (
    "for the customer.",
    "before noon.",
    "in two sentences.",
    "and list what is missing.",
    "for the audit.",
    "as a table.",
)
MERCHANTS: Final = (
    ("Corner Grocery", "5411"),
    ("Harbor Books", "5942"),
    ("City Fuel", "5541"),
    ("Green Pharmacy", "5912"),
    ("Northern Rail", "4112"),
    ("Blue Cafe", "5814"),
    ("Home & Garden", "5200"),
    ("Lumen Electronics", "5732"),
    ("Old Town Hotel", "7011"),
    ("Skyline Air", "4511"),
)
