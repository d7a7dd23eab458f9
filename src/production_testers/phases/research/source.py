"""The installed files of a distribution, read as text: the only thing the research phase reads."""

import ast
import csv
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.parser import Parser
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalledSut:
    """Where a release of the system under test is installed.

    Attributes:
        distribution: Name on the package registry.
        version: Of the installed release.
        import_name: The package or module that it provides.
        site_packages: The folder it is installed in.
    """

    distribution: str
    version: str
    import_name: str
    site_packages: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """One text file of the distribution.

    Attributes:
        path: Below site-packages, with forward slashes.
        text: Its content, line ends as they are.
        sha256: Of its bytes.
    """

    path: str
    text: str
    sha256: str

    @property
    def lines(self) -> list[str]:
        """Its lines, numbered as Python numbers them (from 1, here from index 0)."""
        return self.text.split("\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceModule:
    """One Python module that parses.

    Attributes:
        name: Dotted import name.
        file: Where it stands.
        tree: Its syntax.
    """

    name: str
    file: SourceFile
    tree: ast.Module

    @property
    def package(self) -> str:
        """The package that relative imports in it start from."""
        is_package = self.file.path.endswith("/__init__.py")
        return self.name if is_package else self.name.rpartition(".")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class SutSource:
    """Everything of a distribution that can be read.

    Attributes:
        sut: Which release.
        metadata: Its `METADATA` file; None where there is none.
        modules: Its modules, by name.
        other_files: Paths of what else it installed.
        unreadable: Paths of Python files that are no UTF-8 or do not parse.
    """

    sut: InstalledSut
    metadata: SourceFile | None
    modules: dict[str, SourceModule]
    other_files: tuple[str, ...]
    unreadable: tuple[str, ...]

    @property
    def headers(self) -> Message:
        """The fields of `METADATA`; the payload is the description."""
        return Parser().parsestr(self.metadata.text if self.metadata else "")

    @property
    def description(self) -> str:
        """The README as it was published, or nothing."""
        payload = self.headers.get_payload()
        return payload if isinstance(payload, str) else ""

    @property
    def line_count(self) -> int:
        """Lines of Python in all modules."""
        return sum(module.file.text.count("\n") for module in self.modules.values())


def read_source(sut: InstalledSut) -> SutSource:
    """Read every file that the distribution installed, by its own record.

    A release whose record does not hold its import name (an editable one, or one without a
    record) is read from the folder of that name.
    """
    folder = _dist_info(sut)
    metadata = _read(sut.site_packages, f"{folder}/METADATA") if folder else None
    modules: dict[str, SourceModule] = {}
    others: list[str] = []
    unreadable: list[str] = []
    for path in sorted(_installed_paths(sut, folder)):
        if not path.endswith(".py"):
            others.append(path)
            continue
        module = _module(sut, path)
        if module is None:
            unreadable.append(path)
        else:
            modules[module.name] = module
    return SutSource(
        sut=sut,
        metadata=metadata,
        modules=modules,
        other_files=tuple(others),
        unreadable=tuple(unreadable),
    )


def _module(sut: InstalledSut, path: str) -> SourceModule | None:
    file = _read(sut.site_packages, path)
    if file is None:
        return None
    try:
        tree = ast.parse(file.text)
    except (SyntaxError, ValueError):
        return None
    name = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    return SourceModule(name=name, file=file, tree=tree)


def _read(site_packages: Path, path: str) -> SourceFile | None:
    try:
        raw = (site_packages / path).read_bytes()
        text = raw.decode()
    except (OSError, UnicodeDecodeError):
        return None
    return SourceFile(path=path, text=text, sha256=hashlib.sha256(raw).hexdigest())


def _dist_info(sut: InstalledSut) -> str | None:
    wanted = _normalised(sut.distribution)
    for folder in sorted(sut.site_packages.glob("*.dist-info")):
        name, _, version = folder.name.removesuffix(".dist-info").rpartition("-")
        if _normalised(name) == wanted and version == sut.version:
            return folder.name
    return None


def _normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _installed_paths(sut: InstalledSut, dist_info: str | None) -> Iterator[str]:
    root = sut.import_name.partition(".")[0]
    recorded = _recorded_paths(sut, dist_info) if dist_info else ()
    if any(path == f"{root}.py" or path.startswith(f"{root}/") for path in recorded):
        yield from recorded
        return
    if (sut.site_packages / f"{root}.py").is_file():
        yield f"{root}.py"
    for path in (sut.site_packages / root).rglob("*"):
        if path.is_file() and path.suffix != ".pyc":
            yield path.relative_to(sut.site_packages).as_posix()


def _recorded_paths(sut: InstalledSut, dist_info: str) -> tuple[str, ...]:
    record = sut.site_packages / dist_info / "RECORD"
    if not record.is_file():
        return ()
    rows = csv.reader(record.read_text(encoding="utf-8").splitlines())
    paths = (row[0] for row in rows if row)
    outside = ("..", "/", f"{dist_info}/")
    return tuple(p for p in paths if not p.startswith(outside) and not p.endswith(".pyc"))
