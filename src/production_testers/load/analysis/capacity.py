"""What a load goal would take: the machine's measured maximum, and how many of it are needed."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from production_testers.load.analysis.search import KEEPS_UP, Perform
from production_testers.load.arrivals import constant
from production_testers.load.documents import figures
from production_testers.load.plan import Plan
from production_testers.load.result import Result, percentiles_ms

SHARE_ALONE = 0.15
SHARE_SUSTAINED = 0.25
"""Of the duration, beside the goal itself: one worker alone, and what can be sustained."""

SUSTAINED = 0.7
"""The tail is stated at this share of the maximum: nearer to it queues grow without end."""

CORE_SHARE = 0.8
"""Machines are planned so that a core is busy at most this much."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """The three loads behind a statement about capacity.

    Attributes:
        goal: The goal as it is stated, for the whole duration, with a worker for each core.
        alone: One worker, closed loop.
        sustained: Open loop at a rate that the machine can sustain.
        rate: The goal's rate.
        cores: Of this machine.
    """

    goal: Result
    alone: Result
    sustained: Result
    rate: float
    cores: int


def targets(rate: float) -> dict[str, float]:
    """What a goal asks of a load: what was under way at the end does not count."""
    return {"throughput_tps": rate * KEEPS_UP}


def measure(
    plan: Plan, rate: float, cores: int, perform: Perform, tell: Callable[[str], None]
) -> Measured:
    """Make the three loads.

    Args:
        plan: The goal: its shape, concurrency and duration.
        rate: The goal's rate.
        cores: Of this machine.
        perform: Carries a plan out.
        tell: Shows progress.
    """
    tell("  one worker alone, closed loop")
    callers = max(1, (plan.concurrency or cores) // cores)
    alone = perform(
        replace(
            plan,
            shape=None,
            workers=1,
            concurrency=callers,
            warm_up_s=None,
            duration_s=max(2.0, plan.duration_s * SHARE_ALONE),
        )
    )
    tell(f"  the goal, {plan.workers} workers")
    goal = perform(plan)
    bearable = max(1.0, min(rate, goal.throughput * SUSTAINED))
    tell(f"  {bearable:,.0f} a second")
    sustained = perform(
        replace(
            plan,
            shape=constant(bearable),
            warm_up_s=None,
            duration_s=max(2.0, plan.duration_s * SHARE_SUSTAINED),
        )
    )
    return Measured(goal=goal, alone=alone, sustained=sustained, rate=rate, cores=cores)


def statement(measured: Measured) -> dict[str, Any]:
    """The measured maximum and tail, and what the goal would take, with the model's error.

    The model: an execution costs as much CPU time whatever else goes on, so cores add up. It is
    tested here: what one worker alone paid for an execution, against what all paid at the goal.
    CPU time is counted, not wall time, so that others on the machine do not change the answer.
    """
    goal, alone = measured.goal, measured.alone
    costs = [one.cpu_us_per_operation for one in (alone, goal, measured.sustained)]
    known = [cost for cost in costs if cost]
    cores = [measured.rate * cost / 1e6 / CORE_SHARE for cost in known] or [math.inf]
    of_goal = measured.rate * (goal.cpu_us_per_operation or math.inf) / 1e6 / CORE_SHARE
    error = costs[1] / costs[0] - 1 if costs[0] else math.nan
    return {
        "goal_tps": measured.rate,
        "goal_met": goal.throughput >= measured.rate * KEEPS_UP,
        "highest_tps": round(goal.throughput, 1),
        "highest_interval": _interval(goal),
        "at_the_goal": {
            "from_send": _tail(goal, from_send=True),
            "from_intended": _tail(goal),
            "not_sent": goal.not_sent,
        },
        "sustained_tps": round(measured.sustained.throughput, 1),
        "sustained": _tail(measured.sustained),
        "cores_used": round(_cores_used(goal), 2),
        "model": {
            "alone_us": round(costs[0], 1),
            "at_the_goal_us": round(costs[1], 1),
            "sustained_us": round(costs[2], 1),
            "error_percent": round(100 * error, 1) if math.isfinite(error) else None,
        },
        "needed": {
            "cores": _whole(of_goal),
            "cores_between": [_whole(min(cores)), _whole(max(cores))],
            "machines_like_this": _whole(of_goal / measured.cores),
            "machines_between": [
                _whole(min(cores) / measured.cores),
                _whole(max(cores) / measured.cores),
            ],
            "cores_of_this_machine": measured.cores,
            "busy_at_most": CORE_SHARE,
        },
    }


def _whole(number: float) -> int | None:
    return math.ceil(number) if math.isfinite(number) else None


def _cores_used(result: Result) -> float:
    return sum(result.cpu_s) / result.window_s if result.window_s else 0.0


def _interval(result: Result) -> list[float] | None:
    edges = result.confidence.get("throughput_tps")
    return None if edges is None else [round(edge, 1) for edge in edges]


def _tail(result: Result, *, from_send: bool = False) -> dict[str, float]:

    values = percentiles_ms(result.service) if from_send else figures(result)
    names = ("p50_ms", "p95_ms", "p99_ms", "p999_ms", "max_ms")
    return {name: round(values[name], 4) for name in names}
