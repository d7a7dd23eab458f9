"""What the places of a contract say about each other, unless an anomaly was planted there."""

import re
from collections.abc import Mapping
from typing import Any, Final

from production_testers.mocks.datasets.rules import Memory, rule

Contract = Mapping[str, Any]

_ONES: Final = (
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
)
_TENS: Final = "_ _ twenty thirty forty fifty sixty seventy eighty ninety".split()  # noqa: SIM905


def read_words(words: str) -> int:
    """What English words mean, read from the left."""
    total = group = 0
    for word in words.replace("-", " ").replace(" and ", " ").split():
        if word in _ONES:
            group += _ONES.index(word)
        elif word in _TENS:
            group += 10 * _TENS.index(word)
        elif word == "hundred":
            group *= 100
        elif word == "thousand":
            total, group = total + group * 1_000, 0
        else:
            raise ValueError(f"{word!r} is no word of a number")
    return total + group


def _planted(record: Contract, *kinds: str) -> bool:
    return any(one["kind"] in kinds for one in record["anomalies"])


def _clause(record: Contract, number: str) -> str:
    found = next((one for one in record["clauses"] if one["number"] == number), None)
    if found is None:
        raise LookupError(f"no clause {number}")
    return str(record["text"][found["start"] : found["end"]])


@rule("clauses", "clauses are numbered upwards, follow each other, and are where they are said")
def clauses(record: Contract, _memory: Memory) -> str | None:
    """Each begins with its number."""
    at, before = 0, (0, 0)
    for one in record["clauses"]:
        major, minor = map(int, one["number"].split("."))
        begins = record["text"][one["start"] :].startswith(f"{one['number']} ")
        if not (at <= one["start"] < one["end"] and before < (major, minor) and begins):
            return f"clause {one['number']} at {one['start']}"
        at, before = one["end"], (major, minor)
    return None


@rule("parties", "the first clause defines both parties, and no other is defined")
def parties(record: Contract, _memory: Memory) -> str | None:
    """Nobody acts as the other."""
    first, second = record["parties"]
    defined = r'1\.1 In this agreement "(\w+)" means (.+) and "(\w+)" means (.+)\.'
    found = re.fullmatch(defined, _clause(record, "1.1"), re.DOTALL)
    if found is None or (found[2], found[4]) != (first, second):
        return f"parties are {record['parties']}"
    mixed = f"{second}, as {found[1]}," in _clause(record, "4.1")
    undefined = "the Guarantor" in record["text"]
    if mixed is not _planted(record, "party_mixed_up"):
        return f"mixed up: {mixed}"
    return None if undefined is _planted(record, "undefined_term") else f"undefined: {undefined}"


@rule("vocabulary", "parties are called what the kind of contract calls them")
def vocabulary(record: Contract, _memory: Memory) -> str | None:
    """A lease has a landlord and a tenant, and neither a supplier nor a licensee."""
    names = {
        "supply": {"Supplier", "Customer", "Goods"},
        "licence": {"Licensor", "Licensee", "Software"},
        "lease": {"Landlord", "Tenant", "Premises"},
        "services": {"Contractor", "Client", "Services"},
        "confidentiality": {"Discloser", "Recipient", "Information"},
    }
    told = set(re.findall(r'"(\w+)" means', _clause(record, "1.1") + _clause(record, "1.2")))
    if not record["text"].startswith(f"{record['kind'].capitalize()} agreement"):
        return f"no {record['kind']} agreement"
    return None if told == names[record["kind"]] else f"{record['kind']} of {sorted(told)}"


@rule("term", "the agreement ends after it begins, on the days that its text says")
def term(record: Contract, _memory: Memory) -> str | None:
    """Section 2.1."""
    begin, end = record["effective_date"], record["end_date"]
    if begin >= end:
        return f"from {begin} to {end}"
    days = re.findall(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", _clause(record, "2.1"))
    odd = days != [begin, end]
    if odd is _planted(record, "ends_before_it_begins"):
        return None
    return f"the text says {days}"


@rule("amount", "the amount in figures is the amount in words")
def amount(record: Contract, _memory: Memory) -> str | None:
    """Section 3.1."""
    found = re.search(r"pays ([A-Z]{3}) ([0-9,]+) \(([a-z -]+)\)", _clause(record, "3.1"))
    if found is None:
        return "no amount in 3.1"
    figures = int(found[2].replace(",", ""))
    if (found[1], figures) != (record["currency"], record["amount"]):
        return f"the text says {found[1]} {found[2]}"
    differs = read_words(found[3]) != figures
    if differs is _planted(record, "amount_in_words"):
        return None
    return f"{figures} in figures, {found[3]} in words"


@rule("references", "every section that is referred to exists")
def references(record: Contract, _memory: Memory) -> str | None:
    """By number."""
    numbers = {one["number"] for one in record["clauses"]}
    dangling = set(re.findall(r"Section ([0-9]+\.[0-9]+)", record["text"])) - numbers
    if bool(dangling) is _planted(record, "dangling_reference"):
        return None
    return f"sections {sorted(dangling)} are referred to"


@rule("jurisdiction", "disputes are heard where the law that governs is at home")
def jurisdiction(record: Contract, _memory: Memory) -> str | None:
    """Section 6.1."""
    homes = {
        "Northland": "courts of Northport",
        "Eastmark": "courts of Marksburg",
        "the Isles": "courts of St. Helm",
    }
    if record["court"] != homes[record["governing_law"]]:
        return f"{record['court']} under the law of {record['governing_law']}"
    says = _clause(record, "6.1")
    foreign = record["court"] not in says or f"law of {record['governing_law']} " not in says
    return None if foreign is _planted(record, "foreign_court") else f"6.1 says {says!r}"


@rule("quotations", "a quotation stands in the text, and word for word in its source")
def quotations(record: Contract, _memory: Memory) -> str | None:
    """The sources are in the record."""
    sources = {one["name"]: one["text"] for one in record["sources"]}
    for one in record["citations"]:
        if record["text"][one["start"] : one["end"]] != one["quotation"]:
            return f"{one['quotation']!r} does not stand at {one['start']}"
        missing = one["source"] not in sources
        if missing is not _planted(record, "missing_source"):
            return f"source {one['source']}, missing: {missing}"
        altered = not missing and one["quotation"] not in sources[one["source"]]
        if altered and not _planted(record, "altered_quotation"):
            return f"{one['quotation']!r} does not stand in {one['source']}"
        if not (altered or missing) and _planted(record, "altered_quotation"):
            return f"{one['quotation']!r} is called altered and is not"
    return None


@rule("anomalies", "what is marked as planted lies in the text")
def anomalies(record: Contract, _memory: Memory) -> str | None:
    """Inside a clause."""
    for one in record["anomalies"]:
        inside = any(
            clause["start"] <= one["start"] < one["end"] <= clause["end"]
            for clause in record["clauses"]
        )
        if not inside:
            return f"{one['kind']} from {one['start']} to {one['end']}"
    return None


RULES: Final = (
    clauses,
    parties,
    vocabulary,
    term,
    amount,
    references,
    jurisdiction,
    quotations,
    anomalies,
)
