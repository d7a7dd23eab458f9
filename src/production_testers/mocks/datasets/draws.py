"""How records draw: quick, and the same on every machine.

Only additions, products and square roots of what `Random.random` gives: sines and logarithms
differ in their last digit from one C library to the next. Quicker than the methods of `Random`
for what is drawn millions of times; for sequences of up to a thousand members as even.
"""

from collections.abc import Sequence
from random import Random
from typing import Final, TypeVar

from production_testers.mocks.datasets.vocabulary import FAMILY_NAMES, FEMALE_NAMES, MALE_NAMES

Member = TypeVar("Member")

_BELL: Final = 3**0.5


def pick(random: Random, members: Sequence[Member]) -> Member:
    """A member."""
    return members[int(random.random() * len(members))]


def between(random: Random, least: int, most: int) -> int:
    """A whole number from `least` to `most`, both included."""
    return least + int(random.random() * (most - least + 1))


def chance(random: Random, probability: float) -> bool:
    """True as often as that."""
    return random.random() < probability


def bell(random: Random) -> float:
    """About normally distributed, mean 0, deviation 1, never beyond 3.5 (sum of four)."""
    draw = random.random
    return (draw() + draw() + draw() + draw() - 2.0) * _BELL


def digits(random: Random, length: int) -> str:
    """So many digits; at most 15."""
    return f"{int(random.random() * 10**length):0{length}d}"


def letters(random: Random, length: int, alphabet: str = "ABCDEFGHJKLMNPQRSTUVWXYZ") -> str:
    """So many letters; by default capitals without I and O, which are taken for digits."""
    return "".join(pick(random, alphabet) for _ in range(length))


def canary(random: Random) -> str:
    """A harmless mark that can be searched for wherever data may have leaked."""
    return f"CANARY-{random.getrandbits(64):016x}"


def person(random: Random) -> tuple[str, str, str]:
    """Given name, family name and sex ("female", "male"), of nobody who exists."""
    sex = "female" if random.random() < 0.5 else "male"
    return (
        pick(random, FEMALE_NAMES if sex == "female" else MALE_NAMES),
        pick(random, FAMILY_NAMES),
        sex,
    )


def shuffled(random: Random, members: Sequence[Member]) -> list[Member]:
    """The members in another order."""
    drawn = list(members)
    for index in range(len(drawn) - 1, 0, -1):
        other = int(random.random() * (index + 1))
        drawn[index], drawn[other] = drawn[other], drawn[index]
    return drawn
