"""A model is asked until its answer has the shape that is wanted, or the attempts are used up."""

import json
from random import Random
from typing import Any

from production_testers.model.canonical import Json
from production_testers.model.scenario import Kind
from production_testers.model.semantics import Capability
from production_testers.model.usage import Usage, Work
from production_testers.units import drawing, odd_values
from production_testers.units.contract import Operation, Unit

MODEL = "model"
"""Label of the code that is the model: it is given the messages, and gives a text."""


def shape_of(text: Json) -> dict[str, Any] | None:
    """The answer in a model's text: a JSON object with a text `answer` and a number `score`.

    It stands alone, in a fence, or in prose without other brackets; None where there is none.
    """
    whole = str(text)
    start, end = whole.find("{"), whole.rfind("}")
    try:
        found = json.loads(whole[start : end + 1]) if start >= 0 else None
    except ValueError:
        return None
    if not isinstance(found, dict) or not isinstance(found.get("answer"), str):
        return None
    score = found.get("score")
    return found if isinstance(score, int) and not isinstance(score, bool) else None


def draw(random: Random, kind: Kind) -> Usage:
    """Models that answer in shape at once, later, or never, and fail now and then."""
    retries = random.randint(0, 3)
    calls = [
        drawing.call(
            client, number, "ask", {"question": f"question {client}.{number}"},
            after_ms=random.choice((0.0, 2.0)),
            cancel_after_ms=drawing.gives_up(random, kind, 30.0),
            works={MODEL: tuple(_answer(random, kind) for _ in range(random.randint(1, 5)))},
        )
        for client in range(drawing.clients(random, kind))
        for number in range(random.randint(1, 2))
    ]  # fmt: skip
    return Usage(unit="structured_answers", settings={"retries": retries}, calls=tuple(calls))


def _answer(random: Random, kind: Kind) -> Work:
    ms = round(random.uniform(0.5, 10), 1)
    if kind in (Kind.CHAOS, Kind.RECOVERY) and random.random() < 0.15:
        return Work(ms=ms, raises=random.choice(("connection", "timeout")))
    words = odd_values.text(random) if kind is Kind.ADVERSARIAL else "fine"
    good = json.dumps({"answer": words, "score": random.randint(0, 9)})
    bad = ("I do not know.", "", '{"answer": "x"}', '{"answer": "x", "score": 1', "[1, 2]", "null")
    shapes = (good, f"```json\n{good}\n```", f"Here it is: {good}", *bad)
    return Work(ms=ms, gives=random.choice(shapes))


def accepts(usage: Usage) -> bool:
    """Every answer is a text whose brackets are those of the answer."""
    retries = usage.settings["retries"]
    works = [work for call in usage.calls for work in call.works.get(MODEL, (Work(),))]
    texts = [work.gives for work in works if not work.raises]
    plain = all(isinstance(text, str) and _is_plain(text) for text in texts)
    return isinstance(retries, int) and retries >= 0 and plain


def _is_plain(text: str) -> bool:
    """Whether what stands before the answer has no brackets of its own."""
    start = text.find("{")
    return "[" not in text[:start] if start >= 0 else True


UNIT = Unit(
    name="structured_answers",
    does="Asks a model, again up to `retries` times where its answer has not the wanted shape,"
    " each time telling it what was wrong.",
    capability=Capability.STRUCTURED_ANSWERS,
    operations={
        "ask": Operation(
            does="Gives the `answer` in shape and the number of `attempts`; fails as misshapen"
            " when they are used up. What the model raises escapes.",
            required=("question",),
            fixed=("question",),
        )
    },
    draw=draw,
    accepts=accepts,
)
