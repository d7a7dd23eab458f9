"""What a plan would do: its decisions at imagined occasions, without doing anything.

The occasions are evenly spaced calls of every operation, executions of every stage, connections
and questions that a rule names. Decisions follow from names, so a run with the same occasions
gets the same faults; bursts and windows in time are as exact as the calls' times are.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from production_testers.mocks.faults.catalogue import checked, kind_of
from production_testers.mocks.faults.deciding import Decider, Firing, Occasion, applies
from production_testers.mocks.faults.moments import timeline
from production_testers.model.fault_plan import TIMED, FaultPlan, Place, Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What is imagined.

    Attributes:
        operations: Service → its operations.
        calls: Of each operation, executions of each stage, connections, questions.
        seconds: In which they come, evenly.
        callers: Who calls, as `run/stage`; each makes all the calls.
        processes: The processes that are run.
    """

    operations: Mapping[str, Sequence[str]]
    calls: int = 100
    seconds: float = 60.0
    callers: Sequence[str] = ("",)
    processes: Sequence[str] = ("app",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """What one rule would do.

    Attributes:
        rule: The rule.
        occasions: At how many it might have fired.
        firings: What it would do, in order.
    """

    rule: Rule
    occasions: int
    firings: tuple[Firing, ...]


def foresee(plan: FaultPlan, load: Load) -> list[Foreseen]:
    """What every rule of a plan would do under a load.

    Raises:
        InvalidDocumentError: The plan cannot happen.
    """
    checked(plan)
    return [_of_rule(plan, rule, load) for rule in plan.rules]


def _of_rule(plan: FaultPlan, rule: Rule, load: Load) -> Foreseen:
    alone = FaultPlan(seed=plan.seed, rules=(rule,))
    if rule.at.place in TIMED:
        planned = timeline(alone, load.processes, load.seconds * 1000)
        firings = tuple(one.firing for one in planned)
        return Foreseen(rule=rule, occasions=len(firings), firings=firings)
    now_ms = 0.0
    decider = Decider(alone, lambda: now_ms)
    found: list[Firing] = []
    occasions = 0
    for nth in range(1, load.calls + 1):
        now_ms = (nth - 1) * load.seconds * 1000 / load.calls
        for occasion in _occasions(rule, load, nth):
            if applies(rule, occasion):
                occasions += 1
                found += decider.at(occasion)
    return Foreseen(rule=rule, occasions=occasions, firings=tuple(found))


def _occasions(rule: Rule, load: Load, nth: int) -> Iterator[Occasion]:
    place = rule.at.place
    for caller in load.callers:
        run, _, stage = caller.partition("/")
        if place is Place.SERVICE:
            for service, operation in _operations(rule, load):
                yield Occasion(
                    place=place, name=service, operation=operation, run=run, stage=stage, nth=nth
                )
        elif place is Place.STAGE:
            yield Occasion(place=place, name=stage or rule.at.name, run=run, nth=nth)
        else:
            yield Occasion(place=place, name=rule.at.name, nth=nth)


def _operations(rule: Rule, load: Load) -> Iterator[tuple[str, str]]:
    """The operations that a rule may meet, among those that there are."""
    kind = kind_of(rule.fault)
    for service, operations in load.operations.items():
        for operation in operations:
            where = f"{service}.{operation}"
            if not kind.at or any(fnmatchcase(where, pattern) for pattern in kind.at):
                yield service, operation
