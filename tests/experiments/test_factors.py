from production_testers.experiments.factors import Factors


def test_the_same_factors_are_recorded_by_name_and_taken_again():
    factors = Factors(seed=4, low=1, high=9, fixed={"b": 2.0})
    drawn = [factors.factor(name) for name in ("a", "b", "a")]
    assert drawn[0] == drawn[2] != 2.0
    assert factors.taken == {"a": drawn[0], "b": 2.0}
    again = Factors(seed=99, fixed={**factors.taken, "*": 5.0})
    assert [again.factor(name) for name in ("a", "b", "c")] == [drawn[0], 2.0, 5.0]
