"""Requests to play broadcasts: rights by region and time, ratings by age, captions in order."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from random import Random
from typing import Any, Final

from production_testers.mocks.datasets.attacks.confusion import Plant, malformed, setting
from production_testers.mocks.datasets.draws import between, chance, pick, shuffled
from production_testers.mocks.datasets.edges.cases import Make, boundary, unusual_texts
from production_testers.mocks.datasets.industries.media.broadcast_rules import RULES
from production_testers.mocks.datasets.schema import (
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
from production_testers.mocks.datasets.stamps import DAY_S, stamp
from production_testers.mocks.datasets.streams import stream_of, valid, volume

TERRITORIES: Final = ("DE", "AT", "CH", "FR", "GB", "US", "CA", "IN")
REFUSALS: Final = ("no_rights", "not_yet", "expired", "too_young", "moderated")
AGES: Final = (0, 6, 12, 16, 18)
"""Ages of the German rating (FSK)."""

RATED_LEAST: Final = {"clean": 0, "language": 12, "violence": 12, "blocked": 0}
"""What moderation found → the lowest rating that it leaves."""

LINE_MOST: Final = 42
"""Signs in one line of a caption, as broadcasters ask for."""

SIGNS_PER_SECOND: Final = 20

_WORDS: Final = [
    "we should leave before the rain comes back",
    "nobody told me that the bridge was closed",
    "she found the letter under the floor",
    "the harbour looks different at night",
    "how long have you been waiting here",
    "turn left at the old mill and keep going",
    "it was never about the money",
    "he will call you when the train arrives",
    "listen to the wind",
]
_VERDICTS: Final = ("clean", "violence", "language", "blocked")

_RIGHT: Final = fields(
    territory=word("Where", *TERRITORIES),
    begins_at=moment("From when on"),
    ends_at=moment("Until when, excluded"),
)
_CUE: Final = fields(
    start_ms=whole("When it appears"),
    end_ms=whole("When it goes"),
    lines=listing("What it says", text("Line", most=200), least=1, most=2),
)
SCHEMA: Final = fields(
    id=text("Number of the request", pattern="^play-[0-9]{9}$"),
    asset=text("What is asked for", pattern="^asset-[0-9]{5}$"),
    title=text("Its title", most=200),
    duration_ms=whole("How long it is", 1, 6 * 3_600_000),
    bytes=whole("Size of the file", 1, 2**42),
    rated_age=whole("From which age on", 0, 18),
    moderation=word("What moderation found", *_VERDICTS),
    rights=listing("Where and when it may be shown, without overlap", _RIGHT),
    captions=listing("In order, without overlap", _CUE),
    territory=word("Where the viewer is", *TERRITORIES),
    viewer_age=whole("Of the viewer, in years", 0, 120),
    requested_at=moment("When"),
    may_play=flag("What every path to the viewer must decide"),
    refusal=maybe(word("Why not; the first reason that applies", *REFUSALS)),
)


def decided(asset: Mapping[str, Any], territory: str, age: int, at: str) -> str | None:
    """Why somebody may not see an asset; None where he may."""
    if asset["moderation"] == "blocked":
        return "moderated"
    windows = [right for right in asset["rights"] if right["territory"] == territory]
    if not windows:
        return "no_rights"
    if not any(right["begins_at"] <= at < right["ends_at"] for right in windows):
        return "not_yet" if at < min(right["begins_at"] for right in windows) else "expired"
    return "too_young" if age < asset["rated_age"] else None


def captions(random: Random, count: int, duration_ms: int) -> list[dict[str, Any]]:
    """So many cues, as long as it takes to read them, until the end at most."""
    made: list[dict[str, Any]] = []
    now_ms = between(random, 0, 4_000)
    for _ in range(count):
        first = between(random, 0, len(_WORDS) - 1)
        other = first + between(random, 1, len(_WORDS) - 1)  # nobody says the same twice
        lines = [_WORDS[at % len(_WORDS)] for at in (first, other)[: between(random, 1, 2)]]
        signs = sum(map(len, lines))
        lasts = max(1_000, signs * 1_000 // SIGNS_PER_SECOND + between(random, 100, 1_500))
        if now_ms + lasts > duration_ms:
            break
        made.append({"start_ms": now_ms, "end_ms": now_ms + lasts, "lines": lines})
        now_ms += lasts + between(random, 80, 3_000)
    return made


class Catalogue:
    """The stream's state: the assets and the clock."""

    def __init__(self, random: Random, assets: int, cues: int) -> None:
        self._random, self._now_s, self._cues = random, 40 * DAY_S, cues
        self._assets = [_asset(random, index) for index in range(assets)]

    def next(self, number: int) -> Record:
        """The next request."""
        random = self._random
        self._now_s += int(random.random() * 4)
        asset = pick(random, self._assets)
        cues = captions(random, self._cues, int(asset["duration_ms"]))
        who = pick(random, TERRITORIES), between(random, 5, 80)
        return request(number, {**asset, "captions": cues}, who, self._now_s)


def _asset(random: Random, index: int) -> dict[str, Any]:
    duration_ms = between(random, 20, 150) * 60_000
    rights = []
    for territory in shuffled(random, TERRITORIES)[: between(random, 1, len(TERRITORIES))]:
        begin = between(random, 0, 60)
        end = begin + between(random, 20, 300)
        rights.append(_right(territory, begin, end))
        if chance(random, 0.2):  # bought again after a pause
            rights.append(_right(territory, end + 10, end + 60))
    moderation = pick(random, ("clean", "clean", "clean", "violence", "language", "blocked"))
    return {
        "asset": f"asset-{index:05d}",
        "title": f"The {pick(random, ('Quiet', 'Long', 'Last', 'Red'))} "
        f"{pick(random, ('Harbour', 'Winter', 'Signal', 'Garden'))} {index}",
        "duration_ms": duration_ms,
        "bytes": duration_ms // 1_000 * between(random, 400_000, 900_000),
        "rated_age": pick(random, [age for age in AGES if age >= RATED_LEAST[moderation]]),
        "moderation": moderation,
        "rights": rights,
    }


def _right(territory: str, begin_day: int, end_day: int) -> dict[str, Any]:
    return {
        "territory": territory,
        "begins_at": stamp(begin_day * DAY_S),
        "ends_at": stamp(end_day * DAY_S),
    }


def request(number: int, asset: Mapping[str, Any], who: tuple[str, int], now_s: int) -> Record:
    """Somebody asks for an asset."""
    territory, age = who
    why = decided(asset, territory, age, stamp(now_s))
    return {
        "id": f"play-{number:09d}",
        **{name: asset[name] for name in ("asset", "title", "duration_ms", "bytes", "rated_age",
                                          "moderation", "captions")},
        "rights": [dict(right) for right in asset["rights"]],
        "territory": territory,
        "viewer_age": age,
        "requested_at": stamp(now_s),
        "may_play": why is None,
        "refusal": why,
    }  # fmt: skip


def _case(
    now_s: int = 100 * DAY_S,
    age: int = 40,
    territory: str = "DE",
    rights: Sequence[tuple[str, int, int]] = (("DE", 100, 200),),
    **members: Any,
) -> Make:
    def make(random: Random, number: int) -> Record:
        asset = {
            "asset": "asset-00001",
            "title": "The Edge",
            "duration_ms": 3_600_000,
            "bytes": 10**9,
            "rated_age": 16,
            "moderation": "clean",
            "rights": [_right(*right) for right in rights],
            "captions": captions(random, 3, 3_600_000),
            **members,
        }
        return request(number, asset, (territory, age), now_s)

    return make


_BACK_TO_BACK: Final = [
    {"start_ms": 0, "end_ms": 1_000, "lines": ["one"]},
    {"start_ms": 1_000, "end_ms": 2_000, "lines": ["two", "lines"]},
]
_CASES: Final[Mapping[str, Make]] = {
    "first_second": _case(now_s=100 * DAY_S),
    "second_before": _case(now_s=100 * DAY_S - 1),
    "last_second": _case(now_s=200 * DAY_S - 1),
    "second_after": _case(now_s=200 * DAY_S),
    "between_two_windows": _case(now_s=205 * DAY_S, rights=(("DE", 100, 200), ("DE", 210, 220))),
    "in_the_second_window": _case(now_s=215 * DAY_S, rights=(("DE", 100, 200), ("DE", 210, 220))),
    "no_rights_at_all": _case(rights=()),
    "elsewhere_only": _case(territory="US"),
    "old_enough_today": _case(age=16),
    "a_year_too_young": _case(age=15),
    "for_everybody": _case(age=0, rated_age=0),
    "blocked_but_licensed": _case(moderation="blocked"),
    "no_captions": _case(captions=[]),
    "captions_back_to_back": _case(captions=_BACK_TO_BACK),
    "six_hours": _case(duration_ms=6 * 3_600_000, captions=[]),
    "terabytes": _case(bytes=2**42),
}


def _decided_otherwise(record: dict[str, Any]) -> None:
    record["may_play"] = not record["may_play"]


PLANTS: Final = (
    Plant(rule="decision", change=_decided_otherwise),
    Plant(rule="windows", change=setting(rights=[_right("DE", 5, 5)])),
    Plant(
        rule="captions",
        change=setting(
            captions=[{"start_ms": 9, "end_ms": 10, "lines": ["too quick to read it"]}] * 2
        ),
    ),
    Plant(rule="rating", change=setting(moderation="violence", rated_age=6)),
    Plant(rule="one_asset", change=setting(asset="asset-00001", title="Another one")),
    Plant(rule="order", change=setting(requested_at="2025-01-01T00:00:00Z")),
)


def _requests(variant: str, assets: int, cues: int) -> Callable[[int], Iterator[Record]]:
    return stream_of("broadcasts", variant, lambda random: Catalogue(random, assets, cues).next)


SCENARIO: Final = DataScenario(
    name="broadcasts",
    about="requests to play broadcasts, with captions, rights and ratings",
    rules=RULES,
    labels={"may_play": "rights, regions, age and moderation", "refusal": "the reason to give"},
    variants={
        "valid": valid(_requests("valid", 60, 6), SCHEMA, "60 assets; a few cues of each"),
        "boundary": boundary(
            "broadcasts",
            SCHEMA,
            {**_CASES} | unusual_texts(lambda random, n, words: _case(title=words)(random, n)),
        ),
        "malformed": malformed(_requests("malformed", 60, 6), SCHEMA, PLANTS),
        "volume": volume(_requests("volume", 5_000, 1), SCHEMA, "5,000 assets; one cue of each"),
    },
)
