"""The script that shows evidence which is a usage of a unit.

The adapter's own binding of the unit stands in it, as far as the calls need it: it imports the
framework and the standard library only. Time jumps on the stock event loop, so a pause of a minute
takes none. The script shows the defect when the calls concerned end as they did, and the caller's
own code began when it did.
"""

import json
from collections.abc import Mapping
from importlib import resources
from pprint import pformat
from typing import Any

from production_testers.evidence.repro.binding import for_script
from production_testers.experiments.using import ERRORS
from production_testers.model.usage import LAST
from production_testers.suts.registry import IMPORT_NAMES

WIDTH = 98

STOPPED = " stopped"
"""What stands behind the label of the caller's own code that was cancelled while it ran."""


class NoBindingError(Exception):
    """The framework's binding of the unit cannot stand in a script; the message says why."""


def usage_values(sut: str, scenario: Mapping[str, Any], history: str) -> dict[str, Any]:
    """What stands in the script.

    Args:
        sut: Name of the system under test.
        scenario: The smallest one, as JSON.
        history: Of that scenario, as a file's text.

    Raises:
        NoBindingError: There is no binding to put into it.
    """
    usage = scenario["usage"]
    imports, binding = for_script(_source(sut, usage["unit"]), usage)
    clients = list(dict.fromkeys(call["client"] for call in usage["calls"]))
    works = {
        (call["key"], label): [
            (_stretched(scenario, call["key"], label, nth, work), work["raises"], work["gives"],
             work["hangs"])
            for nth, work in enumerate(of_label, 1)
        ]
        for call in usage["calls"]
        for label, of_label in call.get("works", {}).items()
    }  # fmt: skip
    raised = sorted({work[1] for of_label in works.values() for work in of_label if work[1]})
    classes = ", ".join(f'"{name}": {ERRORS[name].__name__}' for name in raised)
    observed = _observed(history)
    return {
        "alone": clients[0] if len(clients) == 1 else "",
        "at_once": len(clients) == 1 and not any(call["after_ms"] for call in usage["calls"]),
        "last": LAST if any(call["client"] == LAST for call in usage["calls"]) else "",
        "cuts": any(STOPPED in seen for of_call in observed.values() for seen in of_call[2]),
        "imports": imports,
        "binding": binding,
        "methods": [name for name in ("work", "work_now") if f".{name}(" in binding],
        "settings": repr(usage["settings"]),
        "calls": [_call(scenario, call) for call in usage["calls"]],
        "works": pformat(works, width=WIDTH, compact=True) if works else "",
        "cancels": any(call["cancel_after_ms"] is not None for call in usage["calls"]),
        "names": f"ERRORS = {{{classes}}}" if raised else "",
        "observed": pformat(observed, width=WIDTH, compact=True),
    }


def _source(sut: str, unit: str) -> str:
    place = resources.files("production_testers.suts") / IMPORT_NAMES.get(sut, sut) / "units"
    module = place / f"{unit}.py"
    if not module.is_file():
        raise NoBindingError(f"nobody has said how a {unit} of {sut} is written in a script")
    return module.read_text(encoding="utf-8")


def _stretched(
    scenario: Mapping[str, Any], key: str, label: str, nth: int, work: Mapping[str, Any]
) -> float:
    fixed = scenario["latencies"]["fixed"]
    factor = fixed.get(f"{key}/{label}/{nth}", fixed.get("*", 1.0))
    return float(round(work["ms"] * factor, 6))


def _call(scenario: Mapping[str, Any], call: Mapping[str, Any]) -> str:
    fixed = scenario["latencies"]["fixed"]
    factor = fixed.get(f"{call['key']}/start/1", fixed.get("*", 1.0))
    after = round(call["after_ms"] * factor, 6)
    parts = (
        call["key"], call["client"], call["operation"], dict(call["arguments"]), after,
        call["cancel_after_ms"],
    )  # fmt: skip
    return repr(parts)


def _observed(history: str) -> dict[str, list[Any]]:
    """Call → how it ended, digest or class, labels of the caller's own code, and their moments."""
    seen: dict[str, list[Any]] = {}
    started: dict[tuple[str, str, int], int] = {}
    for line in history.splitlines()[1:]:
        event = json.loads(line)
        key, value = event["run"], event["value"]
        if not key:
            continue
        of_call = seen.setdefault(key, ["", "", [], []])
        if event["kind"] == "run_ended":
            of_call[0] = value["outcome"]
            of_call[1] = value.get("digest") or value.get("type") or ""
        elif event["kind"] == "stage_started":
            started[key, event["stage"], event["attempt"]] = len(of_call[2])
            of_call[2].append(event["stage"])
            of_call[3].append(round(event["time_ns"] / 1e6, 1))
        elif event["kind"] == "stage_stopped":
            of_call[2][started[key, event["stage"], event["attempt"]]] += STOPPED
    return seen
