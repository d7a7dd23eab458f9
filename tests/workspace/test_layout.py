"""The declared trees are those of the specification; its text is read and compared."""

import re

import pytest

from production_testers.workspace.layout import (
    DATA_FOLDERS,
    PHASES,
    PLACES_OF_ROOT,
    PLACES_OF_RUN,
    TEST_CATEGORIES,
    Need,
    is_exempt,
    places_in,
)

LINE = re.compile(r"^(?P<lead>(?:│   |    )*)[├└]── (?P<name>\S+)", re.MULTILINE)
# Shown as examples of what a folder holds.
PATTERNS = {"trace_*.json", "run_*.log"}


def tree(specification, heading):
    """The paths of the tree below a heading, in order."""
    block = specification.split(f"## {heading}", 1)[1].split("```")[1]
    above, paths = [], []
    for match in LINE.finditer(block):
        depth, name = len(match["lead"]) // 4, match["name"]
        del above[depth:]
        if name not in PATTERNS and name != "...":
            paths.append("".join(above) + name)
        above.append(name)
    return paths


def section(specification, heading):
    return specification.split(f"### {heading}", 1)[1].split("\n#", 1)[0]


def declared(places):
    return [place.path for place in places if not place.ours]


def test_the_root_is_that_of_the_specification(specification):
    shown = [path for path in tree(specification, "Root Structure") if not path.startswith("runs/")]
    assert declared(place for place in PLACES_OF_ROOT if place.path != "runs/") == shown


def test_a_run_is_that_of_the_specification_in_its_order(specification):
    assert declared(PLACES_OF_RUN) == tree(specification, "Individual Run Structure")


def test_what_every_run_must_have_is_what_the_specification_lists(specification):
    listed = re.findall(r"^- `(.+?)`$", section(specification, "Required ("), re.MULTILINE)
    always = {
        place.path
        for place in PLACES_OF_RUN
        if place.need is Need.ALWAYS and not place.is_folder and place.top != "dx_evaluation/"
    }
    assert always == set(listed)


def test_what_is_required_if_applicable_is_what_the_specification_lists(specification):
    block = section(specification, "Required if applicable")
    listed = dict(re.findall(r"^- `(.+?)` - (.+)$", block, re.MULTILINE))
    assert listed.pop("dx_evaluation/") == "Required for all runs"
    conditional = {place.path for place in PLACES_OF_RUN if place.need is Need.IF_APPLICABLE}
    assert conditional == set(listed)
    always = {place.path for place in PLACES_OF_RUN if place.need is Need.ALWAYS}
    assert {"dx_evaluation/", *(p.path for p in places_in("dx_evaluation/"))} <= always


def test_test_categories_are_those_of_the_specification(specification):
    listed = re.search(r"^- Categories: (.+)$", specification, re.MULTILINE)[1]
    assert listed.split(", ") == list(TEST_CATEGORIES)


@pytest.mark.parametrize(
    "example", ["transactions_valid_10k.json", "transactions_malformed_100.json"]
)
def test_examples_of_mock_data_are_accepted_in_every_data_folder(example):
    rules = [place.naming for place in PLACES_OF_RUN if place.name in DATA_FOLDERS]
    assert len(rules) == 4
    assert all(rule.accepts(example) for rule in rules)


@pytest.mark.parametrize(
    ("folder", "accepted", "refused"),
    [
        ("results/traces/", "trace_20260114_093045_stress.json", "trace_stress.json"),
        ("results/logs/", "run_20260114_093045_stress.log", "stress.log"),
        ("tests/", "test_security.py", "test_everything.py"),
    ],
)
def test_folders_name_their_files(folder, accepted, refused):
    (place,) = [place for place in PLACES_OF_RUN if place.path == folder]
    assert place.naming.accepts(accepted)
    assert not place.naming.accepts(refused)


@pytest.mark.parametrize("name", ["manifest.json", "scale_manifest.json", "NOTES.md", ".gitkeep"])
def test_manifests_and_markdown_are_exempt_from_naming(name):
    assert is_exempt(name)


def test_what_is_required_if_applicable_belongs_to_a_phase():
    assert {p.phase for p in PLACES_OF_RUN if p.need is Need.IF_APPLICABLE} <= set(PHASES)


def test_no_place_is_declared_twice():
    paths = [place.path for place in PLACES_OF_RUN]
    assert len(paths) == len(set(paths))


def test_every_place_stands_in_a_declared_folder():
    paths = {place.path for place in PLACES_OF_RUN} | {""}
    assert all(place.folder in paths for place in PLACES_OF_RUN)
