"""Records of several tenants that must never mix, each marked by its tenant's canary."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from random import Random
from typing import Final

from production_testers.mocks.datasets.shape import (
    DataClass,
    DataScenario,
    Record,
    Variant,
    canary,
    pick,
)
from production_testers.mocks.datasets.vocabulary import TENANTS, USERS
from production_testers.model.seeds import random_for, uuid_for

FIELDS: Final = {
    "id": "string",
    "tenant": "string",
    "tenant_uuid": "string",
    "user": "string",
    "canary": "string",
    "text": "string",
    "amount": "integer",
}
"""`canary` is the tenant's secret and stands in `text`; users have the same names everywhere."""

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
        random, tenants = random_for(seed, "tenants", variant), _tenants(seed, variant, names)
        for number in count(1):
            yield _record(random, number, pick(random, tenants))

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
    variants={
        "valid": Variant(
            about="eight tenants with the same user names",
            data_class=DataClass.HAPPY_PATH,
            stream=_plain("valid", TENANTS),
            fields=FIELDS,
        ),
        "boundary": Variant(
            about="tenant ids that are words or signs elsewhere, named by `case`",
            data_class=DataClass.EDGE_CASES,
            stream=_labelled("boundary", "case", tuple(BOUNDARIES.items())),
            fields={**FIELDS, "case": "string"},
        ),
        "confusable": Variant(
            about="different tenants with nearly the same id, named by `confusion`",
            data_class=DataClass.ADVERSARIAL,
            stream=_labelled(
                "confusable",
                "confusion",
                tuple((why, name) for why, names in CONFUSABLE.items() for name in names),
            ),
            fields={**FIELDS, "confusion": "string"},
        ),
        "volume": Variant(
            about="a thousand tenants",
            data_class=DataClass.SCALE,
            stream=_plain("volume", tuple(f"tenant-{number:04d}" for number in range(1_000))),
            fields=FIELDS,
        ),
    },
)
