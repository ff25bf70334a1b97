: A counter in BREAKPOINT where CONDUCTANCE makes NEURON evaluate it once, and a value cached under a condition.
NEURON {
    POINT_PROCESS HintedCounter
    NONSPECIFIC_CURRENT i
    RANGE hold, g
}

PARAMETER { g = 0.01 (microsiemens) }

ASSIGNED { v (millivolt) i (nanoamp) hold (ms) dt (ms) }

INITIAL { hold = 5 }

BREAKPOINT {
    CONDUCTANCE g
    hold = hold - dt
    i = g * v
}
