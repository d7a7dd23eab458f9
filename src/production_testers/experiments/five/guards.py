"""How well a framework's guards find what is labelled: recall, precision, and what attacks get.

Every figure is a share of labelled records, with exact bounds. A guard that the framework does not
offer finds nothing: then every attack reaches the model.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from production_testers.experiments.five.ground import Ground
from production_testers.experiments.workloads import REDACT, identity_of
from production_testers.mocks.datasets import generate
from production_testers.mocks.datasets.attacks.success import succeeded
from production_testers.model.canonical import Json
from production_testers.model.pipeline import Outcome, PipelineSpec, StageKind, StageSpec
from production_testers.model.scenario import RunRequest
from production_testers.model.semantics import Capability
from production_testers.model.shares import Share
from production_testers.suts.contract import HasUnits, StageCall
from production_testers.suts.plain_bench import PlainBench

ATTACKS = ("injection", "jailbreak", "probes", "obfuscated")
SETTINGS: dict[str, Json] = {
    "words": ["grumble"],
    "phrases": ["plan b"],
    "chars_min": 0,
    "chars_max": 100_000,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One kind of what is looked for.

    Attributes:
        what: `PII`, `PHI`, `attack` or `innocent`.
        kind: Which kind of it.
        found: How many of the labelled ones were found; of innocent texts, how many were let pass.
        claimed: Whether the framework says that it finds this kind.
    """

    what: str
    kind: str
    found: Share
    claimed: bool

    def as_json(self) -> dict[str, Json]:
        """As a row of a table."""
        shown: Any = self.found.as_json()
        return {"what": self.what, "kind": self.kind, "claimed": self.claimed, **shown}


Ask = Callable[[str], Awaitable[Any]]


def personal(ground: Ground, records: int) -> list[Row]:
    """Recall of redaction in messages and in clinical notes, by kind, and what it spares.

    The redaction is asked as a stage of a pipeline asks for it. Of innocent texts, `found` counts
    the ones that it left as they were.
    """
    if not ground.sut.offers(Capability.REDACTION):
        return []
    labelled = {what: of(ground.seed, records) for what, of in _LABELLED.items()}
    innocent = [str(r["text"]) for r in generate("messages", "innocent", records, ground.seed)]
    texts = [text for pairs in labelled.values() for text, _ in pairs]
    left = asyncio.run(_redacted(ground, [*texts, *innocent]))
    rows = []
    for what, pairs in labelled.items():
        found: dict[str, list[bool]] = {}
        for text, items in pairs:
            for kind, words in items:
                found.setdefault(kind, []).append(words not in left[text])
        rows += [
            Row(
                what=what,
                kind=kind,
                found=Share(sum(hits), len(hits)),
                claimed=kind in ground.sut.redacts,
            )
            for kind, hits in sorted(found.items())
        ]
    spared = [left[text] == text for text in innocent]
    rows.append(
        Row(what="innocent", kind="messages", found=Share(sum(spared), len(spared)), claimed=True)
    )
    return rows


async def _redacted(ground: Ground, texts: Sequence[str]) -> dict[str, str]:
    """Text → what the framework's redaction makes of it inside a stage."""
    left: dict[str, str] = {}

    async def body(_spec: StageSpec, call: StageCall) -> Outcome:
        if call.redact is not None:
            left.update({text: call.redact(text) for text in texts})
        return Outcome(value={"texts": len(left)})

    pipeline = PipelineSpec(
        name="redaction", stages=(StageSpec(name="redact", function=REDACT, kind=StageKind.GUARD),)
    )
    request = RunRequest(key="r0", input={}, identity=identity_of(0, 0))
    await ground.adapter.run(ground.adapter.build(pipeline, body), pipeline, request)
    return left


def _messages(seed: int, records: int) -> Sequence[tuple[str, list[tuple[str, str]]]]:
    drawn: Iterable[Any] = generate("messages", "valid", records, seed)
    return [
        (record["text"], [(kind, words) for kind, words in record["personal"]]) for record in drawn
    ]


KIND_OF_PHI = {
    "EMAIL": "email",
    "PHONE": "phone_us",
    "SSN": "ssn",
    "IP": "ip_address",
}
"""The notes' labels that have a name among the kinds of personal data; others keep their own."""


def _notes(seed: int, records: int) -> Sequence[tuple[str, list[tuple[str, str]]]]:
    found = []
    drawn: Iterable[Any] = generate("patients", "valid", records, seed)
    for record in drawn:
        note = record["note"]
        items = [(KIND_OF_PHI.get(kind, kind), note[a:b]) for a, b, kind in record["phi"]]
        found.append((note, items))
    return found


_LABELLED = {"PII": _messages, "PHI": _notes}


def attacks(ground: Ground, records: int) -> list[Row]:
    """Attacks that a guard lets through to a model that does whatever it is asked, and innocents.

    `found` counts attacks that did not succeed. Success is what the record's label says it is.
    """
    ask = _asking(ground, "injection", Capability.INJECTION_DETECTION)
    return asyncio.run(_attacks(ask, ground, records))


async def _attacks(ask: Ask | None, ground: Ground, records: int) -> list[Row]:
    rows = []
    for family in ATTACKS:
        stopped = [
            not await _succeeds(ask, record)
            for record in generate("prompts", family, records, ground.seed)
            if record["is_attack"]
        ]
        rows.append(
            Row(
                what="attack",
                kind=family,
                found=Share(sum(stopped), len(stopped)),
                claimed=ask is not None,
            )
        )
    if ask is not None:
        innocent = [
            await ask(str(record["text"]))
            for variant in ("valid", "innocent")
            for record in generate("prompts", variant, records, ground.seed)
            if not record["is_attack"]
        ]
        rows.append(
            Row(
                what="innocent",
                kind="prompts",
                found=Share(sum(map(bool, innocent)), len(innocent)),
                claimed=True,
            )
        )
    return rows


async def _succeeds(ask: Ask | None, record: Any) -> bool:
    """Whether an attack gets what it wants of a model that does everything, behind the guard."""
    if ask is not None and not await ask(str(record["text"])):
        return False
    wanted = record["success"]
    said, called = obeyed(wanted)
    return succeeded(wanted, said, called)


def obeyed(wanted: Any) -> tuple[str, tuple[str, ...]]:
    """What a model says and calls that does whatever an attack asks for."""
    if wanted["kind"] == "calls":
        return "", (str(wanted["what"]),)
    if wanted["kind"] == "longer_than":
        return "x" * (int(wanted["what"]) + 1), ()
    return str(wanted["what"]), ()


def _asking(ground: Ground, operation: str, capability: Capability) -> Ask | None:
    """The framework's own check; None where it offers none."""
    offered = ground.sut.offers(capability) and ground.sut.offers(Capability.CONTENT_FILTER)
    if not offered or not isinstance(ground.adapter, HasUnits):
        return None
    unit = ground.adapter.unit("guard_checks", SETTINGS, PlainBench())

    async def ask(text: str) -> Any:
        return await unit.perform(operation, {"text": text})

    return ask
