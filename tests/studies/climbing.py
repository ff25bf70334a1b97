"""Climbs ladders for tests: the template with something planted, or the ladder of a shipped model."""

from pathlib import Path

from crosssim.model.ladder_template import write_ladder_template
from crosssim.model.ladders import find_ladder
from crosssim.runner.launch import Launcher
from crosssim.studies.ladder import LadderResult, LadderWishes, plan_ladder, run_ladder


def climb(folder: Path | str, results: Path, time_limit_s: float = 300, **wishes) -> LadderResult:
    ladder = find_ladder(str(folder))
    launcher = Launcher(results, ladder, jobs=2, time_limit_s=time_limit_s)
    plan = plan_ladder(ladder, LadderWishes(str(folder), **wishes), results)
    return run_ladder(plan, launcher, ("crosssim", "ladder", str(folder)))


def template(folder: Path, *changes: tuple[str, str, str]) -> Path:
    """The first ladder in ``folder``, with (file, old text, new text) replaced in it."""
    write_ladder_template(folder)
    for name, old, new in changes:
        text = (folder / name).read_text()
        assert old in text, (name, old)
        (folder / name).write_text(text.replace(old, new))
    return folder


def standings(result: LadderResult) -> dict[str, str]:
    """What became of every rung that promised something."""
    return {one.rung.name: one.standing.value for one in result.rungs if one.standing is not None}
