"""Result bag: the results of a run's stages, each with the number of its attempt."""

from collections.abc import Mapping
from random import Random

from production_testers.model.canonical import Json
from production_testers.model.scenario import Kind
from production_testers.model.semantics import Capability
from production_testers.model.usage import Usage
from production_testers.units import drawing
from production_testers.units.contract import Operation, Unit

NAMES = ("a", "b", "c")
HOSTILE_NAMES = ("", "a" * 300, "\N{SNOWMAN}", "a b", "0", "\ud800")
VALUES: tuple[Mapping[str, Json], ...] = ({"n": 1}, {"n": 2}, {}, {"deep": {"list": [None, 2**70]}})
SHARES = {"write": 4, "read": 3, "names": 1, "repeated": 1}


def draw(random: Random, kind: Kind) -> Usage:
    """Writers and readers of few names, some of whom write again on purpose."""
    names = random.sample(HOSTILE_NAMES if kind is Kind.ADVERSARIAL else NAMES, 3)
    calls = []
    for client in range(drawing.clients(random, kind)):
        for number in range(random.randint(3, 6)):
            operation = random.choices(tuple(SHARES), tuple(SHARES.values()))[0]
            arguments: dict[str, Json] = {}
            if operation in ("write", "read"):
                arguments["name"] = random.choice(names)
            if operation == "write":
                arguments["value"] = random.choice(VALUES)
                arguments["again"] = random.random() < 0.5
            calls.append(
                drawing.call(
                    client, number, operation, arguments, after_ms=random.choice((0.0, 0.0, 1.0))
                )
            )
    return Usage(unit="result_bag", calls=tuple(calls))


UNIT = Unit(
    name="result_bag",
    does="Collects one result a name, counts its attempts, and refuses a second one that nobody"
    " asked for.",
    capability=Capability.RESULT_BAG,
    operations={
        "write": Operation(
            does="Keeps the result and gives the number of its attempt, from 1; a second one for"
            " the name only with `again`.",
            required=("name", "value", "again"),
        ),
        "read": Operation(
            does="Gives the result and its attempt, or nothing without one.", required=("name",)
        ),
        "names": Operation(does="Gives the names that have a result, first written first."),
        "repeated": Operation(does="Gives the names whose attempt is above 1."),
    },
    draw=draw,
)
