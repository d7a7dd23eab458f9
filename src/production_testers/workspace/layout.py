"""The trees of the specification, declared once: scaffolding writes them, validation reads them.

Paths are relative and use `/`; a folder's path ends in one. `PLACES_OF_RUN` is in the order in
which the specification shows it, less what this tool adds (`ours`).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from production_testers.workspace.naming import (
    parse_log_name,
    parse_mock_data_name,
    parse_trace_name,
)


class Need(StrEnum):
    """When a place must be there."""

    ALWAYS = "always"
    IF_APPLICABLE = "if applicable"  # as `Place.phase` says
    WITH_FOLDER = "with its folder"  # whenever the top folder above it must be complete
    OPTIONAL = "optional"  # empty in a clone, ignored by git, or only where there is a reason


@dataclass(frozen=True, slots=True, kw_only=True)
class NamingRule:
    """How the files of a folder are named.

    Attributes:
        form: The specification's own words.
        accepts: Whether a file's name keeps the rule.
        files: Which files the rule is about; a glob, `*` for all.
    """

    form: str
    accepts: Callable[[str], bool]
    files: str = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One file or folder of a tree.

    Attributes:
        path: Relative, with `/`; that of a folder ends in `/`.
        need: When it must be there.
        phase: For IF_APPLICABLE: the phase of the run whose completion makes it required.
        naming: For a folder: how the files in it are named.
        ours: Whether the specification leaves it open and this tool puts it there.
    """

    path: str
    need: Need = Need.WITH_FOLDER
    phase: str = ""
    naming: NamingRule | None = None
    ours: bool = False

    @property
    def is_folder(self) -> bool:
        """Whether the place is a folder."""
        return self.path.endswith("/")

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rstrip("/").rpartition("/")[2]

    @property
    def folder(self) -> str:
        """The path of the folder that holds it; empty at the root."""
        head, slash, _ = self.path.rstrip("/").rpartition("/")
        return head + slash

    @property
    def top(self) -> str:
        """The path of the top folder that it belongs to; empty for a file at the root."""
        head, slash, _ = self.path.partition("/")
        return head + slash if slash else ""


TEST_CATEGORIES = (
    "correctness",
    "reliability",
    "performance",
    "security",
    "scalability",
    "observability",
)
DATA_FOLDERS = ("happy_path", "edge_cases", "adversarial", "scale")

_TEST_FILE = re.compile(rf"test_({'|'.join(TEST_CATEGORIES)})\.py\Z")
_MANIFEST = re.compile(r"(?:.*[_.-])?manifest\.json\Z")

MOCK_DATA = NamingRule(
    form="{scenario}_{variant}_{size}.{ext}",
    accepts=lambda name: parse_mock_data_name(name) is not None,
)
TESTS = NamingRule(
    form=f"test_{{category}}.py, of {', '.join(TEST_CATEGORIES)}",
    accepts=lambda name: _TEST_FILE.match(name) is not None,
    files="test*.py",
)
TRACES = NamingRule(
    form="trace_{YYYYMMDD_HHMMSS}_{scenario}.json",
    accepts=lambda name: parse_trace_name(name) is not None,
)
LOGS = NamingRule(
    form="run_{YYYYMMDD_HHMMSS}_{scenario}.log",
    accepts=lambda name: parse_log_name(name) is not None,
)


def is_exempt(name: str) -> bool:
    """Whether a file stands outside every naming rule: Markdown, manifests, hidden files."""
    return name.endswith(".md") or name.startswith(".") or _MANIFEST.match(name) is not None


def _ours(path: str) -> Place:
    return Place(path=path, need=Need.OPTIONAL, ours=True)


PLACES_OF_ROOT: tuple[Place, ...] = (
    Place(path="ROADMAP.md", need=Need.ALWAYS),
    Place(path="AGENT_SYSTEM_PROMPT.md", need=Need.ALWAYS),
    Place(path="REPORTING_SCHEMA.md", need=Need.ALWAYS),
    Place(path="FOLDER_STRUCTURE.md", need=Need.ALWAYS),
    Place(path="FINAL_REPORT_TEMPLATE.md", need=Need.ALWAYS),
    Place(path="aggregated_findings.json", need=Need.ALWAYS),
    Place(path="runs/", need=Need.ALWAYS),
    Place(path="templates/", need=Need.ALWAYS),
    Place(path="templates/mock_data/", need=Need.ALWAYS),
    Place(path="templates/pipeline_templates/", need=Need.ALWAYS),
    Place(path="templates/test_utilities/", need=Need.ALWAYS),
    _ours(".gitignore"),
    _ours(".wheels/"),
)

PLACES_OF_RUN: tuple[Place, ...] = (
    Place(path="README.md", need=Need.ALWAYS),
    Place(path="findings.json", need=Need.ALWAYS),
    Place(path="FINAL_REPORT.md", need=Need.ALWAYS),
    _ours("requirements.txt"),
    Place(path="research/", need=Need.IF_APPLICABLE, phase="research"),
    Place(path="research/web_search_results.md"),
    Place(path="research/industry_context.md"),
    Place(path="research/technical_context.md"),
    Place(path="research/hypotheses.md"),
    Place(path="research/citations.json"),
    Place(path="mocks/", need=Need.IF_APPLICABLE, phase="environment"),
    Place(path="mocks/data/", need=Need.OPTIONAL),
    *(
        Place(path=f"mocks/data/{name}/", need=Need.OPTIONAL, naming=MOCK_DATA)
        for name in DATA_FOLDERS
    ),
    Place(path="mocks/services/"),
    Place(path="mocks/services/__init__.py"),
    Place(path="mocks/services/mock_llm.py"),
    Place(path="mocks/services/mock_db.py"),
    Place(path="mocks/services/mock_api.py"),
    Place(path="mocks/services/mock_infra.py"),
    Place(path="mocks/fixtures/"),
    Place(path="mocks/fixtures/conftest.py"),
    Place(path="pipelines/", need=Need.IF_APPLICABLE, phase="pipelines"),
    Place(path="pipelines/__init__.py"),
    Place(path="pipelines/baseline.py"),
    Place(path="pipelines/stress.py"),
    Place(path="pipelines/chaos.py"),
    Place(path="pipelines/adversarial.py"),
    Place(path="pipelines/recovery.py"),
    _ours("pipelines/units.py"),
    Place(path="pipelines/stages/"),
    Place(path="pipelines/stages/__init__.py"),
    Place(path="pipelines/stages/custom_stages.py"),
    Place(path="tests/", need=Need.IF_APPLICABLE, phase="tests", naming=TESTS),
    Place(path="tests/__init__.py"),
    Place(path="tests/conftest.py"),
    *(Place(path=f"tests/test_{category}.py") for category in TEST_CATEGORIES),
    Place(path="results/", need=Need.IF_APPLICABLE, phase="tests"),
    Place(path="results/metrics/"),
    Place(path="results/metrics/latency.json"),
    Place(path="results/metrics/throughput.json"),
    Place(path="results/metrics/resource_usage.json"),
    Place(path="results/traces/", need=Need.OPTIONAL, naming=TRACES),
    Place(path="results/logs/", need=Need.OPTIONAL, naming=LOGS),
    Place(path="results/screenshots/", need=Need.OPTIONAL),
    _ours("results/events.jsonl"),
    _ours("results/evidence/"),
    _ours("results/record.json"),
    _ours("results/junit.xml"),
    _ours("results/findings.sarif"),
    _ours("results/report.html"),
    Place(path="dx_evaluation/", need=Need.ALWAYS),
    Place(path="dx_evaluation/scores.json", need=Need.ALWAYS),
    Place(path="dx_evaluation/friction_points.md", need=Need.ALWAYS),
    Place(path="dx_evaluation/suggestions.md", need=Need.ALWAYS),
    Place(path="config/", need=Need.ALWAYS),
    Place(path="config/run_config.json", need=Need.ALWAYS),
    Place(path="config/environment.json", need=Need.ALWAYS),
    _ours("config/agent_prompt.md"),
)

KEPT_FOR_EVER = ("findings.json", "FINAL_REPORT.md", "config/")
"""What an archived run still holds, readable."""

PHASES = ("research", "environment", "pipelines", "tests", "dx", "report")
"""What a run goes through; the journal's `phase` holds one of these."""


def places_in(top: str) -> tuple[Place, ...]:
    """The places below a top folder of a run that must be there when the folder is complete."""
    return tuple(
        place
        for place in PLACES_OF_RUN
        if place.top == top and place.path != top and place.need is not Need.OPTIONAL
    )
