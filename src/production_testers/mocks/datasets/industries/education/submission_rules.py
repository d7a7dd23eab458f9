"""What points, marks and times of a submission say about each other."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from production_testers.mocks.datasets.rules import Memory, rule


@rule("points", "points are within what can be had, and add up")
def points_add_up(record: Mapping[str, Any], _memory: Memory) -> str | None:
    """The percentage is rounded down."""
    most_of = {"choice": 2, "number": 3, "essay": 5}
    for one in record["answers"]:
        if not 0 <= one["points"] <= one["points_max"] == most_of[one["kind"]]:
            return f"{one['question']}: {one['points']} of {one['points_max']}"
    total = sum(one["points"] for one in record["answers"])
    most = sum(one["points_max"] for one in record["answers"])
    if (record["points"], record["percent"]) == (total, total * 100 // most):
        return None
    return f"{record['points']} points, {record['percent']} %; should be {total} of {most}"


@rule("mark", "the mark is the scheme's for the percentage")
def scheme(record: Mapping[str, Any], _memory: Memory) -> str | None:
    """Of the pupil's country."""
    percent = record["percent"]
    if record["country"] == "FR":
        wanted = str(percent // 5)
    elif record["country"] == "US":
        wanted = "FDCBA"[sum(percent >= least for least in (60, 70, 80, 90))]
    else:
        wanted = "654321"[sum(percent >= least for least in (30, 50, 67, 81, 92))]
    return None if record["mark"] == wanted else f"{record['mark']} for {percent} %, not {wanted}"


@rule("times", "opened after the begin, handed in after that, late when it says so")
def times(record: Mapping[str, Any], _memory: Memory) -> str | None:
    """95 minutes after the begin it is late."""
    begin, opened, done = (record[n] for n in ("starts_at", "opened_at", "submitted_at"))
    if not begin <= opened <= done:
        return f"{begin}, {opened}, {done}"
    minutes = _minutes(done) - _minutes(begin)
    late = minutes > 95
    return (
        None if late is record["is_late"] else f"after {minutes:.1f} min, late: {record['is_late']}"
    )


def _minutes(text_: str) -> float:
    hours, minutes, seconds = text_[11:19].split(":")
    return int(hours) * 60 + int(minutes) + int(seconds) / 60


@rule("school_hours", "an exam begins in the morning of a school day, where the school is")
def school_hours(record: Mapping[str, Any], _memory: Memory) -> str | None:
    """At nine of the local clock, in winter or in summer."""
    hours = {"DE": (7, 8), "FR": (7, 8), "US": (13, 14)}[record["country"]]
    begin = datetime.fromisoformat(record["starts_at"])
    if begin.hour in hours and begin.weekday() < 5:
        return None
    return f"an exam in {record['country']} at {begin:%A %H:%M} UTC"


@rule("age", "pupils are of the age of their class")
def age(record: Mapping[str, Any], _memory: Memory) -> str | None:
    """Ten or eleven in the fifth class at New Year, give or take a year."""
    year = _year(record["school_class"], record["country"])
    years = int(record["starts_at"][:4]) - int(record["birth_date"][:4])
    if year + 5 <= years <= year + 8:
        return None
    return f"born {record['birth_date']}, in class {record['school_class']}"


def _year(school_class: str, country: str) -> int:
    """From 5 to 12; France counts down, and has names for the first and the last."""
    name = school_class[:-1].strip()
    if country != "FR":
        return int(name.removeprefix("Grade "))
    named = {"CM2": 5, "2de": 10, "1re": 11, "Tle": 12}
    return named[name] if name in named else 12 - int(name.removesuffix("e"))


@rule("one_pupil", "a pupil's name, birthday and class do not change", across=True)
def one_pupil(record: Mapping[str, Any], memory: Memory) -> str | None:
    """Within a school year."""
    mine = [record[name] for name in ("name", "birth_date", "school_class", "country")]
    known = memory.setdefault(record["pupil"], mine)
    return None if known == mine else f"{record['pupil']} was {known}, now {mine}"


@rule("copied", "an essay that another pupil of the exam wrote is labelled as copied", across=True)
def copied_essays(record: Mapping[str, Any], memory: Memory) -> str | None:
    """Essays that name their author tell whose they are."""
    if memory.get("exam") != record["exam"]:
        memory.clear()
        memory["exam"] = record["exam"]
    essays = tuple(one["answer"] for one in record["answers"] if one["kind"] == "essay")
    if not any("That is how I" in essay for essay in essays):
        return None if record["copied_from"] is None else f"{essays} copied from nobody"
    author = memory.setdefault(essays, record["pupil"])
    wanted = None if author == record["pupil"] else author
    if record["copied_from"] == wanted:
        return None
    return f"copied from {record['copied_from']}, should be {wanted}"


RULES: Final = (
    points_add_up,
    scheme,
    times,
    school_hours,
    age,
    one_pupil,
    copied_essays,
)
