"""The commands on runs that were made before: results, verify, repeat, export."""

import argparse
import os
import shlex
from pathlib import Path

from rich.console import Console

from crosssim.cli.options import file_with_sumatra, write_json
from crosssim.errors import ExitStatus, UsageError
from crosssim.provenance.remarks import comment_on_run, tag_run
from crosssim.provenance.shelf import Shelved, find_run, find_runs, matching, ordered_by_a_study, results_around
from crosssim.provenance.verifying import verify_run
from crosssim.recording.export import export_neo
from crosssim.recording.folder import read_recording
from crosssim.report.live import LiveLegs
from crosssim.report.records_text import repeat_text, run_text, runs_text, verify_text
from crosssim.runner.records import LEG
from crosssim.studies.repeat import RepeatWishes, run_repeat


def results(asked: argparse.Namespace) -> int:
    """The runs of a results folder, or one of them; tags and comments."""
    place = asked.out.absolute()
    if asked.tag or asked.untag or asked.comment:
        _remark(asked, place)
        return int(ExitStatus.AGREES)
    if asked.show:
        run = find_run(place, asked.show)
        Console().print(run_text(run))
        write_json(asked, _told(run))
        return int(ExitStatus.AGREES)
    runs = matching(find_runs(place), asked.filter)
    shown = runs if asked.all or asked.filter else [run for run in runs if not ordered_by_a_study(run)]
    Console().print(runs_text(shown, place))
    if len(shown) < len(runs):
        print(f"and {len(runs) - len(shown)} legs that studies ordered; --all lists them")
    write_json(asked, [_told(run) for run in runs])
    return int(ExitStatus.AGREES)


def _told(run: Shelved) -> dict[str, object]:
    return {"folder": run.folder, "record": run.record, "problem": run.problem, "remarks": run.remarks}


def _remark(asked: argparse.Namespace, results: Path) -> None:
    text, said = asked.tag or asked.untag or asked.comment
    folder = find_run(results, text).folder
    if asked.comment:
        comment_on_run(folder, said)
    else:
        tag_run(folder, add=[said] if asked.tag else [], remove=[said] if asked.untag else [])
    Console().print(run_text(find_run(results, str(folder))))


def verify(asked: argparse.Namespace) -> int:
    """Hash a run again; 1 if anything is not as it was recorded."""
    results = asked.out.absolute()
    run = find_run(results, asked.run)
    assert run.record is not None
    wrong = verify_run(run.folder, results_around(run, results))
    Console().print(verify_text(run.record, wrong))
    write_json(asked, wrong)
    return int(ExitStatus.DIFFERS if wrong else ExitStatus.AGREES)


def repeat(asked: argparse.Namespace) -> int:
    """Run again from a record; 1 if it came out differently, 3 if it failed."""
    place = (asked.out or Path("results")).absolute()
    run = find_run(place, asked.run)
    results = place if asked.out else results_around(run, place)
    labels = [one.label for one in run.record.inputs if one.label] if run.record and run.record.inputs else []
    own = [run.record.label] if run.record and not labels else labels
    with LiveLegs(Console(stderr=True), own) as live:
        wishes = RepeatWishes(asked.kept_sources, os.cpu_count() or 1, asked.time_limit, live.tell)
        result = run_repeat(run, results, wishes)
    Console().print(repeat_text(result))
    file_with_sumatra(asked, results)
    write_json(asked, {"outcome": result.outcome, "folder": result.folder, "legs": result.legs})
    return int(result.exit_status)


def export(asked: argparse.Namespace) -> int:
    """A leg as Neo NIX, or any run as an RO-Crate."""
    if asked.crate:
        from crosssim.provenance.crate import Publisher, write_crate

        run = find_run(asked.out.absolute(), asked.run)
        publisher = Publisher(asked.license, asked.author, *(asked.organization or ("", "")))
        write_crate(run.folder, results_around(run, asked.out.absolute()), asked.file, publisher)
        write_json(asked, {"file": asked.file})
        print(f"wrote {shlex.quote(str(asked.file))}")
        return int(ExitStatus.AGREES)
    folder = Path(asked.run)
    if not (folder / "recording.json").exists():
        folder = _one_leg(find_run(asked.out.absolute(), asked.run)).folder
    export_neo(read_recording(folder), asked.file)
    print(f"wrote {shlex.quote(str(asked.file))}")
    return int(ExitStatus.AGREES)


def _one_leg(run: Shelved) -> Shelved:
    """The run, if it is a leg. Raises :class:`UsageError` for a study, which has no recording of its own."""
    if run.record is not None and run.record.kind != LEG:
        raise UsageError(
            f"run {run.record.id} is a {run.record.kind}, and a Neo file holds one leg; "
            "add --crate, or export one of its legs"
        )
    return run
