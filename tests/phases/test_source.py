from production_testers.phases.research.inventory import (
    NameKind,
    declared_names,
    licence,
    public_names,
    requirements,
)
from production_testers.phases.research.source import InstalledSut, read_source


def test_reads_what_the_record_lists_and_nothing_else(toyflow, source):
    (toyflow.site_packages / "toyflow" / "stray.py").write_text("x = 1\n")
    assert sorted(read_source(toyflow).modules) == ["toyflow", "toyflow.engine"]
    assert source.other_files == ("toyflow/guide.md", "toyflow/py.typed")
    assert source.metadata.path == "toy_flow-1.2.0.dist-info/METADATA"


def test_a_folder_without_metadata_is_read_from_its_import_name(tmp_path):
    (tmp_path / "plain").mkdir()
    (tmp_path / "plain" / "__init__.py").write_text('"""Plain."""\n')
    sut = InstalledSut(
        distribution="plain", version="0", import_name="plain", site_packages=tmp_path
    )
    source = read_source(sut)
    assert list(source.modules) == ["plain"]
    assert source.metadata is None
    assert source.description == ""


def test_a_single_module_distribution_is_read(tmp_path):
    (tmp_path / "single.py").write_text("x = 1\n")
    sut = InstalledSut(
        distribution="single", version="0", import_name="single", site_packages=tmp_path
    )
    assert list(read_source(sut).modules) == ["single"]


def test_files_that_are_no_python_are_named_not_raised(install):
    sut = install({"toyflow/__init__.py": "x = 1\n", "toyflow/broken.py": "def (:\n"})
    (sut.site_packages / "toyflow" / "broken.py").write_bytes(b"\xff\xfe")
    assert read_source(sut).unreadable == ("toyflow/broken.py",)


def test_metadata_of_another_version_is_not_taken(toyflow):
    other = InstalledSut(
        distribution="toy-flow",
        version="9",
        import_name="toyflow",
        site_packages=toyflow.site_packages,
    )
    assert read_source(other).metadata is None


def test_requirements_leave_extras_out(source):
    assert requirements(source) == ("wheels>=2",)
    assert licence(source) == "MIT"


def test_names_are_followed_to_their_definition(source):
    found = {name.name: name for name in public_names(source)}
    assert found["Engine"].kind is NameKind.CLASS
    assert found["Engine"].summary == "Runs stages."
    assert found["start"].kind is NameKind.FUNCTION
    file, _, line = found["start"].place.partition(":")
    assert source.modules["toyflow.engine"].file.path == file
    assert source.modules["toyflow.engine"].file.lines[int(line) - 1].startswith("def run(")
    assert found["VERSION"].kind is NameKind.VALUE
    assert found["lost"].kind is NameKind.FOREIGN
    assert declared_names(source).count("start") == 2


def test_without_all_the_bound_public_names_count(install):
    text = "import json\nfrom json import loads\nfrom toyflow.a import A, _b\ndef f(): ...\n"
    sut = install({"toyflow/__init__.py": text, "toyflow/a.py": "class A: ...\n_b = 1\n"})
    assert [name.name for name in public_names(read_source(sut))] == ["A", "f"]


def test_imports_in_a_circle_end(install):
    sut = install(
        {
            "toyflow/__init__.py": "from toyflow.a import A\n__all__ = ['A']\n",
            "toyflow/a.py": "from toyflow import A\n",
        }
    )
    assert public_names(read_source(sut))[0].kind is NameKind.FOREIGN


def test_every_package_of_the_distribution_is_read_and_nothing_outside(install):
    sut = install({"toyflow/__init__.py": "", "_toyflow/core.py": "", "../bin/toy.py": ""})
    assert sorted(read_source(sut).modules) == ["_toyflow.core", "toyflow"]
