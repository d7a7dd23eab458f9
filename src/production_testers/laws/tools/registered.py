"""A registered tool is there, as it was registered, and no other is."""

from production_testers.laws.law import Category, Judgement, Law, OutcomeClass, Severity
from production_testers.laws.usage import CallLine, calls_of, ended_before
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict
from production_testers.units.tool_registry import HANDLER


def check(observation: Observation) -> Verdict:
    """Judge what is found, listed and used once every registration is over."""
    judgement = Judgement()
    registered = calls_of(observation, "register")
    done = [line for line in registered if line.outcome == "returned"]
    if len(done) < len(registered):
        return judgement.verdict()
    for line in calls_of(observation, "has", "listed", "use"):
        if line.ended is None or any(not ended_before(one, line) for one in done):
            continue
        if line.call.operation == "listed":
            _listed(line, done, judgement)
        else:
            there = {one.call.arguments["action"] for one in done}
            _found(line, line.call.arguments["action"] in there, judgement)
    return judgement.verdict()


def _listed(line: CallLine, done: list[CallLine], judgement: Judgement) -> None:
    if not isinstance(line.value, list):
        return
    shown = line.value
    by_action = {tool[0]: tool for tool in shown if isinstance(tool, list) and tool}
    names = [one.call.arguments["action"] for one in done]
    gone = [name for name in names if name not in by_action]
    judgement.judge(
        not gone,
        "not-listed",
        lambda: f"{gone} were registered, and call {line.key} lists {sorted(map(str, by_action))}",
        run=line.key,
    )
    for one in done:
        tool = by_action.get(str(one.call.arguments["action"]))
        wanted = [one.call.arguments[part] for part in ("action", "name", "description")]
        judgement.judge(
            tool is None or tool == wanted,
            "listed-otherwise",
            lambda: (
                f"{wanted} was registered ({one.call.arguments['way']}), and is listed as {tool}"
            ),
            run=line.key,
        )


def _found(line: CallLine, there: bool, judgement: Judgement) -> None:  # noqa: FBT001 - a fact
    if line.call.operation == "has":
        right = line.value is there
    elif there:
        right = bool(line.works_of(HANDLER)) or line.given_up is not None
    else:
        value = line.value if isinstance(line.value, dict) else {}
        right = line.given_up is not None or value.get("success") is False
    judgement.judge(
        right,
        "not-found" if there else "found-unregistered",
        lambda: (
            f"{line.call.arguments['action']} {'was' if there else 'was never'} registered, and"
            f" call {line.key} of {line.call.operation} {line.in_words()}"
        ),
        run=line.key,
    )


LAW = Law(
    id="tools/registered",
    statement="What was registered is found, used and listed under its own name and description,"
    " however it was registered; what was not is not.",
    category=Category.CORRECTNESS,
    capability=Capability.TOOL_REGISTRY,
    units=frozenset({"tool_registry"}),
    classes={
        "not-found": OutcomeClass(
            title="A registered tool is not found",
            severity=Severity.HIGH,
            why="an agent's actions fail though there is a tool for them",
        ),
        "found-unregistered": OutcomeClass(
            title="An action that no tool answers seems to be answered",
            severity=Severity.HIGH,
            why="an agent believes that something was done",
        ),
        "not-listed": OutcomeClass(
            title="A registered tool is missing from the list of registered tools",
            severity=Severity.MEDIUM,
            why="a model is told of listed tools only, and never calls the others",
        ),
        "listed-otherwise": OutcomeClass(
            title="A tool is listed without the name or description that it was registered with",
            severity=Severity.MEDIUM,
            why="a model chooses tools by what they are said to do",
        ),
    },
    check=check,
)
