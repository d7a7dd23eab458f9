"""Nesting, sizes and emptiness of JSON values."""

from collections.abc import Callable, Mapping
from random import Random
from typing import Any, Final

from production_testers.mocks.datasets.draws import between, pick
from production_testers.mocks.datasets.edges.family import Family

DEPTH_MOST: Final = 200
"""Deeper values are in `malformed`, as text: parsers refuse them from a thousand levels on."""

_LENGTHS: Final = (127, 128, 255, 256, 1023, 1024, 4095, 4096, 65_535, 65_536)


def depth(value: Any) -> int:
    """Levels of lists and objects: 0 for what is neither."""
    found, level = [value], 0
    while found := [
        member
        for one in found
        if isinstance(one, dict | list)
        for member in [*(one.values() if isinstance(one, dict) else one), None]
    ]:
        level += 1
    return level


def _nested(random: Random, *kinds: str) -> dict[str, Any]:
    value: Any = "bottom"
    for _ in range(between(random, 20, DEPTH_MOST)):
        value = {"below": value} if pick(random, kinds) == "object" else [value]
    return {"value": value}


def _bushy(random: Random) -> dict[str, Any]:
    """Up to five levels of up to four members."""

    def grown(levels: int) -> Any:
        if levels == 0:
            return between(random, 0, 9)
        size = between(random, 2, 4)
        if random.random() < 0.5:
            return [grown(levels - 1) for _ in range(size)]
        return {f"k{at}": grown(levels - 1) for at in range(size)}

    return {"value": grown(between(random, 3, 5))}


def _valued(test: Callable[[Any], bool]) -> Callable[[dict[str, Any]], bool]:
    return lambda found: test(found["value"])


_EMPTY: Final[tuple[Callable[[], Any], ...]] = (
    lambda: "",
    list,
    dict,
    lambda: None,
    lambda: [None],
    lambda: [[]],
    lambda: [{}],
    lambda: {"": ""},
    lambda: {"a": None},
    lambda: {"a": {}},
    lambda: [[], [], []],
    lambda: " ",
    lambda: "\u200b",
    lambda: {" ": []},
)


def _hollow(value: Any) -> bool:
    """Whether nothing in it says anything."""
    if isinstance(value, str):
        return not value.strip(" \u200b")
    if isinstance(value, list):
        return all(map(_hollow, value))
    return value is None or (isinstance(value, dict) and all(map(_hollow, value.values())))


NESTING: Final[Mapping[str, Family]] = {
    "deep_objects": Family(
        about="objects inside each other",
        draw=lambda random: _nested(random, "object"),
        shows=_valued(lambda value: isinstance(value, dict) and depth(value) >= 20),
    ),
    "deep_lists": Family(
        about="lists inside each other",
        draw=lambda random: _nested(random, "list"),
        shows=_valued(lambda value: isinstance(value, list) and depth(value) >= 20),
    ),
    "deep_mixed": Family(
        about="objects and lists inside each other",
        draw=lambda random: _nested(random, "list", "object"),
        shows=_valued(lambda value: depth(value) >= 20),
    ),
    "bushy": Family(
        about="many branches on few levels",
        draw=_bushy,
        shows=_valued(lambda value: 3 <= depth(value) < 20),
    ),
    "odd_keys": Family(
        about="keys that are empty, words of languages, or differ only in their form",
        draw=lambda random: {
            "value": {
                key: at
                for at, key in enumerate(
                    ("", " ", "a.b", "a[0]", "__proto__", "constructor", "$ref", "\u00e9",
                     "e\u0301", "A", "a", "1", "true")[between(random, 0, 8) :]
                )
            }
        },
        shows=_valued(lambda value: isinstance(value, dict) and "true" in value),
    ),
}  # fmt: skip

SIZES: Final[Mapping[str, Family]] = {
    "long_text": Family(
        about="texts as long as lengths are counted in one, two and four bytes",
        draw=lambda random: {"value": "x" * pick(random, _LENGTHS)},
        shows=_valued(lambda value: isinstance(value, str) and len(value) in _LENGTHS),
    ),
    "long_list": Family(
        about="lists of up to 65,536 members",
        draw=lambda random: {"value": [0] * pick(random, _LENGTHS)},
        shows=_valued(lambda value: isinstance(value, list) and len(value) in _LENGTHS),
    ),
    "many_members": Family(
        about="objects of up to 4,096 members",
        draw=lambda random: {"value": {f"k{at}": at for at in range(pick(random, _LENGTHS[:8]))}},
        shows=_valued(lambda value: isinstance(value, dict) and len(value) in _LENGTHS),
    ),
    "long_key": Family(
        about="one key of up to 65,536 signs",
        draw=lambda random: {"value": {"k" * pick(random, _LENGTHS): 1}},
        shows=_valued(lambda value: isinstance(value, dict) and len(min(value)) in _LENGTHS),
    ),
    "single": Family(
        about="one sign, one member",
        draw=lambda random: {"value": pick(random, ("a", "\U0001f980", "0"))},
        shows=_valued(lambda value: len(value) == 1),
    ),
}

EMPTINESS: Final[Mapping[str, Family]] = {
    "empty": Family(
        about="nothing, in fourteen ways of saying it",
        draw=lambda random: {"value": pick(random, _EMPTY)()},
        shows=_valued(_hollow),
    )
}
