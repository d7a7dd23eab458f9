from datetime import UTC, datetime, timedelta, timezone

import pytest

from production_testers.workspace.clock import compact, iso, parse_iso, stopwatch, utc_now


def test_the_present_is_aware_and_in_utc():
    assert utc_now().utcoffset() == timedelta(0)


def test_a_moment_elsewhere_is_written_in_utc():
    tokyo = datetime(2026, 1, 14, 18, 0, 0, 999_999, tzinfo=timezone(timedelta(hours=9)))
    assert iso(tokyo) == "2026-01-14T09:00:00Z"
    assert compact(tokyo) == "20260114_090000"


def test_what_was_written_is_read_back():
    moment = datetime(2026, 1, 14, 9, tzinfo=UTC)
    assert parse_iso(iso(moment)) == moment


@pytest.mark.parametrize("text", ["2026-01-14T09:00:00", "2026-01-14T09:00:00+01:00", "Z", ""])
def test_a_stamp_that_is_not_in_utc_is_refused(text):
    with pytest.raises(ValueError, match=r".+"):
        parse_iso(text)


@pytest.mark.parametrize("write", [iso, compact])
def test_a_moment_without_a_zone_is_refused(write):
    with pytest.raises(ValueError, match="no time zone"):
        write(datetime(2026, 1, 14, 9))  # noqa: DTZ001 -- that is the point


def test_a_stopwatch_never_runs_backwards():
    seconds = stopwatch()
    first = seconds()
    assert 0 <= first <= seconds()
