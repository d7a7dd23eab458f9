"""Records of several tenants that must never mix, each marked by its tenant's canary."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from random import Random
from typing import Any, Final

from production_testers.mocks.datasets.attacks.confusion import Plant, malformed, setting
from production_testers.mocks.datasets.draws import canary, pick
from production_testers.mocks.datasets.rules import Memory, rule
from production_testers.mocks.datasets.schema import extended, fields, text, whole, word
from production_testers.mocks.datasets.shape import (
    DataClass,
    DataScenario,
    Record,
    Variant,
)
from production_testers.mocks.datasets.streams import stream_of, valid, volume
from production_testers.mocks.datasets.vocabulary import TENANTS, USERS
from production_testers.model.seeds import random_for, uuid_for

_UUID: Final = "^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"
SCHEMA: Final = fields(
    id=text("Number of the record", pattern="^rec-[0-9]{8}$"),
    tenant=text("Whose record it is", most=255),
    tenant_uuid=text("The same as a UUID", pattern=_UUID),
    user=word("Who wrote it; tenants have users of the same names", *USERS),
    canary=text("The tenant's secret", pattern="^CANARY-[0-9a-f]{16}$"),
    text=text("A text in which the secret stands"),
    amount=whole("A number", 0, 999_999),
)


@rule("secret_in_text", "the tenant's secret stands in the text")
def secret_in_text(record: Mapping[str, Any], _memory: Memory) -> str | None:
    """So that a text that leaks shows whose it is."""
    return None if record["canary"] in record["text"] else f"no {record['canary']} in the text"


@rule("one_secret_each", "each tenant has one secret and one UUID, and shares neither", across=True)
def one_secret_each(record: Mapping[str, Any], memory: Memory) -> str | None:
    """Both ways."""
    for name in ("canary", "tenant_uuid"):
        for here, there in (("tenant", name), (name, "tenant")):
            key = (name, here, record[here])
            if memory.setdefault(key, record[there]) != record[there]:
                return f"{record[here]!r} has {memory[key]!r} and {record[there]!r}"
    return None


PLANTS: Final = (
    Plant(rule="secret_in_text", change=setting(text="Confidential, without a mark.")),
    Plant(
        rule="one_secret_each",
        change=lambda record: record.update(
            tenant="acme" if record["tenant"] != "acme" else "dune"
        ),
    ),
)

CONFUSABLE: Final[Mapping[str, tuple[str, ...]]] = {
    "case": ("acme", "Acme", "ACME"),
    "normalisation": ("caf\u00e9", "cafe\u0301"),
    "prefix": ("north", "north-1", "north-10", "north-1/0"),
    "blank": ("delta", "delta ", " delta", "delta\u00a0"),
    "lookalike": ("apex", "\u0430pex"),
    "width": ("zen1", "zen\uff11"),
    "folding": ("strasse", "stra\u00dfe"),
    "zero_width": ("orbit", "or\u200bbit"),
    "number": ("7", "07", "7.0"),
    "encoding": ("a b", "a%20b", "a+b"),
    "separator": ("a:b", "a::b", "a:b:"),
}
"""Why two ids may be taken for one → ids that are all different tenants."""

BOUNDARIES: Final[Mapping[str, str]] = {
    "one_letter": "x",
    "longest": "t" * 255,
    "null_word": "null",
    "none_word": "None",
    "undefined_word": "undefined",
    "false_word": "false",
    "zero": "0",
    "nan": "NaN",
    "star": "*",
    "dots": "..",
    "percent": "%",
    "quote": "o'neill",
    "default_word": "default",
    "emoji": "\U0001f980",
    "right_to_left": "\u0634\u0631\u0643\u0629",
}
"""Case → a tenant id that some language or store takes for something else."""

_WORDS: Final = ("invoice", "contract", "ticket", "order", "report", "claim")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tenant:
    identifier: str
    uuid: str
    canary: str


def _tenants(seed: int, variant: str, names: Sequence[str]) -> list[_Tenant]:
    return [
        _Tenant(
            identifier=name,
            uuid=str(uuid_for(seed, "tenants", variant, name)),
            canary=canary(random_for(seed, "tenants", variant, "canary", name)),
        )
        for name in names
    ]


def _record(random: Random, number: int, tenant: _Tenant) -> Record:
    return {
        "id": f"rec-{number:08d}",
        "tenant": tenant.identifier,
        "tenant_uuid": tenant.uuid,
        "user": pick(random, USERS),
        "canary": tenant.canary,
        "text": f"Confidential {pick(random, _WORDS)}, reference {tenant.canary}.",
        "amount": int(random.random() * 1_000_000),
    }


def _plain(variant: str, names: Sequence[str]) -> Callable[[int], Iterator[Record]]:
    def stream(seed: int) -> Iterator[Record]:
        tenants = _tenants(seed, variant, names)
        return stream_of(
            "tenants",
            variant,
            lambda random: lambda number: _record(random, number, pick(random, tenants)),
        )(seed)

    return stream


def _labelled(
    variant: str, label: str, names: Sequence[tuple[str, str]]
) -> Callable[[int], Iterator[Record]]:
    """Tenants in turn, so that those easily confused stand side by side."""

    def stream(seed: int) -> Iterator[Record]:
        random = random_for(seed, "tenants", variant)
        tenants = _tenants(seed, variant, [name for _, name in names])
        for number in count(1):
            index = (number - 1) % len(names)
            yield {**_record(random, number, tenants[index]), label: names[index][0]}

    return stream


SCENARIO: Final = DataScenario(
    name="tenants",
    about="records of tenants that must never mix",
    rules=(secret_in_text, one_secret_each),
    labels={"canary": "isolation: seen in another tenant's output it is a leak"},
    variants={
        "valid": valid(_plain("valid", TENANTS), SCHEMA, "eight tenants with the same user names"),
        "boundary": Variant(
            about="tenant ids that are words or signs elsewhere, named by `case`",
            data_class=DataClass.EDGE_CASES,
            stream=_labelled("boundary", "case", tuple(BOUNDARIES.items())),
            schema=extended(SCHEMA, case=word("What is special", *BOUNDARIES)),
        ),
        "confusable": Variant(
            about="different tenants with nearly the same id, named by `confusion`",
            data_class=DataClass.ADVERSARIAL,
            stream=_labelled(
                "confusable",
                "confusion",
                tuple((why, name) for why, names in CONFUSABLE.items() for name in names),
            ),
            schema=extended(SCHEMA, confusion=word("Why they may be confused", *CONFUSABLE)),
        ),
        "malformed": malformed(_plain("malformed", TENANTS), SCHEMA, PLANTS),
        "volume": volume(
            _plain("volume", tuple(f"tenant-{number:04d}" for number in range(1_000))),
            SCHEMA,
            "a thousand tenants",
        ),
    },
)
