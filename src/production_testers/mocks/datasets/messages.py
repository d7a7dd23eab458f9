"""Messages of customers in which personal data is marked, in the formats that people use.

Nobody exists: telephone numbers are of the range 555-0100 to 555-0199, mail addresses end in
example.org or another reserved name, card numbers have the issuers' test prefixes and a right
check digit, IP addresses are of the ranges for documentation (RFC 5737, RFC 3849), social
security numbers are of area 900 and up, which nobody is given.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import count
from random import Random
from typing import Final

from production_testers.mocks.datasets.shape import DataClass, DataScenario, Record, Variant, pick
from production_testers.mocks.datasets.vocabulary import FAMILY_NAMES, GIVEN_NAMES
from production_testers.model.canonical import Json
from production_testers.model.seeds import random_for
from production_testers.model.semantics import PersonalData

FIELDS: Final = {"id": "string", "text": "string", "personal": "array"}
"""`personal` lists [kind, words]: what stands in `text` and must not be left in it."""

Maker = Callable[[Random], str]


def _digits(random: Random, count_: int) -> str:
    return "".join(str(int(random.random() * 10)) for _ in range(count_))


def _checked(body: str) -> str:
    """`body` with the check digit of ISO/IEC 7812 (Luhn) behind it."""
    total = 0
    for place, digit in enumerate(reversed(body)):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return body + str(-total % 10)


def _grouped(number: str, sizes: tuple[int, ...], separator: str) -> str:
    parts, start = [], 0
    for size in sizes:
        parts.append(number[start : start + size])
        start += size
    return separator.join(parts)


def _card(random: Random) -> str:
    """Visa, Mastercard, Discover (16 digits), American Express (15), in shares as in use."""
    share = random.random()
    separator = pick(random, ("", " ", "-"))
    if share < 0.85:
        prefix = pick(random, ("4", "4", "51", "55", "6011"))
        number = _checked(prefix + _digits(random, 15 - len(prefix)))
        return _grouped(number, (4, 4, 4, 4), separator)
    number = _checked(pick(random, ("34", "37")) + _digits(random, 12))
    return _grouped(number, (4, 6, 5), separator)


def _email(random: Random) -> str:
    given = pick(random, GIVEN_NAMES).lower()
    family = pick(random, FAMILY_NAMES).lower()
    local = pick(
        random,
        (given, f"{given}.{family}", f"{given}_{family}", f"{given}+news", f"{given[0]}.{family}"),
    )
    host = pick(random, ("example.org", "mail.example.com", "example.museum", "team-7.example.net"))
    return f"{local}{int(random.random() * 100)}@{host}"


def _phone(random: Random) -> str:
    area = 201 + int(random.random() * 700)
    line = f"01{int(random.random() * 100):02d}"
    return pick(
        random,
        (
            f"({area}) 555-{line}",
            f"{area}-555-{line}",
            f"{area}.555.{line}",
            f"{area} 555 {line}",
            f"+1 {area} 555 {line}",
            f"+1-{area}-555-{line}",
            f"1-{area}-555-{line}",
            f"{area}555{line}",
        ),
    )


def _ssn(random: Random) -> str:
    parts = f"{900 + int(random.random() * 100)}", _digits(random, 2), _digits(random, 4)
    return pick(random, ("-", "-", "-", " ", "")).join(parts)


def _ip(random: Random) -> str:
    """IPv4, and in a quarter of the cases IPv6 in its short form (RFC 5952)."""
    if random.random() < 0.75:
        network = pick(random, ("192.0.2", "198.51.100", "203.0.113"))
        return f"{network}.{1 + int(random.random() * 254)}"
    groups = [f"{1 + int(random.random() * 0xFFFE):x}" for _ in range(2 + int(random.random() * 4))]
    return f"2001:db8::{':'.join(groups)}"


MAKERS: Final[Mapping[PersonalData, Maker]] = {
    PersonalData.EMAIL: _email,
    PersonalData.PHONE_US: _phone,
    PersonalData.SSN: _ssn,
    PersonalData.CREDIT_CARD: _card,
    PersonalData.IP_ADDRESS: _ip,
}

SENTENCES: Final[Mapping[PersonalData, tuple[str, ...]]] = {
    PersonalData.EMAIL: ("Please write to {}.", "My address is {} now.", "Contact: {}"),
    PersonalData.PHONE_US: ("Call me at {}.", "My number is {}, after six.", "Phone: {}"),
    PersonalData.SSN: ("My social security number is {}.", "SSN {} for the form."),
    PersonalData.CREDIT_CARD: ("I paid with {}.", "Charge {} again, please.", "Card: {}"),
    PersonalData.IP_ADDRESS: ("The request came from {}.", "Blocked client: {}"),
}

_AROUND: Final[Mapping[str, str]] = {
    "alone": "{}",
    "in_brackets": "See ({}) there.",
    "in_quotes": 'He said "{}".',
    "after_colon": "id:{}",
    "before_comma": "{}, and so on",
    "on_a_line": "first line\n{}\nlast line",
    "after_tab": "value\t{}",
    "in_markup": "<b>{}</b>",
    "twice": "{0} or {0}",
}
"""Case → what stands around the words."""

_DISGUISES: Final[Mapping[str, Callable[[str], str]]] = {
    "spelled_signs": lambda words: words.replace("@", " at ").replace(".", " dot "),
    "spaced_out": " ".join,
    "zero_width": "\u200b".join,
    "full_width": lambda words: words.translate({c: c + 0xFEE0 for c in range(0x21, 0x7F)}),
}
"""Way → how the words are hidden from simple patterns."""


def _message(random: Random, number: int, made: list[tuple[PersonalData, str]]) -> Record:
    sentences = [pick(random, SENTENCES[kind]).format(words) for kind, words in made]
    personal: list[Json] = [[kind.value, words] for kind, words in made]
    return {"id": f"msg-{number:08d}", "text": " ".join(sentences), "personal": personal}


def _ordinary(variant: str) -> Callable[[int], Iterator[Record]]:
    """One of each kind in every message, in an order that is drawn."""

    def stream(seed: int) -> Iterator[Record]:
        random = random_for(seed, "messages", variant)
        for number in count(1):
            kinds = list(MAKERS)
            random.shuffle(kinds)
            yield _message(random, number, [(kind, MAKERS[kind](random)) for kind in kinds])

    return stream


def _boundary(seed: int) -> Iterator[Record]:
    random = random_for(seed, "messages", "boundary")
    cases, kinds = tuple(_AROUND.items()), tuple(MAKERS)
    for number in count(1):
        case, around = cases[(number - 1) % len(cases)]
        kind = pick(random, kinds)
        words = MAKERS[kind](random)
        personal: list[Json] = [[kind.value, words]]
        yield {
            "id": f"msg-{number:08d}",
            "text": around.format(words),
            "personal": personal,
            "case": case,
        }


def _disguised(seed: int) -> Iterator[Record]:
    random = random_for(seed, "messages", "disguised")
    ways, kinds = tuple(_DISGUISES.items()), tuple(MAKERS)
    for number in count(1):
        way, disguise = ways[(number - 1) % len(ways)]
        kind = pick(random, kinds)
        words = disguise(MAKERS[kind](random))
        yield {**_message(random, number, [(kind, words)]), "disguise": way}


SCENARIO: Final = DataScenario(
    name="messages",
    about="messages of customers in which personal data is marked",
    variants={
        "valid": Variant(
            about="one of each kind in every message, in the formats that people use",
            data_class=DataClass.HAPPY_PATH,
            stream=_ordinary("valid"),
            fields=FIELDS,
        ),
        "boundary": Variant(
            about="the words alone, in brackets, in markup and so on, named by `case`",
            data_class=DataClass.EDGE_CASES,
            stream=_boundary,
            fields={**FIELDS, "case": "string"},
        ),
        "disguised": Variant(
            about="words that are hidden from simple patterns, by the way that `disguise` names",
            data_class=DataClass.ADVERSARIAL,
            stream=_disguised,
            fields={**FIELDS, "disguise": "string"},
        ),
        "volume": Variant(
            about="ordinary messages, many",
            data_class=DataClass.SCALE,
            stream=_ordinary("volume"),
            fields=FIELDS,
        ),
    },
)
