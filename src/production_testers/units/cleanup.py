"""Clean-up: code of the caller's that is called in the end, the last registered first."""

from random import Random

from production_testers.model.canonical import Json
from production_testers.model.scenario import Kind
from production_testers.model.semantics import Capability
from production_testers.model.usage import Call, Usage, Work
from production_testers.units import drawing
from production_testers.units.contract import Operation, Unit

LIMITS_MS = (10_000.0, 1_000.0, 50.0)
"""How long a clean-up may take at most."""


def draw(random: Random, kind: Kind) -> Usage:
    """Registrations, some of them taken back, then clean-ups; several clients share them."""
    calls: list[Call] = []
    for client in range(drawing.clients(random, kind)):
        registered: list[str] = []
        for number in range(random.randint(2, 7)):
            operation = random.choice(("register", "register", "register", "forget", "clean"))
            after_ms = random.choice((0.0, 0.0, 1.0, 5.0))
            if operation == "register" or not registered:
                registered.append(f"c{client}.{number}")
                arguments: dict[str, Json] = {"name": registered[-1]}
                calls.append(drawing.call(client, number, "register", arguments, after_ms=after_ms))
            elif operation == "forget":
                arguments = {"name": registered.pop(random.randrange(len(registered)))}
                calls.append(drawing.call(client, number, "forget", arguments, after_ms=after_ms))
            else:
                calls.append(_clean(random, kind, client, number))
        calls.append(_clean(random, kind, client, 99))
    names = [str(call.arguments["name"]) for call in calls if call.operation == "register"]
    works = {f"cleanup {name}": (_work(random, kind),) for name in names}
    return Usage(
        unit="cleanup",
        calls=tuple(
            drawing.call(
                int(call.client[1:]), int(call.key.partition(".")[2]), call.operation,
                call.arguments,
                after_ms=call.after_ms, cancel_after_ms=call.cancel_after_ms, works=works,
            )
            if call.operation == "clean" else call
            for call in calls
        ),
    )  # fmt: skip


def _clean(random: Random, kind: Kind, client: int, number: int) -> Call:
    arguments = {"limit_ms": random.choice(LIMITS_MS[: 1 if kind is Kind.BASELINE else 3])}
    return drawing.call(
        client, number, "clean", arguments, cancel_after_ms=drawing.gives_up(random, kind, 20.0)
    )


def _work(random: Random, kind: Kind) -> Work:
    if kind is Kind.BASELINE:
        return Work(ms=1.0)
    chosen = random.random()
    if chosen < 0.1:
        return Work(hangs=True)
    return drawing.work(random, ("error", "value", "timeout"), 0.3)


def accepts(usage: Usage) -> bool:
    """Names are unique, and a clean-up has time to take."""
    names = [call.arguments["name"] for call in usage.calls if call.operation == "register"]
    limits = [call.arguments["limit_ms"] for call in usage.calls if call.operation == "clean"]
    return len(set(names)) == len(names) and all(float(limit) > 0 for limit in limits)  # type: ignore[arg-type]


UNIT = Unit(
    name="cleanup",
    does="Calls what was registered, the last registered first, each once; errors of one do not"
    " keep the others from being called.",
    capability=Capability.CLEANUP,
    operations={
        "register": Operation(
            does="Has the caller's own code `cleanup NAME` called at the next clean-up.",
            required=("name",),
            fixed=("name",),
        ),
        "forget": Operation(
            does="Takes a registration back; gives whether there was one.",
            required=("name",),
            fixed=("name",),
        ),
        "clean": Operation(
            does="Calls what is registered, within the limit; gives the names of those that went"
            " well and of those that did not.",
            required=("limit_ms",),
        ),
    },
    draw=draw,
    accepts=accepts,
)
