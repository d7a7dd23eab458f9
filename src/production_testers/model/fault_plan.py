"""A fault plan: which fault, at which service or stage, when and how often, drawn from one seed.

Whether a fault happens at an occasion follows from the plan's seed, the rule's name and the
occasion's name (`run/stage/service.operation/nth`), never from what was drawn before: leaving one
rule out, or one run, changes nothing for the others. So a plan shrinks like latencies do.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from production_testers.model.canonical import Json

ANY = "*"


class Place(StrEnum):
    """Where a fault can be: what its occasions are.

    `SERVICE`: every call of an operation. `STAGE`: every execution of a stage. `PORT`: every
    connection through a TCP proxy. `DNS`: every question for a name. `PROCESS` and `HOST`: moments
    in time, of a process that was started under the plan, or of the machine it runs on.
    """

    SERVICE = "service"
    STAGE = "stage"
    PORT = "port"
    DNS = "dns"
    PROCESS = "process"
    HOST = "host"


TIMED = frozenset({Place.PROCESS, Place.HOST})
"""Places where nobody calls: a fault there has moments instead of occasions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where a rule applies. Every name is a pattern as file names have them: `*`, `?`, `[ab]`.

    Attributes:
        place: What its occasions are.
        name: The service, stage, port, name, process or host.
        operation: Of a service: which operation.
        run: Of a service or a stage: in which run.
        stage: Of a service: called by which stage.
    """

    place: Place
    name: str = ANY
    operation: str = ANY
    run: str = ANY
    stage: str = ANY


@dataclass(frozen=True, slots=True, kw_only=True)
class Burst:
    """Faults that come together: the occasions are cut into windows, and some windows are bad.

    Rules with the same group are bad in the same windows, whatever they do, so failures of several
    services are correlated.

    Attributes:
        group: Whose windows.
        length: Of a window, in milliseconds or in occasions.
        share: Of the windows that are bad.
        of: `ms` or `calls`: what a window is measured in.
    """

    group: str
    length: float
    share: float
    of: str = "ms"


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """When and how often a rule fires.

    Occasions are counted from 1 for each caller (a stage of a run; over a wire, whoever says the
    same name in `x-ptest-caller`) and each operation.

    Attributes:
        share: Of the occasions that are left by everything below.
        first: The first occasion it may fire at.
        every: From there on, every how manyth.
        at_most: How often it fires for one caller; None for no bound.
        from_ms: Since the start; before, it does not fire.
        until_ms: Since the start; from there on, it does not fire. None for never.
        every_ms: Between two moments, at places without occasions; 0 for one moment only.
        burst: Only in the bad windows of a group.
        calls: Exactly at the occasions of these names; nothing above counts then.
    """

    share: float = 1.0
    first: int = 1
    every: int = 1
    at_most: int | None = None
    from_ms: float = 0.0
    until_ms: float | None = None
    every_ms: float = 0.0
    burst: Burst | None = None
    calls: tuple[str, ...] = ()

    @property
    def looks_at_time(self) -> bool:
        """Whether it depends on when an occasion comes, and not on its name alone."""
        timed_burst = self.burst is not None and self.burst.of == "ms"
        timed = self.from_ms > 0 or self.until_ms is not None or timed_burst
        return timed and not self.calls


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One fault of a plan.

    Attributes:
        id: Names the rule: its draws follow from it.
        fault: A kind of the catalogue, such as `http-503`.
        at: Where.
        when: When and how often.
        params: The kind's parameters: numbers, texts, or distributions (`mocks.faults`).
    """

    id: str
    fault: str
    at: Target
    when: When = field(default_factory=When)
    params: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultPlan:
    """Everything that is to go wrong.

    Attributes:
        seed: Where every choice comes from.
        rules: In this order they apply where several fire at one occasion.
    """

    seed: int = 0
    rules: tuple[Rule, ...] = ()
