: The same cell as a point process with events: nothing to find.
NEURON {
    POINT_PROCESS PointAdEx
    NONSPECIFIC_CURRENT i
    RANGE w, gleak, vrest, vt, slope, a, b, tauw, refrac, vlow
}

UNITS { (mV) = (millivolt) (nA) = (nanoamp) (uS) = (microsiemens) }

PARAMETER {
    gleak = 0.01 (uS)
    vrest = -60 (mV)
    vt = -50 (mV)
    slope = 2.5 (mV)
    a = 0.001 (uS)
    b = 0.005 (nA)
    tauw = 600 (ms)
    refrac = 5 (ms)
    vlow = -60 (mV)
}

ASSIGNED { v (mV) i (nA) idrive (nA) }

STATE { w (nA) }

INITIAL {
    w = 0
    net_send(0, 2)
}

BREAKPOINT {
    SOLVE adapt METHOD derivimplicit
    idrive = -gleak * slope * exp((v - vt) / slope)
    i = idrive + w
}

DERIVATIVE adapt {
    w' = (a * (v - vrest) - w) / tauw
}

NET_RECEIVE (weight) {
    if (flag == 2) {
        WATCH (v > vt) 1
    } else if (flag == 1) {
        v = vlow
        w = w + b
        net_event(t)
        net_send(refrac, 3)
    }
}
