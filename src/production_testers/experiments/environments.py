"""Clean environments of the systems under test, one a version, made by uv and kept in a cache."""

import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from packaging.version import InvalidVersion, Version

from production_testers.model.canonical import digest
from production_testers.model.errors import SutUnavailableError, UsageError
from production_testers.suts.registry import ADAPTERS

CACHE_VARIABLE = "PTEST_CACHE"
_DRAWN = " ╰─▶×│"  # noqa: RUF001 - what the installer draws around its messages
DEFAULT_VERSIONS = {"stageflow-core": "1.2.0"}
"""The version that is tested when the user names none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sut:
    """A system under test as the user names it.

    Attributes:
        name: Name of its adapter, which is the distribution's name.
        version: The version to install; None for the reference.
        source: A path or URL to install from instead of the registry.
    """

    name: str
    version: str | None = None
    source: str | None = None

    @classmethod
    def parse(cls, text: str) -> "Sut":
        """Read `NAME`, `NAME==VERSION`, `NAME@PATH|WHEEL|git+URL#REV` or `reference`.

        Raises:
            UsageError: There is no adapter of that name, or the version is none.
        """
        name, at, source = text.partition("@")
        name, equals, version = name.partition("==")
        if name not in ADAPTERS:
            raise UsageError(
                f"--sut {text!r}: there is no adapter for {name!r}.",
                do=f"Known: {', '.join(sorted(ADAPTERS))}.",
            )
        if (at and not source) or (equals and not version) or (at and equals):
            raise UsageError(
                f"--sut {text!r} cannot be read.",
                do="Write NAME, NAME==VERSION, NAME@PATH or NAME@git+URL#REV.",
            )
        if name == "reference":
            if at or equals:
                raise UsageError(f"--sut {text!r}: the reference has no versions.")
            return cls(name=name)
        if at:
            return cls(name=name, source=_absolute(source))
        if equals:
            try:
                Version(version)
            except InvalidVersion:
                raise UsageError(
                    f"--sut {text!r}: {version!r} is no version.", do="Write it like 1.2.0."
                ) from None
        return cls(name=name, version=version or DEFAULT_VERSIONS[name])

    @property
    def requirement(self) -> str:
        """As pip reads it."""
        return f"{self.name} @ {self.source}" if self.source else f"{self.name}=={self.version}"

    def __str__(self) -> str:
        if self.name == "reference":
            return self.name
        return f"{self.name}@{self.source}" if self.source else self.requirement


def _absolute(source: str) -> str:
    if "://" in source:
        return source.replace("#", "@", 1) if source.startswith("git+") else source
    path = Path(source).resolve()
    if not path.exists():
        raise UsageError(f"--sut …@{source}: there is no such file or folder.")
    return path.as_uri()


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """An installed environment.

    Attributes:
        python: Its interpreter.
        site_packages: Where its packages are; None for the reference, which needs none.
        packages: Distribution → version.
    """

    python: Path
    site_packages: Path | None
    packages: dict[str, str]


def cache_folder() -> Path:
    """Where environments are kept: `PTEST_CACHE`, or the user's cache folder."""
    stated = os.environ.get(CACHE_VARIABLE)
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(stated) if stated else Path(base) / "production-testers"


def prepare(sut: Sut, *, fresh: bool = False, seconds_max: float | None = None) -> Environment:
    """The environment of a system under test, made when it is not there yet.

    Args:
        sut: What to install.
        fresh: Make it anew, even when it is there.
        seconds_max: How long the installer may take for one step; None for as long as it wants.

    Raises:
        SutUnavailableError: It cannot be installed; the message ends with the installer's.
    """
    if sut.name == "reference":
        return Environment(python=Path(sys.executable), site_packages=None, packages={})
    folder = _folder_of(sut)
    with _locked(folder.with_suffix(".lock")):
        moves = sut.source is not None and not _stands_still(sut.source)
        if fresh or moves or not (folder / "complete.json").is_file():
            _make(sut, folder, seconds_max)
    packages = json.loads((folder / "complete.json").read_text(encoding="utf-8"))
    return Environment(
        python=folder / "bin" / "python",
        site_packages=folder / "lib" / f"python{_PYTHON}" / "site-packages",
        packages=packages,
    )


def is_at_hand(sut: Sut) -> bool:
    """Whether `prepare` would install nothing."""
    return sut.name == "reference" or (_folder_of(sut) / "complete.json").is_file()


_PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"


def _folder_of(sut: Sut) -> Path:
    what = [sut.requirement, _content(sut.source)] if sut.source else sut.requirement
    label = f"{sut.name}-{sut.version or 'source'}-py{_PYTHON}-{digest(what)[:8]}"
    return cache_folder() / "environments" / label


@dataclass(frozen=True, slots=True, kw_only=True)
class Fresh:
    """A new environment.

    Attributes:
        python: Its interpreter.
        offline: Whether it was made from the installer's cache, because no registry answered.
    """

    python: Path
    offline: bool = False


def install_fresh(sut: Sut, packages: Mapping[str, str], folder: Path) -> Fresh:
    """A new environment in `folder` with the system under test and these packages.

    Args:
        sut: The system under test.
        packages: Distribution → version of whatever else it shall hold.
        folder: Where it is made.

    Raises:
        SutUnavailableError: It cannot be installed, neither from a registry nor from the cache.
    """
    if sut.name == "reference":
        return Fresh(python=Path(sys.executable))
    _uv(sut, "venv", "--quiet", "--python", sys.executable, str(folder / "venv"))
    python = folder / "venv" / "bin" / "python"
    pinned = [f"{name}=={version}" for name, version in packages.items() if name != sut.name]
    install = _installing(sut, python, *pinned)
    try:
        _uv(sut, *install)
    except SutUnavailableError as unreachable:  # everything may be in uv's own cache
        try:
            _uv(sut, *install, "--offline")
        except SutUnavailableError:
            raise unreachable from None
        return Fresh(python=python, offline=True)
    return Fresh(python=python)


def install_clean(sut: Sut, like: Environment, folder: Path) -> Path:
    """A new environment in `folder` with the very packages of `like`, and its interpreter.

    Raises:
        SutUnavailableError: It cannot be installed.
    """
    return install_fresh(sut, like.packages, folder).python


def _installing(sut: Sut, python: Path, *pinned: str) -> tuple[str, ...]:
    """Arguments of uv; sources are built anew, because uv does not see that their files changed."""
    anew = ("--refresh-package", sut.name) if sut.source else ()
    asked = ("pip", "install", "--quiet", "--compile-bytecode", "--python", str(python))
    return (*asked, *anew, sut.requirement, *pinned)


_REVISION = re.compile(r"git\+.*@[0-9a-f]{7,40}\Z")
_NOT_SOURCE = frozenset({".git", "__pycache__", ".venv", ".pytest_cache", ".mypy_cache"})


def _stands_still(source: str) -> bool:
    """Whether a source cannot become another one: a branch or an address can."""
    return source.startswith("file://") or _REVISION.match(source) is not None


def _content(source: str) -> str:
    """Digest of the files of a local source: an edit makes another environment."""
    if not source.startswith("file://"):
        return ""
    path = Path(url2pathname(urlsplit(source).path))
    files = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file())
    return digest(
        [
            [str(file.relative_to(path)), hashlib.sha256(file.read_bytes()).hexdigest()]
            for file in files
            if not _NOT_SOURCE & set(file.relative_to(path).parts)
        ]
    )


def _make(sut: Sut, folder: Path, seconds_max: float | None) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    _uv(sut, "venv", "--quiet", "--python", sys.executable, str(folder))
    python = folder / "bin" / "python"
    try:
        _uv(sut, *_installing(sut, python), seconds_max=seconds_max)
        listed = _uv(sut, "pip", "list", "--python", str(python), "--format", "json")
    except SutUnavailableError:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    packages = {entry["name"]: entry["version"] for entry in json.loads(listed)}
    marker = folder / "complete.tmp"
    marker.write_text(json.dumps(packages), encoding="utf-8")
    marker.rename(folder / "complete.json")


def _uv(sut: Sut, *arguments: str, seconds_max: float | None = None) -> str:
    uv = shutil.which(
        "uv", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    )
    if uv is None:
        raise SutUnavailableError("uv is not installed.", do="Run pip install uv.")
    try:
        done = subprocess.run(
            [uv, *arguments],
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
            timeout=seconds_max,
        )
    except subprocess.TimeoutExpired as error:
        raise SutUnavailableError(
            f"{sut} could not be installed in {seconds_max:.0f} s.",
            do="Check the package registry.",
        ) from error
    if done.returncode != 0:
        reason = " ".join(line.strip(_DRAWN) for line in done.stderr.splitlines() if line.strip())
        raise SutUnavailableError(
            f"{sut} cannot be installed: {reason[-400:]}",
            do="Check --sut and the package registry.",
        )
    return done.stdout


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Only one process makes an environment at a time."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = path.open("w")
    except OSError as error:
        raise UsageError(
            f"The cache {path.parent} cannot be used: {error.strerror}.",
            do=f"Name another folder in {CACHE_VARIABLE}.",
        ) from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
