"""Texts, the object that stands in each, and what models make of it: whole, broken, invented."""

import json
from collections.abc import Callable, Iterator, Mapping
from itertools import count
from random import Random
from typing import Any, Final

from production_testers.mocks.datasets.attacks.confusion import Plant, malformed, setting
from production_testers.mocks.datasets.draws import between, digits, person, pick
from production_testers.mocks.datasets.edges.cases import Make, boundary, unusual_texts
from production_testers.mocks.datasets.rules import Memory, rule
from production_testers.mocks.datasets.schema import (
    day,
    extended,
    fields,
    flag,
    maybe,
    text,
    whole,
    word,
)
from production_testers.mocks.datasets.shape import DataClass, DataScenario, Record, Variant
from production_testers.mocks.datasets.stamps import day_text
from production_testers.mocks.datasets.streams import stream_of, valid, volume
from production_testers.model.seeds import random_for

_ITEMS: Final = ("chairs", "lamps", "cables", "filters", "boxes")
_NOTES: Final = ("please ring twice", "leave it with the neighbour", "fragile", "no hurry")

OBJECT: Final = fields(
    "What is to be extracted",
    customer=text("Name", most=200),
    item=word("What is ordered", *_ITEMS),
    quantity=whole("How many", 1, 999),
    due=day("Until when"),
    note=maybe(text("Remark, null where there is none", most=200)),
)
SCHEMA: Final = fields(
    id=text("Number of the text", pattern="^ext-[0-9]{8}$"),
    text=text("The text", most=2_000),
    expected=OBJECT,
    output=text("What a model answered", least=0, most=5_000),
    is_acceptable=flag("Whether the output may be passed on"),
)

OUTPUTS: Final = {
    "fenced": (True, "the object in a fence of Markdown"),
    "wordy": (True, "the object with words before and after it"),
    "spaced": (True, "the object over many lines"),
    "truncated": (False, "cut off in the middle, as at the limit of tokens"),
    "wrong_type": (False, "a number as text"),
    "missing_member": (False, "a member left out"),
    "invented_member": (False, "a member that no schema names"),
    "invented_value": (False, "a value that the text does not hold"),
    "unknown_word": (False, "a word that is none of the choices"),
    "no_such_day": (False, "a day that does not exist"),
    "trailing_comma": (False, "a comma too many"),
    "single_quotes": (False, "quotes of another language"),
    "twice": (False, "two objects, which contradict each other"),
    "array": (False, "the object in a list"),
    "refusal": (False, "a refusal in words"),
    "empty": (False, "nothing"),
    "nan": (False, "NaN where a number belongs"),
    "prose": (False, "the right answer in words, without an object"),
}
"""Kind of output → whether it may be passed on, once what stands around it is taken away."""


def _object(random: Random) -> dict[str, Any]:
    given, family, _ = person(random)
    return {
        "customer": f"{given} {family}",
        "item": pick(random, _ITEMS),
        "quantity": between(random, 1, 999),
        "due": day_text(between(random, 1, 700)),
        "note": pick(random, _NOTES) if random.random() < 0.6 else None,
    }


def _told(random: Random, found: Mapping[str, Any]) -> str:
    form = pick(
        random,
        (
            "{customer} orders {quantity} {item}, to be delivered by {due}{note}.",
            "Order: {quantity} {item}. Customer: {customer}. Due {due}{note}.",
            "By {due} we need {quantity} {item} for {customer}{note}.",
        ),
    )
    note = f" ({found['note']})" if found["note"] else ""
    return form.format(**{**found, "note": note})


def _extraction(random: Random, number: int, **members: Any) -> dict[str, Any]:
    expected = {**_object(random), **members}
    return {
        "id": f"ext-{number:08d}",
        "text": _told(random, expected),
        "expected": expected,
        "output": json.dumps(expected),
        "is_acceptable": True,
    }


def _ordinary(variant: str) -> Callable[[int], Iterator[Record]]:
    return stream_of(
        "extractions", variant, lambda random: lambda number: _extraction(random, number)
    )


def _output(random: Random, record: Mapping[str, Any], kind: str) -> str:
    found, whole_ = dict(record["expected"]), record["output"]
    if kind in {"fenced", "wordy", "spaced", "array", "trailing_comma", "single_quotes", "twice"}:
        return _wrapped(found, whole_, kind)
    if kind == "truncated":
        return str(whole_[: between(random, 5, len(whole_) - 2)])
    if kind in {"refusal", "empty", "prose"}:
        return {
            "refusal": "I am sorry, but I cannot help with that.",
            "empty": "",
            "prose": f"{found['customer']} wants {found['quantity']} {found['item']}.",
        }[kind]
    if kind == "nan":
        return json.dumps({**found, "quantity": float("nan")})
    if kind == "missing_member":
        del found["due"]
    changes: dict[str, dict[str, Any]] = {
        "wrong_type": {"quantity": f"{found['quantity']}"},
        "invented_member": {"discount_percent": 15},
        "invented_value": {"quantity": found["quantity"] + 1_000},
        "unknown_word": {"item": "sofas"},
        "no_such_day": {"due": "2026-02-30"},
    }
    return json.dumps({**found, **changes.get(kind, {})})


def _wrapped(found: Mapping[str, Any], whole_: str, kind: str) -> str:
    other = json.dumps({**found, "quantity": 1 + found["quantity"] % 999})
    return {
        "fenced": f"```json\n{whole_}\n```",
        "wordy": f"Here is what you asked for:\n{whole_}\nIs there anything else?",
        "spaced": json.dumps(found, indent=4),
        "array": f"[{whole_}]",
        "trailing_comma": whole_[:-1] + ",}",
        "single_quotes": whole_.replace('"', "'"),
        "twice": f"{whole_}\n{other}",
    }[kind]


def _outputs(seed: int) -> Iterator[Record]:
    random, kinds = random_for(seed, "extractions", "outputs"), tuple(OUTPUTS)
    for number in count(1):
        kind, record = kinds[(number - 1) % len(kinds)], _extraction(random, number)
        yield {
            **record,
            "output": _output(random, record, kind),
            "is_acceptable": OUTPUTS[kind][0],
            "kind": kind,
        }


def _case(**members: Any) -> Make:
    return lambda random, number: _extraction(random, number, **members)


_CASES: Final[Mapping[str, Make]] = {
    "one": _case(quantity=1),
    "most": _case(quantity=999),
    "no_note": _case(note=None),
    "name_of_200": _case(customer="N" * 200),
    "leap_day": _case(due="2028-02-29"),
    "end_of_year": _case(due="2026-12-31"),
    "number_in_name": _case(customer="Hall 7", quantity=7),
    "quoted_name": _case(customer='Ada "the first" O\'Neill'),
    "looks_like_json": _case(customer='{"item": "lamps"}', item="chairs"),
    "serial": lambda random, number: _extraction(
        random, number, note=f"serial {digits(random, 9)}"
    ),
}


@rule("in_the_text", "everything that is to be extracted stands in the text")
def in_the_text(record: Mapping[str, Any], _memory: Memory) -> str | None:
    """To the letter."""
    missing = [
        v for v in record["expected"].values() if v is not None and str(v) not in record["text"]
    ]
    return f"{missing} not in the text" if missing else None


@rule("acceptable", "an output may be passed on when the object in it is the one of the text")
def acceptable(record: Mapping[str, Any], _memory: Memory) -> str | None:
    """A fence and words around one object do no harm."""
    output = record["output"]
    begin, end = output.find("{"), output.rfind("}")
    seen: Any = None
    if 0 <= begin < end and not output.lstrip().startswith("["):
        try:
            seen = json.loads(output[begin : end + 1])
        except ValueError:
            seen = None
    good = seen == record["expected"]
    if good is record["is_acceptable"]:
        return None
    return f"acceptable: {record['is_acceptable']}, holds {seen}"


PLANTS: Final = (
    Plant(rule="in_the_text", change=setting(text="Nobody orders anything.")),
    Plant(rule="acceptable", change=setting(is_acceptable=False)),
)

SCENARIO: Final = DataScenario(
    name="extractions",
    about="texts, the object in each, and outputs of models that hold it or not",
    rules=(in_the_text, acceptable),
    labels={
        "expected": "the right object",
        "is_acceptable": "whether an output may be passed on",
    },
    variants={
        "valid": valid(_ordinary("valid"), SCHEMA, "orders in three forms; the output is right"),
        "boundary": boundary(
            "extractions",
            SCHEMA,
            {**_CASES} | unusual_texts(lambda r, n, words: _case(customer=f"Q{words}Z")(r, n)),
        ),
        "outputs": Variant(
            about="outputs in eighteen kinds, most of which must be refused, named by `kind`",
            data_class=DataClass.ADVERSARIAL,
            stream=_outputs,
            schema=extended(SCHEMA, kind=word("Kind of output", *OUTPUTS)),
        ),
        "malformed": malformed(_ordinary("malformed"), SCHEMA, PLANTS),
        "volume": volume(_ordinary("volume"), SCHEMA, "orders, many"),
    },
)
