"""Which faults of a plan happen at an occasion: a function of the plan's seed and of names."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from random import Random
from typing import Any

from production_testers.mocks.faults.catalogue import kind_of
from production_testers.mocks.faults.distributions import draw
from production_testers.mocks.faults.kinds import Kind, Moment, Param
from production_testers.model import seeds
from production_testers.model.canonical import Json
from production_testers.model.fault_plan import Burst, FaultPlan, Place, Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """Something at which a fault may happen.

    Attributes:
        place: A call of a service, an execution of a stage, a connection, a question.
        name: Of the service, the stage, the port, the name that is asked for.
        operation: Of a service.
        run: In which run, where there is one.
        stage: Of which stage a service is called.
        nth: Which one of its caller, from 1.
    """

    place: Place
    name: str
    operation: str = ""
    run: str = ""
    stage: str = ""
    nth: int = 1

    @property
    def family(self) -> str:
        """What its occasions are counted in: `run/stage/service.operation`, as far as it goes."""
        what = f"{self.name}.{self.operation}" if self.operation else self.name
        return "/".join(part for part in (self.run, self.stage, what) if part)

    @property
    def label(self) -> str:
        """Its name: `run/stage/service.operation/nth`."""
        return f"{self.family}/{self.nth}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Firing:
    """A fault that happened.

    Attributes:
        rule: Which rule of the plan.
        fault: Which kind.
        at: The occasion's name.
        at_ms: When, since the start.
        params: What was drawn for it.
        seed: Of its effect's own choices.
    """

    rule: str
    fault: str
    at: str
    at_ms: float
    params: Mapping[str, Any]
    seed: int

    @property
    def kind(self) -> Kind:
        """The kind in the catalogue."""
        return kind_of(self.fault)

    def moment(self, service: str, operation: str, payload: Mapping[str, Json]) -> Moment:
        """What its effect is given."""
        return Moment(
            service=service,
            operation=operation,
            payload=payload,
            params=self.params,
            random=Random(self.seed),
        )

    def as_json(self) -> dict[str, Json]:
        """The firing as it stands in logs."""
        return {
            "rule": self.rule,
            "fault": self.fault,
            "at": self.at,
            "at_ms": round(self.at_ms, 3),
            "params": dict(self.params),
        }


@dataclass(slots=True)
class Decider:
    """Decides for every occasion.

    Args:
        plan: A plan that `checked` has passed.
        now: Milliseconds since the start.

    Attributes:
        looked_at_time: Whether a decision depended on when an occasion came.
    """

    plan: FaultPlan
    now: Callable[[], float]
    looked_at_time: bool = False
    _fired: Counter[tuple[str, str]] = field(default_factory=Counter)
    _rules: dict[tuple[str, ...], Sequence[Rule]] = field(default_factory=dict)

    def at(self, occasion: Occasion) -> list[Firing]:
        """The faults that happen at an occasion, in the order of the plan."""
        key = (
            occasion.place,
            occasion.name,
            occasion.operation,
            occasion.run,
            occasion.stage,
        )
        rules = self._rules.get(key)
        if rules is None:
            rules = [rule for rule in self.plan.rules if applies(rule, occasion)]
            self._rules[key] = rules
        if not rules:
            return []
        now, label = self.now(), occasion.label
        return [fired(self.plan, rule, label, now) for rule in rules if self._fires(rule, occasion)]

    def _fires(self, rule: Rule, occasion: Occasion) -> bool:
        when = rule.when
        if when.calls:
            return occasion.label in when.calls
        at_ms = self.now() if when.looks_at_time else 0.0
        self.looked_at_time |= when.looks_at_time
        counted = (rule.id, occasion.family)
        fires = (
            occasion.nth >= when.first
            and (occasion.nth - when.first) % when.every == 0
            and at_ms >= when.from_ms
            and (when.until_ms is None or at_ms < when.until_ms)
            and (when.at_most is None or self._fired[counted] < when.at_most)
            and self._in_burst(when.burst, occasion.nth, at_ms)
            and (
                when.share >= 1
                or seeds.fraction(self.plan.seed, "fault", rule.id, occasion.label) < when.share
            )
        )
        self._fired[counted] += fires
        return fires

    def _in_burst(self, burst: Burst | None, nth: int, at_ms: float) -> bool:
        if burst is None:
            return True
        position = at_ms if burst.of == "ms" else nth - 1
        return is_bad(burst, self.plan.seed, position)


def is_bad(burst: Burst, seed: int, position: float) -> bool:
    """Whether the window of a burst that a position lies in is a bad one."""
    window = int(position // burst.length)
    return seeds.fraction(seed, "burst", burst.group, window) < burst.share


def fired(plan: FaultPlan, rule: Rule, label: str, at_ms: float) -> Firing:
    """The firing of a rule at an occasion, with what is drawn for it."""
    kind = kind_of(rule.fault)
    params = {
        name: _drawn(rule.params.get(name, param.default), param, plan.seed, (rule.id, label, name))
        for name, param in kind.params.items()
    }
    return Firing(
        rule=rule.id,
        fault=rule.fault,
        at=label,
        at_ms=at_ms,
        params=params,
        seed=seeds.derive(plan.seed, "effect", rule.id, label),
    )


def _drawn(spec: Json, param: Param, seed: int, path: tuple[str, ...]) -> Any:
    if not isinstance(spec, Mapping):
        return spec
    value = draw(spec, seeds.random_for(seed, "param", *path))
    if isinstance(value, int | float) and param.low is not None and param.high is not None:
        value = min(max(value, param.low), param.high)
        return int(value) if param.whole else value
    return value


def applies(rule: Rule, occasion: Occasion) -> bool:
    """Whether a rule is about an occasion at all."""
    at = rule.at
    if at.place is not occasion.place or not fnmatchcase(occasion.name, at.name):
        return False
    if not fnmatchcase(occasion.run, at.run):
        return False
    if at.place is not Place.SERVICE:
        return True
    kind = kind_of(rule.fault)
    where = f"{occasion.name}.{occasion.operation}"
    fits = not kind.at or any(fnmatchcase(where, pattern) for pattern in kind.at)
    return (
        fits
        and fnmatchcase(occasion.operation, at.operation)
        and fnmatchcase(occasion.stage, at.stage)
    )
