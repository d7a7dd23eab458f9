"""Writes the script that shows a defect without this package, or says why there is none.

A script is a sketch of the evidence: the stages, runs, faults and times of the smallest scenario,
executed for real on the stock event loop, and one check in the words of the law. Whether it shows
the defect is not believed but tried (`evidence.repro.trying`).
"""

import json
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

import jinja2

from production_testers.evidence.defect import Defect
from production_testers.evidence.loads import is_load
from production_testers.evidence.repro.checks import CHECKS
from production_testers.evidence.repro.usages import NoBindingError, usage_values
from production_testers.evidence.words import exhibit_in_words
from production_testers.experiments.workloads import GIVE
from production_testers.laws import LAWS
from production_testers.model.pipeline import StageKind
from production_testers.suts.registry import IMPORT_NAMES

LINES_MAX = 100
"""A bug report holds no more."""

WIDTH = 98
SECONDS_A_MS = 0.02
"""How long a millisecond of a scenario takes: long enough that a busy machine changes no order."""

SECONDS_MAX = 20.0
"""A script that takes longer is not run by anybody."""

SLOWEST_MS = 0.002
SET_ORDERS = 200
"""Executions of a script whose scenario needs an order of sets, which the stock loop draws."""

EXAMPLES_MAX = 20
_STATUSES = ("fail", "cancel", "retry", "skip")
_FAULTS = frozenset(
    {"raise", *_STATUSES, "hang", "slow", "mutate_inputs", "return_none", "slow_cleanup"}
)
_RECALL = "guard/redaction-recall"
LONGEST_STEP = "cost/longest-step"
_COSTS = ("cost/operations-per-stage", LONGEST_STEP)
_EXPONENT_SPARE = 0.25
"""The law about cost allows this much more than linear growth."""

_SHAPES = {
    "chain": '{n: (f"s{i - 1}",) if i else () for i, n in enumerate(names)}',
    "fan_out": "{n: names[:1] if 0 < i < size - 1 else names[1:-1] if i else ()"
    " for i, n in enumerate(names)}",
}


class NoScriptError(Exception):
    """There is no script, and the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a script says above its code.

    Attributes:
        title: One line.
        source: Where the framework promises it: quote, file and line; empty without one.
        sut: Requirement that installs what it was found on, `NAME==VERSION`.
    """

    title: str
    source: str
    sut: str


def write_script(defect: Defect, history: str, claim: Claim, *, attempts: int = 1) -> str:
    """The script's text.

    Args:
        defect: Minimised.
        history: Of its smallest scenario, as a file's text; empty where there is none.
        claim: What it says.
        attempts: How often the script executes its scenario until the defect shows: on the stock
            loop the order of a set of tasks is another one every time.

    Raises:
        NoScriptError: There is none; the message says why, in one clause.
    """
    name = str(defect.sut["name"])
    template, values = _chosen(defect, history, attempts)
    framework = resources.files("production_testers.suts") / IMPORT_NAMES.get(name, name)
    dialect = framework / "repro.py.jinja"
    if not dialect.is_file():
        raise NoScriptError(f"nobody has said how a pipeline of {name} is written in a script")
    loader = jinja2.DictLoader(
        {
            "script": (resources.files(__package__) / template).read_text(encoding="utf-8"),
            "framework": dialect.read_text(encoding="utf-8"),
        }
    )
    environment = jinja2.Environment(  # noqa: S701 - it is Python and no HTML
        loader=loader, keep_trailing_newline=True, undefined=jinja2.StrictUndefined
    )
    plain = {
        "deduplicates": False,
        "redacts": False,
        "gives_nothing": False,
        "data": {},
        "kinds": {},
    }
    made = environment.get_template("script")
    lines = 0
    for brief, dense in ((0, False), (1, False), (1, True), (2, True)):  # words give way to code
        text = made.render(head=_head(defect, claim, brief=brief), **{**plain, **values})
        kept = [line.rstrip() for line in text.strip().splitlines() if line.strip() or not dense]
        script = "\n".join(kept) + "\n"
        lines = script.count("\n")
        if lines < LINES_MAX:
            return script
    raise NoScriptError(f"it would have {lines} lines, and {LINES_MAX} are too many to paste")


def _head(defect: Defect, claim: Claim, *, brief: int) -> str:
    """What stands above the code: in full, a line each, or without what the code says itself."""
    law = LAWS[defect.law]
    parts = {
        f"{claim.title}.": 1,
        f"Law: {law.statement} [{defect.law}]": 3,
        f"Expected, as promised: {claim.source}" if claim.source else "": 2,
        f"Actual on {claim.sut}: {defect.verdict['summary']}.": 2,
        "" if brief > 1 else f"Scenario: {' '.join(exhibit_in_words(defect.exhibit))}": 3,
        f"Needs {claim.sut}. Ends with 1: it shows; 0: it does not; 2: cannot tell.": 1,
    }
    wrapped = [
        line
        for part, lines_max in parts.items()
        for line in textwrap.wrap(
            part, WIDTH, max_lines=1 if brief else lines_max, placeholder=" …"
        )
    ]
    return "\n".join(wrapped).replace("\\", "\\\\").replace('"""', "'''")


def _chosen(defect: Defect, history: str, attempts: int) -> tuple[str, dict[str, Any]]:
    """The template and what stands in it."""
    if is_load(defect.exhibit):
        raise NoScriptError("a load says something only beside its control, in many turns")
    if "scenario" not in defect.exhibit:
        return "growth.py.jinja", _growth(defect)
    if defect.exhibit["scenario"].get("holds") or defect.exhibit["scenario"].get("order"):
        raise NoScriptError("it is latent: on the stock event loop ready tasks keep their order")
    if defect.exhibit["scenario"].get("usage"):
        return "usage.py.jinja", _usage(defect, history)
    if defect.law == _RECALL:
        return "redaction.py.jinja", _redaction(history, defect)
    return "schedule.py.jinja", _schedule(defect, history, attempts)


def _usage(defect: Defect, history: str) -> dict[str, Any]:
    if not history:
        raise NoScriptError("there is no history that says how its calls ended")
    try:
        return usage_values(str(defect.sut["name"]), defect.exhibit["scenario"], history)
    except NoBindingError as error:
        raise NoScriptError(str(error)) from error


def _growth(defect: Defect) -> dict[str, Any]:
    if defect.law not in _COSTS:
        raise NoScriptError(f"no script judges {defect.law}")
    small, large = defect.exhibit["sizes"]
    name = str(defect.sut["name"])
    return {
        "longest": defect.law == LONGEST_STEP,
        "small": small,
        "large": large,
        "factor_max": round((large / small) ** _EXPONENT_SPARE, 3),
        "shape_of": _SHAPES[defect.exhibit["shape"]],
        "root": json.dumps(IMPORT_NAMES.get(name, name)),
    }


def _redaction(history: str, defect: Defect) -> dict[str, Any]:
    kind = defect.outcome_class.removeprefix("missed-").replace("-", "_")
    missed = [
        words
        for event in _events(history)
        for of_kind, words in event["value"].get("missed") or ()
        if of_kind == kind
    ]
    if not missed:
        raise NoScriptError("the history names no text that was left as it was")
    texts = [
        message["text"]
        for request in defect.exhibit["scenario"]["requests"]
        for message in request["input"].get("messages", ())
    ]
    found = [(next((t for t in texts if words in t), words), words) for words in missed]
    return {
        "texts": [(repr(text), repr(words)) for text, words in found[:EXAMPLES_MAX]],
        "redacts": True,
    }


def _schedule(defect: Defect, history: str, attempts: int) -> dict[str, Any]:
    scenario = defect.exhibit["scenario"]
    check = CHECKS.get((defect.law, defect.outcome_class))
    if check is None:
        raise NoScriptError(f"no script judges {defect.law}, {defect.outcome_class}")
    _refuse(scenario)
    pipeline, runs = scenario["pipeline"], scenario["requests"]
    kinds_of_fault = {fault["kind"] for fault in scenario["faults"]}
    work = _work(scenario, history)
    total = _total_ms(scenario, work)
    seconds = round(min(SECONDS_A_MS, SECONDS_MAX / (3 * total)), 4)
    if attempts > 1:
        seconds = min(seconds, SLOWEST_MS)
    if seconds < SLOWEST_MS / 2:
        raise NoScriptError(
            f"its scenario takes {total:,.0f} ms, which is too long to play for real"
        )
    data = _data(pipeline, runs, seconds)
    return {
        "seconds": seconds,
        "stages": {s["name"]: tuple(s["after"]) for s in pipeline["stages"]},
        "runs": {run["key"]: (run["start_ms"], run["cancel_after_ms"]) for run in runs},
        "faults": _faults(scenario),
        "work": work,
        "kinds": {
            stage["name"]: stage["kind"]
            for stage in pipeline["stages"]
            if stage["kind"] != StageKind.TRANSFORM.value
        },
        "data": data,
        "kinds_of_fault": kinds_of_fault,
        "statuses": tuple(status for status in _STATUSES if status in kinds_of_fault),
        "limit": round(2 * total),
        "settle": round(min(total, 2 * max([5.0, *work.values()]))),
        "check": check.source,
        "seen": check.seen,
        "judged": check.judged,
        "attempts": attempts,
        "gives_nothing": "return_none" in kinds_of_fault,
        "deduplicates": bool(pipeline.get("deduplicates")),
        "cancels": any(run["cancel_after_ms"] is not None for run in runs),
    }


def _refuse(scenario: Mapping[str, Any]) -> None:
    """Whatever the sketch has no words for."""
    stages = scenario["pipeline"]["stages"]
    if any(stage.get("nested") for stage in stages):
        raise NoScriptError("its scenario needs a nested pipeline")
    if any(stage["skippable"] for stage in stages):
        raise NoScriptError("its scenario needs a stage that asks for others to be skipped")
    if scenario.get("watch"):
        raise NoScriptError("it is about what the framework emits and logs")
    unknown = {fault["kind"] for fault in scenario["faults"]} - _FAULTS
    if unknown:
        raise NoScriptError(f"its scenario needs the fault {', '.join(sorted(unknown))}")


def _faults(scenario: Mapping[str, Any]) -> dict[tuple[str, str], tuple[str, float]]:
    found: dict[tuple[str, str], tuple[str, float]] = {}
    for fault in scenario["faults"]:
        for request in scenario["requests"]:
            if fault["run"] in (None, request["key"]):
                key = request["key"], fault["stage"]
                found.setdefault(key, (fault["kind"], fault["milliseconds"]))
    return found


def _data(
    pipeline: Mapping[str, Any], runs: Sequence[Mapping[str, Any]], seconds: float
) -> dict[str, dict[str, Any]]:
    """What a run's caller says to the framework beside the input."""
    limit = pipeline["stage_timeout_ms"]
    said: dict[str, dict[str, Any]] = {}
    for run in runs:
        if limit is not None:
            said.setdefault(run["key"], {})["_timeout_ms"] = round(limit * seconds * 1000)
        if pipeline.get("deduplicates") and run.get("idempotency_key"):
            said.setdefault(run["key"], {})["idempotency_key"] = run["idempotency_key"]
    return said


def _work(scenario: Mapping[str, Any], history: str) -> dict[str, float]:
    """What takes another time than 1 ms.

    As stated, and as the history shows it for stages that do more than to give a value.
    """
    fixed = scenario["latencies"]["fixed"]
    work = {name: factor for name, factor in fixed.items() if name != "*" and factor != 1}
    special = {
        stage["name"]
        for stage in scenario["pipeline"]["stages"]
        if stage["function"] != GIVE or stage["params"]
    }
    if special and not history:
        raise NoScriptError("its stages do more than a sketch can say, and there is no history")
    started: dict[tuple[str, str, int], float] = {}
    for event in _events(history) if special else ():
        place = event["run"], event["stage"], event["attempt"]
        if event["stage"] in special and event["kind"] == "stage_started":
            started[place] = event["time_ns"]
        elif place in started and event["kind"] in ("stage_ended", "stage_stopped"):
            lasted = (event["time_ns"] - started.pop(place)) / 1e6
            more = lasted if event["kind"] == "stage_ended" else lasted + 2
            work[f"{place[0]}/{place[1]}/1"] = round(max(more, 1.0), 3)
    for run, stage, _ in started:  # it never ended
        work[f"{run}/{stage}/1"] = 1_000.0
    return work


def _total_ms(scenario: Mapping[str, Any], work: Mapping[str, float]) -> float:
    """How long the scenario takes at most."""
    pieces = sum(max(1.0, factor) for factor in work.values())
    faults = sum(fault["milliseconds"] + 1 for fault in scenario["faults"])
    starts = max(request["start_ms"] for request in scenario["requests"])
    return float(starts + pieces + faults + 2 * len(scenario["pipeline"]["stages"]) + 10)


def _events(history: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in history.splitlines()[1:]]
