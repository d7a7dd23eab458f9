"""Shares and their exact bounds."""

import pytest

from production_testers.model.shares import Share, at_least, at_most, tail


def test_the_tail_is_the_same_whichever_end_is_summed():
    for of, share in ((7, 0.3), (40, 0.9), (200, 0.01)):
        assert tail(0, of, share) == pytest.approx(1.0)
        chances = [tail(k, of, share) for k in range(of + 1)]
        assert chances == sorted(chances, reverse=True)
        assert chances[of] == pytest.approx(share**of)


@pytest.mark.parametrize("of", [1, 10, 100, 5_000])
def test_the_bounds_of_all_and_of_none_are_known_in_closed_form(of):
    assert at_least(of, of) == pytest.approx(0.01 ** (1 / of))
    assert at_most(0, of) == pytest.approx(1 - 0.01 ** (1 / of))
    assert (at_least(0, of), at_most(of, of)) == (0.0, 1.0)


@pytest.mark.parametrize(("count", "of"), [(16, 20), (1, 300), (297, 300)])
def test_at_a_bound_what_was_seen_is_a_matter_of_one_in_a_hundred(count, of):
    assert tail(count, of, at_least(count, of)) == pytest.approx(0.01)
    assert 1 - tail(count + 1, of, at_most(count, of)) == pytest.approx(0.01)


def test_how_many_are_needed_to_show_three_nines():
    assert not Share(4_602, 4_602).surely_over(0.999)
    assert Share(4_603, 4_603).surely_over(0.999)


def test_a_share_is_surely_under_only_with_enough_misses():
    assert not Share(98, 100).surely_under(0.99)
    assert Share(90, 100).surely_under(0.99)


def test_nothing_counted_says_nothing():
    nothing = Share(0, 0)
    assert (nothing.low, nothing.high, str(nothing)) == (0.0, 1.0, "none of none")
    assert nothing.as_json()["share"] is None


def test_more_than_all_is_refused():
    with pytest.raises(ValueError, match="3 of 2"):
        Share(3, 2)


def test_a_share_in_words():
    assert str(Share(1, 4)).startswith("1 of 4 = 25.00% (")
