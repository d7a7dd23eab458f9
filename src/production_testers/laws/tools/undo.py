"""An action that can be undone is undone when asked, once, and nothing else is."""

from typing import Any

from production_testers.laws.law import Category, Judgement, Law, OutcomeClass, Severity
from production_testers.laws.usage import CallLine, calls_of, ended_before
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.usage import Usage
from production_testers.model.verdict import Verdict
from production_testers.units.tools import UNDO, fits, tool_for


def check(observation: Observation) -> Verdict:
    """Judge every action with what was asked about it."""
    judgement = Judgement()
    usage = observation.scenario.usage
    assert usage is not None, "the law is about a unit"
    undos = calls_of(observation, "undo")
    executed = {line.call.arguments["ref"]: line for line in calls_of(observation, "execute")}
    for name in sorted({str(undo.call.arguments["ref"]) for undo in undos}):
        about = [undo for undo in undos if undo.call.arguments["ref"] == name and undo.started]
        _undone(executed.get(name), about, usage, judgement)
    for kept in calls_of(observation, "kept"):
        for line in executed.values():
            about = [u for u in undos if u.call.arguments["ref"] == line.call.arguments["ref"]]
            if _can_be_undone(line, usage) and ended_before(line, kept):
                _kept(line, kept, [u for u in about if u.started], judgement)
    return judgement.verdict()


def _can_be_undone(line: CallLine | None, usage: Usage) -> bool:
    """Whether an action was done by a tool that can undo it."""
    if line is None or line.outcome != "returned" or not isinstance(line.value, dict):
        return False
    tool = tool_for(usage.settings, line.call.arguments["action"])
    proper = _is_proper(line, usage)  # otherwise it was not to be done
    return bool(proper and tool and tool["undoable"] and line.value.get("success", True))


def _is_proper(line: CallLine, usage: Usage) -> bool:
    """Whether the payload fits the tool's schema: what comes of others is another law's matter."""
    tool = tool_for(usage.settings, line.call.arguments["action"])
    payload: Any = line.call.arguments["payload"]
    return tool is None or fits(tool["schema"], payload)


def _undone(
    line: CallLine | None, undos: list[CallLine], usage: Usage, judgement: Judgement
) -> None:
    done = [undo for undo in undos if undo.value is True]
    judgement.judge(
        len(done) < 2,
        "undone-twice",
        lambda: f"calls {done[0].key} and {done[1].key} both undid the same action",
        run=done[-1].key if done else "",
    )
    unsure = line is not None and (
        line.ended is None or line.given_up is not None or not _is_proper(line, usage)
    )
    for undo in undos:
        if line is None or (not unsure and not _can_be_undone(line, usage)):
            judgement.judge(
                undo.value is not True and not undo.works_of(UNDO),
                "undone-unasked",
                lambda: f"call {undo.key} undid an action that was not done or cannot be undone",
                run=undo.key,
            )
        elif _can_be_undone(line, usage) and ended_before(line, undo):
            _possible(undo, [other for other in undos if other is not undo], judgement)


def _possible(undo: CallLine, others: list[CallLine], judgement: Judgement) -> None:
    """Of the others, only those that are certain to have come later or to have failed leave it."""
    alone = all(ended_before(undo, other) or _failed_before(other, undo) for other in others)
    if alone and undo.ended is not None and undo.given_up is None:
        judgement.judge(
            undo.value is True or undo.error == "undo_failed",
            "not-undone",
            lambda: (
                f"the action was done by a tool that can undo it, and call {undo.key}"
                f" {undo.in_words()}"
            ),
            run=undo.key,
        )


def _failed_before(other: CallLine, undo: CallLine) -> bool:
    return other.error == "undo_failed" and ended_before(other, undo)


def _kept(line: CallLine, kept: CallLine, undos: list[CallLine], judgement: Judgement) -> None:
    if not isinstance(kept.value, list) or any(not ended_before(kept, undo) for undo in undos):
        return
    judgement.judge(
        line.call.arguments["ref"] in kept.value,
        "not-kept",
        lambda: (
            f"action {line.call.arguments['ref']} can be undone, and is not in the store that"
            f" was given for it: {kept.value}"
        ),
        run=kept.key,
    )


LAW = Law(
    id="tools/undo",
    statement="What a tool that can undo did is kept in the given store and undone when asked,"
    " once; nothing else is.",
    category=Category.CORRECTNESS,
    capability=Capability.TOOL_UNDO,
    units=frozenset({"tools"}),
    classes={
        "not-undone": OutcomeClass(
            title="An action that can be undone is not undone",
            severity=Severity.HIGH,
            why="users who were promised a way back have none",
        ),
        "undone-twice": OutcomeClass(
            title="One action is undone twice",
            severity=Severity.MEDIUM,
            why="what was put back is changed again, though both callers were told it worked",
        ),
        "undone-unasked": OutcomeClass(
            title="Something is undone that was not done or cannot be undone",
            severity=Severity.HIGH,
            why="state is changed that nobody meant",
        ),
        "not-kept": OutcomeClass(
            title="What can be undone is not kept in the store that was given for it",
            severity=Severity.HIGH,
            why="data that belongs in one store, or to one tenant, goes to another one",
        ),
    },
    check=check,
)
