"""The repository itself is under test: what it says of machines, versions and templates."""

import ast
import importlib
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from random import Random

import pytest

import production_testers
from production_testers.experiments.copying import copy_pipelines
from production_testers.experiments.recipes import GENERAL, RECIPES
from production_testers.laws import LAWS
from production_testers.mocks.datasets import SCENARIOS
from production_testers.model.scenario import Kind
from production_testers.model.scenario_format import to_json
from production_testers.units import UNITS

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "src/production_testers/workspace/root/templates"
PIPELINES = TEMPLATES / "pipeline_templates"
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())

# Written in pieces, so that this file does not find itself.
DEVELOPER_PATHS = re.compile("(?<![\\w.-])(/" + "work/|/" + "root/[\\w.]|/" + "home/[a-z0-9_-]+/)")
INDEX_HOSTS = re.compile(
    r"(?<!no-emit-)index-u" + r"rl|extra-i" + r"ndex|https?://[\w.-]+/" + r"(?:simple|pypi)\b"
)


def tracked():
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listed.returncode != 0:
        pytest.skip("this is no git repository")
    names = [name for name in listed.stdout.decode().split("\0") if name]
    return [ROOT / name for name in names if (ROOT / name).is_file()]


ROOT_FILES = {
    ".gitignore",
    "ARCHITECTURE.md",
    "LICENSE",
    "Makefile",
    "README.md",
    "pyproject.toml",
    "requirements.lock",
}


def test_nothing_lies_about_at_the_root():
    assert {path.name for path in tracked() if path.parent == ROOT} == ROOT_FILES


@pytest.mark.slow
@pytest.mark.parametrize(
    "pattern", [DEVELOPER_PATHS, INDEX_HOSTS], ids=["developer's paths", "index hosts"]
)
def test_nothing_names_one_machine_or_one_index(pattern):
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}"
        for path in tracked()
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), start=1)
        if pattern.search(line)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("line", "pattern"),
    [
        ("cd /" + "work/main", DEVELOPER_PATHS),
        ('"/' + 'root/.cache"', DEVELOPER_PATHS),
        ("see /" + "home/ann/x", DEVELOPER_PATHS),
        ("--extra-" + "index-" + "url x", INDEX_HOSTS),
        ("https://mirror.example.org/" + "simple/", INDEX_HOSTS),
    ],
)
def test_the_search_finds_what_it_is_for(line, pattern):
    assert pattern.search(line)


@pytest.mark.parametrize("line", ["framework/", "runs/x/root/templates", "a/work/b"])
def test_the_search_leaves_relative_paths_alone(line):
    assert not DEVELOPER_PATHS.search(line)


def test_the_version_is_stated_once():
    assert PYPROJECT["project"]["version"] == production_testers.__version__
    assert re.fullmatch(r"[0-9]+\.[0-9]+\.[0-9]+", production_testers.__version__)


def test_the_command_is_what_the_project_says_it_is():
    module, _, name = PYPROJECT["project"]["scripts"]["ptest"].partition(":")
    assert callable(getattr(importlib.import_module(module), name))


def test_make_test_runs_every_check():
    text = (ROOT / "Makefile").read_text()
    (prerequisites,) = re.findall(r"^test:(.*)$", text, re.MULTILINE)
    assert set(prerequisites.split()) == {"lint", "types", "architecture", "unit"}
    rules = dict(re.findall(r"^(\w+):.*\n((?:\t.*\n)+)", text, re.MULTILINE))
    for name, programs in {
        "lint": ("ruff format --check", "ruff check", "vulture", "interrogate", "deptry"),
        "types": ("mypy",),
        "architecture": ("lint-imports",),
        "unit": ("pytest",),
    }.items():
        assert all(program in rules[name] for program in programs), name


@pytest.mark.parametrize(
    "path", sorted(TEMPLATES.rglob("*.py")), ids=lambda p: str(p.relative_to(TEMPLATES))
)
def test_every_template_compiles(path):
    compile(path.read_text(), str(path), "exec", dont_inherit=True)


@pytest.mark.parametrize("name", sorted(RECIPES))
def test_every_recipe_has_templates_laws_data_and_a_plan(name):
    recipe = RECIPES[name]
    assert recipe.name == name
    assert (PIPELINES / recipe.folder).is_dir() or recipe.units
    assert all(unit in UNITS for unit in recipe.units)
    kinds = {kind.value for kind in Kind}
    own = {path.stem for path in (PIPELINES / recipe.folder).glob("*.py")}
    assert own <= kinds | {"__init__"}
    assert own or recipe.units or (PIPELINES / recipe.folder / "numbers.toml").is_file()
    assert recipe.conclusive
    assert all(LAWS[required.law].id == required.law for required in recipe.requires)
    assert all(required.minimum > 0 for required in recipe.requires)
    assert recipe.data in SCENARIOS
    assert set(recipe.schedules) == set(Kind)


def test_every_folder_of_templates_belongs_to_a_recipe():
    folders = {path.name for path in PIPELINES.iterdir() if path.is_dir()}
    assert folders - {"__pycache__"} <= {*RECIPES, GENERAL.name}
    own = {recipe.folder for recipe in RECIPES.values() if not recipe.units}
    assert own | {GENERAL.name} <= folders


@pytest.fixture
def load(tmp_path, monkeypatch):
    """Imports the pipelines of a recipe as a run folder has them: its own over the general ones."""

    def modules(name):
        folder = tmp_path / "pipelines"
        recipe = RECIPES.get(name, GENERAL)
        copy_pipelines(TEMPLATES, recipe, folder)
        monkeypatch.syspath_prepend(str(tmp_path))
        return {kind: importlib.import_module(f"pipelines.{kind.value}") for kind in Kind}

    _forget_pipelines()  # another test may have imported a run folder's
    yield modules
    _forget_pipelines()


def _forget_pipelines():
    for name in [name for name in sys.modules if name.partition(".")[0] == "pipelines"]:
        del sys.modules[name]
    importlib.invalidate_caches()


@pytest.mark.parametrize("name", [GENERAL.name, *sorted(RECIPES)])
def test_every_kind_draws_the_same_scenarios_for_the_same_seed(load, name):
    for kind, module in load(name).items():
        shown = module.pipeline()
        assert shown.stages
        assert shown.topological_order()
        drawn = []
        for seed in range(8):
            first, second = (to_json(module.scenario(Random(seed))) for _ in range(2))
            assert first == second
            assert first["kind"] == kind.value
            drawn.append(first)
        assert any(one != drawn[0] for one in drawn), f"{name} {kind}: every seed draws the same"


def test_no_template_draws_from_a_shared_source():
    banned = {"time", "uuid", "secrets", "datetime", "os"}
    for path in PIPELINES.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            assert not banned & {name.partition(".")[0] for name in names}, path
