"""technical_context.md: what the release is, offers, promises, and where its code looks risky."""

import ast
from collections.abc import Sequence

from production_testers.phases.research.citations import SourceCitation
from production_testers.phases.research.hazard import MEANING, Hazard, HazardKind, groups_of
from production_testers.phases.research.hypotheses import places
from production_testers.phases.research.inventory import (
    NameKind,
    PublicName,
    all_requirements,
    declared_names,
    first_line,
    licence,
    public_names,
    requirements,
)
from production_testers.phases.research.markdown import code, document, folded, table
from production_testers.phases.research.promises import Promise, Topic
from production_testers.phases.research.scan import count_by_kind
from production_testers.phases.research.source import SutSource


def technical_document(
    source: SutSource,
    promises: Sequence[tuple[Promise, SourceCitation]],
    hazards: Sequence[Hazard],
) -> str:
    """The document; every promise comes with its verified citation."""
    sut = source.sut
    return document(
        f"# Technical context: {sut.distribution} {sut.version}",
        "Read from the installed files, as text; nothing was imported and nothing was executed.",
        "## The release",
        _facts(source),
        "## What it promises",
        _promises(promises),
        "## Where its code looks risky",
        _hazards(hazards),
        "## Its public surface",
        _surface(source),
        "## Its modules",
        _modules(source),
    )


def _facts(source: SutSource) -> str:
    headers = source.headers
    needs = requirements(source)
    optional = len(all_requirements(source)) - len(needs)
    more = f" ({optional} more in extras)" if optional else ""
    rows = [
        ("Distribution", code(source.sut.distribution)),
        ("Version", source.sut.version),
        ("Import name", code(source.sut.import_name)),
        ("Summary", str(headers.get("Summary") or "—")),
        ("Licence", licence(source) or "—"),
        ("Python", str(headers.get("Requires-Python") or "—")),
        ("Requires", (", ".join(map(code, needs)) or "nothing") + more),
        ("Size", f"{len(source.modules)} modules, {source.line_count:,} lines"),
        ("Typed", "ships `py.typed`" if _is_typed(source) else "no `py.typed`"),
    ]
    unread = ", ".join(map(code, source.unreadable))
    note = f"\n\nCould not be read as Python, and is left out: {unread}." if unread else ""
    return table(("", ""), rows) + note


def _is_typed(source: SutSource) -> bool:
    return any(path.endswith("/py.typed") for path in source.other_files)


def _promises(promises: Sequence[tuple[Promise, SourceCitation]]) -> str:
    if not promises:
        return "No sentence of the README or of a docstring holds a word that a test could take up."
    introduction = (
        f"{len(promises)} sentences of the README and of docstrings that a test can hold the "
        "framework to. The numbers are those of `citations.json`."
    )
    parts = [introduction]
    for topic in Topic:
        lines = [
            f"- “{promise.quote}”  \n  {_subject(promise)}, {code(citation.place)} ({citation.id})"
            for promise, citation in promises
            if promise.topic == topic
        ]
        if lines:
            parts.append(f"### {topic} ({len(lines)})\n\n" + "\n".join(lines))
    return "\n\n".join(parts)


def _subject(promise: Promise) -> str:
    return promise.subject if promise.subject == "README" else code(promise.subject)


def _hazards(hazards: Sequence[Hazard]) -> str:
    if not hazards:
        return "The static scan found none of the shapes that it looks for."
    counts = count_by_kind(hazards)
    overview = table(
        ("Shape", "Kind", "Places"),
        [(MEANING[kind], code(kind), str(count)) for kind, count in counts.items()],
    )
    details = [
        folded(f"{MEANING[kind]} ({counts[kind]})", _hazard_table(hazards, kind))
        for kind in HazardKind
        if counts[kind]
    ]
    introduction = (
        "A static scan looks for shapes of code that are known to break under concurrency, "
        "cancellation or load. A shape is a reason to test, not a defect."
    )
    return "\n\n".join([introduction, overview, *details])


def _hazard_table(hazards: Sequence[Hazard], kind: HazardKind) -> str:
    rows = [
        (places(group), code(group.first.code_line), group.first.statement)
        for group in groups_of(hazard for hazard in hazards if hazard.kind == kind)
    ]
    return table(("Place", "Code", "What would be seen"), rows)


def _surface(source: SutSource) -> str:
    names = public_names(source)
    if not names:
        return f"{code(source.sut.import_name)} has no module that could be read."
    declared = declared_names(source)
    how = "its `__all__`" if declared is not None else "what it binds (it has no `__all__`)"
    parts = [f"{len(names)} names of {code(source.sut.import_name)}, from {how}."]
    for kind, title in (
        (NameKind.CLASS, "Classes"),
        (NameKind.FUNCTION, "Functions"),
        (NameKind.VALUE, "Values"),
        (NameKind.MODULE, "Modules"),
        (NameKind.FOREIGN, "Not found in the text of the distribution"),
    ):
        chosen = [name for name in names if name.kind == kind]
        if chosen:
            parts.append(folded(f"{title} ({len(chosen)})", _name_table(chosen)))
    return "\n\n".join(parts)


def _name_table(names: Sequence[PublicName]) -> str:
    rows = [
        (code(_signature(name)), name.summary or "—", code(name.place) or "—") for name in names
    ]
    return table(("Name", "First line of its docstring", "Defined at"), rows)


def _signature(name: PublicName) -> str:
    if isinstance(name.node, ast.AsyncFunctionDef):
        return f"async {name.name}"
    return name.name


def _modules(source: SutSource) -> str:
    rows = [
        (code(name), f"{module.file.text.count(chr(10)):,}", first_line(module.tree) or "—")
        for name, module in sorted(source.modules.items())
    ]
    return folded(
        f"{len(rows)} modules", table(("Module", "Lines", "First line of its docstring"), rows)
    )
