: A leaky integrate-and-fire cell for a passive section: the spike is drawn, v is clamped afterwards.
NEURON {
    POINT_PROCESS LeakyPoint
    NONSPECIFIC_CURRENT i
    RANGE vt, vlow, vtop, refrac, gclamp
}

UNITS { (mV) = (millivolt) (nA) = (nanoamp) (uS) = (microsiemens) }

PARAMETER {
    vt = -50 (mV)
    vlow = -65 (mV)
    vtop = 30 (mV)
    refrac = 2 (ms)
    gclamp = 1e6 (uS)
}

ASSIGNED { v (mV) i (nA) g (uS) }

INITIAL {
    g = 0
    net_send(0, 3)
}

BREAKPOINT { i = g * (v - vlow) }

NET_RECEIVE (weight) {
    if (flag == 3) {
        WATCH (v > vt) 1
    } else if (flag == 1) {
        state_discontinuity(v, vtop)
        g = gclamp
        net_event(t)
        net_send(refrac, 2)
    } else {
        state_discontinuity(v, vlow)
        g = 0
    }
}
