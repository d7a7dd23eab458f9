from itertools import pairwise

import pytest

from production_testers.load.arrivals import (
    Shape,
    bounded,
    constant,
    parse_burst,
    parse_rate,
    planned,
)
from production_testers.model.errors import UsageError

S = 1_000_000_000


def of(text, duration_s):
    return bounded(Shape(segments=parse_rate(text)), duration_s)


def test_a_constant_rate_has_even_gaps():
    moments = list(constant(200).arrivals(1.0))
    assert len(moments) == 200
    assert {later - earlier for earlier, later in pairwise(moments)} == {S // 200}


def test_a_ramp_over_the_whole_run_has_the_area_below_it():
    moments = list(of("0..100", 10).arrivals(10))
    assert len(moments) == pytest.approx(500, abs=1)
    assert sum(moment < 5 * S for moment in moments) == pytest.approx(125, abs=1)


def test_steps_follow_each_other():
    moments = list(of("10@2,100@1,10", 5).arrivals(5))
    in_second = [sum(n * S <= moment < (n + 1) * S for moment in moments) for n in range(5)]
    assert in_second == [10, 10, 100, 10, 10]


def test_bursts_come_at_once():
    moments = list(Shape(burst=parse_burst("5@2")).arrivals(5))
    assert moments == [0] * 5 + [2 * S] * 5 + [4 * S] * 5


def test_poisson_arrivals_have_the_rate_and_the_spread_of_a_poisson_process():
    moments = list(constant(1_000, poisson=True, seed=3).arrivals(10))
    assert len(moments) == pytest.approx(10_000, rel=0.04)
    gaps = [later - earlier for earlier, later in pairwise(moments)]
    mean = sum(gaps) / len(gaps)
    deviation = (sum((gap - mean) ** 2 for gap in gaps) / len(gaps)) ** 0.5
    assert deviation / mean == pytest.approx(1, abs=0.05)  # 0 for even gaps


def test_one_seed_gives_one_sequence_and_another_gives_another():
    first, again, other = (
        list(constant(50, poisson=True, seed=seed).arrivals(2)) for seed in (1, 1, 2)
    )
    assert first == again != other


@pytest.mark.parametrize("text", ["70", "0..90@3,20", "5@1,0@1,5"])
def test_workers_share_a_shape_without_loss_or_doubling(text):
    shape = of(text, 5)
    shared = sorted(moment for worker in range(3) for moment in shape.arrivals(5, worker, 3))
    assert shared == list(shape.arrivals(5))


def test_a_log_is_replayed_from_its_first_arrival(tmp_path):
    log = tmp_path / "arrivals.txt"
    log.write_text("# seconds\n1000.5\n1000.0\n\n1002.0 GET /\n")
    assert list(Shape(replay=str(log)).arrivals(10)) == [0, S // 2, 2 * S]
    assert list(Shape(replay=str(log), speed=2).arrivals(10)) == [0, S // 4, S]


@pytest.mark.parametrize("text", ["70", "0..90@3,20", "10@1"])
def test_what_is_planned_is_what_comes(text):
    shape = of(text, 5)
    assert planned(shape, 5) == pytest.approx(len(list(shape.arrivals(5))), abs=2)


def test_a_shape_crosses_the_pipe_unchanged():
    shape = of("0..90@3,20", 5)
    assert Shape.from_json(shape.as_json()) == shape


@pytest.mark.parametrize("text", ["", "x", "-1", "0", "1..", "10@0", "10,20", "nan", "1@-2", "inf"])
def test_a_rate_that_cannot_be_read_is_told(text):
    with pytest.raises(UsageError, match="--rate"):
        parse_rate(text)


@pytest.mark.parametrize("text", ["", "5", "0@1", "5@0", "5@x", "5@inf"])
def test_a_burst_that_cannot_be_read_is_told(text):
    with pytest.raises(UsageError, match="--burst"):
        parse_burst(text)


@pytest.mark.parametrize(("text", "told"), [("1\nx\n", ":2: 'x'"), ("", "no arrival")])
def test_a_log_that_cannot_be_read_is_told(tmp_path, text, told):
    log = tmp_path / "arrivals.txt"
    log.write_text(text)
    with pytest.raises(UsageError, match=told):
        list(Shape(replay=str(log)).arrivals(1))
