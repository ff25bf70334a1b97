"""Finished runs on disk, made without a simulator: a model file, a leg's folder with a real recording, its record."""

from dataclasses import replace
from pathlib import Path

from crosssim.provenance.keeping import Begun, begin, finish
from crosssim.provenance.record import Record, RunStatus, UsedRun, new_record
from crosssim.recording.disk import write_json_atomically
from crosssim.recording.folder import write_recording
from crosssim.recording.publishing import OUTCOME, REQUEST
from tests.recording.builders import full_recording

ENVIRONMENT = {
    "python": "3.11.2",
    "packages": {"PyNN": "0.13.0", "numpy": "2.0.2"},
    "simulator": {"version": "3.10.0"},
    "libraries": {"/opt/x/libnrnmech.so": "ab12"},
    "host": "here",
    "cores": 2,
}


def fresh_record(model: str = "tiny", label: str = "nest", **changes) -> Record:
    record = new_record("leg", model, label, ["crosssim", "run", model, label], {"backend": label}, "0.1.0")
    return replace(record, **changes)


def begun_leg(results: Path, record: Record | None = None) -> Begun:
    source = results.parent / "tiny.py"
    source.parent.mkdir(parents=True, exist_ok=True)
    source.write_text("MODEL = None\n")
    place = results / "tiny"
    return begin(place, record or fresh_record(), {"tiny.py": source}, {})


def leg_data(folder: Path, recording=None) -> dict[str, str]:
    """What a leg leaves in its folder; the digests of the content."""
    digests = write_recording(recording or full_recording(), folder)
    write_json_atomically(folder / REQUEST, {"model": "tiny"})
    write_json_atomically(folder / OUTCOME, {"status": "completed"})
    (folder / "log.txt").write_text("$ crosssim run tiny nest\n")
    return digests


def finished_leg(results: Path, name: str = "nest-1", **changes) -> tuple[Record, Path]:
    begun = begun_leg(results)
    folder = results / "tiny" / "legs" / name
    contents = leg_data(folder)
    known = {"status": RunStatus.COMPLETED, "contents": contents, "environment": ENVIRONMENT}
    return finish(begun, folder, **(known | changes)), folder


def finished_study(results: Path, *legs: tuple[Record, Path]) -> tuple[Record, Path]:
    begun = begin(results / "tiny", replace(fresh_record(label="nest neuron"), kind="check"), {}, {})
    folder = results / "tiny" / "check-nest-neuron-1"
    folder.mkdir(parents=True)
    (folder / "report.json").write_text("{}")
    inputs = [UsedRun("leg", record.id, f"../legs/{place.name}", record.label) for record, place in legs]
    return finish(begun, folder, status=RunStatus.COMPLETED, inputs=inputs, verdict="identical"), folder
