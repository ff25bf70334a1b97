"""The scanner over the mechanisms that ship with PyNN and NEURON: no crash, and exactly the stated findings."""

from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

from crosssim.porting import FileScan, Severity, scan

PYNN = {
    "adexp": {"clamp-conductance", "spike-drawn-in-v"},
    "alphaisyn": {"changed-in-breakpoint"},
    "alphasyn": {"changed-in-breakpoint"},
    "expisyn": set(),
    "gammastim": {"own-random-numbers"},
    "gap": set(),
    "gif": {"clamp-conductance", "own-random-numbers", "verbatim-translator-name"},
    "gsfa_grr": set(),
    "hh_traub": set(),
    "izhikevich": set(),
    "netstim2": {"own-random-numbers", "verbatim-translator-name"},
    "poisson_stim_refractory": {"own-random-numbers"},
    "quantal_stp": {"own-random-numbers", "pointer-input", "verbatim-translator-name"},
    "refrac": {"clamp-conductance", "spike-drawn-in-v"},
    "reset": {"spike-drawn-in-v"},
    "stdwa_guetig": {"pointer-input"},
    "stdwa_softlimits": {"pointer-input"},
    "stdwa_songabbott": {"pointer-input"},
    "stdwa_symm": {"pointer-input"},
    "stdwa_vogels2011": {"pointer-input"},
    "stochastic_synapse": {"own-random-numbers", "pointer-input", "verbatim-translator-name"},
    "stochastic_tsodyksmarkram": {"own-random-numbers", "pointer-input", "verbatim-translator-name"},
    "tmgsyn": set(),
    "tmisyn": set(),
    "tsodyksmarkram": {"pointer-input"},
    "vecstim": set(),
}
"""PyNN 0.13.0's own mechanisms and what bites in each; notes are left out."""
EQUIVALENT = {
    "adexp": "EIF_cond_exp_isfa_ista",
    "alphasyn": "IF_cond_alpha",
    "alphaisyn": "IF_curr_alpha",
    "expisyn": "IF_curr_exp",
    "gammastim": "SpikeSourceArray",
    "hh_traub": "HH_cond_exp",
    "izhikevich": "Izhikevich",
    "netstim2": "SpikeSourceArray",
    "poisson_stim_refractory": "SpikeSourceArray",
    "refrac": "IF_cond_exp",
    "reset": "IF_cond_exp",
    "stochastic_tsodyksmarkram": "TsodyksMarkramSynapse",
    "tmgsyn": "TsodyksMarkramSynapse",
    "tmisyn": "TsodyksMarkramSynapse",
    "tsodyksmarkram": "TsodyksMarkramSynapse",
    "vecstim": "SpikeSourceArray",
}
"""The recognised ones; the others are told to have no equivalent."""
NEURON_DISTRIBUTION = {
    "exp2syn": set(), "expsyn": set(), "hh": set(), "netstim": {"own-random-numbers"}, "passive": set(),
    "pattern": {"verbatim-translator-name"}, "stim": set(), "svclmp": set(),
    "cabpump": set(), "cachan1": set(), "camchan": set(), "capmpr": set(), "capump": set(), "invlfire": set(),
    "khhchan": set(), "nacaex": set(), "nachan": set(), "release": set(),
}  # fmt: skip
"""NEURON 9.0.2's share/modfile and demo."""


def _package(name: str) -> Path:
    spec = find_spec(name)
    assert spec is not None and spec.origin is not None
    return Path(spec.origin).parent


def _scanned(package: str, folder: str) -> dict[str, FileScan]:
    return {one.path.stem: one for one in scan(sorted((_package(package) / folder).rglob("*.mod"))).files}


def _biting(one: FileScan) -> set[str]:
    return {finding.rule for finding in one.findings if finding.severity is not Severity.NOTE}


def _assert_lines_are_in_their_files(files: Iterable[FileScan]) -> None:
    for one in files:
        last = len(one.path.read_text(errors="replace").splitlines())
        assert all(1 <= finding.line <= last for finding in one.findings), one.path


def test_pynn_mechanisms_have_the_stated_findings_and_are_recognised():
    files = _scanned("pyNN", "neuron/nmodl")
    assert [name for name, one in files.items() if one.unreadable] == []
    assert {name: _biting(one) for name, one in files.items()} == PYNN
    found = {name: one.proposal.equivalent for name, one in files.items() if one.proposal}
    assert {name: cell for name, cell in found.items() if cell is not None} == EQUIVALENT
    _assert_lines_are_in_their_files(files.values())


def test_neuron_mechanisms_have_the_stated_findings():
    files = _scanned("neuron", ".data/share")
    assert [name for name, one in files.items() if one.unreadable] == []
    assert {name: _biting(one) for name, one in files.items()} == NEURON_DISTRIBUTION
    _assert_lines_are_in_their_files(files.values())


def test_mechanism_in_another_dialect_is_one_sentence():
    """Arbor's dialect has LOCAL after SOLVE, which NEURON's parser refuses."""
    (one,) = scan([_package("pyNN") / "arbor/nmodl/na.mod"]).files
    assert one.unreadable is not None
    assert one.unreadable.line == 23
    assert "unexpected LOCAL" in one.unreadable.message


def test_neuron_hoc_library_is_scanned_without_a_false_alarm_on_t():
    found = scan((_package("neuron") / ".data/share/nrn/lib/hoc").rglob("*.hoc")).findings
    assert {one.rule for one in found} == {"gui-call", "own-random-numbers"}
