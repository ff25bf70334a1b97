"""Crates, judged by the public validator, which is given the JSON-LD context from the rocrate package: no network."""

import json
import zipfile
from importlib.resources import files

import pytest

from crosssim.errors import UsageError
from crosssim.provenance.crate import Publisher, write_crate
from tests.provenance.builders import begun_leg, finished_leg, finished_study

PUBLISHER = Publisher(
    "https://spdx.org/licenses/CC-BY-4.0", "A. Person", "An Institute", "https://example.org/institute"
)


class Served:
    """The answer of the web to every question: the context."""

    status_code, ok, from_cache = 200, True, False
    headers = {"Content-Type": "application/ld+json"}  # noqa: RUF012
    document = json.loads(files("rocrate").joinpath("data/ro-crate.jsonld").read_text())
    text = json.dumps(document)
    content = text.encode()

    def json(self):
        return self.document

    def raise_for_status(self):
        return None


def issues(crate, monkeypatch) -> list[str]:
    """What the validator requires or recommends and does not find."""
    from rdflib.plugins.shared.jsonld import context
    from rocrate_validator import models, services
    from rocrate_validator.utils.http import HttpRequester

    monkeypatch.setattr(context, "source_to_json", lambda *a, **k: (Served.document, None))
    monkeypatch.setattr(HttpRequester, "get", lambda *a, **k: Served(), raising=False)
    monkeypatch.setattr(HttpRequester, "head", lambda *a, **k: Served(), raising=False)
    asked = services.ValidationSettings(
        rocrate_uri=str(crate),
        profile_identifier="process-run-crate-0.5",
        requirement_severity=models.Severity.RECOMMENDED,
    )
    return [f"{one.check.identifier} {one.message}" for one in services.validate(asked).get_issues()]


@pytest.mark.filterwarnings("ignore")
def test_the_public_validator_finds_nothing_to_say(tmp_path, monkeypatch):
    results = tmp_path / "results"
    _, study = finished_study(results, finished_leg(results))
    write_crate(study, results, tmp_path / "crate", PUBLISHER)
    assert issues(tmp_path / "crate", monkeypatch) == []
    metadata = tmp_path / "crate" / "ro-crate-metadata.json"
    graph = json.loads(metadata.read_text())
    graph["@graph"] = [one for one in graph["@graph"] if one["@id"] != "./"]
    metadata.write_text(json.dumps(graph))
    assert issues(tmp_path / "crate", monkeypatch) != []


def test_it_holds_the_files_their_digests_and_the_runs_that_were_used(tmp_path):
    results = tmp_path / "results"
    leg, place = finished_leg(results)
    study, folder = finished_study(results, (leg, place))
    write_crate(folder, results, tmp_path / "crate.zip")
    with zipfile.ZipFile(tmp_path / "crate.zip") as packed:
        names = set(packed.namelist())
        graph = {one["@id"]: one for one in json.loads(packed.read("ro-crate-metadata.json"))["@graph"]}
        assert packed.read(f"used/{leg.id}/spikes.h5") == (place / "spikes.h5").read_bytes()
    assert {"run/report.json", f"used/{leg.id}/record.json", f"used/{leg.id}/sources/tiny.py"} <= names
    assert graph[f"used/{leg.id}/spikes.h5"]["sha256"] == leg.outputs["spikes.h5"].sha256
    action = graph[f"#run-{study.id}"]
    assert {"@id": f"used/{leg.id}/spikes.h5"} in action["object"]
    assert "." not in action["endTime"]


def test_what_is_not_as_recorded_is_not_published(tmp_path):
    results = tmp_path / "results"
    _, folder = finished_leg(results)
    (folder / "log.txt").write_text("changed")
    with pytest.raises(UsageError, match="not as it was recorded"):
        write_crate(folder, results, tmp_path / "crate")
    assert not (tmp_path / "crate").exists()


def test_an_unfinished_run_and_a_place_that_is_taken(tmp_path):
    results = tmp_path / "results"
    _, folder = finished_leg(results)
    with pytest.raises(UsageError, match="there already"):
        write_crate(folder, results, results)
    with pytest.raises(UsageError, match="running"):
        write_crate(begun_leg(results).folder, results, tmp_path / "crate")
