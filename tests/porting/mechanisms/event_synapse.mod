: The same synapse, by events: nothing to find.
NEURON {
    POINT_PROCESS EventSynapse
    NONSPECIFIC_CURRENT i
    RANGE tau, erev
}

UNITS { (nA) = (nanoamp) (mV) = (millivolt) (umho) = (micromho) }

PARAMETER {
    tau = 10 (ms)
    erev = -80 (mV)
}

ASSIGNED { v (mV) i (nA) }

STATE { g (umho) }

INITIAL { g = 0 }

BREAKPOINT {
    SOLVE decay METHOD cnexp
    i = g * (v - erev)
}

DERIVATIVE decay { g' = -g / tau }

NET_RECEIVE (weight (umho)) { g = g + weight }
