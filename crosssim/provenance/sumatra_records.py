"""A record of ours in Sumatra's words."""

import hashlib
import json
import mimetypes
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from crosssim.provenance.record import Record, StoredFile
from crosssim.provenance.shelf import Shelved, shelved

_LONGEST_LOG = 20_000


def sumatra_record(run: Shelved, record: Record, results: Path) -> Any:
    """The run as a ``sumatra.records.Record``; its data keys have paths from ``results``, the one common root."""
    from sumatra.datastore.filesystem import FileSystemDataStore
    from sumatra.launch import SerialLaunchMode
    from sumatra.parameters import JSONParameterSet
    from sumatra.programs import Executable
    from sumatra.records import Record as SumatraRecord
    from sumatra.versioncontrol.base import Repository

    data = FileSystemDataStore(str(results))
    state = record.git.get("model") or record.git.get("crosssim")
    python = str(record.environment.get("executable") or sys.executable)
    entry = SumatraRecord(
        Executable(python, version=str(record.environment.get("python", "unknown")), name="Python"),
        Repository(state.remote if state and state.remote else "no repository", upstream=""),
        record.entry.removeprefix("sources/") or record.model,
        state.commit if state else "none",
        SerialLaunchMode(working_directory=record.process.started_in or "/"),
        data,
        parameters=JSONParameterSet(json.dumps(_parameters(record), sort_keys=True)),
        input_data=_inputs(run, record, results),
        script_arguments=" ".join(record.command),
        label=record.id,
        reason=f"{record.kind}: {record.model} on {record.label}",
        diff=_kept_diff(run, record),
        user=record.process.user,
        input_datastore=data,
        timestamp=datetime.fromisoformat(record.started),
    )
    return _with_outcome(entry, run, record, results)


def _with_outcome(entry: Any, run: Shelved, record: Record, results: Path) -> Any:
    comments = "\n".join(f"{one.time[:10]} {one.user}: {one.text}" for one in run.remarks.comments)
    said = ": ".join(filter(None, [record.verdict or record.status_now.value, record.reason]))
    entry.outcome = "\n".join(filter(None, [said, comments]))
    entry.duration = record.wall_s
    entry.stdout_stderr = _log(run.folder)
    entry.tags = {record.kind, record.status_now.value, *run.remarks.tags}
    entry.output_data = _keys(run.folder, record.outputs, record.ended or record.started, results)
    entry.dependencies = _dependencies(record)
    entry.platforms = [_platform(record)]
    return entry


def _parameters(record: Record) -> dict[str, Any]:
    """The request, and, because Sumatra keeps no order of inputs, which run had which role."""
    roles = {f"{k} {one.role}": f"{one.id} {one.label}" for k, one in enumerate(record.inputs)}
    return {**record.request, **({"inputs": roles} if roles else {})}


def _inputs(run: Shelved, record: Record, results: Path) -> list[Any]:
    keys = []
    for used in record.inputs:
        folder = (run.folder / used.path).resolve()
        other = shelved(folder).record if folder.is_relative_to(results.resolve()) else None
        if other is not None and other.id == used.id:
            keys += _keys(results / folder.relative_to(results.resolve()), other.outputs, other.ended, results)
    return keys


def _keys(folder: Path, files: "dict[str, StoredFile]", created: str, results: Path) -> list[Any]:
    """One key a file, with the path from the one common root, so that equal files of two runs stay two."""
    from sumatra.datastore import DataKey

    when = datetime.fromisoformat(created).replace(microsecond=0)
    base = folder.relative_to(results).as_posix()
    return [
        DataKey(
            f"{base}/{name}", _sha1(folder / name), when,
            size=file.size, sha256=file.sha256, mimetype=mimetypes.guess_type(name)[0], encoding=None,
        )
        for name, file in files.items()
    ]  # fmt: skip


def _sha1(path: Path) -> str:
    """The digest by which Sumatra knows a file again; nothing is proved by it, that is what the SHA-256 is for."""
    if path.is_symlink() or not path.is_file():
        return "0" * 40
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.sha1(usedforsecurity=False)).hexdigest()


def _dependencies(record: Record) -> list[Any]:
    from sumatra.dependency_finder.python import Dependency

    packages = record.environment.get("packages")
    pairs = [("crosssim", record.crosssim), *(packages.items() if isinstance(packages, dict) else ())]
    found = [Dependency(str(name), "", str(version), "", "") for name, version in pairs]
    found += [Dependency(name, name, file.sha256[:40], "", "") for name, file in record.sources.items()]
    return found


def _platform(record: Record) -> Any:
    from sumatra.launch import PlatformInformation

    around = record.environment
    return PlatformInformation(
        architecture_bits="64bit",
        architecture_linkage="",
        machine=str(around.get("processor", "")),
        network_name=record.process.host,
        ip_addr="127.0.0.1",  # an address says nothing of a result, and asking for it can take seconds
        processor=f"{around.get('cores', '')} cores, {around.get('memory_gb', '')} GB",
        release="",
        system_name=str(around.get("system", ""))[:20],
        version=str(around.get("system", "")),
    )


def _kept_diff(run: Shelved, record: Record) -> str:
    names = {state.diff for state in record.git.values() if state.diff in record.sources}
    texts = [(run.folder / name).read_text(errors="replace") for name in sorted(names) if (run.folder / name).is_file()]
    return "".join(texts)[:_LONGEST_LOG]


def _log(folder: Path) -> str:
    try:
        return (folder / "log.txt").read_text(errors="replace")[-_LONGEST_LOG:]
    except OSError:
        return ""
