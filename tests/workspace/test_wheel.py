import os
import subprocess
import sys
import zipfile
from importlib import metadata
from pathlib import Path

import pytest
from wheel.wheelfile import WheelFile

from production_testers.model.errors import PtestError
from production_testers.workspace import wheel
from production_testers.workspace.wheel import build_wheel, wheel_name


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    return build_wheel(tmp_path_factory.mktemp("wheels"))


def test_the_name_says_package_and_version(built):
    version = metadata.version("production-testers")
    assert built.name == wheel_name() == f"production_testers-{version}-py3-none-any.whl"


def test_it_holds_the_package_its_data_and_its_command(built):
    with WheelFile(built) as read:
        names = set(read.namelist())
        entry_points = read.read(f"{read.dist_info_path}/entry_points.txt").decode()
        stated = read.read(f"{read.dist_info_path}/METADATA").decode()
    assert "production_testers/workspace/wheel.py" in names
    assert "production_testers/workspace/root/FOLDER_STRUCTURE.md" in names
    assert "production_testers/py.typed" in names
    assert "ptest = production_testers.cli:main" in entry_points
    assert "Name: production-testers" in stated
    assert not any("__pycache__" in name or name.endswith(".pyc") for name in names)


def test_every_file_has_the_digest_that_its_record_states(built):
    with WheelFile(built) as read:
        # Reading checks each digest and raises where one is wrong.
        assert all(read.read(name) is not None for name in read.namelist())


def test_nothing_of_this_machine_is_in_it(built):
    with zipfile.ZipFile(built) as read:
        assert {info.date_time for info in read.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {info.external_attr >> 16 for info in read.infolist()} == {0o100644}
        assert not any("direct_url" in name for name in read.namelist())


@pytest.mark.slow
def test_equal_files_give_equal_bytes_and_an_equal_wheel_is_left_alone(built, tmp_path):
    again = build_wheel(tmp_path)
    assert again.read_bytes() == built.read_bytes()
    before = again.stat().st_ino
    build_wheel(tmp_path)
    assert again.stat().st_ino == before


@pytest.mark.slow
def test_a_wheel_of_older_files_is_replaced(built, tmp_path):
    (tmp_path / built.name).write_bytes(b"old")
    assert build_wheel(tmp_path).read_bytes() == built.read_bytes()


def test_a_package_that_is_only_on_the_path_cannot_be_built(monkeypatch, tmp_path):
    monkeypatch.setattr(wheel, "DISTRIBUTION", "production-testers-elsewhere")
    with pytest.raises(PtestError, match="not installed"):
        build_wheel(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_it_installs_beside_nothing_and_builds_itself_again(built, tmp_path):
    """A normal install, as a colleague has it, gives the wheel that it came from."""
    target = tmp_path / "site"
    uv = Path(sys.executable).parent / "uv"
    subprocess.run(
        [uv, "pip", "install", "-q", "--no-deps", "--offline", "--target", target, built],
        check=True,
    )
    program = (
        "import sys; from pathlib import Path; import production_testers as p;"
        "from production_testers.workspace.wheel import build_wheel;"
        "assert p.__file__.startswith(sys.argv[1]), p.__file__;"
        "build_wheel(Path(sys.argv[2]))"
    )
    again = tmp_path / "again"
    subprocess.run(
        [sys.executable, "-c", program, str(target), str(again)],
        check=True,
        env={**os.environ, "PYTHONPATH": str(target), "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert (again / built.name).read_bytes() == built.read_bytes()
