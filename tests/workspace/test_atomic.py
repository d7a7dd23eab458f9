import errno
import json
import os
import stat
from pathlib import Path

import pytest

from production_testers.model.errors import PtestError, UsageError
from production_testers.workspace import atomic


def failing(code):
    def fail(*_args, **_kwargs):
        raise OSError(code, os.strerror(code))

    return fail


def test_folders_above_are_made_and_newlines_are_kept(tmp_path):
    atomic.write_text(tmp_path / "a" / "b.md", "one\r\ntwo\n")
    assert (tmp_path / "a" / "b.md").read_bytes() == b"one\r\ntwo\n"


def test_json_is_indented_by_two_spaces_and_ends_in_a_newline(tmp_path):
    atomic.write_json(tmp_path / "x.json", {"b": 1, "a": ["é"]})
    assert (tmp_path / "x.json").read_text() == '{\n  "b": 1,\n  "a": [\n    "é"\n  ]\n}\n'


def test_a_lone_surrogate_comes_back_from_json(tmp_path):
    value = {"text": "a\ud800é\U0001f600"}
    atomic.write_json(tmp_path / "f.json", value)
    assert json.loads((tmp_path / "f.json").read_text(encoding="utf-8")) == value
    atomic.write_text(tmp_path / "f.md", value["text"])
    assert (tmp_path / "f.md").read_text(encoding="utf-8") == "a\\ud800é\U0001f600"


def test_nan_is_no_json(tmp_path):
    with pytest.raises(ValueError, match="JSON"):
        atomic.write_json(tmp_path / "x.json", float("nan"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("code", "error", "exit_code"),
    [
        (errno.ENOSPC, PtestError, 70),
        (errno.EIO, PtestError, 70),
        (errno.EROFS, UsageError, 64),
        (errno.EACCES, UsageError, 64),
    ],
)
def test_a_write_that_fails_keeps_the_old_file_and_leaves_no_other(
    tmp_path, monkeypatch, code, error, exit_code
):
    path = tmp_path / "x.json"
    atomic.write_text(path, "old")
    monkeypatch.setattr(os, "fsync", failing(code))
    with pytest.raises(error) as caught:
        atomic.write_text(path, "new")
    assert caught.value.exit_code == exit_code
    assert str(path) in str(caught.value)
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("x.json", "old")]


def test_a_file_where_a_folder_should_be_is_the_users_to_mend(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="another path"):
        atomic.write_text(tmp_path / "file" / "x", "")


def test_a_folder_where_the_file_should_be_is_the_users_to_mend(tmp_path):
    (tmp_path / "x").mkdir()
    with pytest.raises(UsageError, match="another path"):
        atomic.write_text(tmp_path / "x", "")


def test_permissions_are_those_of_the_file_that_is_replaced(tmp_path):
    path = tmp_path / "x"
    path.write_text("old")
    path.chmod(0o640)
    atomic.write_text(path, "new")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_new_file_has_the_permissions_that_the_umask_gives(tmp_path):
    atomic.write_text(tmp_path / "ours", "")
    (tmp_path / "plain").touch()
    assert (tmp_path / "ours").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_what_a_killed_process_left_behind_is_in_nobodys_way(tmp_path):
    (tmp_path / f".x.{os.getpid()}-0.tmp").write_text("torn")
    atomic.write_text(tmp_path / "x", "whole")
    assert (tmp_path / "x").read_text() == "whole"


def test_exclusive_work_on_a_missing_folder_is_a_clear_error(tmp_path):
    with (
        pytest.raises(UsageError, match="No such file"),
        atomic.exclusive(tmp_path / "missing"),
    ):
        pass


def test_exclusive_work_leaves_no_file(tmp_path):
    with atomic.exclusive(tmp_path):
        assert list(Path(tmp_path).iterdir()) == []


def test_what_is_written_piece_by_piece_stands_there_when_all_of_it_is_written(tmp_path):
    path = tmp_path / "a" / "x.bin"
    with atomic.writing(path) as file:
        file.write(b"one")
        assert not path.exists()
        file.write(b"two")
    assert path.read_bytes() == b"onetwo"
    writer = atomic.writing(path)
    writer.__enter__().write(b"three")
    assert writer.__exit__(KeyError, KeyError(), None) is not True
    assert [(p.name, p.read_bytes()) for p in path.parent.iterdir()] == [("x.bin", b"onetwo")]
