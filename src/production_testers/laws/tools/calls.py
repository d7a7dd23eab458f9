"""Each of a model's calls is resolved with its own arguments, or said not to be."""

from typing import Any

from production_testers.laws.law import Category, Judgement, Law, OutcomeClass, Severity
from production_testers.laws.usage import CallLine, calls_of, ended_before
from production_testers.model.canonical import canonical_json
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict
from production_testers.units.tool_registry import parsed


def check(observation: Observation) -> Verdict:
    """Judge every sorting of calls that came after all registrations."""
    judgement = Judgement()
    registered = calls_of(observation, "register")
    there = {line.call.arguments["action"] for line in registered}
    for line in calls_of(observation, "resolve"):
        settled = all(one.outcome == "returned" and ended_before(one, line) for one in registered)
        if settled and isinstance(line.value, dict) and "resolved" in line.value:
            _judge(line, dict(line.value), there, judgement)
    return judgement.verdict()


def _judge(line: CallLine, told: dict[str, Any], there: set[Any], judgement: Judgement) -> None:
    given: Any = line.call.arguments["calls"]
    resolved, unresolved = list(told["resolved"]), list(told["unresolved"])
    ids = sorted(str(call["id"]) for call in given)
    judgement.judge(
        sorted(str(one[0]) for one in (*resolved, *unresolved)) == ids,
        "call-lost",
        lambda: f"of the calls {ids} these came back: {resolved} and {unresolved}",
        run=line.key,
    )
    for one in resolved:
        judgement.judge(
            isinstance(one[2], dict),
            "arguments-no-mapping",
            lambda: f"call {one[0]} is resolved with {one[2]!r} as its arguments",
            run=line.key,
        )
    wanted = [
        [call["id"], call["name"], arguments]
        for call in given
        if call["name"] in there and (arguments := parsed(call["arguments"])) is not None
    ]
    shown = [one for one in resolved if isinstance(one[2], dict)]
    missing = [one for one in wanted if not _among(one, shown)]
    judgement.judge(
        not missing,
        "not-resolved",
        lambda: f"{missing[0]} is a proper call, and resolved are {resolved}",
        run=line.key,
    )
    own = [
        [str(call["id"]), arguments]
        for call in given
        if (arguments := parsed(call["arguments"])) is not None
    ]
    others = [one for one in shown if not _among([str(one[0]), one[2]], own)]
    judgement.judge(
        not others,
        "other-arguments",
        lambda: f"call {others[0][0]} is resolved with {others[0][2]}, which it did not bring",
        run=line.key,
    )
    allowed = [(str(call["id"]), call["name"]) for call in given if call["name"] in there]
    judgement.judge(
        all((str(one[0]), one[1]) in allowed for one in resolved),
        "resolved-unknown",
        lambda: f"resolved are {resolved}, and registered {sorted(map(str, there))}",
        run=line.key,
    )


def _among(one: Any, others: list[Any]) -> bool:
    """As texts: a flag is no number."""
    return canonical_json(one) in [canonical_json(other) for other in others]


LAW = Law(
    id="tools/calls",
    statement="Each of a model's calls comes back once; with its own arguments, a mapping, where a"
    " tool of that name is registered and the arguments are proper, as unresolved where not.",
    category=Category.CORRECTNESS,
    capability=Capability.TOOL_CALLS,
    units=frozenset({"tool_registry"}),
    classes={
        "call-lost": OutcomeClass(
            title="A model's call is neither resolved nor said not to be",
            severity=Severity.HIGH,
            why="the model waits for a result that never comes",
        ),
        "not-resolved": OutcomeClass(
            title="A proper call of a registered tool is not resolved as it was made",
            severity=Severity.HIGH,
            why="the tool is not called, or with other arguments",
        ),
        "other-arguments": OutcomeClass(
            title="A call is resolved with arguments that it did not bring",
            severity=Severity.HIGH,
            why="the tool acts on something else than was asked for, where the model should be told"
            " that its call cannot be read",
        ),
        "resolved-unknown": OutcomeClass(
            title="A call is resolved to a tool that nobody registered",
            severity=Severity.HIGH,
            why="something else is done than was asked for",
        ),
        "arguments-no-mapping": OutcomeClass(
            title="A call is resolved with arguments that are no mapping",
            severity=Severity.MEDIUM,
            why="the interface promises a mapping, and tools that read it die",
        ),
    },
    check=check,
)
