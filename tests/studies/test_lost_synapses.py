"""The search for lost synapses, where there is nothing to explain."""

from types import SimpleNamespace

import numpy as np

from crosssim.divergence.lost_synapses import Synapse
from crosssim.studies.lost_synapses import suspect_lost_synapses

RECORDING = SimpleNamespace(wiring={}, inputs={}, spikes={})
LEG = SimpleNamespace(label="nest", recording=RECORDING)


def scene(recording=RECORDING):
    planted = lambda groups: (recording for _ in groups)  # noqa: E731
    pair = SimpleNamespace(reference=LEG, candidate=LEG)
    return SimpleNamespace(pair=pair, reference=RECORDING, planted=planted)


def focus(before):
    return SimpleNamespace(
        row=SimpleNamespace(population="exc"),
        words="the gap of v",
        deviating=lambda: np.array([0]),
        likely_lost=lambda cell, wirings, sources: [Synapse("inh to exc", 3, cell)],
        by_cell=lambda recording: np.array([before if recording is RECORDING else 0.0]),
        total=lambda by_cell: float(by_cell.sum()),
    )


def test_a_cell_that_does_not_differ_in_the_scene_has_lost_nothing():
    assert suspect_lost_synapses(scene(), focus(0.0)) == []


def test_a_synapse_without_which_the_gap_is_gone_is_named():
    (found,) = suspect_lost_synapses(scene(recording=SimpleNamespace()), focus(2.0))
    assert (found.name, found.removed_share) == ("synapses of inh to exc", 1.0)
    assert (
        "without one synapse of inh to exc (3→0)" in found.evidence and "100% of the gap of v is gone" in found.evidence
    )
