"""Contracts of numbered clauses, with citations of sources, and planted anomalies.

Parties, cases and statutes are invented. Spans count code points of `text`, end excluded.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import count
from random import Random
from typing import Any, Final, NamedTuple

from production_testers.mocks.datasets.attacks.confusion import Plant, malformed, setting
from production_testers.mocks.datasets.draws import between, chance, person, pick
from production_testers.mocks.datasets.edges.cases import Make, boundary, unusual_texts
from production_testers.mocks.datasets.industries.legal.contract_rules import RULES
from production_testers.mocks.datasets.schema import (
    day,
    extended,
    fields,
    flag,
    listing,
    text,
    whole,
    word,
)
from production_testers.mocks.datasets.shape import DataClass, DataScenario, Record, Variant
from production_testers.mocks.datasets.stamps import day_text
from production_testers.mocks.datasets.streams import stream_of, valid, volume
from production_testers.model.seeds import random_for

LAWS: Final = {
    "Northland": "courts of Northport",
    "Eastmark": "courts of Marksburg",
    "the Isles": "courts of St. Helm",
}
"""Invented law that governs → where disputes are heard."""


class Roles(NamedTuple):
    """What a kind of contract calls its parties and what it is about.

    Attributes:
        giver: The first party.
        taker: The second, who pays.
        thing: What it is about.
        must: What the first party has to do with it.
        does: The same as it is done.
        pays_if: When the second one pays, where it is not for the thing itself.
    """

    giver: str
    taker: str
    thing: str
    must: str
    does: str
    pays_if: str = ""


KINDS: Final = {
    "supply": Roles("Supplier", "Customer", "Goods", "deliver", "delivers"),
    "licence": Roles("Licensor", "Licensee", "Software", "make available", "makes available"),
    "lease": Roles("Landlord", "Tenant", "Premises", "let", "lets"),
    "services": Roles("Contractor", "Client", "Services", "perform", "performs"),
    "confidentiality": Roles(
        "Discloser", "Recipient", "Information", "disclose", "discloses", "For every breach, "
    ),
}
_CURRENCIES: Final = ("EUR", "USD", "GBP")
_PRIVILEGES: Final = ("none", "attorney_client", "work_product")

SOURCES: Final = (
    (
        "Arden v. Colne, 12 Nor. 204 (1987)",
        "A party that keeps silent for a reasonable time after notice of a defect accepts the"
        " goods as they are. Silence is no waiver of a defect that was hidden.",
    ),
    (
        "Merrow Shipping v. Tay, 31 East. 77 (2003)",
        "A cap on liability does not reach loss that was caused on purpose. What the parties call"
        " a penalty is judged by what it does and not by its name.",
    ),
    (
        "In re Halden, 5 Isl. 19 (2015)",
        "A licence that names no end may be ended by either side with six months of notice. The"
        " notice must be in writing.",
    ),
    (
        "Sale of Goods Act (Northland), s 14",
        "Goods must be of the quality that the buyer may expect from what the seller has said"
        " about them.",
    ),
)
"""Invented authority → its words."""

ANOMALIES: Final = (
    "amount_in_words",
    "dangling_reference",
    "undefined_term",
    "ends_before_it_begins",
    "foreign_court",
    "altered_quotation",
    "missing_source",
    "party_mixed_up",
)
"""What can be planted; each contradicts another place of the same contract."""

_SPAN: Final = {
    "start": whole("Code point at which it starts"),
    "end": whole("Code point before which it ends"),
}
SCHEMA: Final = fields(
    id=text("Number of the document", pattern="^doc-[0-9]{8}$"),
    matter=text("Matter that it belongs to, and must not leave", pattern="^mat-[0-9]{4}$"),
    kind=word("Kind of contract", *KINDS),
    parties=listing("Who concludes it", text("Name", most=120), least=2, most=2),
    governing_law=word("Law that governs", *LAWS),
    court=text("Where disputes are heard"),
    effective_date=day("From when on"),
    end_date=day("Until when"),
    amount=whole("The price, in whole units of the currency", 1, 999_999),
    currency=word("Of the price", *_CURRENCIES),
    privilege=word("Whether it is privileged, and how", *_PRIVILEGES),
    on_hold=flag("Whether a litigation hold forbids to delete it"),
    text=text("The whole contract", most=60_000),
    clauses=listing(
        "Its clauses, in order",
        fields(number=text("As it is cited", pattern=r"^[0-9]+\.[0-9]+$"), **_SPAN),
        least=4,
    ),
    citations=listing(
        "What is quoted, and from where",
        fields(source=text("Authority"), quotation=text("Its words"), **_SPAN),
    ),
    sources=listing(
        "The authorities themselves", fields(name=text("Authority"), text=text("Its words"))
    ),
    anomalies=listing(
        "What was planted; empty: the contract contradicts itself nowhere",
        fields(kind=word("Which", *ANOMALIES), **_SPAN),
        most=3,
    ),
)


_ONES: Final = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS: Final = "- - twenty thirty forty fifty sixty seventy eighty ninety".split()  # noqa: SIM905


def in_words(number: int) -> str:
    """A number below a million in English words."""
    if number < 20:
        return _ONES[number]
    if number < 100:
        tens, ones = divmod(number, 10)
        return _TENS[tens] + (f"-{_ONES[ones]}" if ones else "")
    size, name = (1_000, "thousand") if number >= 1_000 else (100, "hundred")
    above, rest = divmod(number, size)
    joint = " and " if size == 100 or rest < 100 else " "
    return f"{in_words(above)} {name}" + (f"{joint}{in_words(rest)}" if rest else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a contract is about."""

    number: int
    matter: int
    kind: str
    parties: tuple[str, str]
    law: str
    begins: str
    ends: str
    amount: int
    currency: str
    source: int
    privilege: str
    on_hold: bool
    extra: int = 0
    planted: tuple[str, ...] = ()


@dataclass(slots=True)
class Draft:
    """A text that grows, with the spans of what was put in."""

    text: str = ""
    clauses: list[dict[str, Any]] = field(default_factory=list)
    citations: list[dict[str, Any]] = field(default_factory=list)
    anomalies: list[dict[str, Any]] = field(default_factory=list)

    def add(self, number_: str, *pieces: str | tuple[str, str]) -> None:
        """A clause; a pair is a kind of anomaly and the words in which it lies."""
        start = len(self.text)
        self.text += f"{number_} "
        for piece in pieces:
            if isinstance(piece, tuple):
                kind, words = piece
                begin = len(self.text)
                self.anomalies.append({"kind": kind, "start": begin, "end": begin + len(words)})
                self.text += words
            else:
                self.text += piece
        self.clauses.append({"number": number_, "start": start, "end": len(self.text)})
        self.text += "\n"


def drawn(random: Random, number_: int) -> Terms:
    """The terms of a contract that contradicts itself nowhere."""
    begin = between(random, -700, 300)
    return Terms(
        number=number_,
        matter=between(random, 1, 60),
        kind=pick(random, tuple(KINDS)),
        parties=(
            f"{person(random)[1]} {pick(random, ('Ltd', 'AG', 'Works', 'Partners'))}",
            f"{person(random)[1]} & {person(random)[1]} {pick(random, ('LLP', 'Sons', 'Trust'))}",
        ),
        law=pick(random, tuple(LAWS)),
        begins=day_text(begin),
        ends=day_text(begin + between(random, 180, 1_800)),
        amount=between(random, 1, 900) * 1_000 + pick(random, (0, 0, 500, 250, 75)),
        currency=pick(random, _CURRENCIES),
        source=between(random, 0, len(SOURCES) - 1),
        privilege=pick(random, ("none", "none", "none", "attorney_client", "work_product")),
        on_hold=chance(random, 0.1),
        extra=between(random, 0, 3),
    )


def contract(terms: Terms) -> Record:
    """The contract, with whatever is planted into it."""
    draft = Draft()
    first, second = terms.parties
    bad = set(terms.planted)
    draft.text = f"{terms.kind.capitalize()} agreement between {first} and {second}\n"
    roles = KINDS[terms.kind]
    giver, taker = roles.giver, roles.taker
    draft.add("1.1", f'In this agreement "{giver}" means {first} and "{taker}" means {second}.')
    subject = ("undefined_term", "the Guarantor") if "undefined_term" in bad else f"the {giver}"
    does = f" has to {roles.must} under Section 2.1."
    draft.add("1.2", f'"{roles.thing}" means what ', subject, does)
    what = f"The {giver} {roles.does} the {roles.thing} from "
    draft.add("2.1", what, terms.begins, " to ", _end(terms),
              ", unless the agreement is ended earlier under Section 4.1.")  # fmt: skip
    words: str | tuple[str, str] = in_words(terms.amount)
    if "amount_in_words" in bad:
        words = ("amount_in_words", in_words(terms.amount + 10_000))
    pays = f"{roles.pays_if}the {taker} pays {terms.currency} {terms.amount:,} ("
    draft.add("3.1", pays[0].upper() + pays[1:], words, ").")
    reference = (
        ("dangling_reference", "Section 9.7") if "dangling_reference" in bad else "Section 3.1"
    )
    draft.add("3.2", "What is due under ", reference, " is paid within thirty days.")
    for at in range(terms.extra):
        draft.add(f"3.{at + 3}", f"Schedule {'ABC'[at]} is part of this agreement.")
    who = (
        ("party_mixed_up", f"{second}, as {giver},") if "party_mixed_up" in bad else "Either party"
    )
    draft.add("4.1", who, " may end this agreement with ninety days of notice in writing.")
    _cite(draft, terms)
    court = LAWS[terms.law]
    heard: str | tuple[str, str] = court
    if "foreign_court" in bad:
        heard = ("foreign_court", next(one for law, one in LAWS.items() if law != terms.law))
    draft.add("6.1", f"The law of {terms.law} governs. Disputes are heard by the ", heard, ".")
    name, says = SOURCES[terms.source]
    return {
        "id": f"doc-{terms.number:08d}",
        "matter": f"mat-{terms.matter:04d}",
        "kind": terms.kind,
        "parties": list(terms.parties),
        "governing_law": terms.law,
        "court": court,
        "effective_date": terms.begins,
        "end_date": terms.ends,
        "amount": terms.amount,
        "currency": terms.currency,
        "privilege": terms.privilege,
        "on_hold": terms.on_hold,
        "text": draft.text,
        "clauses": draft.clauses,
        "citations": draft.citations,
        "sources": [] if "missing_source" in bad else [{"name": name, "text": says}],
        "anomalies": draft.anomalies,
    }


def _end(terms: Terms) -> str | tuple[str, str]:
    if "ends_before_it_begins" not in terms.planted:
        return terms.ends
    begins = date.fromisoformat(terms.begins)
    return "ends_before_it_begins", begins.replace(year=begins.year - 1, day=1).isoformat()


def _cite(draft: Draft, terms: Terms) -> None:
    name, says = SOURCES[terms.source]
    quotation = says.split(". ")[0].rstrip(".")
    if "altered_quotation" in terms.planted:
        words = quotation.split()
        quotation = " ".join([*words[:2], "not", *words[2:]])
    before = f'The parties refer to {name}: "'
    start = len(draft.text) + len("5.1 ") + len(before)
    draft.citations.append(
        {"source": name, "quotation": quotation, "start": start, "end": start + len(quotation)}
    )
    piece: str | tuple[str, str] = quotation
    if "altered_quotation" in terms.planted:
        piece = ("altered_quotation", quotation)
    cited: tuple[str | tuple[str, str], ...] = (before, piece, '".')
    if "missing_source" in terms.planted:
        cited = ("The parties refer to ", ("missing_source", name), ': "', piece, '".')
    draft.add("5.1", *cited)


def _contracts(variant: str) -> Callable[[int], Iterator[Record]]:
    return stream_of(
        "contracts", variant, lambda random: lambda number_: contract(drawn(random, number_))
    )


def _anomalous(seed: int) -> Iterator[Record]:
    """Two in three hold one to three anomalies; the others hold none, for precision."""
    random = random_for(seed, "contracts", "anomalous")
    for number_ in count(1):
        terms = drawn(random, number_)
        planted = [ANOMALIES[(number_ + at * 3) % len(ANOMALIES)] for at in range(number_ % 3)]
        yield contract(replace(terms, planted=tuple(planted)))


def _case(**terms: Any) -> Make:
    return lambda random, number_: contract(replace(drawn(random, number_), **terms))


_CASES: Final[Mapping[str, Make]] = {
    "one_day": _case(begins="2026-02-28", ends="2026-03-01"),
    "leap_day": _case(begins="2024-02-29", ends="2025-02-28"),
    "a_century": _case(begins="2026-01-01", ends="2125-12-31"),
    "one_unit": _case(amount=1),
    "largest_amount": _case(amount=999_999),
    "a_thousand": _case(amount=1_000),
    "eleven": _case(amount=11),
    "nineteen_thousand_and_nineteen": _case(amount=19_019),
    "most_clauses": _case(extra=3),
    "name_of_120": _case(parties=("A" * 120, "B")),
    "same_first_letters": _case(parties=("Abara Ltd", "Abara Ltd (Holding)")),
    "quotation_mark_in_name": _case(parties=('The "Old" Mill', "O'Brien & Sons")),
}


def _named(random: Random, number_: int, words: str) -> Record:
    return contract(replace(drawn(random, number_), parties=(words, "Bergmann Works")))


def _in_text(old: str, new: str) -> Callable[[dict[str, Any]], None]:
    """A change of the text that leaves its length, so that only what it says is wrong."""
    assert len(old) == len(new)

    def change(record: dict[str, Any]) -> None:
        assert old in record["text"]
        record["text"] = record["text"].replace(old, new)

    return change


def _other_party(record: dict[str, Any]) -> None:
    record["parties"] = ["Nobody Ltd", "No One AG"]


def _of_another_kind(record: dict[str, Any]) -> None:
    record["kind"] = "supply" if record["kind"] == "lease" else "lease"


def _misquoted(record: dict[str, Any]) -> None:
    record["citations"][0]["quotation"] += " indeed"


PLANTS: Final[Sequence[Plant]] = (
    Plant(rule="clauses", change=lambda record: record["clauses"].reverse()),
    Plant(rule="parties", change=_other_party),
    Plant(rule="vocabulary", change=_of_another_kind),
    Plant(rule="term", change=setting(end_date="1999-01-01")),
    Plant(rule="amount", change=setting(amount=123_456)),
    Plant(rule="references", change=_in_text("Section 2.1", "Section 8.8")),
    Plant(rule="jurisdiction", change=setting(court="courts of Nowhere")),
    Plant(rule="quotations", change=_misquoted),
    Plant(
        rule="anomalies",
        change=setting(anomalies=[{"kind": "foreign_court", "start": 5, "end": 4}]),
    ),
)

SCENARIO: Final = DataScenario(
    name="contracts",
    about="contracts with clauses, citations and planted anomalies",
    rules=RULES,
    labels={
        "anomalies": "review: what contradicts another place of the contract",
        "citations": "whether a quotation stands word for word in the source",
        "privilege": "must never leave the matter",
    },
    variants={
        "valid": valid(_contracts("valid"), SCHEMA, "contracts that contradict themselves nowhere"),
        "boundary": boundary(
            "contracts",
            SCHEMA,
            {**_CASES} | unusual_texts(_named),
        ),
        "anomalous": Variant(
            about="one or two planted anomalies in two of three contracts, marked by `anomalies`",
            data_class=DataClass.ADVERSARIAL,
            stream=_anomalous,
            schema=extended(SCHEMA),
        ),
        "malformed": malformed(_contracts("malformed"), SCHEMA, PLANTS),
        "volume": volume(_contracts("volume"), SCHEMA, "contracts, many", 2_000),
    },
)
