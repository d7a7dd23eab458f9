"""Documentation: whether what a framework's own documentation shows is there and can be called.

What is documented where is for each framework to know, so a page is a number: the binding counts
its pages through again and again.
"""

from random import Random
from typing import Any

from production_testers.model.scenario import Kind
from production_testers.model.semantics import Capability
from production_testers.model.usage import Usage
from production_testers.units import drawing
from production_testers.units.contract import Operation, Unit

PAGES = 10_000

SHARES = {"module": 2, "parameters": 6, "example": 4, "command": 1}
"""How often each is read: there are many parameters and few commands."""


def draw(random: Random, kind: Kind) -> Usage:
    """Readers, each of whom opens some pages."""
    calls = []
    for client in range(drawing.clients(random, kind)):
        for number in range(random.randint(3, 8)):
            operation = random.choices(tuple(SHARES), tuple(SHARES.values()))[0]
            arguments = {"page": random.randrange(PAGES)}
            calls.append(drawing.call(client, number, operation, arguments))
    return Usage(unit="documentation", calls=tuple(calls))


def accepts(usage: Usage) -> bool:
    """Pages are numbers from 0 on."""
    pages: list[Any] = [call.arguments.get("page") for call in usage.calls]
    return all(isinstance(page, int) and page >= 0 for page in pages)


UNIT = Unit(
    name="documentation",
    does="Reads a page of the framework's own documentation, and tries what it says.",
    capability=Capability.DOCUMENTATION,
    operations={
        "module": Operation(
            does="Imports a public module that is delivered; says why it cannot be.",
            required=("page",),
            fixed=("page",),
        ),
        "parameters": Operation(
            does="Lists the parameters that are documented, and those that are not accepted.",
            required=("page",),
            fixed=("page",),
        ),
        "example": Operation(
            does="Lists what is imported and called in an example, and what of it cannot be.",
            required=("page",),
            fixed=("page",),
        ),
        "command": Operation(
            does="Starts a command that the help of the command line lists, and says which files"
            " it wants to execute that are not there.",
            required=("page",),
            fixed=("page",),
        ),
    },
    draw=draw,
    accepts=accepts,
)
