"""A small distribution, installed by hand: what the research and DX phases read."""

import ast
import textwrap
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from phases.tiny import ENTRY, silent, use_tiny_plan
from production_testers.experiments.environments import Sut
from production_testers.phases import experience, mission, pictures, testing, understanding
from production_testers.phases.research.source import (
    InstalledSut,
    SourceFile,
    SourceModule,
    SutSource,
    read_source,
)
from production_testers.reports.charts.drawing import Drawn
from production_testers.workspace import atomic

METADATA = """\
Metadata-Version: 2.4
Name: toy-flow
Version: 1.2.0
Summary: Pipelines for toys
License-Expression: MIT
Requires-Python: >=3.11
Requires-Dist: wheels>=2
Requires-Dist: paint; extra == 'colour'
Description-Content-Type: text/markdown

# Toyflow

- **Zero Dependencies**: nothing else is needed

Stages never see each other's inputs. Latest release: v1.1.0

```python
import toyflow
```
"""

ROOT = '''\
"""Toys in a row."""

from toyflow.engine import Engine, EngineError, Sink
from .engine import run as start

__all__ = ["Engine", "EngineError", "Sink", "start", "start", "_secret", "VERSION", "lost"]
VERSION = "1.2.0"
_secret = 1
'''

ENGINE = '''\
"""The engine."""

from typing import Protocol


class Sink(Protocol):
    def emit(self, event: str) -> None: ...


class EngineError(Exception):
    """It broke."""

    def __init__(self, stage: str) -> None:
        super().__init__(f"stage {stage} broke")


class Silent(Exception):
    pass


class Engine:
    """Runs stages.

    A run is isolated from every other run, and its stages
    are executed exactly once.
    """

    def __init__(self, stages, limit: int = 1) -> None:
        self.stages = stages

    async def execute(self, value: int) -> int:
        try:
            return value
        except ValueError as error:
            raise EngineError(str(value)) from error
        except TypeError:
            raise Silent("it broke")


def run(engine: Engine) -> None:
    """Start it."""
'''

Install = Callable[[Mapping[str, str]], InstalledSut]


@pytest.fixture
def install(tmp_path: Path) -> Install:
    """Installs files below a site-packages of its own, with a record of them."""

    def put(files: Mapping[str, str]) -> InstalledSut:
        site = tmp_path / "site-packages"
        everything = {"toy_flow-1.2.0.dist-info/METADATA": METADATA, **files}
        record = "".join(f"{path},,\n" for path in everything)
        for path, text in {**everything, "toy_flow-1.2.0.dist-info/RECORD": record}.items():
            target = site / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(text.encode())
        return InstalledSut(
            distribution="toy.flow", version="1.2.0", import_name="toyflow", site_packages=site
        )

    return put


@pytest.fixture
def toyflow(install: Install) -> InstalledSut:
    return install(
        {
            "toyflow/__init__.py": ROOT,
            "toyflow/engine.py": ENGINE,
            "toyflow/py.typed": "",
            "toyflow/guide.md": "# Guide",
        }
    )


@pytest.fixture
def source(toyflow: InstalledSut) -> SutSource:
    return read_source(toyflow)


@pytest.fixture
def module() -> Callable[[str], SourceModule]:
    """A module from its text alone."""

    def make(text: str) -> SourceModule:
        text = textwrap.dedent(text)
        file = SourceFile(path="toyflow/mod.py", text=text, sha256="")
        return SourceModule(name="toyflow.mod", file=file, tree=ast.parse(text))

    return make


JUNIT = '<testsuites><testsuite><testcase classname="tests.test_correctness" name="t" time="0"/>'
JUNIT += "</testsuite></testsuites>"


@pytest.fixture
def quick(monkeypatch, tmp_path):
    """A tiny plan, a tiny distribution to read, the folder's tests not run, and no pictures."""
    use_tiny_plan(monkeypatch)
    site = tmp_path / "site-packages"
    files = {
        "toyflow/__init__.py": '"""Toys in a row."""\n',
        "toyflow-1.0.dist-info/METADATA": "Metadata-Version: 2.4\nName: toyflow\nVersion: 1.0\n",
    }
    record = "".join(f"{name},,\n" for name in (*files, "toyflow-1.0.dist-info/RECORD"))
    for name, text in {**files, "toyflow-1.0.dist-info/RECORD": record}.items():
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_text(text)
    toy = InstalledSut(
        distribution="toyflow", version="1.0", import_name="toyflow", site_packages=site
    )
    for module in (understanding, experience):
        monkeypatch.setattr(module, "installed_sut", lambda _context: toy)

    def run_nothing(context):
        atomic.write_text(context.run.junit, JUNIT)
        return testing.read_junit(context.run.junit)

    monkeypatch.setattr(testing, "run_folder_tests", run_nothing)
    monkeypatch.setattr(pictures, "draw", lambda _charts, **_options: Drawn())


@pytest.fixture
def start(workspace):
    """Starts a run on the reference."""

    def run(entry=ENTRY, **options):
        chosen = mission.Options(sut=Sut.parse("reference"), **options)
        return mission.start(workspace, workspace.roadmap().entry(entry), chosen, silent)

    return run
