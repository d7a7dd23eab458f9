"""The reference page of the faults, written from the catalogue itself."""

from production_testers.mocks.faults import CATALOGUE, DISTRIBUTIONS, Kind, Layer, Param
from production_testers.model.fault_plan import Place

_HEAD = """\
# Faults

Written by `make docs` from `src/production_testers/mocks/faults/`; a test keeps it up to date.

{count} kinds in five layers. A rule of a plan (`ptest.faults/1`) names a kind, where it happens,
when, and its parameters; [services and faults](../guide/services-and-faults.md) shows how. Where a
parameter is a number, a plan may state a distribution instead: {distributions}.
What it draws is brought into the range.

*Simulated* is in one process and in virtual time, *real* over sockets, in processes, on a machine.
What never reaches a service has a code of its own in one process (`connect_timeout`, `unreachable`,
`answer_lost`); over a connection that stands already, its caller sees a reset when the time is up.
"""


def fault_reference() -> str:
    """Every kind with what it does, where it can be, and its parameters, as Markdown."""
    known = ", ".join(f"`{name}`" for name in DISTRIBUTIONS)
    head = _HEAD.format(count=len(CATALOGUE), distributions=known)
    return "\n".join([head, *(_layer(layer) for layer in Layer)])


def _layer(layer: Layer) -> str:
    kinds = [kind for kind in CATALOGUE.values() if kind.layer is layer]
    lines = [
        f"## {layer.value.capitalize()}",
        "",
        "| kind | what it does | where | parameters | ends |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| `{kind.name}` | {kind.what} | {_places(kind)} | {_params(kind)} | {kind.ends} |"
        for kind in kinds
    ]
    return "\n".join(lines) + "\n"


def _places(kind: Kind) -> str:
    return "<br>".join(
        f"{_place(kind, place)}: {', '.join(sorted(ways, reverse=True))}"
        for place, ways in kind.places.items()
    )


def _place(kind: Kind, place: Place) -> str:
    if place is Place.SERVICE and kind.at:
        return ", ".join(f"`{pattern}`" for pattern in kind.at)
    return place.value


def _params(kind: Kind) -> str:
    return "<br>".join(_param(name, param) for name, param in kind.params.items())


def _param(name: str, param: Param) -> str:
    if param.choices:
        known = ", ".join(f"`{choice}`" for choice in param.choices)
        return f"`{name}`: {param.what}; {known}"
    words = f"`{name}` = {param.default}: {param.what}"
    if param.low is None or param.high is None or param.what.endswith("from 0 to 1"):
        return words
    return f"{words} ({_number(param.low)} to {_number(param.high)})"


def _number(value: float) -> str:
    return f"{value:,.0f}"
