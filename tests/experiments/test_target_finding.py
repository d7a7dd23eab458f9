"""What is found of a team's application without making a request."""

import sys
import textwrap

import pytest

from production_testers.experiments.environments import Environment
from production_testers.model.errors import UsageError
from production_testers.model.target import ServiceSpec, Target
from production_testers.phases.target import look_at, missing

APPLICATION = """
import os
import smtplib

REGION = os.environ.get("SHOP_REGION", "eu")
KEY = os.getenv("SHOP_KEY")


class Mailer:
    async def send(self, text):
        return True


def requests():
    return [{"n": 1}, {"n": 2}, {"n": 3}]


async def handle(request, mailer):
    return request


def build(mailer):
    async def inside(request):
        return request
    return inside


async def make(mailer):
    return build(mailer)


class Handler:
    def __init__(self, mailer):
        pass

    async def __call__(self, request):
        return request


def gives_a_number(mailer):
    return 7
"""
SERVICES = {"mailer": ServiceSpec(factory="shop:Mailer")}


@pytest.fixture(scope="module")
def find(tmp_path_factory):
    folder = tmp_path_factory.mktemp("application")
    (folder / "shop.py").write_text(textwrap.dedent(APPLICATION))
    environment = Environment(python=sys.executable, site_packages=None, packages={})

    def found(name, **more):
        target = Target(
            object=f"shop:{name}",
            folder=str(folder),
            **{"inputs": "shop:requests", "services": SERVICES, **more},
        )
        return look_at(target, environment, "reference")

    return found


@pytest.mark.parametrize("name", ["handle", "build", "make", "Handler"])
def test_a_function_a_factory_of_one_and_a_class_of_one_have_one_stage(find, name):
    found = find(name)
    assert found.kind == "an async function"
    assert list(found.target.stages) == ["handle"]
    assert "shop.py:" in found.target.stages["handle"]
    assert found.target.records == 3
    assert found.parameters == ("mailer",)


def test_what_it_may_do_and_asks_for_is_told_with_places(find):
    found = find("handle")
    assert found.effects == {"sends mail": ("shop.py:3 imports smtplib",)}
    assert found.reads_env == ("SHOP_KEY", "SHOP_REGION")
    assert "env: SHOP_KEY is asked for, and not passed on" in missing(found)


@pytest.mark.parametrize(
    ("name", "more", "words"),
    [
        ("nothing", {}, "'shop:nothing' cannot be imported: AttributeError"),
        ("gives_a_number", {}, "gives a int, which cannot be executed"),
        ("handle", {"inputs": "absent.jsonl"}, "absent.jsonl cannot be read"),
        ("handle", {"inputs": "shop:REGION"}, "inputs: shop:REGION cannot be called"),
        ("build", {"services": {}}, "shop:build takes mailer, and nothing stands in for it"),
        ("handle", {"invariants": ("shop:absent",)}, "'shop:absent' cannot be imported"),
        ("handle", {"services": {"mailer": ServiceSpec(factory="shop:Nobody")}}, "shop:Nobody"),
    ],
)
def test_what_cannot_be_used_is_said_in_one_line(find, name, more, words):
    with pytest.raises(UsageError) as caught:
        find(name, **more)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
