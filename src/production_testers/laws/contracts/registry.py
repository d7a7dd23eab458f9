"""A contract that was registered stays what it is, and is found and listed."""

from typing import Any

from production_testers.laws.law import Category, Judgement, Law, OutcomeClass, Severity
from production_testers.laws.usage import CallLine, ConflictError, calls_of, explained
from production_testers.model.canonical import Json
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict


class _Mismatch(ConflictError):  # noqa: N818 - it says what does not fit
    """An answer that the model would not give, and the way in which it is wrong."""

    def __init__(self, way: str, wanted: str) -> None:
        super().__init__(wanted)
        self.way = way


def check(observation: Observation) -> Verdict:
    """Judge all answers together: some order of the calls must explain them."""
    judgement = Judgement()
    calls = calls_of(observation, "register", "get", "listed")
    lines = [line for line in calls if line.started and line.ended]
    lines.sort(key=lambda line: line.ended.seq)  # type: ignore[union-attr]
    state: Json = {}
    for line in lines:
        before: Any = state
        try:
            state = _after(state, line)
        except _Mismatch as mismatch:
            told, way = str(mismatch), mismatch.way
            judgement.judge(
                explained(calls, {}, _after) is not False,
                way,
                lambda: (
                    f"call {line.key} of {line.call.operation} {line.in_words()}; it has to be"
                    f" {told}"
                ),
                run=line.key,
            )
            break
        if line.call.operation == "register" and state != before and line.outcome == "returned":
            judgement.judge(
                line.value is True,
                "created-wrong",
                lambda: (
                    f"call {line.key} registered a contract, which says that it was created at"
                    " another time"
                ),
                run=line.key,
            )
        judgement.judge(True, "registered-lost", str)  # noqa: FBT003 - it fits
    return judgement.verdict()


def _after(state: Json, line: CallLine) -> Json:
    contracts: Any = state
    arguments: Any = line.call.arguments
    if line.call.operation == "listed":
        if line.value != sorted([*key.split(" ")] for key in contracts):
            raise _Mismatch("list-wrong", str(sorted(contracts)))
        return state
    key = f"{arguments['stage']} {arguments['version']}"
    if line.call.operation == "get":
        wanted = sorted(contracts[key]) if key in contracts else None
        if line.value != wanted:
            raise _Mismatch("registered-lost", str(wanted))
        return state
    fields = contracts.get(key)
    if fields is not None and fields != arguments["fields"]:
        if line.error != "invalid":
            raise _Mismatch("replaced", f"refused, for {key} is registered with other fields")
        return state
    if line.outcome == "raised":
        raise _Mismatch("registered-lost", "registered")
    return {**contracts, key: arguments["fields"]}


LAW = Law(
    id="contracts/registry",
    statement="A contract that was registered is found and listed as it was, and another one under"
    " its stage and version is refused; it says when it was created.",
    category=Category.CORRECTNESS,
    capability=Capability.CONTRACTS,
    units=frozenset({"contracts"}),
    classes={
        "registered-lost": OutcomeClass(
            title="A contract is not found as it was registered",
            severity=Severity.HIGH,
            why="what a stage promised cannot be checked any more",
        ),
        "replaced": OutcomeClass(
            title="A registered contract is replaced by another one of the same version",
            severity=Severity.HIGH,
            why="a version no longer means one thing",
        ),
        "list-wrong": OutcomeClass(
            title="The list of contracts is wrong",
            severity=Severity.MEDIUM,
            why="checks over all contracts leave some out",
        ),
        "created-wrong": OutcomeClass(
            title="A contract says that it was created at another time than it was",
            severity=Severity.LOW,
            why="an audit cannot tell which version came first",
        ),
    },
    check=check,
)
