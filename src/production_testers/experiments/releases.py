"""Which releases of a system under test there are, and how a user names some of them."""

from collections.abc import Mapping, Sequence

from packaging.version import InvalidVersion, Version

from production_testers.model.errors import UsageError

RELEASES: Mapping[str, tuple[str, ...]] = {
    "stageflow-core": (
        *("0.2.0", "0.3.0", "0.5.0", "0.5.1", "0.7.0", "0.8.0", "0.9.0", "0.9.1", "0.9.2"),
        *("0.9.4", "0.9.5", "0.9.6", "1.0.0", "1.1.0", "1.2.0"),
    ),
}
"""Distribution → the releases on which its adapter is checked, oldest first.

Stated and not asked of a registry: the same command must mean the same a year later, and work
without a network. A newer release is named on the command line.
"""


def releases_of(sut: str) -> tuple[str, ...]:
    """Every known release of a system under test, oldest first.

    Raises:
        UsageError: It has none, as the reference has none.
    """
    if sut not in RELEASES:
        raise UsageError(
            f"{sut!r} has no releases to compare.", do=f"Known: {', '.join(sorted(RELEASES))}."
        )
    return RELEASES[sut]


def parse_releases(sut: str, text: str | None) -> tuple[str, ...]:
    """Read `A,B,C`, `A..B`, or both: `0.2.0,0.9.0..1.2.0`; every release where there is no text.

    Returns:
        Each once, oldest first. A single version need not be a known one; the ends of a range may
        be any versions, and what lies between are known releases.

    Raises:
        UsageError: Something in it is no version, a range is empty, or nothing is left.
    """
    known = releases_of(sut)
    if text is None:
        return known
    chosen: set[str] = set()
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        low, dots, high = part.partition("..")
        if not dots:
            chosen.add(_as_known(_version(part), part, known))
            continue
        first, last = _version(low or known[0]), _version(high or known[-1])
        between = [release for release in known if first <= Version(release) <= last]
        if not between:
            raise UsageError(
                f"--releases {part!r}: no release lies there.", do=f"Known: {', '.join(known)}."
            )
        chosen.update(between)
    if not chosen:
        raise UsageError(f"--releases {text!r} names none.", do="Write it like 0.9.0..1.2.0.")
    return in_order(chosen)


def in_order(releases: Sequence[str] | set[str]) -> tuple[str, ...]:
    """The releases, oldest first."""
    return tuple(sorted(releases, key=Version))


def _version(text: str) -> Version:
    try:
        return Version(text)
    except InvalidVersion:
        raise UsageError(
            f"--releases: {text!r} is no version.", do="Write it like 0.9.0..1.2.0 or 1.1.0,1.2.0."
        ) from None


def _as_known(version: Version, text: str, known: Sequence[str]) -> str:
    """As the table writes it: 1.2 and 1.2.0 are one release."""
    return next((release for release in known if Version(release) == version), text)
