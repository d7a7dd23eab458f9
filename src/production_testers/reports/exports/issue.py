"""A finding as a maintainer wants to read it: an issue to paste."""

from collections.abc import Iterator, Sequence

from production_testers.reports.exports.exported import Exported


def issue_text(found: Sequence[Exported]) -> str:
    """One issue a finding, with a rule between them."""
    return "\n\n---\n\n".join("\n".join(_parts(one)) for one in found) + "\n"


def _parts(one: Exported) -> Iterator[str]:
    finding = one.finding
    yield f"# {finding.title}"
    yield ""
    name, version = one.sut
    kind = f"{finding.severity.value}, {finding.type.value}"
    yield f"**{name} {version}**, {kind}. `{finding.component}`"
    yield ""
    if not one.told("law"):
        yield finding.description
        return
    yield "## Expected"
    yield ""
    yield f"{one.told('expected')}"
    if source := one.told("expected_source"):
        yield ""
        yield f"> {source}"
    yield ""
    yield "## Actual"
    yield ""
    yield f"{one.told('actual')}."
    yield ""
    yield "## Smallest scenario"
    yield ""
    yield from (f"- {words}" for words in one.told("directives") or ())
    yield ""
    yield from _affected(one)
    yield from _reproduce(one)
    yield f"*{one.told('law')}, fingerprint {finding.fingerprint}, {finding.id}*"


def _affected(one: Exported) -> Iterator[str]:
    yield "## Releases"
    yield ""
    if (found := one.range) is None:
        yield f"Seen on {one.sut[1]}; other releases were not asked."
    else:
        yield f"{found.words} Confidence {found.confidence}."
        yield from (f"- {reason}" for reason in found.reasons)
    yield ""


def _reproduce(one: Exported) -> Iterator[str]:
    yield "## Reproduce"
    yield ""
    if one.script:
        name, version = one.sut
        yield f"With `pip install {name}=={version}` and nothing else; exit code 1 shows it."
        yield ""
        yield "```python"
        yield one.script.rstrip()
        yield "```"
    else:
        repro = one.told("repro") or {}
        yield f"There is no script of its own: {repro.get('why_not', 'none was written')}."
        yield ""
        yield f"With production-testers: `{one.told('replay')}`"
    yield ""
