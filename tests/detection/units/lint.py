"""Wrong lints."""

from detection.units.planting import PlantedUnit
from production_testers.suts.reference.units.lint import Lint


class LooksOneStep(Lint):
    """A loop is a stage that is behind itself."""

    def _comes_back(self, name, after):
        return name in after[name]


class TwoWaysAreALoop(Lint):
    """A stage that is met twice is in a loop."""

    def _faulty(self, after):
        twice = [name for name in after if sum(name in behind for behind in after.values()) > 2]
        return super()._faulty(after) | set(twice)


class NamesWhatIsNotThere(Lint):
    """Not the stage is named, but what it is behind."""

    def _faulty(self, after):
        faulty = super()._faulty(after)
        return {(set(after.get(name, ())) - set(after) or {name}).pop() for name in faulty}


class WalksEveryPath(Lint):
    """Every path is walked to its end."""

    def _comes_back(self, name, after):
        return super()._comes_back(name, after)

    def _faulty(self, after):
        faulty = super()._faulty(after)
        if not faulty:
            for name in after:
                self._walk(name, after)
        return faulty

    def _walk(self, name, after):
        self._calls += 1
        for one in after[name]:
            self._walk(one, after)


class ForgetsOne(Lint):
    """Stages that stand alone are none where there is a loop."""

    def _alone(self, after):
        return set() if self._faulty(after) else super()._alone(after)


class NeverFails(Lint):
    """The command ends well."""

    def _commanded(self, arguments, after):
        return {**super()._commanded(arguments, after), "status": 0}


class IsAlwaysStrict(Lint):
    """The command minds stages that stand alone."""

    def _commanded(self, arguments, after):
        return super()._commanded({**arguments, "strict": True}, after)


class WritesOneOnly(Lint):
    """The command writes of the first stage only."""

    def _commanded(self, arguments, after):
        told = super()._commanded(arguments, after)
        return {**told, "faulty": told["faulty"][:1]}


LAW = "lint/faults"
COMMAND = "lint/command"

PLANTED = (
    PlantedUnit("lint", LAW, "fault-missed", LooksOneStep),
    PlantedUnit("lint", LAW, "fault-invented", TwoWaysAreALoop),
    PlantedUnit("lint", LAW, "fault-unnamed", NamesWhatIsNotThere),
    PlantedUnit("lint", LAW, "work-explodes", WalksEveryPath),
    PlantedUnit("lint", LAW, "alone-wrong", ForgetsOne),
    PlantedUnit("lint", COMMAND, "fault-passes", NeverFails),
    PlantedUnit("lint", COMMAND, "sound-refused", IsAlwaysStrict),
    PlantedUnit("lint", COMMAND, "told-otherwise", WritesOneOnly),
)
