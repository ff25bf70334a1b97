"""Plans whose command is a mock, at the place where the launcher expects the real leg."""

import sys
from dataclasses import dataclass, replace
from pathlib import Path

from crosssim.model.discovery import find_model
from crosssim.runner.backends import find_backend
from crosssim.runner.launch import Launcher, LegPlan
from crosssim.runner.place import leg_folder
from crosssim.studies.legs import Wishes, plan_legs

MODEL = find_model("two_cells")
MOCK = Path(__file__).with_name("mock_leg.py")


@dataclass(frozen=True)
class MockPlan(LegPlan):
    """A leg that does ``deed``."""

    deed: str = "finish"
    folder: str = ""

    @property
    def command(self):
        return (sys.executable, str(MOCK), self.deed, self.folder)


def mock_plans(results: Path, *deeds: str) -> list[MockPlan]:
    """One plan per deed, each with a seed and so a folder of its own."""
    found = []
    for k, deed in enumerate(deeds):
        (plan,) = plan_legs(MODEL, "two_cells", ["nest"], Wishes(seed=str(k + 1)), results)
        folder = leg_folder(results, MODEL, plan.request, find_backend("nest"))
        found.append(MockPlan(f"{deed} {k}", plan.request, plan.arguments, deed, str(folder)))
    return found


def launch(results: Path, *deeds: str, **how):
    launcher = replace(Launcher(results, MODEL, jobs=2), **how)
    return launcher.run(mock_plans(results, *deeds))
