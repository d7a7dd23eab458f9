"""What git carries and what it leaves, with git itself as the judge."""

import subprocess

import pytest

from production_testers.workspace.run_folder import RunFolder
from production_testers.workspace.validation import validate_root, validate_run
from production_testers.workspace.workspace import Workspace

RUN = "runs/FIN-001/run-2026-01-14-001"
LEFT = [
    f"{RUN}/results/logs/run_20260114_093045_stress.log",
    f"{RUN}/mocks/data/scale/transactions_valid_10k.json",
    f"{RUN}/mocks/data/scale/transactions_valid_10k.jsonl",
    f"{RUN}/mocks/data/scale/transactions_valid_10k.parquet",
    f"{RUN}/.pytest_cache/v",
    f"{RUN}/__pycache__/x.pyc",
    f"{RUN}/tests/__pycache__/x.pyc",
    f"{RUN}/mocks/data/happy_path/sensitive_cards_valid_10.json",
    f"{RUN}/mocks/data/sensitive_cards_valid_10.json",
    "runs/FIN-001/archive/run-2026-01-14-001/results/logs/run_20260114_093045_stress.log",
    "runs/FIN-001/archive/run-2026-01-14-001/mocks/data/scale/transactions_valid_10k.json",
    f"{RUN}/.findings.json.4711-0.tmp",
    f"runs/.new-FIN-001.tmp/{RUN}/findings.json",
]
CARRIED = [
    "ROADMAP.md",
    "runs/.gitkeep",
    ".wheels/production_testers-0.1.0-py3-none-any.whl",
    f"{RUN}/findings.json",
    f"{RUN}/results/events.jsonl",
    f"{RUN}/results/traces/trace_20260114_093045_stress.json",
    f"{RUN}/results/evidence/FIN-001-BUG-001/history.jsonl",
    f"{RUN}/mocks/data/happy_path/transactions_valid_10k.json",
    f"{RUN}/mocks/data/edge_cases/transactions_valid_10k.jsonl",
]


def git(folder, *arguments):
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "core.excludesFile="]
    return subprocess.run(
        ["git", *identity, *arguments], cwd=folder, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("level", ["workspace", "above"])
def test_the_patterns_work_from_the_workspace_and_from_above(workspace, level):
    root = workspace.root
    if level == "above":
        (root / ".gitignore").rename(root.parent / ".gitignore")
        top, prefix = root.parent, f"{root.name}/"
    else:
        top, prefix = root, ""
    git(top, "init", "-q")
    ignored = git(top, "check-ignore", "--no-index", *(prefix + p for p in LEFT + CARRIED))
    assert ignored.stdout.split() == [prefix + path for path in LEFT]


def test_the_patterns_of_the_specification_stand_word_for_word(workspace, specification):
    stated = specification.split("```gitignore\n")[1].split("```")[0]
    assert (workspace.root / ".gitignore").read_text().startswith(stated)


@pytest.mark.slow
def test_a_good_run_is_still_good_after_commit_and_clone(workspace, complete, tmp_path):
    run = complete()
    (run.mock_data / "adversarial").mkdir(exist_ok=True)
    git(workspace.root, "init", "-q")
    git(workspace.root, "add", ".")
    assert git(workspace.root, "commit", "-q", "-m", "all").returncode == 0
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", str(workspace.root), str(clone))
    copy = RunFolder(clone / run.path.relative_to(workspace.root))
    assert not copy.logs.exists()
    assert not (copy.mock_data / "scale").exists()
    assert validate_run(copy) == ()
    assert validate_root(Workspace.find(clone)) == ()


@pytest.mark.slow
def test_a_new_workspace_is_still_one_after_commit_and_clone(workspace, tmp_path):
    git(workspace.root, "init", "-q")
    git(workspace.root, "add", ".")
    git(workspace.root, "commit", "-q", "-m", "all")
    git(tmp_path, "clone", "-q", str(workspace.root), "clone")
    assert validate_root(Workspace.find(tmp_path / "clone")) == ()
