"""Copies templates of the workspace into a run folder."""

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from pprint import pformat

from production_testers.experiments.recipe import Recipe
from production_testers.experiments.recipes import GENERAL
from production_testers.model.errors import UsageError
from production_testers.model.target import Target
from production_testers.workspace.atomic import write_bytes, write_text

NUMBERS = "numbers.toml"
_UNITS = '''\
"""Parts of the framework that are used on their own, without a pipeline, in most scenarios."""

from random import Random

from production_testers.testing import Kind, Scenario, draw_usage

UNITS = {units}
PIPELINES_EVERY = 6
"""One scenario of so many still runs a pipeline of the other modules here."""


def scenario(random: Random, kind: Kind) -> Scenario:
    """One of the units, with some callers."""
    return draw_usage(random, kind, UNITS)
'''

_TARGET = '''\
"""The application that is tested: requests are made of it, side by side, while things go wrong."""

from random import Random

from production_testers.testing import Kind, Scenario, Target, draw_target_usage

UNITS = ("target",)
PIPELINES_EVERY = 0
"""No scenario runs a pipeline of the other modules here."""

TARGET = Target.from_json(
    {target}
)


def scenario(random: Random, kind: Kind) -> Scenario:
    """Requests alone, then several at once, with what goes wrong in this kind."""
    return draw_target_usage(random, kind, TARGET)
'''


def copy_pipelines(
    templates: Path, recipe: Recipe, target: Path, application: Target | None = None
) -> None:
    """Write a run folder's pipelines; what stands there is kept.

    Args:
        templates: The workspace's templates.
        recipe: Whose files come first.
        target: Where they go.
        application: A team's own application, where one is tested.

    Raises:
        UsageError: A template is missing.
    """
    pipelines = templates / "pipeline_templates"
    own = pipelines / recipe.folder
    sources = [pipelines / GENERAL.name]
    if recipe is not GENERAL and (own.is_dir() or not recipe.units):
        sources.append(own)
    copy_templates(sources, target)
    if not (target / "units.py").exists():
        if application is not None:
            shown = pformat(application.as_json(), width=92, sort_dicts=False)
            write_text(target / "units.py", _TARGET.format(target=shown.replace("\n", "\n    ")))
        elif recipe.units:
            names = ", ".join(f'"{name}"' for name in recipe.units)
            write_text(target / "units.py", _UNITS.format(units=f"({names},)"))


def copy_templates(sources: Iterable[Path], target: Path) -> None:
    """Copy every file of `sources`, later ones over earlier ones; what stands there is kept.

    A source may hold `numbers.toml` instead of files that differ from earlier ones by numbers
    only: module → name → the number that stands there as an argument.

    Raises:
        UsageError: A source is missing: somebody removed it from the workspace. Or numbers do not
            fit the files.
    """
    wanted: dict[Path, Path] = {}
    numbers: dict[Path, Path] = {}
    for source in sources:
        if not source.is_dir():
            raise UsageError(f"{source} is missing.", do="`ptest init` puts it back.")
        for path in sorted(source.rglob("*")):
            if path == source / NUMBERS:
                numbers |= dict.fromkeys(_modules(path), path)
            elif path.is_file() and "__pycache__" not in path.parts:
                wanted[path.relative_to(source)] = path
    for stray in numbers.keys() - wanted.keys():
        raise UsageError(f"{numbers[stray]} is about {stray}, which is no template.")
    for relative, path in wanted.items():
        if not (target / relative).exists():
            write_bytes(target / relative, _with_numbers(path, relative, numbers.get(relative)))


def _modules(path: Path) -> list[Path]:
    return [Path(f"{module}.py") for module in _read(path)]


def _read(path: Path) -> dict[str, dict[str, int | float]]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} is no TOML: {error}.") from error


def _with_numbers(path: Path, relative: Path, numbers: Path | None) -> bytes:
    """The bytes of a template, with its entry's numbers in the place of its own."""
    if numbers is None:
        return path.read_bytes()
    text = path.read_text(encoding="utf-8")
    for name, number in _read(numbers)[relative.stem].items():
        text, count = re.subn(rf"\b{re.escape(name)}=[0-9][0-9_.]*", f"{name}={number}", text)
        if count != 1:
            raise UsageError(
                f"{numbers} says {name} = {number}, and {path} has {count} places for it.",
                do=f"Write the number there as an argument: {name}=….",
            )
    return text.encode()
