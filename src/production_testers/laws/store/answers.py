"""What an answer store gives is what was put last, for as long as it is kept."""

from collections.abc import Mapping
from typing import Any

from production_testers.laws.law import Category, Judgement, Law, OutcomeClass, Severity
from production_testers.laws.sequential import judge_answers
from production_testers.laws.usage import CallLine, ConflictError, calls_of
from production_testers.model.canonical import Json, canonical_json
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict

TOLERANCE_NS = 1_000_000


def check(observation: Observation) -> Verdict:
    """Judge each key's calls."""
    judgement = Judgement()
    lines = calls_of(observation)
    for key in sorted({str(line.call.arguments["key"]) for line in lines}):
        own = [line for line in lines if line.call.arguments["key"] == key]
        judge_answers(judgement, own, None, _apply, "wrong-answer", "for its key")
    return judgement.verdict()


def _apply(state: Json, line: CallLine) -> Json:
    """The state is the value with the moments between which it expires, or nothing."""
    arguments: Mapping[str, Any] = line.call.arguments
    assert line.started is not None, "only calls that started are tried"
    started = line.started.time_ns
    ended = line.ended.time_ns if line.ended else started
    if line.outcome == "raised":
        raise ConflictError
    if line.call.operation == "forget":
        return None
    if line.call.operation == "put":
        kept_ns = (arguments["keep_s"] or 0) * 1_000_000_000
        expires = [started + kept_ns, ended + kept_ns] if kept_ns else None
        return {"value": canonical_json(arguments["value"]), "expires": expires}
    if line.ended is not None and not _fits(state, canonical_json(line.value), started, ended):
        raise ConflictError
    return state


def _fits(state: Any, got: str, started: int, ended: int) -> bool:
    if state is None:
        return got == "null"
    expires = state["expires"]
    if got == "null":
        return expires is not None and bool(ended >= expires[0] - TOLERANCE_NS)
    early = expires is None or started <= expires[1] + TOLERANCE_NS
    return bool(early and got == state["value"])


LAW = Law(
    id="store/answers",
    statement="A store gives what was put last under the key, until it is forgotten or expires,"
    " whatever callers do to the values that they put or got.",
    category=Category.CORRECTNESS,
    capability=Capability.ANSWER_STORE,
    units=frozenset({"answer_store"}),
    classes={
        "wrong-answer": OutcomeClass(
            title="A store gives something else than what was put last and is still kept",
            severity=Severity.HIGH,
            why="a request that is sent again gets another answer than the first time",
        ),
    },
    check=check,
)
