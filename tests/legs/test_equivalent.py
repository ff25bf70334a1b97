"""crosssim equivalent on real simulators: the planted parameter is named, an equivalent is called one."""

import json
from pathlib import Path

import pytest

from crosssim.provenance.record import RunStatus, read_record
from crosssim.provenance.shelf import find_runs
from crosssim.provenance.verifying import verify_run
from crosssim.runner.mechanisms import pynn_mechanisms_folder
from tests.legs.running import ROOT, crosssim, said

pytestmark = [pytest.mark.legs, pytest.mark.requires("neuron", "compiler")]
SHIPPED = ROOT / "nmodl" / "destexhe2009" / "adexp_fake_conductance.mod"
SHORT = ("--duration", "250")


def compared(folder: Path, original: Path, *words: str, **more: str):
    """The finished command and its numbers."""
    file = folder / "equivalent.json"
    process = crosssim("equivalent", original, *words, "--out", folder, "--json", file, **more)
    assert process.returncode in (0, 1), process.stderr
    return process, json.loads(file.read_text())


def test_the_nominal_refractory_period_is_found_to_act_as_half(tmp_path):
    process, numbers = compared(tmp_path, SHIPPED, "--cell", "EIF_cond_exp_isfa_ista", *SHORT)
    assert process.returncode == 1
    assert (numbers["winner"], numbers["best"], numbers["rivals"]) == ("tau_refrac", pytest.approx(2.6), [])
    assert numbers["search"][0]["nominal"] == 5.0
    assert numbers["mended"]["equivalent"] is True
    assert "the original acts as tau_refrac = 2.6 ms, and not 5 ms" in " ".join(process.stdout.split())
    page = Path(process.stdout.splitlines()[-1].removeprefix("page: "))
    record = read_record(page.parent)
    assert record.id in page.read_text()
    assert (record.kind, record.verdict, list(record.sources)) == (
        "equivalent",
        "not equivalent",
        [f"sources/{SHIPPED.name}"],
    )
    assert verify_run(page.parent, tmp_path) == ()


def test_another_planted_parameter_is_named(tmp_path):
    mended = ("--set-candidate", "tau_refrac=2.6")
    process, numbers = compared(tmp_path, SHIPPED, *mended, "--set-candidate", "v_thresh=-48.5", *SHORT)
    assert process.returncode == 1
    assert (numbers["winner"], numbers["best"]) == ("v_thresh", pytest.approx(-50.0, abs=0.05))


@pytest.mark.parametrize("backend", ["neuron", pytest.param("nest", marks=pytest.mark.requires("nest"))])
def test_the_mended_candidate_is_equivalent_under_recorded_input_too(backend, tmp_path):
    trains = tmp_path / "spikes.txt"
    trains.write_text("# ms\n" + "".join(f"{30 + 1.7 * k:.1f}\n" for k in range(90)) + "80 inhibitory\n")
    words = ("--set-candidate", "tau_refrac=2.6", "--backend", backend, "--input", str(trains), *SHORT)
    process, numbers = compared(tmp_path, SHIPPED, *words)
    assert (process.returncode, numbers["equivalent"], numbers["search"]) == (0, True, [])
    replayed = numbers["candidate"]["protocols"]["recorded input"]
    assert min(replayed["disagreement"]["spikes"]) > 5


def test_a_mechanism_is_the_equivalent_of_itself_though_pynn_has_its_name(tmp_path):
    """PyNN's own cell is this very mechanism, so that nothing but dust is left."""
    original = pynn_mechanisms_folder() / "adexp.mod"
    lower = ("--set", "vspike=-45", "--set-candidate", "v_spike=-45")  # NEURON loses spikes at the default of -40
    process, numbers = compared(tmp_path, original, *lower, *SHORT)
    assert process.returncode == 0
    assert all(one["total"] < 1e-6 for one in numbers["candidate"]["protocols"].values())
    assert min(numbers["candidate"]["protocols"]["step 10"]["disagreement"]["spikes"]) > 20


def test_a_mechanism_that_does_not_compile_is_one_sentence(tmp_path):
    source = SHIPPED.read_text().replace(
        "    SOLVE adapt\n", "    SOLVE adapt\n    VERBATIM\n    int x = ;\n    ENDVERBATIM\n"
    )
    broken = tmp_path / "broken.mod"
    broken.write_text(source)
    process = crosssim("equivalent", broken, "--out", tmp_path / "results")
    assert process.returncode == 2
    assert "broken.mod does not compile; NEURON says:" in said(process)
    assert "error: expected primary-expression" in said(process)
    (run,) = find_runs(tmp_path / "results")
    assert (run.record.kind, run.record.status) == ("equivalent", RunStatus.FAILED)
    assert "does not compile" in run.record.reason
    assert not list((tmp_path / "results").rglob("report*"))
