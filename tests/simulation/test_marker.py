"""The marker `simulate` inside a pytest of its own."""

import subprocess
import sys
import textwrap

import pytest


@pytest.fixture
def outcome(tmp_path):
    """Run a test file; gives what pytest says of it."""

    def run(text, *options):
        (tmp_path / "test_it.py").write_text("import asyncio, pytest\n" + textwrap.dedent(text))
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-rA", *options]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        return done.stdout

    return run


@pytest.mark.slow
def test_what_pytest_does_with_marked_tests(outcome):
    text = outcome(
        """
        import unittest

        pytestmark = pytest.mark.simulate(schedules=20)

        async def test_passes(tmp_path):
            await asyncio.sleep(1)
            assert tmp_path.exists()

        async def test_needs_an_order():
            done = []
            async def add(name, wait_s):
                await asyncio.sleep(wait_s)
                done.append(name)
            await asyncio.gather(add("a", 1), add("b", 2))
            assert done == ["a", "b"]

        async def test_skips():
            pytest.skip("not here")

        def test_plain():
            pass

        @pytest.mark.simulate(schedule=3)
        async def test_misspelt():
            pass

        class TestOld(unittest.IsolatedAsyncioTestCase):
            async def test_old(self):
                pass
        """
    )
    assert "PASSED test_it.py::test_passes" in text
    assert "FAILED test_it.py::test_needs_an_order - Failed: 1 failure, seed 0" in text
    assert "of task main/add[0]" in text
    assert "not here" in text
    assert "simulate: test_plain is not an async function." in text
    assert "simulate: there is no option 'schedule'." in text
    assert "simulate: test_old belongs to a unittest.TestCase; use a plain class." in text
    assert "3 failed, 1 passed, 1 skipped, 1 error" in text


@pytest.mark.slow
def test_the_command_line_overrides_seed_and_schedules(outcome):
    text = outcome(
        """
        @pytest.mark.simulate(schedules=5)
        async def test_fails_sooner_or_later():
            import random
            await asyncio.sleep(0)
            assert random.random() < 0.9
        """,
        "--simulate-seed=3",
        "--simulate-schedules=150",
    )
    assert "1 failure, seed 3:" in text


@pytest.mark.slow
def test_fixtures_parameters_and_methods_reach_every_execution(outcome):
    text = outcome(
        """
        calls = []

        @pytest.fixture
        def shop():
            calls.append("made")
            return {"apples": 3}

        @pytest.mark.simulate(schedules=5)
        @pytest.mark.parametrize("seconds", [0.01, 0.02])
        async def test_parametrized(shop, seconds):
            await asyncio.sleep(seconds)
            assert shop == {"apples": 3} and calls.count("made") <= 2

        class TestShop:
            @pytest.mark.simulate(schedules=5)
            async def test_method(self, shop):
                await asyncio.gather(asyncio.sleep(1), asyncio.sleep(2))
                assert isinstance(self, TestShop)

        @pytest.mark.simulate(5)
        async def test_unnamed():
            pass

        @pytest.mark.simulate(schedules=0)
        async def test_none():
            pass

        @pytest.mark.simulate(model="strict", strategies=["walk"])
        async def test_contradiction():
            pass

        @pytest.mark.simulate(schedules=5)
        async def test_real():
            import socket
            socket.socket()
        """
    )
    assert "PASSED test_it.py::test_parametrized[0.01]" in text
    assert "PASSED test_it.py::test_parametrized[0.02]" in text
    assert "PASSED test_it.py::TestShop::test_method" in text
    assert "simulate: arguments are named, as in schedules=300." in text
    assert "schedules=0: " in text
    assert "walk is not of the strict model" in text
    assert "Nothing can be said: socket.__new__ is not available in a simulation" in text
    assert "4 failed, 3 passed" in text
