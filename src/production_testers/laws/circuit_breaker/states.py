"""When a circuit breaker executes the caller's own code, and what a refused caller is told."""

from collections.abc import Iterator
from dataclasses import dataclass

from production_testers.laws.law import (
    Category,
    FindingType,
    Judgement,
    Law,
    OutcomeClass,
    Severity,
)
from production_testers.laws.usage import CallLine, calls_of
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict
from production_testers.units.circuit_breaker import LABEL

TOLERANCE_NS = 1_000_000


@dataclass(slots=True)
class _Circuit:
    """What a service's callers know of its breaker, from the calls that have ended.

    Nothing more is known once it did what it should not, until a call succeeds.

    Attributes:
        failures: In a row.
        first_ns: When it opened; None while it is closed.
        last_ns: When the last failure came in while it was open: calls that had been let through
            before may extend the rest, or may not.
        certain: False where results came in that a breaker may count in more than one way, too.
    """

    failures: int = 0
    first_ns: int | None = None
    last_ns: int = 0
    certain: bool = True


def check(observation: Observation) -> Verdict:
    """Judge each service's calls."""
    judgement = Judgement()
    usage = observation.scenario.usage
    assert usage is not None, "the law is about a unit"
    settings = {name: int(value) for name, value in usage.settings.items()}  # type: ignore[arg-type]
    lines = [line for line in calls_of(observation) if line.started and line.outcome != "refused"]
    for service in sorted({str(line.call.arguments["service"]) for line in lines}):
        own = [line for line in lines if line.call.arguments["service"] == service]
        _service(own, settings, judgement)
        for line in own:
            _answer(line, judgement)
    return judgement.verdict()


def _service(lines: list[CallLine], settings: dict[str, int], judgement: Judgement) -> None:
    circuit, open_calls = _Circuit(), list[CallLine]()
    for starts, line in _moments(lines):
        if starts:
            if circuit.certain:
                _start(line, circuit, open_calls, settings, judgement)
            open_calls.append(line)
        else:
            open_calls.remove(line)
            _end(line, circuit, settings["failures"])
            if not open_calls and line.works_of(LABEL) and line.outcome == "returned":
                circuit.certain = True


def _moments(lines: list[CallLine]) -> Iterator[tuple[bool, CallLine]]:
    """Starts and ends of calls, in order."""
    moments = [(line.started.seq, True, line) for line in lines if line.started]
    moments += [(line.ended.seq, False, line) for line in lines if line.ended]
    for _, starts, line in sorted(moments, key=lambda moment: moment[0]):
        yield starts, line


def _start(
    line: CallLine,
    circuit: _Circuit,
    open_calls: list[CallLine],
    settings: dict[str, int],
    judgement: Judgement,
) -> None:
    if line.given_up is not None and not line.works:
        return  # it was gone before it could be executed
    executed, rest_ns = bool(line.works_of(LABEL)), settings["rest_ms"] * 1_000_000
    assert line.started is not None, "it starts"
    now = line.started.time_ns
    if circuit.first_ns is not None and now > circuit.last_ns + rest_ns + TOLERANCE_NS:
        circuit.certain = _probe(line, open_calls, settings["probes"], judgement)
    elif open_calls:
        # Their ends may have been noticed already, or not: nothing is judged.
        circuit.certain = executed == (circuit.first_ns is None)
    elif circuit.first_ns is None:
        circuit.certain = executed
        judgement.judge(
            executed,
            "opens-early",
            lambda: (
                f"call {line.key} was not executed after {circuit.failures} failures in a row;"
                f" {settings['failures']} were due"
            ),
            line.started.seq,
            run=line.key,
        )
    elif now < circuit.first_ns + rest_ns:
        circuit.certain = not executed
        judgement.judge(
            not executed,
            "lets-through",
            lambda: (
                f"call {line.key} was executed {(now - (circuit.first_ns or 0)) / 1e6:g} ms"
                f" after {circuit.failures} failures in a row; calls were to be refused for"
                f" {settings['rest_ms']} ms"
            ),
            line.started.seq,
            run=line.key,
        )


def _probe(line: CallLine, open_calls: list[CallLine], most: int, judgement: Judgement) -> bool:
    """Judge a call after the rest; whether the breaker did what it had to."""
    executed = bool(line.works_of(LABEL))
    if not open_calls:
        judgement.judge(
            executed,
            "never-tries-again",
            lambda: f"call {line.key} was refused though the time of rest was over",
            run=line.key,
        )
        return executed
    probes = sum(bool(other.works_of(LABEL)) for other in open_calls) + executed
    judgement.judge(
        probes <= most,
        "all-try-again",
        lambda: (
            f"after the time of rest {probes} calls, {line.key} among them, were let through at"
            f" once; {most} had to be tried first"
        ),
        run=line.key,
    )
    return probes <= most


def _end(line: CallLine, circuit: _Circuit, most: int) -> None:
    """What the end of a call changes."""
    works = line.works_of(LABEL)
    if not works or line.ended is None or line.started is None:
        return
    before = circuit.first_ns is not None and line.started.time_ns <= circuit.first_ns
    if works[-1].how == "raised":
        circuit.failures += 1
        if circuit.failures >= most:
            circuit.last_ns = line.ended.time_ns
            if not before:
                circuit.first_ns = line.ended.time_ns
    elif works[-1].how == "ok":
        if before:  # one that was let through earlier says that it is well
            circuit.certain = False
        circuit.failures, circuit.first_ns = 0, None
    elif circuit.first_ns is not None:
        circuit.certain = False  # nobody knows what a trial that was given up says


def _answer(line: CallLine, judgement: Judgement) -> None:
    if line.ended is None or line.given_up is not None:
        return
    works = line.works_of(LABEL)
    if not works:
        judgement.judge(
            line.outcome == "raised", "refusal-hidden",
            lambda: f"call {line.key} was refused without being executed, and it {line.in_words()}",
            line.ended.seq, run=line.key,
        )  # fmt: skip
        return
    last = works[-1]
    if last.how not in ("ok", "raised"):
        return
    right = len(works) == 1 and (
        line.outcome == "raised"
        if last.how == "raised"
        else line.outcome == "returned"
        and last.ended is not None
        and line.digest == last.ended.value.get("digest")
    )
    judgement.judge(
        right, "answer-changed",
        lambda: f"the caller's own code {last.how} in call {line.key}, and it {line.in_words()}",
        line.ended.seq, run=line.key,
    )  # fmt: skip


LAW = Law(
    id="circuit-breaker/states",
    statement="Calls are executed until the stated number of failures in a row; then they are"
    " refused with an error for the stated time; then one is let through, and its end decides.",
    category=Category.RELIABILITY,
    capability=Capability.CIRCUIT_BREAKER,
    units=frozenset({"circuit_breaker"}),
    classes={
        "opens-early": OutcomeClass(
            title="A circuit breaker refuses calls before its number of failures is reached",
            severity=Severity.MEDIUM,
            why="callers of a service that works are turned away",
            type=FindingType.RELIABILITY,
        ),
        "lets-through": OutcomeClass(
            title="An open circuit breaker lets calls through",
            severity=Severity.HIGH,
            why="a service in trouble goes on being called, which the breaker is there to prevent",
            type=FindingType.RELIABILITY,
        ),
        "never-tries-again": OutcomeClass(
            title="A circuit breaker still refuses when its time of rest is over",
            severity=Severity.HIGH,
            why="a service that is well again stays out of reach",
            type=FindingType.RELIABILITY,
        ),
        "all-try-again": OutcomeClass(
            title="After its rest a circuit breaker lets everybody through at once",
            severity=Severity.MEDIUM,
            why="a service that recovers is hit by all who waited; half open means a trial first",
            type=FindingType.RELIABILITY,
        ),
        "refusal-hidden": OutcomeClass(
            title="A call that a circuit breaker refused is reported as a success",
            severity=Severity.CRITICAL,
            why="callers go on with a result that does not exist",
        ),
        "answer-changed": OutcomeClass(
            title="A call through a circuit breaker does not end as the caller's own code did",
            severity=Severity.HIGH,
            why="results are lost, or failures hidden",
        ),
    },
    check=check,
)
