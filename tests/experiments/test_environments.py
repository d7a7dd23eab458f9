"""How a user names a system under test."""

import sys
from pathlib import Path

import pytest

from production_testers.experiments.environments import (
    DEFAULT_VERSIONS,
    Sut,
    cache_folder,
    prepare,
)
from production_testers.model.errors import SutUnavailableError, UsageError

DEFAULT = DEFAULT_VERSIONS["stageflow-core"]


@pytest.mark.parametrize(
    ("text", "requirement"),
    [
        ("stageflow-core", f"stageflow-core=={DEFAULT}"),
        ("stageflow-core==0.5.0", "stageflow-core==0.5.0"),
        ("stageflow-core==1.0rc1", "stageflow-core==1.0rc1"),
        (
            "stageflow-core@git+https://example.org/x.git#v1.2",
            "stageflow-core @ git+https://example.org/x.git@v1.2",
        ),
        (
            "stageflow-core@git+ssh://git@example.org/x.git#main",
            "stageflow-core @ git+ssh://git@example.org/x.git@main",
        ),
        (
            "stageflow-core@https://example.org/x.whl#sha256=ab",
            "stageflow-core @ https://example.org/x.whl#sha256=ab",
        ),
    ],
)
def test_a_release_or_a_source_is_read(text, requirement):
    assert Sut.parse(text).requirement == requirement


def test_a_folder_and_a_wheel_become_absolute(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.whl").touch()
    assert Sut.parse("stageflow-core@x.whl").requirement == (
        f"stageflow-core @ {(tmp_path / 'x.whl').as_uri()}"
    )
    assert Sut.parse("stageflow-core@.").source == tmp_path.as_uri()


def test_the_reference_needs_no_version_and_no_environment():
    sut = Sut.parse("reference")
    assert (str(sut), sut.version) == ("reference", None)
    environment = prepare(sut)
    assert environment.python == Path(sys.executable)
    assert (environment.site_packages, environment.packages) == (None, {})


@pytest.mark.parametrize("text", ["stageflow-core==0.5.0", f"stageflow-core=={DEFAULT}"])
def test_what_is_written_out_can_be_read_again(text):
    assert str(Sut.parse(text)) == text
    assert Sut.parse(str(Sut.parse(text))) == Sut.parse(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("stageflow", "there is no adapter for 'stageflow'. Known: reference, stageflow-core"),
        ("", "there is no adapter for ''"),
        ("==1.0", "there is no adapter for ''"),
        ("stageflow-core==latest", "'latest' is no version. Write it like 1.2.0"),
        ("stageflow-core==", "cannot be read"),
        ("stageflow-core==1.0; rm -rf", "is no version"),
        ("stageflow-core@./nowhere", "there is no such file or folder"),
    ],
)
def test_wrong_input_gets_one_clear_line(text, message):
    with pytest.raises(UsageError, match=message) as caught:
        Sut.parse(text)
    assert caught.value.exit_code == 64
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["stageflow-core@", "reference==3.0", "stageflow-core==1.0@x"])
def test_no_part_of_the_input_is_ignored(text, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x").mkdir()
    with pytest.raises(UsageError):
        Sut.parse(text)


def test_the_cache_is_where_the_user_says(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    monkeypatch.delenv("PTEST_CACHE", raising=False)
    assert cache_folder() == tmp_path / "xdg" / "production-testers"
    monkeypatch.setenv("PTEST_CACHE", str(tmp_path / "own"))
    assert cache_folder() == tmp_path / "own"


def test_what_cannot_be_installed_is_unavailable_and_leaves_no_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("PTEST_CACHE", str(tmp_path / "cache"))
    source = tmp_path / "project"
    source.mkdir()
    with pytest.raises(SutUnavailableError, match=r"cannot be installed: .*project") as caught:
        prepare(Sut.parse(f"stageflow-core@{source}"))
    assert caught.value.exit_code == 77
    left = list((tmp_path / "cache" / "environments").iterdir())
    assert [path.suffix for path in left] == [".lock"]
