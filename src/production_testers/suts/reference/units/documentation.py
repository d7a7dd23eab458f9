"""Two functions with their documentation."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from production_testers.model.canonical import Json
from production_testers.suts.contract import Bench


def greet(name: str, *, loud: bool = False) -> str:
    """Greets somebody."""
    return f"hello {name}".upper() if loud else f"hello {name}"


def repeat(text: str, times: int = 2) -> str:
    """Repeats a text."""
    return text * times


@dataclass(frozen=True, slots=True)
class Page:
    """What is written about a function.

    Attributes:
        function: Which one.
        parameters: Those that are documented.
        example: Number of arguments by place, and names of the others, in the example.
    """

    function: Callable[..., Any]
    parameters: tuple[str, ...]
    example: tuple[int, tuple[str, ...]]


class Documentation:
    """See `production_testers.units.documentation`."""

    errors: Mapping[type[BaseException], str] = {}
    modules: tuple[str, ...] = ("inspect", __name__)
    commands: tuple[tuple[str, str], ...] = (("greet", __file__),)
    pages: tuple[Page, ...] = (
        Page(greet, ("name", "loud"), (1, ("loud",))),
        Page(repeat, ("text", "times"), (2, ())),
    )

    def __init__(self, _settings: Mapping[str, Any], _bench: Bench) -> None:
        """Nothing has to be made."""

    async def perform(self, operation: str, arguments: Mapping[str, Any]) -> Json:
        """Do one operation."""
        number = arguments["page"]
        if operation == "module":
            return self._module(self.modules[number % len(self.modules)])
        if operation == "command":
            return self._command(*self.commands[number % len(self.commands)])
        page = self.pages[number % len(self.pages)]
        signature = inspect.signature(page.function)
        told: dict[str, Any] = {"of": page.function.__name__, "shown": 1, "wrong": []}
        if operation == "parameters":
            told["shown"] = len(page.parameters)
            told["wrong"] = [one for one in page.parameters if one not in signature.parameters]
            return told
        count, names = page.example
        try:
            signature.bind(*(None,) * count, **dict.fromkeys(names))
        except TypeError as error:
            told["wrong"].append(str(error))
        return told

    def _command(self, name: str, file: str) -> Json:
        missing = [] if Path(file).exists() else [file]
        return {"of": f"command {name}", "shown": 1, "wrong": [*missing]}

    def _module(self, name: str) -> Json:
        try:
            __import__(name)
        except ImportError as error:
            return {"of": name, "shown": 1, "wrong": [str(error)]}
        return {"of": name, "shown": 1, "wrong": []}
