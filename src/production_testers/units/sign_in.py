"""Work that only those may start who hold a valid token, on what belongs to their tenant."""

from random import Random
from typing import Any

from production_testers.model.canonical import Json
from production_testers.model.scenario import Kind
from production_testers.model.semantics import Capability
from production_testers.model.usage import Call, Usage, Work
from production_testers.units import drawing
from production_testers.units.contract import Operation, Unit

VALIDATE = "validate"
"""Label of the code that knows tokens: it gives claims, or raises."""

BODY = "body"
"""Label of the work that is protected; it is given whose it is, by the claims."""

TENANTS = ("t0", "t1")
REFUSALS = ("expired", "invalid", "incomplete")
"""`validate` gives `{"refused": one of them}` for a token that it does not accept."""

NEEDED = ("user", "session")
"""Claims without which no token is valid; `validate` gives `lacks` where one of them is missing."""


def claims_of(call: Call) -> dict[str, Any] | None:
    """The claims that a call's token has; None where it is not valid."""
    works = call.works.get(VALIDATE, ())
    gives: Any = works[0].gives if works and not works[0].raises else None
    return dict(gives) if gives and not {"refused", "lacks"} & set(gives) else None


def draw(random: Random, kind: Kind) -> Usage:
    """Requests with valid tokens, others, and none, while the code that knows them may fail."""
    calls: list[Call] = []
    tenants = random.random() < 0.6
    for client in range(drawing.clients(random, kind)):
        for number in range(random.randint(1, 3)):
            arguments: dict[str, Json] = {"token": f"token {client}.{number}"}
            if random.random() < 0.15:
                arguments["token"] = ""
            if tenants and random.random() < 0.8:
                arguments["belongs_to"] = random.choice(TENANTS)
            calls.append(
                drawing.call(
                    client, number, "request", arguments,
                    after_ms=random.choice((0.0, 2.0)),
                    cancel_after_ms=drawing.gives_up(random, kind, 20.0),
                    works={VALIDATE: (_validation(random, kind, client),)},
                )
            )  # fmt: skip
    return Usage(unit="sign_in", settings={"tenants": tenants}, calls=tuple(calls))


def _validation(random: Random, kind: Kind, client: int) -> Work:
    ms = round(random.uniform(0.5, 10), 1)
    if kind in (Kind.CHAOS, Kind.RECOVERY) and random.random() < 0.25:
        return Work(ms=ms, raises=random.choice(("connection", "timeout", "error")))
    if random.random() < 0.3:
        return Work(ms=ms, gives={"refused": random.choice(REFUSALS)})
    claims: dict[str, Json] = {
        "user": f"u{client}",
        "tenant": random.choice((*TENANTS, *TENANTS, None)),
        "roles": random.choice(([], ["editor"], ["admin", "editor"])),
    }
    if random.random() < 0.1:
        claims["lacks"] = random.choice(NEEDED)
    return Work(ms=ms, gives=claims)


def accepts(usage: Usage) -> bool:
    """Every token's claims are whole, or it is refused in a known way."""
    gives: list[Any] = [
        work.gives
        for call in usage.calls
        for work in call.works.get(VALIDATE, (Work(),))
        if not work.raises
    ]
    owners = any("belongs_to" in call.arguments for call in usage.calls)
    return (bool(usage.settings["tenants"]) or not owners) and all(
        given is not None
        and (
            (set(given) == {"refused"} and given["refused"] in REFUSALS)
            or (
                set(given) - {"lacks"} == {"user", "tenant", "roles"}
                and bool(given["user"])
                and given.get("lacks", "user") in NEEDED
            )
        )
        for given in gives
    )


UNIT = Unit(
    name="sign_in",
    does="Starts the caller's work for those whose token is valid, and hands it who they are; with"
    " `tenants`, only on what belongs to their own.",
    capability=Capability.SIGN_IN,
    operations={
        "request": Operation(
            does="Gives what the work gave; fails as refused where the token is not valid, or"
            " `belongs_to` names another tenant than the token.",
            required=("token",),
            fixed=("belongs_to",),
        )
    },
    draw=draw,
    accepts=accepts,
)
