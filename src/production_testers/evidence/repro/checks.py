"""How a script sees that a law is broken, by law and by way of breaking it: source text.

A check defines `shows()`, which gives what was seen, or None. It asks the script's own record:
`log` holds `(ms, what, run, stage, seen)` with what of started, ended, raised, stopped, returned
(`seen` is the status of what ended, and what was received by what started); `results` holds, by
run, how it ended, the stage that is named, the error that is given, and the output of every stage.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from textwrap import dedent


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One way of breaking a law, in a script.

    Attributes:
        source: Defines `shows()`.
        judged: Expression: whether there was something to judge.
        seen: Expression: what is kept of what a stage was handed.
    """

    source: str
    judged: str = "any(entry[1] == 'returned' for entry in log)"
    seen: str = "None"


RECEIVED = "{name: dict(given or {}) for name, given in received.items()}"


def _late(ended: str, whats: str, words: str) -> Check:
    """Something that stages of a run did after it had returned."""
    source = f"""\
        def shows():
            for run, (ended, *_) in results.items():
                at = next(ms for ms, what, r, *_ in log if (what, r) == ("returned", run))
                for ms, what, r, stage, _ in log:
                    if {ended} and r == run and what in {whats} and ms > at + 0.1:
                        return f"run {{run}} ended {{ended!r}}; {words}: {{stage}} {{what}}"
    """
    return Check(source=dedent(source).rstrip())


_ACTS = '("started", "ended", "raised")'
_WENT_ON = "its stage went on"


def _each(condition: str, words: str, *, seen: str = "None", judged: str | None = None) -> Check:
    """Something that is true of a run's result: `run`, `ended`, `named`, `error`, `outputs`."""
    source = f"""\
        def shows():
            for run, (ended, named, error, outputs) in results.items():
                mine = [entry for entry in log if entry[2] == run]
                if {condition}:
                    return f"run {{run}} ended {{ended!r}} (stage {{named}}, {{error!r}}): {words}"
    """
    more = {} if judged is None else {"judged": judged}
    return Check(source=dedent(source).rstrip(), seen=seen, **more)


_ENDS_OK = "{stage for _, what, _, stage, seen in mine if what == 'ended' and seen == 'ok'}"
_STARTS = "[stage for _, what, _, stage, _ in mine if what == 'started']"
_OWN_FAULT = "any(r == run for r, _ in FAULTS) or RUNS[run][1] is not None"

CHECKS: Mapping[tuple[str, str], Check] = {
    ("lifecycle/nothing-left-running", "after-cancellation"): _late(
        'RUNS[run][1] is not None and ended == "cancelled"', _ACTS, _WENT_ON
    ),
    ("lifecycle/nothing-left-running", "after-failure"): _late(
        'ended == "failed"', _ACTS, _WENT_ON
    ),
    ("lifecycle/nothing-left-running", "after-stop"): _late(
        'RUNS[run][1] is None and ended == "cancelled"', _ACTS, _WENT_ON
    ),
    ("lifecycle/nothing-left-running", "after-completion"): _late(
        'ended == "completed"', _ACTS, _WENT_ON
    ),
    ("lifecycle/nothing-left-running", "cancellation-ignored"): _each(
        "any(what == 'started' and RUNS[run][1] is not None and ms > RUNS[run][0] + RUNS[run][1]"
        " + 1 for ms, what, *_ in mine)",
        "a stage started after the caller had cancelled it",
    ),
    ("dag/runs-once", "stage-never-ran"): _each(
        f"ended == 'completed' and set(STAGES) - set({_STARTS})",
        f"never executed: {{sorted(set(STAGES) - set({_STARTS}))}}",
    ),
    ("dag/runs-once", "stage-ran-twice"): _each(
        f"len({_STARTS}) > len(set({_STARTS}))", f"executed: {{{_STARTS}}}"
    ),
    ("dag/dependencies-first", "started-too-early"): Check(
        source=dedent("""\
            def shows():
                for at, (_, what, run, stage, _) in enumerate(log):
                    done = {e[3] for e in log[:at] if e[2] == run and e[1] == "ended"}
                    if what == "started" and set(STAGES[stage]) - done:
                        return f"{stage} of run {run} started before {set(STAGES[stage]) - done}"
        """).rstrip()
    ),
    ("dag/outputs-delivered", "output-missing"): _each(
        "any(what == 'started' and set(STAGES[s]) - set(seen) for _, what, _, s, seen in mine)",
        "a stage was not given the output of a stage that it waits for",
        seen=RECEIVED,
    ),
    ("dag/outputs-in-result", "result-missing"): _each(
        f"ended == 'completed' and {_ENDS_OK} - set(outputs)",
        f"missing in the result: {{ {_ENDS_OK} - set(outputs)}}",
    ),
    ("dag/failure-surfaces", "failure-swallowed"): _each(
        "ended == 'completed' and any(e[1] == 'raised' or e[4] == 'fail' for e in mine)",
        "one of its stages failed",
    ),
    ("dag/failure-surfaces", "wrong-stage-named"): _each(
        "ended == 'failed' and named not in [e[3] for e in mine if e[1] == 'raised' or"
        " e[4] == 'fail']",
        "that stage did not fail",
    ),
    ("dag/failure-surfaces", "exception-replaced"): _each(
        "ended == 'failed' and 'raised' in [e[1] for e in mine] and 'injected' not in repr(error)",
        "not what the stage raised",
    ),
    ("dag/failure-surfaces", "reason-lost"): _each(
        "ended == 'failed' and 'fail' in [e[4] for e in mine] and 'injected' not in repr(error)",
        "not the reason that the stage gave",
    ),
    ("dag/failed-dependants", "dependant-ran"): _each(
        "any(set(STAGES[s]) & {e[3] for e in mine if e[1] == 'raised' or e[4] == 'fail'}"
        f" for s in {_STARTS})",
        "a stage was executed behind one that failed",
    ),
    ("dag/status-effect", "retry-is-success"): _each(
        "ended == 'completed' and [e[4] for e in mine if e[1] == 'ended'].count('retry') == 1",
        "its stage asked for a retry, was not executed again, and nobody was told",
    ),
    ("dag/status-effect", "cancel-ignored"): _each(
        "ended == 'completed' and 'cancel' in [e[4] for e in mine]", "its stage cancelled it"
    ),
    ("dag/status-effect", "skip-fails"): _each(
        "ended == 'failed' and 'skip' in [e[4] for e in mine]", "its stage was skipped"
    ),
    ("isolation/concurrent-runs", "stopped-by-another-run"): _each(
        f"ended == 'cancelled' and not ({_OWN_FAULT})", "nothing was wrong with it, nor cancelled"
    ),
    ("isolation/concurrent-runs", "failed-by-another-run"): _each(
        f"ended == 'failed' and not ({_OWN_FAULT})", "nothing was wrong with it"
    ),
    ("isolation/concurrent-runs", "saw-another-run"): _each(
        "any(given.get('by') != run for e in mine if e[1] == 'started' for given in e[4].values())",
        "a stage was given the output of another run",
        seen=RECEIVED,
    ),
    ("isolation/inputs-immutable", "write-is-seen"): _each(
        "'overwritten' in repr(outputs)"
        " or 'overwritten' in repr([e[4] for e in mine if e[1] == 'started'])",
        "what one stage wrote into its input is in the result, or was given to another stage",
        seen=RECEIVED,
    ),
    ("merge/timing-independent", "depends-on-timing"): Check(
        source=dedent("""\
            def shows():
                found = {}
                for _, what, run, stage, seen in log:
                    if what == "started" and len(STAGES[stage]) > 1:
                        found.setdefault(stage, {})[run] = seen
                for stage, by_run in found.items():
                    if len(set(by_run.values())) > 1:
                        return f"equal runs, and stage {stage} looked up {by_run}"
        """).rstrip(),
        seen="look_up('from')",
    ),
    ("effects/once-per-key", "blocked"): Check(
        source=dedent("""\
            def shows():
                if waiting := sorted(set(RUNS) - set(results)):
                    return f"never ended: {', '.join(waiting)}"
        """).rstrip(),
        judged="bool(log)",
    ),
    ("effects/once-per-key", "never-done"): _each(
        "ended == 'completed' and set(outputs) - {e[3] for e in log if e[1] == 'started'}",
        "it has a result for {sorted(set(outputs) - {e[3] for e in log if e[1] == 'started'})},"
        " which was executed in no run",
    ),
    ("effects/once-per-key", "effect-repeated"): Check(
        source=dedent("""\
            def shows():
                done = [(run, stage) for _, what, run, stage, seen in log if seen == "ok"]
                for stage in KINDS:
                    if len(runs := [run for run, s in done if s == stage]) > 1:
                        return f"one request, and the work of {stage} was done in {runs}"
        """).rstrip()
    ),
    ("effects/once-per-key", "other-answer"): Check(
        source=dedent("""\
            def shows():
                for stage in KINDS:
                    done = [e[2] for e in log if e[1] == "ended" and e[3] == stage]
                    for run, (ended, _, _, outputs) in results.items():
                        if ended == "completed" and outputs.get(stage, {}).get("by") not in done:
                            return f"run {run} was given {outputs} for {stage}, done in {done}"
        """).rstrip()
    ),
    ("timing/timeout-enforced", "not-stopped"): Check(
        source=dedent("""\
            def shows():
                if waiting := sorted(set(RUNS) - set(results)):
                    return f"never ended, though every stage has a time-out: {', '.join(waiting)}"
        """).rstrip(),
        judged="bool(log)",
    ),
}
