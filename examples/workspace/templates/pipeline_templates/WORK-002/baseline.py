"""Idempotency: callers send the same request again while it runs, or after it has ended."""

from random import Random

from production_testers.testing import (
    GIVE,
    Baseline,
    Kind,
    PipelineSpec,
    Scenario,
    StageKind,
    StageSpec,
    latencies,
    pipeline_of,
    play,
    requests,
    sent_again,
)

SERVICES: dict[str, str] = {}
WATCH = False
EXPERIMENT = Baseline()


def pipeline() -> PipelineSpec:
    """charge, whose effect a request must have once, → receipt."""
    return shaped(before=0, behind=1)


def shaped(before: int, behind: int) -> PipelineSpec:
    """One stage of kind WORK with ordinary stages before and behind it."""
    first = [f"before{i}" for i in range(before)]
    return pipeline_of(
        f"charge-{before}-{behind}",
        [
            *(StageSpec(name=name, function=GIVE) for name in first),
            StageSpec(name="charge", function=GIVE, kind=StageKind.WORK, after=tuple(first)),
            *(
                StageSpec(name=f"behind{i}", function=GIVE, after=("charge",))
                for i in range(behind)
            ),
        ],
        deduplicates=True,
    )


def varied(random: Random) -> PipelineSpec:
    """No, one or two stages before the work, and none to two behind it."""
    return shaped(random.randint(0, 2), random.randint(0, 2))


def some_requests(random: Random, count: int):
    """Requests, most of which are sent again within 50 ms."""
    return sent_again(random, requests(random, max(1, count // 2)))


def scenario(random: Random) -> Scenario:
    """One request, sent up to three times."""
    return Scenario(
        kind=Kind.BASELINE,
        pipeline=varied(random),
        requests=some_requests(random, 1),
        latencies=latencies(random),
        watch=WATCH,
    )


if __name__ == "__main__":
    raise SystemExit(play(__file__))
