"""What a bounded queue of chunks gives to its consumers, and when it lets them and producers go."""

from itertools import combinations

from production_testers.laws.law import (
    Category,
    FindingType,
    Judgement,
    Law,
    OutcomeClass,
    Severity,
)
from production_testers.laws.usage import CallLine, calls_of, ended_before
from production_testers.model.history import Event, EventKind
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict
from production_testers.units.chunk_queue import DROPPED

TOLERANCE_MS = 1.0


def _chunk(line: CallLine) -> str:
    return str(line.call.arguments["chunk"])


def _taken(puts: list[CallLine]) -> list[CallLine]:
    return [line for line in puts if line.outcome == "returned" and line.value is True]


def _given(gets: list[CallLine]) -> dict[str, CallLine]:
    return {str(line.value): line for line in reversed(gets) if _is_chunk(line)}


def _is_chunk(line: CallLine) -> bool:
    return line.outcome == "returned" and line.value is not None


def check(observation: Observation) -> Verdict:
    """Judge every chunk, and every consumer."""
    judgement = Judgement()
    usage = observation.scenario.usage
    assert usage is not None, "the law is about a unit"
    capacity, drops = int(usage.settings["capacity"]), bool(usage.settings["drops"])  # type: ignore[arg-type]
    lines = [line for line in calls_of(observation) if line.started is not None]
    puts = [line for line in lines if line.call.operation == "put"]
    gets = [line for line in lines if line.call.operation == "get"]
    close = next((line for line in lines if line.call.operation == "close"), None)
    told = [event for event in observation.history if _is_drop(event)]
    _once(puts, gets, judgement)
    _in_order(_taken(puts), _given(gets), judgement)
    _lost(puts, gets, len(told), judgement)
    for line in puts:
        _put(line, close, drops, judgement)
        _bounded(line, puts, gets, told, capacity, judgement)
    for drop in told:
        _room(drop, puts, gets, capacity if drops else len(lines) + 1, judgement)
    if close is not None and close.ended is not None:
        _let_go(close, gets, judgement)
    return judgement.verdict()


def _is_drop(event: Event) -> bool:
    return event.kind is EventKind.EMITTED and event.value.get("name") == DROPPED


def _once(puts: list[CallLine], gets: list[CallLine], judgement: Judgement) -> None:
    known, seen = {_chunk(line) for line in puts}, set[str]()
    for line in gets:
        if not _is_chunk(line):
            continue
        chunk = str(line.value)
        judgement.judge(
            chunk in known and chunk not in seen,
            "given-twice",
            lambda line=line: f"call {line.key} {line.in_words()}, which another had got already",  # type: ignore[misc]
            run=line.key,
        )
        seen.add(chunk)


def _in_order(taken: list[CallLine], given: dict[str, CallLine], judgement: Judgement) -> None:
    for first, second in combinations(taken, 2):
        for one, other in ((first, second), (second, first)):
            a, b = given.get(_chunk(one)), given.get(_chunk(other))
            if a is None or b is None or not ended_before(one, other):
                continue
            judgement.judge(
                not ended_before(b, a),
                "out-of-order",
                lambda one=one, other=other: (  # type: ignore[misc]
                    f"chunk {_chunk(one)} was put before {_chunk(other)}, and came out after it"
                ),
                run=one.key,
            )


def _lost(puts: list[CallLine], gets: list[CallLine], told: int, judgement: Judgement) -> None:
    """Where somebody was told that this is the end, all that had been taken has come out."""
    ends = [line for line in gets if line.outcome == "returned" and line.value is None]
    given = _given(gets)
    missing = [
        line
        for line in _taken(puts)
        if _chunk(line) not in given and any(ended_before(line, end) for end in ends)
    ]
    if ends:
        judgement.judge(
            len(missing) <= told,
            "lost",
            lambda: (
                f"chunk {_chunk(missing[0])} had been taken, the end was told, {told} were said to"
                f" be dropped and {len(missing)} never came out"
            ),
            run=missing[0].key if missing else "",
        )


def _put(line: CallLine, close: CallLine | None, drops: bool, judgement: Judgement) -> None:  # noqa: FBT001 - a setting
    if line.started is None or line.ended is None or line.given_up is not None:
        return
    closing = close is not None and not ended_before(line, close)
    judgement.judge(
        line.outcome == "returned" and (line.value is True or closing),
        "refused-open",
        lambda: f"nobody had closed it, and call {line.key} {line.in_words()}",
        run=line.key,
    )
    if close is not None and ended_before(close, line):
        judgement.judge(
            line.value is not True,
            "taken-closed",
            lambda: f"it had been closed, and call {line.key} {line.in_words()}",
            run=line.key,
        )
    if drops:
        waited = (line.ended.time_ns - line.started.time_ns) / 1e6
        judgement.judge(
            waited <= TOLERANCE_MS,
            "put-waits",
            lambda: f"call {line.key} waited {waited:g} ms instead of dropping the oldest chunk",
            run=line.key,
        )


def _bounded(
    line: CallLine,
    puts: list[CallLine],
    gets: list[CallLine],
    told: list[Event],
    capacity: int,
    judgement: Judgement,
) -> None:
    if line.ended is None or line.value is not True:
        return
    until = line.ended.seq
    inside = sum(1 for one in _taken(puts) if one.ended and one.ended.seq <= until)
    out = sum(1 for one in gets if one.started and one.started.seq < until)
    out += sum(1 for event in told if event.seq < until)
    judgement.judge(
        inside - out <= capacity,
        "over-capacity",
        lambda: f"after call {line.key} at least {inside - out} chunks were in it, {capacity} fit",
        run=line.key,
    )


def _room(
    drop: Event, puts: list[CallLine], gets: list[CallLine], capacity: int, judgement: Judgement
) -> None:
    """What may be in it at most: all that has come, less what had come out for certain."""
    inside = sum(1 for one in puts if one.started and one.started.seq < drop.seq)
    inside -= sum(1 for one in gets if _is_chunk(one) and one.ended and one.ended.seq < drop.seq)
    judgement.judge(
        inside > capacity,
        "dropped-with-room",
        lambda: f"a chunk was dropped while at most {inside} were there, one of them just coming",
        drop.seq,
    )


def _let_go(close: CallLine, gets: list[CallLine], judgement: Judgement) -> None:
    for line in gets:
        judgement.judge(
            line.ended is not None,
            "waits-after-close",
            lambda line=line: (  # type: ignore[misc]
                f"call {close.key} closed the queue, and call {line.key} of get waits for ever"
            ),
            run=line.key,
        )


LAW = Law(
    id="streaming/queue",
    statement="A bounded queue gives each chunk that it has taken once, in the order of coming,"
    " holds no more than fits, drops only the oldest where it is full and was told to, and when it"
    " is closed gives every consumer what is left and then the end.",
    category=Category.RELIABILITY,
    capability=Capability.CHUNK_QUEUE,
    units=frozenset({"chunk_queue"}),
    classes={
        "waits-after-close": OutcomeClass(
            title="A consumer waits for ever at a queue that was closed",
            severity=Severity.HIGH,
            why="streams that have ended keep their consumers, and the run never ends",
            type=FindingType.RELIABILITY,
        ),
        "lost": OutcomeClass(
            title="A queue tells the end while it has not given all that it took",
            severity=Severity.HIGH,
            why="the end of what was streamed is missing, and nobody is told",
            type=FindingType.RELIABILITY,
        ),
        "given-twice": OutcomeClass(
            title="A queue gives a chunk twice",
            severity=Severity.HIGH,
            why="words and sounds are repeated",
        ),
        "out-of-order": OutcomeClass(
            title="A queue gives chunks in another order than they came",
            severity=Severity.HIGH,
            why="what is streamed is garbled",
        ),
        "refused-open": OutcomeClass(
            title="A queue that is open refuses a chunk",
            severity=Severity.MEDIUM,
            why="what is streamed has holes",
        ),
        "taken-closed": OutcomeClass(
            title="A queue takes a chunk after it was closed",
            severity=Severity.LOW,
            why="nobody will ever get it",
        ),
        "put-waits": OutcomeClass(
            title="A queue that drops makes its producer wait",
            severity=Severity.MEDIUM,
            why="dropping was asked for in order not to wait",
            type=FindingType.PERFORMANCE,
        ),
        "over-capacity": OutcomeClass(
            title="A queue holds more chunks than fit",
            severity=Severity.MEDIUM,
            why="memory is not bounded, and a slow consumer is not noticed",
            type=FindingType.PERFORMANCE,
        ),
        "dropped-with-room": OutcomeClass(
            title="A queue drops a chunk although there is room, or nobody asked it to drop",
            severity=Severity.MEDIUM,
            why="what is streamed has holes for no reason",
        ),
    },
    check=check,
)
