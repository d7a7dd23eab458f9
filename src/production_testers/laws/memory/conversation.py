"""What a conversation memory gives back."""

from collections.abc import Mapping
from typing import Any

from production_testers.laws.law import (
    Category,
    FindingType,
    Judgement,
    Law,
    OutcomeClass,
    Severity,
)
from production_testers.laws.usage import CallLine, ConflictError, calls_of, explained
from production_testers.model.canonical import Json
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict
from production_testers.units.conversation_memory import CHARACTERS_PER_TOKEN, shown


def check(observation: Observation) -> Verdict:
    """Judge every fetch by itself, and then all calls of each session together."""
    judgement = Judgement()
    lines = calls_of(observation)
    written = {
        str(line.call.arguments["text"]): line for line in lines if line.call.operation == "write"
    }
    for line in lines:
        if line.call.operation == "fetch" and line.outcome == "returned":
            _fetched(line, written, judgement)
    for session in sorted({str(line.call.arguments["session"]) for line in lines}):
        own = [line for line in lines if line.call.arguments["session"] == session]
        answered = sum(line.outcome == "returned" for line in own)
        whole = all(line.call.operation == "write" or _is_whole(line) for line in own)
        if answered < 2 or not whole:
            continue
        fits = explained(own, [], _applied)
        if fits is not None:
            judgement.judge(
                fits,
                "not-as-said",
                lambda session=session, own=own: (  # type: ignore[misc]
                    f"no order of the {len(own)} calls of session {session} explains what they"
                    f" gave, such as {_example(own)}"
                ),
            )
    return judgement.verdict()


def _is_whole(line: CallLine) -> bool:
    """Whether its answer stands in the history, and not only its digest."""
    return not (isinstance(line.value, dict) and "digest" in line.value)


def _example(lines: list[CallLine]) -> str:
    fetches = [line for line in lines if line.call.operation != "write"]
    line = fetches[-1] if fetches else lines[-1]
    return f"call {line.key} of {line.call.operation}, which {line.in_words()}"


def _fetched(line: CallLine, written: Mapping[str, CallLine], judgement: Judgement) -> None:
    if not isinstance(line.value, list):
        return
    wanted: Mapping[str, Any] = line.call.arguments
    texts = [str(entry[1]) for entry in line.value if isinstance(entry, list)]
    for text in texts:
        origin = written.get(text)
        judgement.judge(
            origin is not None and origin.call.arguments["session"] == wanted["session"],
            "foreign",
            lambda text=text: (  # type: ignore[misc]
                f"call {line.key} of session {wanted['session']} gave {text[:40]!r}, which was"
                " not said in it"
            ),
            run=line.key,
        )
    tokens = sum(len(text) // CHARACTERS_PER_TOKEN for text in texts)
    over = (0 < wanted["entries"] < len(texts)) or (0 < wanted["tokens"] < tokens)
    judgement.judge(
        not over,
        "over-limit",
        lambda: (
            f"call {line.key} gave {len(texts)} entries of {tokens} tokens, and asked for at most"
            f" {wanted['entries'] or 'any'} of {wanted['tokens'] or 'any'}"
        ),
        run=line.key,
    )


def _applied(state: Json, line: CallLine) -> Json:
    entries: list[Any] = state  # type: ignore[assignment]
    given: Mapping[str, Any] = line.call.arguments
    known = line.outcome == "returned"
    if line.outcome == "raised":
        raise ConflictError
    if line.call.operation == "write":
        return [*entries, [given["role"], given["text"], given["age_s"]]]
    if line.call.operation == "fetch":
        if known and line.value != shown(entries, given):
            raise ConflictError
        return entries
    if known and line.value != len(entries):
        raise ConflictError
    return []


LAW = Law(
    id="memory/conversation",
    statement="A conversation memory gives back what was said in the session, in the order in which"
    " it was said, the newest within the limits asked for, and nothing of another session.",
    category=Category.CORRECTNESS,
    capability=Capability.CONVERSATION_MEMORY,
    units=frozenset({"conversation_memory"}),
    classes={
        "foreign": OutcomeClass(
            title="A session is given what was said in another one",
            severity=Severity.CRITICAL,
            why="one user's words are shown to another",
            type=FindingType.SECURITY,
        ),
        "over-limit": OutcomeClass(
            title="A fetch gives more than the limit that it was asked to keep",
            severity=Severity.MEDIUM,
            why="requests grow beyond what the model takes, and cost more",
        ),
        "not-as-said": OutcomeClass(
            title="What a session is given is not what was said in it",
            severity=Severity.HIGH,
            why="the answer of the model rests on a conversation that never took place",
        ),
    },
    check=check,
)
