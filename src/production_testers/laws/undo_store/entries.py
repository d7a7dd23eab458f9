"""What was kept is given, until it is dropped or its time is over, and nothing else is."""

from typing import Any

from production_testers.laws.law import Category, Judgement, Law, OutcomeClass, Severity
from production_testers.laws.usage import CallLine, ConflictError, calls_of, explained
from production_testers.model.canonical import Json, digest
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict

MARGIN_MS = 0.5
"""Nearer than this to its end an entry may be there or not."""

Entries = dict[str, tuple[str, float]]


class _Mismatch(ConflictError):  # noqa: N818 - it says what does not fit
    """An answer that the model would not give, and the way in which it is wrong."""

    def __init__(self, way: str, wanted: str) -> None:
        super().__init__(wanted)
        self.way = way


def check(observation: Observation) -> Verdict:
    """Judge all answers together: some order of the calls must explain them."""
    judgement = Judgement()
    usage = observation.scenario.usage
    assert usage is not None, "the law is about a unit"
    default = float(usage.settings["ttl_ms"])  # type: ignore[arg-type]
    lines = [line for line in calls_of(observation) if line.started and line.ended]
    lines.sort(key=lambda line: line.ended.seq)  # type: ignore[union-attr]

    def apply(state: Json, line: CallLine) -> Json:
        entries: Any = state
        return {**_after(dict(entries), line, default)}

    state: Json = {}
    for line in lines:
        try:
            state = apply(state, line)
        except _Mismatch as mismatch:
            told, way = str(mismatch), mismatch.way
            judgement.judge(
                explained(calls_of(observation), {}, apply) is not False,
                way,
                lambda: (
                    f"call {line.key} of {line.call.operation} {line.in_words()};"
                    f" by what was done before, it has to be {told}"
                ),
                run=line.key,
            )
            break
        judgement.judge(True, "lost", str)  # noqa: FBT003 - it fits
    return judgement.verdict()


def _after(entries: Entries, line: CallLine, default: float) -> Entries:
    """The entries after a call."""
    assert line.started, "only calls that started come here"
    now = line.started.time_ns / 1e6
    arguments, operation = line.call.arguments, line.call.operation
    ref = str(arguments.get("ref"))
    if operation == "keep":
        ttl = float(arguments.get("ttl_ms", default))  # type: ignore[arg-type]
        return {**entries, ref: (digest(arguments["data"]), now + ttl)}
    there = {name for name, (_, end) in entries.items() if end > now + MARGIN_MS}
    unsure = {name for name, (_, end) in entries.items() if abs(end - now) <= MARGIN_MS}
    if operation == "all":
        _all(line, there, unsure)
    elif operation == "get":
        _get(entries, line, ref, ref in there, ref in unsure)
    elif operation == "drop":
        if ref not in unsure and line.value is not (ref in there) and not _over(entries, ref, now):
            raise _Mismatch("drop-wrong", str(ref in there))
        return {name: entry for name, entry in entries.items() if name != ref}
    return entries


def _over(entries: Entries, ref: str, now: float) -> bool:
    """Whether an entry is over and may still lie about: dropping it may say either."""
    return ref in entries and entries[ref][1] <= now


def _all(line: CallLine, there: set[str], unsure: set[str]) -> None:
    shown = set(map(str, line.value)) if isinstance(line.value, list) else set()
    if not there <= shown <= there | unsure:
        raise _Mismatch("list-wrong", str(sorted(there)))


def _get(entries: Entries, line: CallLine, ref: str, there: bool, unsure: bool) -> None:  # noqa: FBT001 - two facts
    if line.value is None:
        if there:
            raise _Mismatch("lost", "the data that were kept")
    elif ref not in entries:
        raise _Mismatch("dropped-given", "nothing")
    elif not there and not unsure:
        raise _Mismatch("expired-given", "nothing, for its time is over")
    elif line.digest != entries[ref][0]:
        raise _Mismatch("others-given", "the data that were kept last")


LAW = Law(
    id="undo-store/entries",
    statement="An entry is given as it was kept last, until it is dropped or its time is over;"
    " then it is not.",
    category=Category.CORRECTNESS,
    capability=Capability.UNDO_STORE,
    units=frozenset({"undo_store"}),
    classes={
        "lost": OutcomeClass(
            title="What was kept for an undo is lost before its time",
            severity=Severity.HIGH,
            why="actions cannot be undone that were said to be undoable",
        ),
        "dropped-given": OutcomeClass(
            title="What was dropped from the undo store is given again",
            severity=Severity.HIGH,
            why="an action is undone a second time",
        ),
        "expired-given": OutcomeClass(
            title="What has expired in the undo store is given",
            severity=Severity.MEDIUM,
            why="data are kept longer than promised, and stale changes are undone",
        ),
        "others-given": OutcomeClass(
            title="The undo store gives other data than were kept last",
            severity=Severity.HIGH,
            why="state is put back to something else",
        ),
        "drop-wrong": OutcomeClass(
            title="The undo store says wrongly whether an entry was there",
            severity=Severity.MEDIUM,
            why="callers undo twice, or believe that there was nothing to undo",
        ),
        "list-wrong": OutcomeClass(
            title="The list of what is kept for undo is wrong",
            severity=Severity.MEDIUM,
            why="users are offered to undo what cannot be undone, or not offered what can",
        ),
    },
    check=check,
)
