"""An application that has answered many requests keeps no more than after fewer."""

from production_testers.laws.cost.kept_per_run import BLOCKS_MAX, RUNS_MIN, kept_per_run
from production_testers.laws.law import (
    Category,
    FindingType,
    Judgement,
    Law,
    OutcomeClass,
    Severity,
)
from production_testers.model.observation import CostPoint, Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict

REQUESTS = "requests"
"""The shape whose sizes are numbers of requests of a team's application."""


def check(observation: Observation) -> Verdict:
    """Judge the two largest numbers of requests, the same few of which were made again and again.

    What is kept of each different request (a cache), or of the last thousand, is full by then.
    """
    judgement = Judgement()
    points = sorted(
        (point for point in observation.costs if point.what == REQUESTS),
        key=lambda point: point.size,
    )
    if len(points) >= 2 and points[-1].size - points[-2].size >= RUNS_MIN:
        small, large = points[-2:]
        judgement.judge(
            kept_per_run(small, large) <= BLOCKS_MAX,
            "kept-per-request",
            lambda: _said(small, large),
        )
    return judgement.verdict()


def _said(small: CostPoint, large: CostPoint) -> str:
    return (
        f"after {small.size:,} requests {small.operations:,} blocks of memory were in use, and"
        f" after {large.size:,} requests {large.operations:,}: each request keeps"
        f" {kept_per_run(small, large):.1f}"
    )


LAW = Law(
    id="target/keeps-nothing",
    statement=f"Of a request that is over at most {BLOCKS_MAX:g} block of memory is kept, when the"
    " same requests have been made many times.",
    category=Category.SCALABILITY,
    capability=Capability.TARGET,
    units=frozenset({"target"}),
    classes={
        "kept-per-request": OutcomeClass(
            title="Something is kept of every request",
            severity=Severity.HIGH,
            why="a service that runs for weeks grows until it is killed",
            type=FindingType.RELIABILITY,
        ),
    },
    check=check,
    needs_costs=True,
    measures=REQUESTS,
)
