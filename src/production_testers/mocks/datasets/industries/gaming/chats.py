"""Lines of chat in matches, labelled for moderation; the insults are mild on purpose."""

from collections.abc import Callable, Iterator, Mapping
from random import Random
from typing import Any, Final

from production_testers.mocks.datasets.attacks.confusion import Plant, malformed, setting
from production_testers.mocks.datasets.attacks.mutations import MUTATIONS, hide
from production_testers.mocks.datasets.draws import between, chance, digits, pick
from production_testers.mocks.datasets.edges.cases import Make, boundary, unusual_texts
from production_testers.mocks.datasets.rules import Keeps, Memory, rule
from production_testers.mocks.datasets.schema import (
    extended,
    fields,
    flag,
    moment,
    text,
    whole,
    word,
)
from production_testers.mocks.datasets.shape import DataClass, DataScenario, Record, Variant
from production_testers.mocks.datasets.stamps import stamp_ms
from production_testers.mocks.datasets.streams import stream_of, valid, volume
from production_testers.model.seeds import random_for

LINES: Final[Mapping[str, tuple[str, ...]]] = {
    "ok": (
        "gg well played",
        "kill the boss on the left first",
        "i am dead, need a heal",
        "you're killing it today!",
        "that shot was sick",
        "bomb is at B, hurry",
        "we got destroyed, next round",
        "rush mid and shoot the tower",
        "anyone up for another match?",
        "nice save, thanks",
        "my ping is terrible",
        "stop feeding their carry and group up",
    ),
    "insult": (
        "you are useless, uninstall the game",
        "what a clown team, all of you are trash",
        "nobody wants to play with a loser like you",
        "go back to the tutorial, you donkey",
    ),
    "spam": (
        "buy gold cheap at {site} buy gold cheap",
        "free skins free skins free skins {site}",
        "join my stream {site} now now now",
    ),
    "scam": (
        "i am an admin, send me your password to keep your account",
        "trade me first and i give you double back",
        "log in at {site} to get your prize",
    ),
    "personal": (
        "add me, my mail is {mail}",
        "call me on {phone} after school",
    ),
    "cheating": (
        "i sell aimbots that nobody detects, write to {mail}",
        "use the wall hack from {site}",
    ),
}
"""Verdict → lines. Those that are fine hold words that look bad out of context."""

ACTIONS: Final = {"ok": "allow", "insult": "mute", "spam": "delete", "scam": "ban",
                  "personal": "delete", "cheating": "ban"}  # fmt: skip
_CHANNELS: Final = ("team", "all", "whisper")
_RATES: Final = (("ok", 0.9), ("insult", 0.94), ("spam", 0.96), ("scam", 0.975),
                 ("personal", 0.99), ("cheating", 1.0))  # fmt: skip

SCHEMA: Final = fields(
    id=text("Number of the line", pattern="^chat-[0-9]{10}$"),
    match=text("In which match", pattern="^match-[0-9]{6}$"),
    sequence=whole("Grows by one for each line of the match", 1),
    player=text("Who writes", pattern="^player-[0-9]{6}$"),
    age=whole("Of the player, in years", 13, 99),
    channel=word("Who reads it", *_CHANNELS),
    sent_at=moment("When"),
    text=text("The line", most=500),
    verdict=word("What it is", *LINES),
    action=word("What moderation should do", *dict.fromkeys(ACTIONS.values())),
    minor_involved=flag("Whether the player is under 18: decided by a person"),
)


class Lobby:
    """The stream's state: the matches under way."""

    def __init__(self, random: Random, matches: int) -> None:
        self._random, self._now_ms, self._started = random, 0, matches
        self._matches = [[index, 0] for index in range(matches)]

    def next(self, number: int) -> Record:
        """The next line."""
        random = self._random.random
        self._now_ms += int(random() * 120)
        at = int(random() * len(self._matches))
        match = self._matches[at]
        if match[1] >= 200:
            self._started += 1
            match = self._matches[at] = [self._started % 1_000_000, 0]
        match[1] += 1
        draw = random()
        verdict = next(name for name, below in _RATES if draw < below)
        # Ten players a match; their ages follow from their numbers.
        player = match[0] * 10 % 1_000_000 + int(random() * 10)
        return line(self._random, number, (match[0], match[1], player), self._now_ms, verdict)


def line(
    random: Random, number: int, place: tuple[int, int, int], now_ms: int, verdict: str
) -> Record:
    """A line of chat; `place` is match, sequence and player."""
    match, sequence_, player = place
    age = 13 + player * 7 % 40
    template = pick(random, LINES[verdict])
    words = template
    if "{" in template:
        words = template.format(
            site=f"prizes{digits(random, 2)}.example",
            mail=f"player{digits(random, 3)}@example.org",
            phone=f"202-555-01{digits(random, 2)}",
        )
    return {
        "id": f"chat-{number:010d}",
        "match": f"match-{match:06d}",
        "sequence": sequence_,
        "player": f"player-{player:06d}",
        "age": age,
        "channel": _CHANNELS[int(random.random() * 3)],
        "sent_at": stamp_ms(now_ms),
        "text": words,
        "verdict": verdict,
        "action": ACTIONS[verdict],
        "minor_involved": age < 18,
    }


def _case(**members: Any) -> Make:
    def make(random: Random, number: int) -> Record:
        return {**line(random, number, (1, number, 12), 5_000, "ok"), **members}

    return make


_CASES: Final[Mapping[str, Make]] = {
    "one_letter": _case(text="k"),
    "longest": _case(text="a" * 500),
    "youngest": _case(age=13, minor_involved=True),
    "just_minor": _case(age=17, minor_involved=True),
    "just_adult": _case(age=18, minor_involved=False),
    "oldest": _case(age=99, minor_involved=False),
    "only_capitals": _case(text="WELL PLAYED EVERYBODY"),
    "only_digits": _case(text="1337"),
    "bad_word_inside": _case(text="the classic cocktail assassin from Scunthorpe"),
}


def _evading(seed: int) -> Iterator[Record]:
    """Bad lines hidden in the way that `evasion` names, and as many fine ones hidden alike."""
    random, ways = random_for(seed, "chats", "evasion"), tuple(MUTATIONS)
    number = 0
    while True:
        number += 1
        bad = [name for name in LINES if name != "ok"]
        verdict = "ok" if chance(random, 0.5) else pick(random, bad)
        place = (number // 50, number, between(random, 0, 999_999))
        record = line(random, number, place, number * 40, verdict)
        way = ways[number % len(ways)]
        plain = str(record["text"])
        yield {**record, "text": hide(random, plain, way), "plain": plain, "evasion": way}


@rule("verdict", "the action is the one for the verdict, and minors are marked")
def verdict_and_action(record: Mapping[str, Any], _memory: Memory) -> str | None:
    """One action for each verdict."""
    wanted = {"ok": "allow", "insult": "mute", "spam": "delete", "scam": "ban",
              "personal": "delete", "cheating": "ban"}[record["verdict"]]  # fmt: skip
    if record["action"] != wanted:
        return f"{record['action']} for {record['verdict']}"
    if record["minor_involved"] is not (record["age"] < 18):
        return f"aged {record['age']}, minor: {record['minor_involved']}"
    return None


@rule("sequence", "the lines of a match are numbered without a gap", across=True)
def sequence(record: Mapping[str, Any], memory: Memory) -> str | None:
    """From one."""
    wanted = memory.get(record["match"], 0) + 1
    memory[record["match"]] = record["sequence"]
    if len(memory) > 5_000:
        del memory[next(iter(memory))]
    return None if record["sequence"] == wanted else f"line {record['sequence']}, not {wanted}"


@rule("order", "lines come in the order of their time", across=True)
def order(record: Mapping[str, Any], memory: Memory) -> str | None:
    """Of all matches."""
    before = memory.get("last", "")
    memory["last"] = max(before, record["sent_at"])
    return None if record["sent_at"] >= before else f"{record['sent_at']} after {before}"


@rule("content", "lines that hold an address or a number are not fine, and personal ones hold one")
def content(record: Mapping[str, Any], _memory: Memory) -> str | None:
    """By the plain text, where it is hidden."""
    words = record.get("plain", record["text"])
    holds = "@example.org" in words or "555-01" in words
    if record["verdict"] == "ok" and (holds or ".example" in words):
        return f"fine: {words!r}"
    if record["verdict"] == "personal" and not holds:
        return f"nothing personal in {words!r}"
    return None


PLANTS: Final = (
    Plant(rule="verdict", change=setting(verdict="scam", action="allow")),
    Plant(rule="sequence", change=setting(sequence=9_999_999)),
    Plant(rule="order", change=setting(sent_at="2025-01-01T00:00:00.000Z")),
    Plant(
        rule="content",
        change=setting(text="write to me@example.org", verdict="ok", action="allow"),
    ),
)


def _lines(variant: str, matches: int) -> Callable[[int], Iterator[Record]]:
    return stream_of("chats", variant, lambda random: Lobby(random, matches).next)


SCENARIO: Final = DataScenario(
    name="chats",
    about="lines of chat in matches, labelled for moderation",
    rules=(verdict_and_action, sequence, order, content),
    labels={"verdict": "moderation", "action": "what moderation should do"},
    variants={
        "valid": valid(_lines("valid", 20), SCHEMA, "20 matches at a time; 10 % to be moderated"),
        "boundary": boundary(
            "chats",
            SCHEMA,
            {**_CASES} | unusual_texts(lambda random, n, words: _case(text=words)(random, n)),
        ),
        "evasion": Variant(
            about="lines hidden from simple filters, by the way that `evasion` names",
            data_class=DataClass.ADVERSARIAL,
            stream=_evading,
            schema=extended(
                SCHEMA,
                text=text("The line, hidden", most=20_000),
                plain=text("What it means"),
                evasion=word("How it is hidden", *MUTATIONS),
            ),
            keeps=Keeps.EACH,
        ),
        "malformed": malformed(_lines("malformed", 20), SCHEMA, PLANTS),
        "volume": volume(_lines("volume", 2_000), SCHEMA, "2,000 matches at a time"),
    },
)
