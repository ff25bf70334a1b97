"""A run as an RO-Crate 1.1 that conforms to Process Run Crate 0.5: the form in which to publish it.

https://w3id.org/ro/crate/1.1 and https://w3id.org/ro/wfrun/process/0.5. Of a study, the runs that it used are in the
crate too, each an action of its own whose results are the study's objects.
"""

import mimetypes
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crosssim.errors import UsageError
from crosssim.provenance.record import RECORD, Record, RunStatus, StoredFile, read_record
from crosssim.provenance.verifying import verify_run
from crosssim.recording.disk import disk_errors_as_sentences

PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
_TERMS = {"sha256": "https://w3id.org/ro/terms/workflow-run#sha256"}
_PAGES = {
    "PyNN": "https://neuralensemble.org/PyNN/",
    "nest-simulator": "https://www.nest-simulator.org/",
    "neuron": "https://nrn.readthedocs.io/",
    "numpy": "https://numpy.org/",
}
_STATUS = {
    RunStatus.COMPLETED: "http://schema.org/CompletedActionStatus",
    RunStatus.FAILED: "http://schema.org/FailedActionStatus",
}


@dataclass(frozen=True)
class Place:
    """A run, its folder, and the folder that it has in the crate."""

    record: Record
    folder: Path
    inside: str


@dataclass(frozen=True)
class Publisher:
    """Who publishes: what only a person can say. The public validator recommends all four."""

    license_url: str = ""
    author: str = ""
    organization: str = ""
    organization_url: str = ""


def write_crate(folder: Path, results: Path, target: Path, publisher: Publisher | None = None) -> None:
    """Write the run in ``folder`` as a crate to ``target``: a new folder, or a file that ends in .zip.

    Raises :class:`UsageError` if ``target`` is there, or if anything is not as it was recorded; a crate is no place for
    what nobody can vouch for.
    """
    from rocrate.rocrate import ROCrate

    publisher = publisher or Publisher()

    if target.exists():
        raise UsageError(f"crate {target} is there already; remove it, or choose another name")
    record = read_record(folder)
    wrong = verify_run(folder, results)
    if wrong:
        raise UsageError(
            f"run {record.id} is not as it was recorded ({wrong[0].what} {wrong[0].problem}); not exported"
        )
    if record.status not in _STATUS:
        raise UsageError(f"run {record.id} is {record.status_now.value}; only a run that has ended can be published")
    crate = ROCrate(version="1.1")
    crate.metadata.extra_terms.update(_TERMS)
    _describe(crate, record, publisher)
    written: dict[str, list[Any]] = {}
    actions = [
        _add_action(crate, place, written, publisher)
        for place in [*_used(record, folder), Place(record, folder, "run")]
    ]
    crate.root_dataset["mentions"] = _alone(actions)
    with disk_errors_as_sentences(target.parent):
        (crate.write_zip if target.suffix == ".zip" else crate.write)(target)


def _used(record: Record, folder: Path) -> list[Place]:
    """The runs that this one used; :func:`verify_run` has seen that they lie in the results folder and are whole."""
    places = {}
    for used in record.inputs:
        place = (folder / used.path).resolve()
        places[used.id] = Place(read_record(place), place, f"used/{used.id}")
    return list(places.values())


def _describe(crate: Any, record: Record, publisher: Publisher) -> None:
    from rocrate.model.contextentity import ContextEntity

    crate.name = f"{record.model} on {record.label} ({record.kind} {record.id})"
    crate.description = record.reason or f"A {record.kind} of the model {record.model}, run by crosssim."
    crate.datePublished = record.ended[:10] or record.started[:10]
    words = {"@type": "CreativeWork", "name": "No licence was given", "description": "Ask the author before reuse."}
    license_url = publisher.license_url
    own = license_url or "#licence"
    about = {"@type": "CreativeWork", "name": license_url, "description": license_url} if license_url else words
    crate.license = crate.add(ContextEntity(crate, own, properties=about))
    profile = {"@type": "CreativeWork", "name": "Process Run Crate", "version": "0.5"}
    crate.root_dataset["conformsTo"] = crate.add(ContextEntity(crate, PROFILE, properties=profile))
    crate.root_dataset["author"] = _agent(crate, record, publisher)


def _agent(crate: Any, record: Record, publisher: Publisher) -> Any:
    from rocrate.model.contextentity import ContextEntity
    from rocrate.model.person import Person

    user = record.process.user or "unknown"
    person = crate.add(Person(crate, f"#user-{user}", properties={"name": publisher.author or user}))
    if publisher.organization:
        own = publisher.organization_url or "#organization"
        words = {"@type": "Organization", "name": publisher.organization, "url": own}
        organization = crate.add(ContextEntity(crate, own, properties=words))
        crate.root_dataset["publisher"] = organization
        person["affiliation"] = organization
    return person


def _add_action(crate: Any, place: Place, written: dict[str, list[Any]], publisher: Publisher) -> Any:
    record = place.record
    sources = _add_files(crate, place, record.sources)
    outputs = _add_files(crate, place, record.outputs)
    own = crate.add_file(
        place.folder / RECORD, f"{place.inside}/{RECORD}", properties={"encodingFormat": "application/json"}
    )
    own["name"] = f"the record of run {record.id}"
    written[record.id] = outputs
    objects = [*sources, *(one for used in record.inputs for one in written.get(used.id, ()))]
    about = {
        "name": f"{record.kind}: {record.model} on {record.label}",
        "description": " ".join(record.command),
        "startTime": _second(record.started),
        "endTime": _second(record.ended),
        "actionStatus": _STATUS[record.status],
    }
    if record.status is RunStatus.FAILED:
        about["error"] = record.reason
    software = _software(crate, record)
    action = crate.add_action(
        software,
        identifier=f"#run-{record.id}",
        object=_alone(objects),
        result=_alone([*outputs, own]),
        properties=about,
    )
    action["agent"] = _agent(crate, record, publisher)
    return action


def _alone(entities: list[Any]) -> Any:
    """One entity for a list of one, as RO-Crate 1.1 recommends."""
    return entities[0] if len(entities) == 1 else entities


def _second(moment: str) -> str:
    """An ISO 8601 time without fractions of a second, which the profile does not take."""
    head, plus, zone = moment.partition("+")
    return f"{head.partition('.')[0]}{plus}{zone}"


def _add_files(crate: Any, place: Place, files: dict[str, StoredFile]) -> list[Any]:
    entities = []
    for name, file in files.items():
        path = place.folder / name
        if path.is_symlink() or not path.is_file():
            continue
        about = {
            "name": name,
            "contentSize": str(file.size),
            "sha256": file.sha256,
            "encodingFormat": mimetypes.guess_type(name)[0] or "application/octet-stream",
        }
        entities.append(crate.add_file(path, f"{place.inside}/{name}", properties=about))
    return entities


def _software(crate: Any, record: Record) -> Any:
    """crosssim of that version, with the packages it stood on as its requirements."""
    from rocrate.model.softwareapplication import SoftwareApplication

    packages = record.environment.get("packages")
    known = {str(name): str(version) for name, version in packages.items()} if isinstance(packages, dict) else {}
    parts = []
    for name, page in _PAGES.items():
        if name in known:
            about = {"name": name, "version": known[name], "url": page}
            parts.append(
                crate.add(
                    SoftwareApplication(crate, f"https://pypi.org/project/{name}/{known[name]}/", properties=about)
                )
            )
    own = f"https://pypi.org/project/crosssim/{record.crosssim}/"
    about = {"name": "crosssim", "version": record.crosssim, "url": own}
    software = crate.add(SoftwareApplication(crate, own, properties=about))
    if parts:
        software["softwareRequirements"] = _alone(parts)
    return software
