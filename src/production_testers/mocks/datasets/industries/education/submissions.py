"""Submissions of an exam by pupils: points, marks by the country's scheme, copied answers."""

from collections.abc import Callable, Iterator, Mapping
from random import Random
from typing import Any, Final

from production_testers.mocks.datasets.attacks.confusion import Plant, malformed, setting
from production_testers.mocks.datasets.draws import between, chance, person, pick
from production_testers.mocks.datasets.edges.cases import Make, boundary, unusual_texts
from production_testers.mocks.datasets.industries.education.submission_rules import RULES
from production_testers.mocks.datasets.schema import (
    day,
    fields,
    flag,
    listing,
    maybe,
    moment,
    text,
    whole,
    word,
)
from production_testers.mocks.datasets.shape import DataScenario, Record
from production_testers.mocks.datasets.stamps import Zone, day_text, stamp
from production_testers.mocks.datasets.streams import stream_of, valid, volume
from production_testers.model.seeds import derive

SCHEMES: Final[Mapping[str, tuple[tuple[int, str], ...]]] = {
    "DE": ((92, "1"), (81, "2"), (67, "3"), (50, "4"), (30, "5"), (0, "6")),
    "US": ((90, "A"), (80, "B"), (70, "C"), (60, "D"), (0, "F")),
    "FR": tuple((at * 5, str(at)) for at in range(20, -1, -1)),
}
"""Country → per cent from which on a mark is given, the best first."""

ZONES: Final = {
    "DE": Zone("Europe/Berlin", 1, "eu"),
    "US": Zone("America/New_York", -5, "us"),
    "FR": Zone("Europe/Paris", 1, "eu"),
}
_FRENCH: Final = ("CM2", "6e", "5e", "4e", "3e", "2de", "1re", "Tle")

_BANK: Final = (
    ("choice", "Which planet is nearest to the sun?", "Mercury", ("Venus", "Mars", "Earth")),
    ("choice", "Which gas do plants take in?", "carbon dioxide", ("oxygen", "helium", "nitrogen")),
    ("number", "What is 17 times 6?", "102", ("92", "112", "23")),
    ("number", "How many degrees has a triangle?", "180", ("90", "360", "270")),
    ("essay", "Why does ice float?", "Ice is less dense than water: its molecules keep apart.",
     ("It is cold.", "Ice is lighter than the ship.", "Water pushes everything up.")),
    ("essay", "Why are there seasons?", "The axis of the earth is tilted against its orbit.",
     ("The sun is nearer in summer.", "The moon changes its side.", "Clouds come and go.")),
)  # fmt: skip
_MOST: Final = {"choice": 2, "number": 3, "essay": 5}
_EXAM_S: Final = 5_400
_GRACE_S: Final = 300

_ANSWER: Final = fields(
    question=text("Which question", pattern="^q[0-9]$"),
    kind=word("Kind of question", *_MOST),
    answer=text("What the pupil wrote", least=0, most=5_000),
    points=whole("Given", 0, 5),
    points_max=whole("To be had", 1, 5),
)
SCHEMA: Final = fields(
    id=text("Number of the submission", pattern="^sub-[0-9]{9}$"),
    pupil=text("Who", pattern="^pup-[0-9]{6}$"),
    name=text("His or her name", most=120),
    birth_date=day("Day of birth"),
    school_class=text(
        "As the country calls it, and letter",
        pattern=r"^((5|6|7|8|9|10|11|12)[a-d]|(CM2|[3-6]e|2de|1re|Tle) [A-D]"
        r"|Grade (5|6|7|8|9|10|11|12)[A-D])$",
    ),
    country=word("Whose scheme of marks applies", *SCHEMES),
    exam=text("Which exam", pattern="^exam-[0-9]{6}$"),
    starts_at=moment("When the exam begins for all"),
    opened_at=moment("When the pupil opened it"),
    submitted_at=moment("When it was handed in"),
    is_late=flag("After 90 minutes and 5 of grace"),
    answers=listing("One for each question", _ANSWER, least=1, most=6),
    points=whole("Sum", 0, 30),
    percent=whole("Of the points to be had, rounded down", 0, 100),
    mark=text("By the scheme", pattern="^([1-6]|[A-DF]|[0-9]|1[0-9]|20)$"),
    attempt=whole("How often it was handed in", 1, 5),
    copied_from=maybe(text("Pupil whose essay it is, word for word", pattern="^pup-[0-9]{6}$")),
)


def mark(country: str, percent: int) -> str:
    """The mark for so many per cent."""
    return next(given for least, given in SCHEMES[country] if percent >= least)


class School:
    """The stream's state: one exam after the other, each taken by a class in the same minute."""

    def __init__(self, random: Random, pupils: int) -> None:
        self._random, self._exam, self._place, self._size = random, -1, 0, 0
        self._seed = random.getrandbits(32)
        self._pupils = pupils
        self._own: list[tuple[str, list[dict[str, Any]]]] = []

    def next(self, number: int) -> Record:
        """The next submission."""
        random = self._random
        if self._place == self._size:
            self._exam, self._place = self._exam + 1, 0
            self._size, self._own = between(random, 18, 30), []
        self._place += 1
        classes = max(1, self._pupils // 30)
        index = self._exam % classes * 30 + self._place - 1
        pupil = _pupil(self._seed, index)
        begin = _nine(str(pupil["country"]), self._exam % 200 // 40 + self._exam // 200 % 24 * 7)
        answers, copied = self._answers(str(pupil["pupil"]))
        opened = begin + int(random.random() * 60)
        spent = between(random, 2_400, _EXAM_S + 500)
        when = (self._exam, begin, opened, opened + spent)
        return submission(number, pupil, when, answers, copied)

    def _answers(self, who: str) -> tuple[list[dict[str, Any]], str | None]:
        random = self._random
        skill = 0.3 + random.random() * 0.65
        made = [answer(random, at, skill) for at in range(len(_BANK))]
        copied = None
        if self._own and chance(random, 0.03):
            copied, essay = pick(random, self._own)
            made[4:] = [dict(one) for one in essay]
        elif chance(random, 0.5):
            for one in made[4:]:
                one["answer"] += f" That is how I, {who}, see it."
            self._own.append((who, [dict(one) for one in made[4:]]))
        return made, copied


def answer(random: Random, at: int, skill: float) -> dict[str, Any]:
    """An answer to a question; whoever is skilled knows it more often."""
    kind, _, right, wrong = _BANK[at]
    most = _MOST[kind]
    knows = random.random() < skill
    if kind == "essay":
        points = between(random, 3, most) if knows else between(random, 0, 2)
    else:
        points = most if knows else 0
    words = right if knows else pick(random, wrong)
    return {"question": f"q{at + 1}", "kind": kind, "answer": words, "points": points,
            "points_max": most}  # fmt: skip


def _nine(country: str, days: int) -> int:
    """Nine in the morning, so many days after Monday, 5 January 2026."""
    return ZONES[country].midnight(4 + days) + 9 * 3_600


def school_class(country: str, year: int, letter: int) -> str:
    """A class by the country's own name for its year, 5 to 12."""
    if country == "FR":
        return f"{_FRENCH[year - 5]} {'ABCD'[letter]}"
    return f"{year}{'abcd'[letter]}" if country == "DE" else f"Grade {year}{'ABCD'[letter]}"


def _pupil(seed: int, index: int) -> dict[str, Any]:
    """The same pupil whenever he or she comes; thirty in a class."""
    random = Random(derive(seed, "pupil", index))
    year, country = 5 + index // 30 % 8, tuple(ZONES)[index // 30 % 3]
    given, family, _ = person(random)
    # Ten or eleven years old in the fifth class when the calendar year begins.
    born = -(year + 6) * 365 + 3 - int(random.random() * 360)
    return {
        "pupil": f"pup-{index % 1_000_000:06d}",
        "name": f"{given} {family}",
        "birth_date": day_text(born),
        "school_class": school_class(country, year, index // 240 % 4),
        "country": country,
    }


def submission(
    number: int,
    pupil: Mapping[str, Any],
    when: tuple[int, int, int, int],
    answers: list[dict[str, Any]],
    copied: str | None = None,
) -> Record:
    """A submission whose points add up; `when` is exam, begin, opened, handed in."""
    exam, begin, opened, handed_in = when
    points = sum(one["points"] for one in answers)
    percent = points * 100 // sum(one["points_max"] for one in answers)
    return {
        "id": f"sub-{number:09d}",
        **pupil,
        "exam": f"exam-{exam:06d}",
        "starts_at": stamp(begin),
        "opened_at": stamp(opened),
        "submitted_at": stamp(handed_in),
        "is_late": handed_in > begin + _EXAM_S + _GRACE_S,
        "answers": answers,
        "points": points,
        "percent": percent,
        "mark": mark(str(pupil["country"]), percent),
        "attempt": 1,
        "copied_from": copied,
    }


def _case(
    points: tuple[int, ...] = (2, 2, 3, 3, 5, 5),
    country: str = "DE",
    spent_s: int = 3_000,
    **members: Any,
) -> Make:
    def make(random: Random, number: int) -> Record:
        own = {"country": country, "school_class": school_class(country, 5, 0)}
        pupil = {**_pupil(between(random, 1, 10**6), 0), **own}
        answers = [
            {"question": f"q{at + 1}", "kind": kind, "answer": right, "points": points[at],
             "points_max": _MOST[kind]}
            for at, (kind, _, right, _wrong) in enumerate(_BANK)
        ]  # fmt: skip
        begin = _nine(country, 0)
        made = submission(number, pupil, (0, begin, begin, begin + spent_s), answers)
        return {**made, **members}

    return make


_CASES: Final[Mapping[str, Make]] = {
    "everything_right": _case(),
    "everything_wrong": _case((0, 0, 0, 0, 0, 0)),
    "just_passed": _case((2, 2, 3, 3, 0, 0)),
    "just_failed": _case((2, 2, 3, 2, 0, 0)),
    "french_scheme": _case((2, 0, 3, 0, 4, 1), "FR"),
    "american_scheme": _case((2, 2, 3, 3, 4, 4), "US"),
    "in_the_last_second": _case(spent_s=_EXAM_S),
    "in_the_last_second_of_grace": _case(spent_s=_EXAM_S + _GRACE_S),
    "a_second_late": _case(spent_s=_EXAM_S + _GRACE_S + 1),
    "at_once": _case(spent_s=0),
    "fifth_attempt": _case(attempt=5),
}


def _more_points(record: dict[str, Any]) -> None:
    record["points"] = (record["points"] + 1) % 30


PLANTS: Final = (
    Plant(rule="points", change=_more_points),
    Plant(rule="mark", change=setting(percent=95, mark="6", country="DE")),
    Plant(rule="times", change=lambda record: record.update(is_late=not record["is_late"])),
    Plant(rule="school_hours", change=setting(starts_at="2026-01-05T03:00:00Z")),
    Plant(rule="age", change=setting(birth_date="1980-05-05")),
    Plant(rule="one_pupil", change=setting(pupil="pup-000000", name="Somebody Else")),
    Plant(rule="copied", change=setting(copied_from="pup-999999")),
)


def _submissions(variant: str, pupils: int) -> Callable[[int], Iterator[Record]]:
    return stream_of("submissions", variant, lambda random: School(random, pupils).next)


SCENARIO: Final = DataScenario(
    name="submissions",
    about="submissions of exams, with points, marks and copied essays",
    rules=RULES,
    labels={"mark": "grading", "copied_from": "detection of copied work"},
    variants={
        "valid": valid(
            _submissions("valid", 240), SCHEMA, "classes that start an exam in the same minute"
        ),
        "boundary": boundary(
            "submissions",
            SCHEMA,
            {**_CASES} | unusual_texts(lambda random, n, words: _case(name=words)(random, n)),
        ),
        "malformed": malformed(_submissions("malformed", 240), SCHEMA, PLANTS),
        "volume": volume(_submissions("volume", 24_000), SCHEMA, "24,000 pupils"),
    },
)
