"""When faults happen where nobody calls: at moments, counted from the start."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from production_testers.mocks.faults.deciding import Decider, Firing, Occasion
from production_testers.model.fault_plan import TIMED, FaultPlan, Place, Rule

HOST = "host"
MOMENTS_MAX = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A fault at a moment.

    Attributes:
        at_ms: Since the start.
        target: Of the process; `host` for the machine.
        firing: The fault, with what was drawn for it.
    """

    at_ms: float
    target: str
    firing: Firing


def timeline(plan: FaultPlan, processes: Sequence[str], for_ms: float) -> list[Planned]:
    """Every fault that a plan does at moments within a time, in order.

    Args:
        plan: A plan that `checked` has passed.
        processes: The names of the processes there are.
        for_ms: How long.
    """
    found = []
    for rule in plan.rules:
        if rule.at.place in TIMED:
            names = [HOST] if rule.at.place is Place.HOST else processes
            for name in names:
                if fnmatchcase(name, rule.at.name):
                    found += list(_of_rule(plan, rule, name, for_ms))
    return sorted(found, key=lambda one: (one.at_ms, one.firing.rule, one.target))


def _of_rule(plan: FaultPlan, rule: Rule, name: str, for_ms: float) -> Iterator[Planned]:
    moment_ms = rule.when.from_ms
    decider = Decider(FaultPlan(seed=plan.seed, rules=(rule,)), lambda: moment_ms)
    for nth in range(1, MOMENTS_MAX):
        if moment_ms > for_ms:
            return
        for firing in decider.at(Occasion(place=rule.at.place, name=name, nth=nth)):
            yield Planned(at_ms=moment_ms, target=name, firing=firing)
        if not rule.when.every_ms:
            return
        moment_ms = rule.when.from_ms + nth * rule.when.every_ms
