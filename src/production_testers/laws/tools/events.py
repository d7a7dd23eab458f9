"""The events of an action tell what happened to it, from its start to one end."""

from production_testers.laws.law import Category, Judgement, Law, OutcomeClass, Severity
from production_testers.laws.usage import CallLine, calls_of
from production_testers.model.history import Event, EventKind
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict
from production_testers.units.tools import HANDLER, tool_for


def check(observation: Observation) -> Verdict:
    """Judge every action of a known tool that is over."""
    judgement = Judgement()
    usage = observation.scenario.usage
    assert usage is not None, "the law is about a unit"
    for line in calls_of(observation, "execute"):
        known = tool_for(usage.settings, line.call.arguments["action"])
        if line.ended is None or line.outcome == "refused" or known is None:
            continue
        told = [event for event in line.events if event.kind is EventKind.EMITTED]
        _judge(line, told, judgement)
    return judgement.verdict()


def _is_end(event: Event) -> bool:
    name = event.value.get("name")
    refused = name == "approval_decided" and event.value.get("granted") is False
    return name in ("completed", "failed", "denied") or refused


def _judge(line: CallLine, told: list[Event], judgement: Judgement) -> None:
    names = [str(event.value.get("name")) for event in told]
    judgement.judge(
        all(event.value.get("action") == line.call.arguments["ref"] for event in told),
        "another-action",
        lambda: f"events of call {line.key} name another action than its own",
        run=line.key,
    )
    ran = line.works_of(HANDLER)
    judgement.judge(
        names.count("started") == len(ran),
        "start-untold",
        lambda: f"the tool's code ran {len(ran)} times in call {line.key}, told were {names}",
        run=line.key,
    )
    ends = [str(event.value.get("name")) for event in told if _is_end(event)]
    if line.given_up is not None:
        judgement.judge(
            not ran or bool(ends),
            "cancelled-end-untold",
            lambda: f"call {line.key} was cancelled while its tool ran, told were {names}",
            run=line.key,
        )
        return
    judgement.judge(
        len(ends) == 1,
        "end-untold",
        lambda: f"call {line.key} {line.in_words()}, told were {names}",
        run=line.key,
    )
    if ran and ends:
        wanted = ("failed",) if ran[-1].how == "raised" else ("completed", "failed")
        judgement.judge(
            ends[-1] in wanted,
            "end-false",
            lambda: (
                f"the tool's code of call {line.key} ended ({ran[-1].how}), told was {ends[-1]}"
            ),
            run=line.key,
        )


LAW = Law(
    id="tools/events",
    statement="An action's events name that action, tell that its code started where it did, and"
    " tell one end, the true one.",
    category=Category.OBSERVABILITY,
    capability=Capability.TOOL_EVENTS,
    units=frozenset({"tools"}),
    classes={
        "another-action": OutcomeClass(
            title="An event of a tool names another action",
            severity=Severity.HIGH,
            why="audits blame the wrong action",
        ),
        "start-untold": OutcomeClass(
            title="A tool's code runs and no event tells its start, or one does and it did not run",
            severity=Severity.MEDIUM,
            why="audits do not show what was done",
        ),
        "end-untold": OutcomeClass(
            title="The events of an action have no end, or several",
            severity=Severity.MEDIUM,
            why="audits do not show what became of it",
        ),
        "cancelled-end-untold": OutcomeClass(
            title="No event tells that a running tool was cancelled",
            severity=Severity.LOW,
            why="in the events the tool seems to run for ever",
        ),
        "end-false": OutcomeClass(
            title="The event of a tool's end tells another end",
            severity=Severity.HIGH,
            why="failures are counted as successes",
        ),
    },
    check=check,
)
