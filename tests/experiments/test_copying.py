"""Templates become the files of a run folder."""

import pytest

from production_testers.experiments.copying import copy_templates
from production_testers.model.errors import UsageError

GENERAL = """EXPERIMENT = Attack(
    prompts=0,
    share=0.5,
)
"""


@pytest.fixture
def sources(tmp_path):
    for name in ("general", "own"):
        (tmp_path / name).mkdir()
    (tmp_path / "general" / "attack.py").write_text(GENERAL)
    (tmp_path / "general" / "plain.py").write_text("prompts=0")
    return [tmp_path / "general", tmp_path / "own"]


def test_an_entry_has_numbers_of_its_own_in_the_general_file(sources, tmp_path):
    (sources[1] / "numbers.toml").write_text("[attack]\nprompts = 500\nshare = 0.25\n")
    copy_templates(sources, tmp_path / "run")
    made = (tmp_path / "run" / "attack.py").read_text()
    assert made == GENERAL.replace("prompts=0", "prompts=500").replace("0.5", "0.25")
    assert (tmp_path / "run" / "plain.py").read_text() == "prompts=0"
    assert sorted(path.name for path in (tmp_path / "run").iterdir()) == ["attack.py", "plain.py"]


def test_what_stands_there_is_kept(sources, tmp_path):
    (sources[1] / "numbers.toml").write_text("[attack]\nprompts = 500\n")
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "attack.py").write_text("mine")
    copy_templates(sources, tmp_path / "run")
    assert (tmp_path / "run" / "attack.py").read_text() == "mine"


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ("[attack]\nprompt = 1\n", r"says prompt = 1, and .*attack\.py has 0 places for it"),
        ("[nothing]\nprompts = 1\n", r"is about nothing\.py, which is no template"),
        ("[attack", "is no TOML"),
    ],
)
def test_numbers_that_fit_nowhere_are_refused(sources, tmp_path, numbers, words):
    (sources[1] / "numbers.toml").write_text(numbers)
    with pytest.raises(UsageError, match=words):
        copy_templates(sources, tmp_path / "run")


def test_a_source_that_is_gone_is_told(tmp_path):
    with pytest.raises(UsageError, match="is missing"):
        copy_templates([tmp_path / "gone"], tmp_path / "run")
