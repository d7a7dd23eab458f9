"""The boundary of a tenant: what may be touched on its behalf, and what is told of attempts."""

from random import Random

from production_testers.model.canonical import Json
from production_testers.model.scenario import Kind
from production_testers.model.semantics import Capability
from production_testers.model.usage import Call, Usage, Work
from production_testers.units import drawing
from production_testers.units.contract import Operation, Unit

WORK = "work"
"""Label of what is done on behalf of a tenant."""

TENANTS = ("t0", "t1", "t2")


def draw(random: Random, kind: Kind) -> Usage:
    """Several tenants' work at the same time, and one tenant that touches its own and others'."""
    calls: list[Call] = []
    for client in range(drawing.clients(random, kind)):
        for number in range(random.randint(1, 5)):
            operation = random.choice(("touch", "touch", "touch", "within", "within", "report"))
            arguments: dict[str, Json] = {}
            if operation == "touch":
                arguments["owner"] = random.choice((TENANTS[0], *TENANTS, None))
            elif operation == "within":
                arguments["tenant"] = random.choice(TENANTS)
            works = (Work(ms=round(random.uniform(0.5, 10), 1)),)
            calls.append(
                drawing.call(
                    client, number, operation, arguments, after_ms=random.choice((0.0, 1.0)),
                    cancel_after_ms=drawing.gives_up(random, kind, 10.0)
                    if operation == "within" else None,
                    works={WORK: works} if operation == "within" else {},
                )
            )  # fmt: skip
    settings: dict[str, Json] = {"tenant": TENANTS[0], "strict": random.random() < 0.5}
    return Usage(unit="tenancy", settings=settings, calls=tuple(calls))


def accepts(usage: Usage) -> bool:
    """Tenants are known ones."""
    named = {usage.settings["tenant"]} | {
        call.arguments[name]
        for call in usage.calls
        for name in ("owner", "tenant")
        if name in call.arguments
    }
    return named <= {*TENANTS, None} and usage.settings["tenant"] is not None


UNIT = Unit(
    name="tenancy",
    does="Watches that nothing of another tenant is touched on behalf of `tenant`; when `strict`,"
    " by failing. What belongs to nobody may be touched by all.",
    capability=Capability.TENANCY,
    operations={
        "touch": Operation(
            does="Gives whether something that belongs to `owner` may be touched; fails as foreign"
            " when strict.",
            required=("owner",),
            fixed=("owner",),
        ),
        "within": Operation(
            sets_context=True,
            does="Works for a tenant; gives for whom the current code works afterwards.",
            required=("tenant",),
            fixed=("tenant",),
        ),
        "report": Operation(
            does="Gives how many `violations` there were, and whether it is `isolated`."
        ),
    },
    draw=draw,
    accepts=accepts,
    fixed=("tenant",),
)
