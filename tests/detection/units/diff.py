"""Wrong diffs."""

from detection.units.planting import PlantedUnit
from production_testers.suts.reference.units.diff import Diff


class SkipsDashes(Diff):
    """A line that begins with two dashes or pluses is taken for a header."""

    def _text(self, old, new):
        told = super()._text(old, new)
        changed = set(self._lines(old)) ^ set(self._lines(new))
        if changed and all(line.startswith(("--", "++")) for line in changed):
            return {**told, "changes": [], "additions": 0, "deletions": 0}
        return told


class CountsEmptyLinesApart(Diff):
    """Empty lines are no additions."""

    def _text(self, old, new):
        told = super()._text(old, new)
        empty = sum(kind == "add" and line == "\n" for kind, line in told["changes"])
        return {**told, "additions": told["additions"] - empty}


class StripsIndentation(Diff):
    """Lines are compared, and told, without what stands before them."""

    def _lines(self, text):
        return [line.lstrip(" ") for line in super()._lines(text)]


class ForgetsTheMissingEnd(Diff):
    """That a text does not end with a line's end is not said."""

    def _output(self, changes, gone, come):
        output = super()._output(changes, gone, come)
        return "\n".join(line for line in output.split("\n") if not line.startswith("\\"))


class FlagsAreNumbers(Diff):
    """`True` and 1 are taken for equal."""

    def _patch(self, old, new):
        return [] if old == new else super()._patch(old, new)


class NoEscapes(Diff):
    """A slash in a name is written as it is."""

    def _patch(self, old, new):
        if isinstance(old, dict) and isinstance(new, dict) and old.keys() == new.keys():
            return [
                {"op": "replace", "path": f"/{name}", "value": new[name]}
                for name in new
                if super(NoEscapes, self)._patch(old[name], new[name])
            ]
        return super()._patch(old, new)


class ForgetsWhatIsGone(Diff):
    """Names that are gone are not removed."""

    def _patch(self, old, new):
        if isinstance(old, dict) and isinstance(new, dict) and set(new) < set(old):
            return [{"op": "replace", "path": "", "value": {**old, **new}}]
        return super()._patch(old, new)


PLANTED = (
    PlantedUnit("diff", "diff/texts", "change-untold", SkipsDashes),
    PlantedUnit("diff", "diff/texts", "miscounted", CountsEmptyLinesApart),
    PlantedUnit("diff", "diff/texts", "lines-differ", StripsIndentation),
    PlantedUnit("diff", "diff/texts", "output-unusable", ForgetsTheMissingEnd),
    PlantedUnit("diff", "diff/patches", "change-untold", FlagsAreNumbers),
    PlantedUnit("diff", "diff/patches", "not-applicable", NoEscapes),
    PlantedUnit("diff", "diff/patches", "makes-another", ForgetsWhatIsGone),
)
