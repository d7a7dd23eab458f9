"""The reference page of the laws, written from the laws themselves."""

from production_testers.laws import LAWS, Law, OutcomeClass

_HEAD = """\
# Laws

Written by `make docs` from `src/production_testers/laws/`; a test keeps it up to date.

A law is a pure function from an observation to *holds*, *broken* or *unknown*. Where nothing in an
observation exercises it, or where it crashes, it is *unknown*, never *holds*.
"""


def law_reference() -> str:
    """Every law with its statement and every way of breaking it, as Markdown."""
    return "\n".join([_HEAD, *(_section(law) for law in LAWS.values())])


def _section(law: Law) -> str:
    general = " General: it gives way to every other law." if law.catch_all else ""
    lines = [
        f"## `{law.id}`",
        "",
        law.statement,
        "",
        f"Category {law.category.value}; applies where a framework offers"
        f" `{law.capability.value}`.{general}",
        "",
        "| way of breaking | severity | what it is | why so severe |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| `{name}` | {_severity(way)} | {way.title} | {way.why} |"
        for name, way in law.classes.items()
    ]
    return "\n".join(lines) + "\n"


def _severity(way: OutcomeClass) -> str:
    if way.promise is None:
        return way.severity.value
    return f"{way.severity.value} where `{way.promise.value}` is promised, else low"
