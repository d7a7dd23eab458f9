"""A tool's code runs only where its mode and a person's approval allow it, and there it does."""

from production_testers.laws.law import (
    Category,
    FindingType,
    Judgement,
    Law,
    OutcomeClass,
    Severity,
)
from production_testers.laws.usage import CallLine, calls_of, ended_before
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.usage import Usage
from production_testers.model.verdict import Verdict
from production_testers.units.tools import HANDLER, allows, fits, tool_for

MARGIN_MS = 0.5
"""A decision nearer than this to the end of the wait may count or not."""


def check(observation: Observation) -> Verdict:
    """Judge every action that was asked for."""
    judgement = Judgement()
    usage = observation.scenario.usage
    assert usage is not None, "the law is about a unit"
    decisions = [line for line in calls_of(observation, "decide") if line.value is True]
    for line in calls_of(observation, "execute"):
        if line.started is not None and line.outcome != "refused":
            _judge(line, usage, decisions, judgement)
    return judgement.verdict()


def _judge(line: CallLine, usage: Usage, decisions: list[CallLine], judgement: Judgement) -> None:
    action, mode = line.call.arguments["action"], line.call.arguments["mode"]
    tool = tool_for(usage.settings, action)
    over = line.ended is not None and line.given_up is None
    if tool is None:
        judgement.judge(
            not over or line.error == "unknown",
            "unknown-ignored",
            lambda: f"no tool answers {action}, and the call {line.in_words()}",
            run=line.key,
        )
        return
    ran = bool(line.works_of(HANDLER))
    allowed = allows(tool, mode)
    judgement.judge(
        not ran or allowed,
        "gate-open",
        lambda: f"{action} is for {tool['modes']}, and its code ran in mode {mode}",
        run=line.key,
    )
    if over:
        judgement.judge(
            (line.error == "denied") != allowed,
            "gate-wrong",
            lambda: (
                f"{action} is for {tool['modes'] or 'all modes'}; in {mode} it {line.in_words()}"
            ),
            run=line.key,
        )
    if tool["approval"] and allowed and fits(tool["schema"], line.call.arguments["payload"]):  # type: ignore[arg-type]
        about = [d for d in decisions if d.call.arguments["ref"] == line.call.arguments["ref"]]
        _approval(line, about, float(usage.settings["approval_ms"]), judgement)  # type: ignore[arg-type]


def _approval(line: CallLine, about: list[CallLine], limit_ms: float, judgement: Judgement) -> None:
    ran = line.works_of(HANDLER)
    begun = ran[0].started.seq if ran else None
    granted = [
        d for d in about
        if d.call.arguments["granted"] and d.started and (begun is None or d.started.seq < begun)
    ]  # fmt: skip
    judgement.judge(
        not ran or bool(granted),
        "unapproved",
        lambda: f"the code of call {line.key} ran, and nobody had granted the approval it needs",
        run=line.key,
    )
    if line.ended is None or line.given_up is not None or len(about) > 1:
        return
    due = line.started.time_ns + limit_ms * 1e6 if line.started else 0.0
    in_time = [d for d in about if d.ended and d.ended.time_ns < due - MARGIN_MS * 1e6]
    if in_time and ended_before(in_time[0], line):
        return  # decided before it was asked for: not about this request
    if in_time:
        wanted = bool(in_time[0].call.arguments["granted"])
        right = bool(ran) if wanted else line.error == "refused"
        judgement.judge(
            right,
            "decision-ignored",
            lambda: (
                f"a person {'granted' if wanted else 'refused'} call {line.key} in time, and"
                f" it {line.in_words()}"
            ),
            run=line.key,
        )
    elif not about:
        judgement.judge(
            line.error == "unanswered",
            "silence-ignored",
            lambda: f"nobody decided call {line.key}, and it {line.in_words()}",
            run=line.key,
        )


LAW = Law(
    id="tools/gates",
    statement="A tool's code runs only in a mode that the tool is for and, where an approval is"
    " needed, after a person granted it; otherwise the caller is told why, and where both are"
    " given the code does run.",
    category=Category.SECURITY,
    capability=Capability.TOOLS,
    units=frozenset({"tools"}),
    classes={
        "unknown-ignored": OutcomeClass(
            title="An action that no tool answers does not fail as such",
            severity=Severity.HIGH,
            why="callers believe that something was done",
        ),
        "gate-open": OutcomeClass(
            title="A tool runs in a mode that it is not for",
            severity=Severity.CRITICAL,
            why="what was forbidden in this mode is done",
            type=FindingType.SECURITY,
        ),
        "gate-wrong": OutcomeClass(
            title="The caller is told the wrong thing about the mode of a tool",
            severity=Severity.HIGH,
            why="allowed work is refused, or a refusal looks like something else",
        ),
        "unapproved": OutcomeClass(
            title="A tool that needs an approval runs without one",
            severity=Severity.CRITICAL,
            why="risky actions are done that nobody agreed to",
            type=FindingType.SECURITY,
        ),
        "decision-ignored": OutcomeClass(
            title="A person's decision about a tool, made in time, does not count",
            severity=Severity.HIGH,
            why="what was agreed to is not done, or a refusal is not seen as one",
        ),
        "silence-ignored": OutcomeClass(
            title="A tool that nobody decided on does not end as unanswered",
            severity=Severity.HIGH,
            why="silence is taken for something else",
            type=FindingType.SECURITY,
        ),
    },
    check=check,
)
