"""What a law judges: everything known about one execution of one scenario."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from production_testers.model.history import History
from production_testers.model.scenario import Scenario
from production_testers.model.semantics import SutDescription


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What the reference allows for one run.

    Attributes:
        outcomes: The ways in which it may end: `completed`, `failed:STAGE`, `cancelled:STAGE`,
            `cancelled`.
        outputs: Digest of every stage's output where it depends on nothing but the input;
            stages behind a skipped one are left out, because frameworks differ.
        skipped: Stages that must not be executed, because a dependency asked for it.
        executed: Stages that must have been executed when the run completes.
    """

    outcomes: frozenset[str]
    outputs: Mapping[str, str] = field(default_factory=dict)
    skipped: frozenset[str] = frozenset()
    executed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class CostPoint:
    """What something of a given size took, or left.

    Attributes:
        size: Number of stages, runs, requests, turns or characters.
        operations: Lines of the framework's own code that were executed, blocks or bytes of memory
            in use afterwards, or nanoseconds of processor time; `evidence.growth` says which.
        what: What was measured: `stages`, or the shape as a recipe names it.
        longest: Lines executed in the longest step of the event loop; 0 where it was not counted.
    """

    size: int
    operations: int
    what: str = "stages"
    longest: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadFigure:
    """One figure of a load that was made again and again, here and on a control, in turns.

    Attributes:
        name: As targets are named; `cpu_us` for the CPU time of one execution.
        pairs: The figure here and on the control, for every repetition.
        operations: Executions that completed in the load that completed the fewest.
        waited_share: The share of the time, here, in which others had the core; it is taken off
            the latencies and rates here, and not off those of the control.
        limit: The target; None where there is none.
    """

    name: str
    pairs: tuple[tuple[float, float], ...]
    operations: int
    limit: float | None = None
    waited_share: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """What was there when an execution had ended and nothing more could happen.

    Attributes:
        pending: Tasks that had not ended.
        lost: Messages about exceptions that nobody retrieved.
        unawaited: Coroutines that were thrown away without having been awaited.
        changed: What of the process was not as before, by name: `os.environ[NAME]`, `sys.path`, ….
        files: What was done to files that nobody had named.
    """

    pending: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    unawaited: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One execution, as the laws see it.

    Attributes:
        scenario: What was executed.
        sut: On what.
        history: What happened.
        expected: What the reference allows, by run key.
        costs: Work by size, for the laws about cost; empty elsewhere.
        figures: What loads showed, for the laws about loads; empty elsewhere.
        left: What was left behind.
    """

    scenario: Scenario
    sut: SutDescription
    history: History
    expected: Mapping[str, Expected] = field(default_factory=dict)
    costs: tuple[CostPoint, ...] = ()
    figures: tuple[LoadFigure, ...] = ()
    left: Left = field(default_factory=Left)
