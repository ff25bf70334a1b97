: An alpha conductance that remembers the last event only.
NEURON {
    POINT_PROCESS AlphaPoint
    NONSPECIFIC_CURRENT i
    RANGE tau, erev
}

PARAMETER {
    tau = 2 (ms)
    erev = 0 (millivolt)
}

ASSIGNED { v (millivolt) i (nanoamp) x onset (ms) size (microsiemens) }

INITIAL {
    onset = -1000
    size = 0
}

BREAKPOINT {
    x = (t - onset) / tau
    i = size * x * exp(1 - x) * (v - erev)
}

NET_RECEIVE (weight (microsiemens)) {
    onset = t
    size = weight
}
