"""The statistics find what was planted, and stay silent where nothing was."""

from random import Random

import pytest

from production_testers.load.analysis.comparison import Comparison
from production_testers.load.analysis.growth import Growth
from production_testers.load.analysis.usl import Law, Scaling, fit
from production_testers.load.histogram import Histogram
from production_testers.load.outliers import attribute
from production_testers.load.statistics.confidence import intervals_of, of_mean
from production_testers.load.statistics.memory import slope
from production_testers.load.statistics.steady import settled_at
from production_testers.load.worker.spent import Within

MS = 1_000_000


def noisy(random, value, share=0.05):
    return value * random.uniform(1 - share, 1 + share)


def test_the_law_is_found_again_from_its_own_points():
    law = Law(alone=1_000, contention=0.05, coherency=0.001)
    found = fit([(n, law.throughput(n)) for n in (1, 2, 4, 8, 16, 32)])
    assert found.alone == pytest.approx(1_000, rel=0.001)
    assert found.contention == pytest.approx(0.05, rel=0.01)
    assert found.coherency == pytest.approx(0.001, rel=0.01)
    assert found.best_concurrency == pytest.approx((0.95 / 0.001) ** 0.5, rel=0.01)


def test_the_law_has_no_negative_costs():
    found = fit([(1, 100), (2, 230), (4, 500), (8, 1_100)])  # faster than in proportion
    assert found.contention >= 0
    assert found.coherency >= 0
    assert found.best_concurrency == float("inf")


def scaling_of(law, sizes, seed=0):
    random = Random(seed)
    rates = {n: [noisy(random, law.throughput(n), 0.02) for _ in range(4)] for n in sizes}
    times = {n: [1_000 * n / rate for rate in rates[n]] for n in sizes}
    return Scaling(points=rates, latencies_ms=times)


def test_a_sweep_names_the_knee_and_predicts_its_last_point():
    law = Law(alone=1_000, contention=0.2, coherency=0.002)
    told = scaling_of(law, (1, 2, 4, 8, 16, 32)).document(seed=0)
    assert told["knee"] in {2, 4}
    assert told["law"]["error_percent"] < 5
    assert abs(told["prediction"]["error_percent"]) < 20
    assert all(point["littles_law"] == pytest.approx(1, abs=0.05) for point in told["points"])


def test_too_few_points_give_no_law():
    told = scaling_of(Law(alone=10, contention=0, coherency=0), (1, 2, 4)).document(seed=0)
    assert told["law"] is None
    assert "needs 4" in told["why_no_law"]


def growth_of(cost, sizes=(10, 30, 100, 300), seed=0):
    random = Random(seed)
    return Growth(
        quantity="stages", costs={n: [noisy(random, cost(n)) for _ in range(6)] for n in sizes}
    ).document(seed=0)


def test_growth_that_turns_quadratic_shows_in_the_last_exponent_and_is_predicted():
    told = growth_of(lambda n: 100 + 20 * n + 0.5 * n * n)
    assert told["exponents"][0]["exponent"] < 1.3
    assert told["exponents"][-1]["interval"][0] > 1.6
    assert told["prediction"]["confirmed"]


def test_linear_growth_is_called_linear():
    last = growth_of(lambda n: 20 * n)["exponents"][-1]
    assert last["interval"][0] <= 1 <= last["interval"][1] or abs(last["exponent"] - 1) < 0.05


def test_a_cliff_that_the_smaller_sizes_do_not_show_refutes_the_prediction():
    told = growth_of(lambda n: 20 * n if n < 200 else 100 * n)
    assert not told["prediction"]["confirmed"]


def compared(ratio, seed, share=0.1):
    random = Random(seed)
    first = [noisy(random, 100, share) for _ in range(10)]
    second = [noisy(random, 100 * ratio, share) for _ in range(10)]
    return Comparison(first={"p99_ms": first}, second={"p99_ms": second}).document(seed=seed)[
        "p99_ms"
    ]


def test_a_slower_version_is_worse():
    assert all(compared(1.3, seed)["verdict"] == "worse" for seed in range(20))
    assert all(compared(0.7, seed)["verdict"] == "better" for seed in range(20))


def test_the_same_version_is_no_regression():
    verdicts = [compared(1.0, seed)["verdict"] for seed in range(100)]
    assert verdicts.count("worse") <= 1


def test_more_throughput_is_better_and_few_pairs_say_nothing():
    pairs = {"throughput_tps": [100.0 + n for n in range(8)]}
    more = {"throughput_tps": [150.0 + n for n in range(8)]}
    assert Comparison(first=pairs, second=more).document(seed=0)["throughput_tps"]["verdict"] == (
        "better"
    )
    few = {"p50_ms": [1.0] * 5}
    assert Comparison(first=few, second=few).document(seed=0)["p50_ms"]["verdict"] == "unknown"


def memory_of(grow, seed=0, count=40):
    random = Random(seed)
    return slope(
        [1_000 * n for n in range(1, count + 1)],
        [100 + grow(n) + random.uniform(0, 0.3) for n in range(count)],
        seed=0,
    )


def test_a_leak_grows_and_its_slope_is_in_the_interval():
    told = memory_of(lambda n: 0.5 * n)
    assert told["verdict"] == "grows"
    assert told["interval_95"][0] <= 0.5 <= told["interval_95"][1]
    assert told["mb_per_1000"] == pytest.approx(0.5, rel=0.1)


@pytest.mark.parametrize(
    "grow",
    [lambda _n: 0, lambda n: 20 if n > 3 else 0, lambda n: min(n, 8) * 2, lambda n: 0.01 * n],
    ids=["flat", "one jump", "fills once", "less than the allocator's own"],
)
def test_a_heap_that_does_not_keep_growing_is_no_leak(grow):
    assert all(memory_of(grow, seed)["verdict"] == "no growth shown" for seed in range(10))


def test_few_samples_say_nothing():
    assert memory_of(lambda n: n, count=5)["verdict"] == "unknown"


def test_a_warm_up_is_cut_where_it_ends():
    assert settled_at([50, 30, 20, *[10.1, 9.9] * 10]) == pytest.approx(3, abs=1)
    assert settled_at([10.0] * 20) == 0
    assert settled_at([1.0, 2.0]) == 0


def blocks_of(p99, seed=0):
    random = Random(seed)
    made = []
    for _ in range(20):
        block = Histogram()
        block.fold([round(random.uniform(0, p99 / 0.99)) for _ in range(500)])
        made.append(block)
    return made


def test_the_interval_of_a_percentile_holds_the_true_one():
    held = 0
    for seed in range(30):
        low, high = intervals_of(blocks_of(99 * MS, seed), {"p99_ms": 99.0}, seed=seed)["p99_ms"]
        held += low <= 99 <= high
    assert held >= 25


def test_too_few_intervals_state_no_confidence():
    assert intervals_of(blocks_of(MS)[:7], {"p50_ms": 50.0}, seed=0) == {}
    assert of_mean([1.0] * 7, seed=0) is None
    assert of_mean([1.0] * 8, seed=0) == (1.0, 1.0)


def test_the_time_of_an_outlier_is_divided_without_counting_any_of_it_twice():
    # sent 5 ms late at 1,005 ms; took 95 ms: GC from 1,010 to 1,030, loop blocked to 1,050
    slow = (100 * MS, 1_005 * MS, 95 * MS)
    outlier = attribute(slow, [(1_010 * MS, 1_030 * MS)], [(1_010 * MS, 1_050 * MS)], 900 * MS)
    assert outlier.parts_ms == {
        "sent late": 5.0,
        "garbage collection": 20.0,
        "loop blocked": 20.0,
        "target": 55.0,
    }
    assert outlier.cause == "target"
    assert outlier.at_s == 0.1
    # an execution that began at once, 50 ms in stages of which 35 in services
    other = (96 * MS, 1_004 * MS, 96 * MS, 96 * MS)  # of another operation
    spent = [other, (95 * MS, 1_005 * MS, 50 * MS, 35 * MS)]
    outlier = attribute(slow, [], [], 900 * MS, spent)
    assert outlier.parts_ms == {
        "sent late": 5.0,
        "garbage collection": 0.0,
        "loop blocked": 0.0,
        "service": 35.0,
        "stages": 15.0,
        "framework": 45.0,
    }
    assert outlier.cause == "framework"


def test_overlapping_stages_are_counted_once():
    within = Within()
    for at, step in [(0, within.enter), (10, within.enter), (20, within.leave)]:
        step(at)
    within.leave(30)
    within.enter(50)
    within.leave(55)
    assert within.total_ns == 35
