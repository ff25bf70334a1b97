: A pulse at one exact moment, integrated by SOLVE ... METHOD euler.
NEURON {
    POINT_PROCESS PulseAt
    NONSPECIFIC_CURRENT i
    RANGE at, tau
}

PARAMETER {
    at = 5 (ms)
    tau = 3 (ms)
}

ASSIGNED { v (millivolt) i (nanoamp) }

STATE { s (nanoamp) }

INITIAL { s = 0 }

BREAKPOINT {
    SOLVE fade METHOD euler
    i = -s
    if (t == at) {
        i = -1
    }
}

DERIVATIVE fade { s' = -s / tau }
