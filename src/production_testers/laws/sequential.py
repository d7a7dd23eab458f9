"""Answers of overlapping calls, judged by a model that takes one call at a time."""

from collections.abc import Sequence

from production_testers.laws.law import Judgement
from production_testers.laws.usage import Apply, CallLine, explained
from production_testers.model.canonical import Json


def judge_answers(
    judgement: Judgement,
    lines: Sequence[CallLine],
    initial: Json,
    apply: Apply,
    outcome_class: str,
    about: str,
) -> None:
    """Judge whether some order of the calls explains their answers.

    Where none does, the summary names the first call at which no order does any more.
    """
    if not lines or any(line.outcome == "refused" for line in lines):
        return
    found = explained(lines, initial, apply)
    if found is None:
        return
    judgement.exercised += len(lines) - 1
    judgement.judge(
        found,
        outcome_class,
        lambda: _words(lines, initial, apply, about),
        run=_first_wrong(lines, initial, apply).key if not found else "",
    )


def _first_wrong(lines: Sequence[CallLine], initial: Json, apply: Apply) -> CallLine:
    ended = sorted(
        (line for line in lines if line.ended is not None),
        key=lambda line: line.ended.seq if line.ended else 0,
    )
    for count in range(1, len(ended) + 1):
        last = ended[count - 1]
        assert last.ended is not None, "only those that ended"
        kept = [line for line in lines if line.started and line.started.seq < last.ended.seq]
        known = [line for line in kept if line.ended and line.ended.seq <= last.ended.seq]
        open_calls = [_unanswered(line) for line in kept if line not in known]
        if explained([*known, *open_calls], initial, apply) is False:
            return last
    return ended[-1]


def _unanswered(line: CallLine) -> CallLine:
    return CallLine(call=line.call, started=line.started)


def _words(lines: Sequence[CallLine], initial: Json, apply: Apply, about: str) -> str:
    line = _first_wrong(lines, initial, apply)
    arguments = ", ".join(f"{name}={value!r}" for name, value in line.call.arguments.items())
    return (
        f"call {line.key}, {line.call.operation}({arguments})"[:160]
        + f", {line.in_words()}; no order of the calls before it explains that {about}"
    )
