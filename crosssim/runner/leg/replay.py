"""The chaos removed: cells built as declared, uncoupled, driven through the model's wiring by recorded spikes.

Every projection between cells is put off while the model builds. Then each population that sends is given a twin, a
spike source that fires what the reference recorded, and the projections are made from the twins, edge by edge as the
wiring was read back. Sources of the model's own input keep their own projections.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from crosssim.errors import NotComparable
from crosssim.model.declaration import Network
from crosssim.recording.data import Spikes, Wiring
from crosssim.recording.folder import read_recording
from crosssim.runner.leg.faults import with_faults
from crosssim.runner.request import Fault, Replay

TWIN = "{} (replayed)"
"""The name of the source that fires a population's recorded spikes."""


def couple_to_recorded(sim: Any, network: Network, replay: Replay, faults: tuple[Fault, ...]) -> Network:
    """The network with a twin for every sending population and all projections made from the read-back wiring.

    ``sim`` is the guarded simulator; ``faults`` are planted in the wiring. Raises :class:`NotComparable` if the
    recordings are of another network.
    """
    spikes = read_recording(Path(replay.spikes)).spikes if replay.spikes else {}
    wiring = read_recording(Path(replay.wiring)).wiring
    if set(wiring) != set(network.projections):
        raise NotComparable(
            f"the wiring in {replay.wiring} has projections {', '.join(wiring)}; this model has "
            f"{', '.join(network.projections)}"
        )
    populations = dict(network.populations)
    for name in sorted({one.pre_population for one in wiring.values()} & set(spikes)):
        populations[TWIN.format(name)] = _twin(sim, name, network.populations[name].size, spikes[name])
    projections = {
        name: _projection(sim, name, with_faults(name, one, faults), populations) for name, one in wiring.items()
    }
    return Network(populations, projections, network.cell_classes)


def _twin(sim: Any, name: str, cells: int, spikes: Spikes) -> Any:
    if spikes.n_cells != cells:
        raise NotComparable(f"the recorded population {name} has {spikes.n_cells} cells, the model's has {cells}")
    return sim.sources([spikes.of(cell) for cell in range(cells)], TWIN.format(name))


def _projection(sim: Any, name: str, wiring: Wiring, populations: Mapping[str, Any]) -> Any:
    twin = TWIN.format(wiring.pre_population)
    pre = populations[twin if twin in populations else wiring.pre_population]
    edges = np.column_stack([wiring.pre, wiring.post, wiring.weight, wiring.delay_ms])
    connector = sim.FromListConnector(edges, column_names=["weight", "delay"], safe=False)
    return sim.real_projection(
        pre,
        populations[wiring.post_population],
        connector,
        sim.StaticSynapse(),
        receptor_type=wiring.receptor_type,
        label=name,
    )
