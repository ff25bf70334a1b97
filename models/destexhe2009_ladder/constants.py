"""The numbers of A. Destexhe, J. Comput. Neurosci. 27:493-506 (2009), in NEURON's units."""

from dataclasses import dataclass
from math import pi, sqrt

TIMESTEP_MS = 0.1
DURATION_MS = 5000.0
RECORDED_CELLS = (170, 0, 99)

LTS_PROBABILITY = 0.05
CONNECTION_PROBABILITY_AT_2000 = 0.02
SOURCES_PER_CELL = 20
STIMULATION_INTERVAL_MS = 70.0
STIMULATION_MS = 50.0

AREA_UM2 = 20000.0
LENGTH_UM = sqrt(AREA_UM2 / pi)
CAPACITANCE_UF_CM2 = 1.0
LEAK_S_CM2 = 5e-5
V_REST_MV = -60.0
V_THRESHOLD_MV = -50.0
DELTA_T_MV = 2.5
V_RESET_MV = -60.0
V_PEAK_MV = 40.0
TAU_W_MS = 600.0

REFRACTORY_NOMINAL_MS = 5.0
REFRACTORY_MS = 2.5  # what the nominal period acts as: its counter is decremented twice per step
DEAD_TIME_MS = 2 * TIMESTEP_MS

TAU_EXC_MS, TAU_INH_MS = 5.0, 10.0
E_EXC_MV, E_INH_MV = 0.0, -80.0
G_EXC_US, G_INH_US = 0.006, 0.067
DELAY_MS = 0.1  # from rung 8 on; 0 before


@dataclass(frozen=True)
class CellClass:
    """Adaptation of one class of cells: ``a_uS`` below threshold, ``b_nA`` per spike."""

    name: str
    a_uS: float  # noqa: N815
    b_nA: float  # noqa: N815


RS = CellClass("RS", 0.001, 0.005)
RS_FULL_ADAPTATION = CellClass("RS", 0.001, 0.1)
LTS = CellClass("LTS", 0.02, 0.0)
FS = CellClass("FS", 0.001, 0.0)
