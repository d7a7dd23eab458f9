"""Value bag: values that the stages of a run share, each written by one of them."""

from random import Random

from production_testers.model.canonical import Json
from production_testers.model.scenario import Kind
from production_testers.model.semantics import Capability
from production_testers.model.usage import Usage
from production_testers.units import drawing
from production_testers.units.contract import Operation, Unit

KEYS = ("a", "b", "c")
HOSTILE_KEYS = ("", "a" * 300, "\N{SNOWMAN}", "0", "\ud800")
VALUES: tuple[Json, ...] = (None, 0, False, "", "text", 2**70, {"deep": [1, {}]}, [])


def draw(random: Random, kind: Kind) -> Usage:
    """Stages that write the same keys at the same time, and look.

    A stage writes a key once: whether it may write it again is not promised by anybody.
    """
    keys = random.sample(HOSTILE_KEYS if kind is Kind.ADVERSARIAL else KEYS, 3)
    calls = []
    for client in range(drawing.clients(random, kind)):
        for number in range(random.randint(3, 6)):
            operation = random.choice(("write", "write", "read", "read", "names", "writer"))
            arguments: dict[str, Json] = {}
            if operation != "names":
                arguments["key"] = random.choice(keys)
            if operation == "write":
                arguments |= {"value": random.choice(VALUES), "stage": f"s{client}.{number}"}
            calls.append(
                drawing.call(
                    client, number, operation, arguments, after_ms=random.choice((0.0, 0.0, 1.0))
                )
            )
    return Usage(unit="value_bag", calls=tuple(calls))


def accepts(usage: Usage) -> bool:
    """No stage writes twice."""
    writers = [call.arguments["stage"] for call in usage.calls if call.operation == "write"]
    return len(set(writers)) == len(writers)


UNIT = Unit(
    name="value_bag",
    does="Keeps values under keys, and refuses what another stage has written already.",
    capability=Capability.VALUE_BAG,
    operations={
        "write": Operation(
            does="Keeps the value, unless another stage has written the key.",
            required=("key", "value", "stage"),
            fixed=("stage",),
        ),
        "read": Operation(does="Gives the value, or nothing.", required=("key",)),
        "names": Operation(does="Gives the keys, in no order that is promised."),
        "writer": Operation(
            does="Gives the stage that wrote the key, or nothing.", required=("key",)
        ),
    },
    draw=draw,
    accepts=accepts,
)
