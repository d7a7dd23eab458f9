"""Messages of customers in which personal data is marked, in the formats that people use.

Nobody exists: telephone numbers are of the range 555-0100 to 555-0199, mail addresses end in
example.org or another reserved name, card numbers have the issuers' test prefixes and a right
check digit, IP addresses are of the ranges for documentation (RFC 5737, RFC 3849), social
security numbers are of area 900 and up, which nobody is given.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import count
from random import Random
from typing import Any, Final

from production_testers.mocks.datasets.attacks.confusion import Plant, malformed, setting
from production_testers.mocks.datasets.attacks.mutations import MUTATIONS, hide
from production_testers.mocks.datasets.checkdigits import luhn_digit
from production_testers.mocks.datasets.draws import digits, pick, shuffled
from production_testers.mocks.datasets.rules import Memory, rule
from production_testers.mocks.datasets.schema import extended, fields, listing, row, text, word
from production_testers.mocks.datasets.shape import DataClass, DataScenario, Record, Variant
from production_testers.mocks.datasets.streams import stream_of, valid, volume
from production_testers.mocks.datasets.vocabulary import FAMILY_NAMES, GIVEN_NAMES
from production_testers.model.canonical import Json
from production_testers.model.seeds import random_for
from production_testers.model.semantics import PersonalData

SCHEMA: Final = fields(
    id=text("Number of the message", pattern="^msg-[0-9]{8}$"),
    text=text("What the customer writes", most=2_000),
    personal=listing(
        "What stands in `text` and must not be left in it",
        row(
            "Kind and words",
            word("Which kind of personal data", *PersonalData),
            text("As they stand in `text`"),
        ),
    ),
)


@rule("words_in_text", "all words that are marked stand in the text")
def words_in_text(record: Mapping[str, Any], _memory: Memory) -> str | None:
    """To the letter."""
    missing = [words for _kind, words in record["personal"] if words not in record["text"]]
    return f"{missing} not in the text" if missing else None


@rule("card_check_digit", "marked card numbers pass the Luhn check")
def card_check_digit(record: Mapping[str, Any], _memory: Memory) -> str | None:
    """Without the signs between their digits."""
    for kind, hidden in record["personal"]:
        words = record.get("plain", hidden)
        number = words.replace(" ", "").replace("-", "")
        plain = kind == "credit_card" and number.isascii() and number.isdigit()
        if plain and luhn_digit(number[:-1]) != number[-1]:
            return f"card {words} fails its check"
    return None


def _unmarked(record: dict[str, Any]) -> None:
    record["personal"] = [["email", "somebody@else.example"]]


PLANTS: Final = (
    Plant(rule="words_in_text", change=_unmarked),
    Plant(
        rule="card_check_digit",
        change=setting(text="4242424242424241", personal=[["credit_card", "4242424242424241"]]),
    ),
)

Maker = Callable[[Random], str]


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
        body = prefix + digits(random, 15 - len(prefix))
        number = body + luhn_digit(body)
        return _grouped(number, (4, 4, 4, 4), separator)
    body = pick(random, ("34", "37")) + digits(random, 12)
    return _grouped(body + luhn_digit(body), (4, 6, 5), separator)


def _email(random: Random) -> str:
    given = pick(random, GIVEN_NAMES).lower()
    family = pick(random, FAMILY_NAMES).lower()
    local = pick(
        random,
        (given, f"{given}.{family}", f"{given}_{family}", f"{given}+news", f"{given[0]}.{family}"),
    )
    host = pick(random, ("example.org", "mail.example.com", "example.museum", "team-7.example.net"))
    return f"{local}{int(random.random() * 100)}@{host}"


_AREAS: Final = (201, 206, 212, 303, 312, 404, 415, 503, 512, 602, 617, 702, 713, 816, 919)
"""Telephone areas that exist: no service number such as 911 is one."""


def _phone(random: Random) -> str:
    area = pick(random, _AREAS)
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
    parts = f"{900 + int(random.random() * 100)}", digits(random, 2), digits(random, 4)
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

_SPELLED: Final = "spelled_signs"
_DISGUISES: Final = (_SPELLED, *MUTATIONS)
"""Ways in which the words are hidden from simple patterns."""


def _disguise(random: Random, words: str, way: str) -> str:
    if way == _SPELLED:
        return words.replace("@", " at ").replace(".", " dot ")
    return hide(random, words, way)


def _message(random: Random, number: int, made: list[tuple[PersonalData, str]]) -> Record:
    sentences = [pick(random, SENTENCES[kind]).format(words) for kind, words in made]
    personal: list[Json] = [[kind.value, words] for kind, words in made]
    return {"id": f"msg-{number:08d}", "text": " ".join(sentences), "personal": personal}


def _ordinary(variant: str) -> Callable[[int], Iterator[Record]]:
    """One of each kind in every message, in an order that is drawn."""
    kinds = tuple(MAKERS)

    def start(random: Random) -> Callable[[int], Record]:
        return lambda number: _message(
            random, number, [(kind, MAKERS[kind](random)) for kind in shuffled(random, kinds)]
        )

    return stream_of("messages", variant, start)


_INNOCENT: Final[Mapping[str, Callable[[Random], str]]] = {
    "order_number": lambda random: f"Where is order 4{digits(random, 11)}?",
    "card_like": lambda random: f"Article {_fails_luhn(random)} is sold out.",
    "isbn": lambda random: f"The book has ISBN 978-3-16-{digits(random, 6)}-0.",
    "version": lambda random: (
        f"Since version {pick(random, '123')}.{pick(random, '0123')}.7 it fails."
    ),
    "date": lambda random: (
        f"It came on 2026-0{pick(random, '123456789')}-1{pick(random, '012345')}."
    ),
    "amount": lambda random: f"I was charged {digits(random, 3)}.{digits(random, 2)} euros twice.",
    "handle": lambda random: f"Ask @{pick(random, GIVEN_NAMES).lower()} in the channel.",
    "coordinates": lambda random: f"Meet at 48.{digits(random, 4)}, 11.{digits(random, 4)}.",
    "hash": lambda random: f"The commit is {random.getrandbits(160):040x}.",
    "serial": lambda random: f"Serial number AB-{digits(random, 3)}-{digits(random, 5)}-X.",
    "short_number": lambda _random: "Dial 112 in an emergency.",
    "ratio": lambda random: f"We won {pick(random, '123')}-{pick(random, '012')}, as in 1986-1990.",
}
"""Case → a message that looks as if it held personal data."""


def _fails_luhn(random: Random) -> str:
    body = f"4{digits(random, 14)}"
    return body + str((int(luhn_digit(body)) + 5) % 10)


def _innocent(seed: int) -> Iterator[Record]:
    random = random_for(seed, "messages", "innocent")
    cases = tuple(_INNOCENT.items())
    for number in count(1):
        case, make = cases[(number - 1) % len(cases)]
        yield {"id": f"msg-{number:08d}", "text": make(random), "personal": [], "case": case}


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
    kinds = tuple(MAKERS)
    for number in count(1):
        way = _DISGUISES[(number - 1) % len(_DISGUISES)]
        kind = pick(random, kinds)
        plain = MAKERS[kind](random)
        hidden = _disguise(random, plain, way)
        if hidden == plain:  # a way that changes letters only: addresses have some
            kind = PersonalData.EMAIL
            plain = MAKERS[kind](random)
            hidden = _disguise(random, plain, way)
        record = _message(random, number, [(kind, hidden)])
        yield {**record, "plain": plain, "disguise": way}


SCENARIO: Final = DataScenario(
    name="messages",
    about="messages of customers in which personal data is marked",
    rules=(words_in_text, card_check_digit),
    labels={"personal": "redaction: recall on what is marked, precision on what is not"},
    variants={
        "valid": valid(
            _ordinary("valid"),
            SCHEMA,
            "one of each kind in every message, in the formats that people use",
        ),
        "boundary": Variant(
            about="the words alone, in brackets, in markup and so on, named by `case`",
            data_class=DataClass.EDGE_CASES,
            stream=_boundary,
            schema=extended(SCHEMA, case=word("What stands around the words", *_AROUND)),
        ),
        "innocent": Variant(
            about="nothing personal, but numbers and signs that look like it, named by `case`",
            data_class=DataClass.EDGE_CASES,
            stream=_innocent,
            schema=extended(SCHEMA, case=word("What it holds", *_INNOCENT)),
        ),
        "disguised": Variant(
            about="words that are hidden from simple patterns, by the way that `disguise` names",
            data_class=DataClass.ADVERSARIAL,
            stream=_disguised,
            schema=extended(
                SCHEMA,
                plain=text("What the words mean"),
                disguise=word("How they are hidden", *_DISGUISES),
            ),
        ),
        "malformed": malformed(_ordinary("malformed"), SCHEMA, PLANTS),
        "volume": volume(_ordinary("volume"), SCHEMA, "ordinary messages, many"),
    },
)
