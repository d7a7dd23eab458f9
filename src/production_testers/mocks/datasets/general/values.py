"""Values of every type: ordinary ones, and at the edge of what types can say."""

from collections.abc import Callable, Iterator, Mapping
from itertools import count
from random import Random
from typing import Any, Final

from production_testers.mocks.datasets.attacks.encodings import ENCODINGS, as_text
from production_testers.mocks.datasets.draws import between, letters, pick
from production_testers.mocks.datasets.edges.family import Family
from production_testers.mocks.datasets.edges.numbers import NUMBERS
from production_testers.mocks.datasets.edges.shapes import EMPTINESS, NESTING, SIZES
from production_testers.mocks.datasets.edges.times import TIMES
from production_testers.mocks.datasets.edges.unicode import TEXTS
from production_testers.mocks.datasets.rules import Memory, rule
from production_testers.mocks.datasets.schema import (
    Schema,
    anything,
    fields,
    flag,
    maybe,
    moment,
    number,
    text,
    whole,
    word,
)
from production_testers.mocks.datasets.shape import DataClass, DataScenario, Record, Variant
from production_testers.mocks.datasets.stamps import stamp
from production_testers.mocks.datasets.streams import stream_of, valid, volume
from production_testers.model.seeds import random_for

_ID: Final = text("Number of the value", pattern="^val-[0-9]{8}$")
_WORDS: Final = ("amber", "basil", "cedar", "delta", "ember", "fjord", "grove", "heron")

SCHEMA: Final = fields(
    id=_ID,
    integer=whole("A whole number", -(10**9), 10**9),
    number=number("A number with two decimals", -10_000, 10_000),
    text=text("Two words"),
    flag=flag("True or false"),
    moment=moment("A moment of 2026"),
    maybe=maybe(whole("A number or nothing", 0, 9)),
)


def _ordinary(random: Random) -> Callable[[int], Record]:
    draw = random.random

    def make(number_: int) -> Record:
        return {
            "id": f"val-{number_:08d}",
            "integer": int((draw() - 0.5) * 2_000_000_000),
            "number": int((draw() - 0.5) * 2_000_000) / 100,
            "text": f"{_WORDS[int(draw() * 8)]} {_WORDS[int(draw() * 8)]}",
            "flag": draw() < 0.5,
            "moment": stamp(int(draw() * 31_536_000)),
            "maybe": int(draw() * 10) if draw() < 0.9 else None,
        }

    return make


def _edge(
    name: str,
    families: Mapping[str, Family],
    about: str,
    in_run: int | None = None,
    **members: Schema,
) -> Variant:
    """A variant that takes the families in turn."""
    listed = tuple(families.items())

    def stream(seed: int) -> Iterator[Record]:
        random = random_for(seed, "values", name)
        for number_ in count(1):
            case, family = listed[(number_ - 1) % len(listed)]
            yield {"id": f"val-{number_:08d}", "case": case, **family.draw(random)}

    return Variant(
        about=about,
        data_class=DataClass.EDGE_CASES,
        stream=stream,
        schema=fields(id=_ID, case=word("Which edge", *families), **members),
        in_run=in_run,
    )


def _texts() -> dict[str, Family]:
    def family(name: str) -> Family:
        texts = TEXTS[name]

        def draw(random: Random) -> dict[str, Any]:
            words = texts.draw(random)
            return {
                "text": words,
                "code_points": len(words),
                "utf_16_units": sum(1 + (ord(sign) > 0xFFFF) for sign in words),
                "utf_8_bytes": len(words.encode()) if texts.encodable else None,
            }

        return Family(about=texts.about, draw=draw, shows=lambda found: texts.shows(found["text"]))

    return {name: family(name) for name in TEXTS}


def _malformed(seed: int) -> Iterator[Record]:
    random = random_for(seed, "values", "malformed")
    listed = tuple(ENCODINGS.items())
    for number_ in count(1):
        defect, encoding = listed[(number_ - 1) % len(listed)]
        data = encoding.draw(random)
        yield {
            "id": f"val-{number_:08d}",
            "defect": defect,
            "accepts": encoding.accepts,
            "bytes": len(data),
            "base64": as_text(data),
            "name": f"{letters(random, 4).lower()}-{pick(random, _WORDS)}-{between(random, 1, 99)}",
        }


@rule("counts", "a text is as long as it says, in code points, UTF-16 units and bytes")
def counts(record: Mapping[str, Any], _memory: Memory) -> str | None:
    """Bytes are null where UTF-8 cannot say the text."""
    if "code_points" not in record:
        return None
    words = record["text"]
    units = len(words.encode("utf-16-le", "surrogatepass")) // 2
    try:
        size = len(words.encode("utf-8"))
    except UnicodeEncodeError:
        size = None
    seen = record["code_points"], record["utf_16_units"], record["utf_8_bytes"]
    return None if seen == (len(words), units, size) else f"{seen}, {len(words)}, {units}, {size}"


@rule("literals", "a number is what its literal says, where JSON can say it")
def literals(record: Mapping[str, Any], _memory: Memory) -> str | None:
    """Exactly."""
    if "literal" not in record or record["value"] is None:
        return None
    value = record["value"]
    same = str(value) == record["literal"] or repr(value) == record["literal"]
    return None if same else f"{value!r} is not {record['literal']}"


@rule("moments", "a moment that exists once has its UTC, any other has none")
def moments(record: Mapping[str, Any], _memory: Memory) -> str | None:
    """By `exists`."""
    if "exists" not in record or (record["utc"] is not None) is (record["exists"] == "yes"):
        return None
    return f"{record['moment']} exists: {record['exists']}, UTC {record['utc']}"


SCENARIO: Final = DataScenario(
    name="values",
    about="values of every type, ordinary and at the edge",
    rules=(counts, literals, moments),
    labels={"accepts": "what a strict reader does with broken bytes", "case": "which edge"},
    variants={
        "valid": valid(
            stream_of("values", "valid", _ordinary), SCHEMA, "one ordinary value of each type"
        ),
        "unicode": _edge(
            "unicode",
            _texts(),
            "texts: combining, right to left, zero width, lone surrogates and so on",
            text=text("The text", least=0),
            code_points=whole("Its length in code points"),
            utf_16_units=whole("Its length in UTF-16"),
            utf_8_bytes=maybe(whole("Its length in UTF-8; null where UTF-8 cannot say it")),
        ),
        "numbers": _edge(
            "numbers",
            NUMBERS,
            "numbers: ends of 32, 53 and 64 bits, subnormal, huge, NaN as text",
            literal=text("The number as exact text"),
            value=anything("The same as a JSON number; null where JSON has none"),
        ),
        "times": _edge(
            "times",
            TIMES,
            "moments: clock changes, leap days and seconds, ends of time, odd offsets",
            moment=text("The moment as text"),
            utc=maybe(text("In UTC; null where it does not exist once")),
            exists=word("Whether it exists", "yes", "no", "twice", "leap_second"),
            zone=text("Zone or offset that it is of"),
        ),
        "nesting": _edge(
            "nesting",
            NESTING,
            "values inside each other, up to 200 levels, and odd keys",
            value=anything("The value"),
        ),
        "sizes": _edge(
            "sizes",
            SIZES,
            "texts, lists, objects and keys of 1 to 65,536",
            25,
            value=anything("The value"),
        ),
        "emptiness": _edge(
            "emptiness", EMPTINESS, "nothing, in fourteen ways", value=anything("The value")
        ),
        "malformed": Variant(
            about="bytes that are no JSON or no text, named by `defect`, as base64",
            data_class=DataClass.ADVERSARIAL,
            stream=_malformed,
            schema=fields(
                id=_ID,
                defect=word("What is broken", *ENCODINGS),
                accepts=word("What a strict reader does", "no", "yes", "depends"),
                bytes=whole("How many"),
                base64=text("The bytes", least=0, most=1_000_000),
                name=text("Something to call the file"),
            ),
            in_run=29,
        ),
        "volume": volume(
            stream_of("values", "volume", _ordinary), SCHEMA, "one ordinary value of each type"
        ),
    },
)
