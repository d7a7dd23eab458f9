"""A family of values at one edge: how one is drawn, and the property that every one has."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """Values at one edge.

    Attributes:
        about: What is special.
        draw: Gives the members of a record that are special.
        shows: Whether they have the property; ordinary ones have not.
    """

    about: str
    draw: Callable[[Random], dict[str, Any]]
    shows: Callable[[dict[str, Any]], bool]
