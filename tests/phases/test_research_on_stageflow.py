"""What is said about a real release stands in its files, and its hazards are hazards."""

import shutil
from dataclasses import replace

import pytest

from production_testers.experiments.environments import Sut, prepare
from production_testers.phases.research import (
    HazardKind,
    HypothesisResult,
    InstalledSut,
    Mission,
    Result,
    verify_citations,
)
from production_testers.phases.research.hazard import groups_of
from production_testers.phases.research.scan import scan
from production_testers.phases.research.source import read_source
from production_testers.phases.research.write import compose

pytestmark = [pytest.mark.slow, pytest.mark.registry]

MISSION = Mission(id="CORE-001", title="Merging", priority="P0", risk="Catastrophic")


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A copy of the release's own files, which a test may change."""
    environment = prepare(Sut.parse("stageflow-core==1.2.0"))
    site = tmp_path_factory.mktemp("site-packages")
    for folder in ("stageflow", "stageflow_core-1.2.0.dist-info"):
        shutil.copytree(
            environment.site_packages / folder,
            site / folder,
            ignore=shutil.ignore_patterns("__pycache__"),
        )
    return InstalledSut(
        distribution="stageflow-core",
        version="1.2.0",
        import_name="stageflow",
        site_packages=site,
    )


@pytest.fixture(scope="module")
def source(installed):
    return read_source(installed)


@pytest.fixture(scope="module")
def hazards(source):
    return scan(source)


@pytest.fixture(scope="module")
def research(source, hazards):
    about_code = tuple(
        HypothesisResult(
            id=f"H-{number:03}",
            statement=group.first.statement,
            laws=(),
            kinds=(),
            result=Result.UNDECIDED,
            evidence="",
            hazard=group,
        )
        for number, group in enumerate(groups_of(hazards), start=1)
    )
    return compose(source, mission=MISSION, hypotheses=about_code, hazards=hazards)


def test_every_citation_stands_in_the_release(research, installed):
    assert research.summary.problems == ()
    assert verify_citations(research.citations, installed.site_packages) == ()
    assert len(research.citations) > 150
    for cited in research.citations:
        assert cited.release == "stageflow-core==1.2.0"
        lines = (installed.site_packages / cited.file).read_text().split("\n")
        shown = " ".join(lines[cited.line_start - 1 : cited.line_end])
        assert cited.quote.split()[0] in shown
        assert cited.quote.split()[-1] in shown
    names = [line for line in research.texts["hypotheses.md"].splitlines() if "Because of" in line]
    assert names
    assert all("(C" in line for line in names)


def test_a_changed_text_is_noticed_for_every_citation(research, installed, tmp_path):
    changed = tmp_path / "site-packages"
    shutil.copytree(installed.site_packages, changed)
    for cited in research.citations:
        path = changed / cited.file
        lines = path.read_text().split("\n")
        word = cited.quote.split()[0]
        line = cited.line_start - 1
        lines[line] = lines[line].replace(word, "something-else")
        path.write_text("\n".join(lines))
    moved = replace(installed, site_packages=changed).site_packages
    problems = verify_citations(research.citations, moved)
    assert len(problems) == len(research.citations)
    assert all("has changed since it was read" in problem for problem in problems)


REAL = {
    ("pipeline/cancellation.py", "except Exception:", HazardKind.SWALLOWED_EXCEPTION),
    ("pipeline/interceptors.py", "except Exception as ie:", HazardKind.SWALLOWED_EXCEPTION),
    ("pipeline/retry.py", "with contextlib.suppress(Exception):", HazardKind.SWALLOWED_EXCEPTION),
    ("pipeline/dag.py", "self._cancel_token = CancellationToken()", HazardKind.SHARED_STATE),
    ("pipeline/dag.py", "task = asyncio.create_task(", HazardKind.MISSING_CLEANUP),
    ("pipeline/idempotency.py", "await lock.acquire()", HazardKind.MISSING_CLEANUP),
    ("pipeline/idempotency.py", "ctx.data[self._LOCK_HANDLE_KEY] = lock", HazardKind.SHARED_KEY),
    ("events/sink.py", "asyncio.create_task(self.start())", HazardKind.OWNERLESS_TASK),
    (
        "pipeline/dag.py",
        "self._interceptors = interceptors or get_default_interceptors()",
        HazardKind.HIDDEN_DEFAULT,
    ),
    (
        "pipeline/dag.py",
        "for potential_child, spec in self._specs.items():",
        HazardKind.NESTED_SCAN,
    ),
}
"""Read by hand: below `stageflow/`, the line, and what it is."""

NO_HAZARD = {
    ("helpers/analytics.py", "with contextlib.suppress(Exception):"): "a user's overflow callback",
    ("websearch/fetcher.py", "with suppress(Exception):"): "a user's progress callback",
    ("helpers/streaming.py", "with contextlib.suppress(Exception):"): "a user's event emitter",
    ("tools/executor_v2.py", "except Exception as e:"): "an event whose failure the log tells",
    ("websearch/fetcher.py", "self.default_response = default_response or ("): "never empty",
}
"""Read by hand: what looks like a hazard, and why nobody is harmed."""


def test_what_was_read_by_hand_as_a_hazard_is_found(hazards):
    found = {(h.file.removeprefix("stageflow/"), h.code_line, h.kind) for h in hazards}
    assert found >= REAL


def test_what_was_read_by_hand_as_harmless_is_left_alone(hazards, source):
    found = {(h.file.removeprefix("stageflow/"), h.code_line) for h in hazards}
    texts = {m.file.path.removeprefix("stageflow/"): m.file.text for m in source.modules.values()}
    assert all(line in texts[file] for file, line in NO_HAZARD)
    assert found.isdisjoint(NO_HAZARD)


def test_every_hazard_of_the_release_names_lines_that_hold_code(hazards, source):
    lines = {m.file.path: m.file.lines for m in source.modules.values()}
    for hazard in hazards:
        first, last = hazard.lines
        assert first <= last
        assert lines[hazard.file][first - 1].strip()
        assert lines[hazard.file][hazard.line - 1].strip() == hazard.code_line
