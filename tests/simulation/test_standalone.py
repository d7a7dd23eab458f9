"""Stand-alone scripts find the program wherever it lies, and say when they do not."""

import subprocess
import sys
import textwrap

import pytest

from production_testers.simulation import Schedule, standalone

PROGRAM = """
from {store} import LEFT

async def fails():
    assert LEFT, "nothing is \\\\N left"

class Shop:
    @staticmethod
    async def fails():
        await fails()
"""


def write(root, package):
    folder = root.joinpath(*package)
    folder.mkdir(parents=True, exist_ok=True)
    dotted = "".join(f"{part}." for part in package)
    (folder / "shop_store.py").write_text("LEFT = []\n")
    (folder / "shop_orders.py").write_text(
        textwrap.dedent(PROGRAM.format(store=f"{dotted}shop_store"))
    )
    return f"{dotted}shop_orders"


@pytest.fixture
def script(tmp_path, monkeypatch):
    """The stand-alone script of a program in a package; gives its exit code and what it prints."""

    def run(package, name, *, move=False):
        module_name = write(tmp_path, package)
        monkeypatch.syspath_prepend(str(tmp_path))
        found = module = __import__(module_name, fromlist=["fails"])
        for part in name.split("."):
            found = getattr(found, part)
        text = standalone(found, Schedule()).text
        del sys.modules[module.__name__]
        if move:
            tmp_path.joinpath(*package, "shop_orders.py").unlink()
        path = tmp_path / "elsewhere" / "show.py"
        path.parent.mkdir()
        path.write_text(text)
        done = subprocess.run([sys.executable, path], capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr, text

    return run


@pytest.mark.slow
@pytest.mark.parametrize("package", [(), ("shop_app", "inner")], ids=["a module", "a package"])
@pytest.mark.parametrize("name", ["fails", "Shop.fails"])
def test_the_program_is_found_and_its_failure_shows(script, package, name):
    code, printed, text = script(package, name)
    assert (code, printed) == (1, "it AssertionError\n")
    assert len(text.splitlines()) < 100


@pytest.mark.slow
def test_a_program_that_is_no_longer_there_is_no_failure(script):
    code, printed, _ = script((), "fails", move=True)
    assert code == 2
    assert "fails of shop_orders cannot be loaded: ModuleNotFoundError" in printed
