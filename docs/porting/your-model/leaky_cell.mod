: Threshold, reset and refractory period for a passive compartment.
NEURON {
    POINT_PROCESS LeakyCell
    NONSPECIFIC_CURRENT i
    RANGE vthresh, vreset, refractory, gclamp, left
}

UNITS { (mV) = (millivolt) (nA) = (nanoamp) (uS) = (microsiemens) }

PARAMETER {
    vthresh = -50 (mV)
    vreset = -60 (mV)
    refractory = 4 (ms)
    gclamp = 100 (uS)
}

ASSIGNED { v (mV) i (nA) left (ms) dt (ms) }

INITIAL { left = 0 }

BREAKPOINT {
    if (left > 0) {
        left = left - dt
        i = gclamp * (v - vreset)
    } else if (v > vthresh) {
        left = refractory
        i = gclamp * (v - vreset)
    } else {
        i = 0
    }
}
