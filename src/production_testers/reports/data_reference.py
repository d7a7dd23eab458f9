"""The reference page of the mock data, written from the scenarios themselves."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from production_testers.experiments.family_data import ENTRIES, FAMILIES
from production_testers.mocks.datasets import (
    GENERATOR_VERSION,
    INDUSTRIES,
    SCENARIOS,
    DataClass,
    DataScenario,
    Keeps,
    Schema,
)

_HEAD = f"""\
# Mock data

Written by `make docs` from `src/production_testers/mocks/datasets/`; a test keeps it up to date.
How to use it is told in the [guide](../guide/data.md). Generators of version {GENERATOR_VERSION}.

Every scenario has variants of four classes. Records of a variant keep its schema; those that keep
the rules of their scenario say so. `malformed` records are broken on purpose, each in the one way
that `defect` names: `kind:member`, or `rule:name` for a record that keeps the schema and breaks
that rule.
"""

_KEEPS = {
    Keeps.ALL: "all",
    Keeps.EACH: "those about one record",
    Keeps.NONE: "none",
}


def data_reference() -> str:
    """Every scenario with its variants, labels, rules and members, as Markdown."""
    parts = [_HEAD, scenario_table(), _families()]
    for industry, names in INDUSTRIES.items():
        parts.append(f"## {industry.capitalize()}\n")
        parts += [_scenario(SCENARIOS[name]) for name in names]
    return "\n".join(parts)


def scenario_table() -> str:
    """Every scenario with the names of its variants by class."""
    rows = [
        [
            f"`{name}`",
            industry,
            *(
                ", ".join(
                    f"`{variant}`"
                    for variant, found in SCENARIOS[name].variants.items()
                    if found.data_class is data_class
                )
                for data_class in DataClass
            ),
        ]
        for industry, names in INDUSTRIES.items()
        for name in names
    ]
    return _table(["scenario", "industry", *DataClass], rows)


def _families() -> str:
    rows = [[f"`{family}`", f"`{name}`", _others(family)] for family, name in FAMILIES.items()]
    return "## Which data an entry of the roadmap gets\n\n" + _table(
        ["family", "scenario", "other entries"], rows
    )


def _others(family: str) -> str:
    return ", ".join(
        f"{entry}: `{name}`"
        for entry, name in ENTRIES.items()
        if entry.rpartition("-")[0] == family
    )


def _scenario(scenario: DataScenario) -> str:
    variants = [
        [f"`{name}`", one.data_class, one.about, _KEEPS[one.keeps]]
        for name, one in scenario.variants.items()
    ]
    rules = [[f"`{one.name}`", one.about] for one in scenario.rules]
    labels = [[f"`{name}`", what] for name, what in scenario.labels.items()]
    parts = [
        f"### `{scenario.name}`\n\n{scenario.about[0].upper()}{scenario.about[1:]}.\n",
        _table(["variant", "class", "records", "rules kept"], variants),
        "What is judged by it:\n",
        _table(["label", "what for"], labels),
        "Rules:\n",
        _table(["rule", "what holds"], rules),
        *_schemas(scenario),
    ]
    return "\n".join(parts)


def _schemas(scenario: DataScenario) -> Iterable[str]:
    """The members of each variant; of all but the first those only that are new in it."""
    told: dict[str, Schema] = {}
    for name, variant in scenario.variants.items():
        members = {path: one for path, one in _members(variant.schema) if path not in told}
        told |= members
        if not members:
            continue
        first = len(told) == len(members)
        title = f"Members of `{name}`" if first else f"Members that `{name}` has besides"
        rows = [
            [f"`{path}`", _kind(member), str(member.get("description", ""))]
            for path, member in members.items()
        ]
        yield f"{title}:\n"
        yield _table(["member", "type", "what it is"], rows)


def _members(schema: Schema, above: str = "") -> Iterable[tuple[str, Mapping[str, Any]]]:
    properties: Any = schema.get("properties", {})
    for name, member in properties.items():
        path = f"{above}{name}"
        yield path, member
        inner = member
        while isinstance(inner.get("items"), Mapping):
            path, inner = f"{path}[]", inner["items"]
        if "properties" in inner:
            yield from _members(inner, f"{path}.")


def _kind(schema: Mapping[str, Any]) -> str:
    kinds = schema.get("type", "any")
    text = kinds if isinstance(kinds, str) else " or ".join(kinds)
    if "enum" in schema:
        words = [str(word) for word in schema["enum"] if word is not None]
        return f"{text}: {', '.join(words)}" if len(words) <= 8 else f"{text}: {len(words)} words"
    if "format" in schema:
        return f"{text}, {schema['format']}"
    if "pattern" in schema:
        return f"{text} `{schema['pattern']}`"
    if "minimum" in schema:
        return f"{text} {schema['minimum']:,} to {schema['maximum']:,}"
    return str(text)


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    cells = [[str(cell).replace("|", "\\|") for cell in line] for line in lines]
    return "\n".join("| " + " | ".join(line) + " |" for line in cells) + "\n"
