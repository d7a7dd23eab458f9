"""Writes the pytest file that a team keeps: it fails until a finding is mended."""

import json
from importlib import resources
from pprint import pformat

import jinja2

from production_testers.evidence.defect import Defect
from production_testers.evidence.words import exhibit_in_words
from production_testers.laws import LAWS

WIDTH = 92


def regression_test(finding_id: str, title: str, defect: Defect) -> str | None:
    """The file's text; None where no scenario shows the defect.

    It names no folder of this machine: the application is found by the `ptest.toml` above the file.

    Args:
        finding_id: Of the finding.
        title: Its title.
        defect: Minimised.
    """
    scenario = defect.exhibit.get("scenario")
    if not scenario:
        return None
    kept = json.loads(json.dumps(scenario))
    target = kept["usage"]["settings"]["target"]
    target |= {"folder": "", "python": "", "stages": dict.fromkeys(target["stages"], "")}
    template = (resources.files(__package__) / "regression.py.jinja").read_text(encoding="utf-8")
    environment = jinja2.Environment(  # noqa: S701 - it is Python and no HTML
        keep_trailing_newline=True, undefined=jinja2.StrictUndefined
    )
    return environment.from_string(template).render(
        id=finding_id,
        name=finding_id.lower().replace("-", "_"),
        title=_in_a_docstring(title),
        law=defect.law,
        statement=_in_a_docstring(LAWS[defect.law].statement),
        outcome_class=defect.outcome_class,
        words=[_in_a_docstring(sentence) for sentence in exhibit_in_words(defect.exhibit)],
        sut=str(defect.sut["name"]),
        scenario=pformat(kept, width=WIDTH, compact=True, sort_dicts=False),
    )


def _in_a_docstring(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"""', "'''")
