: Facilitation and recovery between events.
NEURON {
    POINT_PROCESS ResourceSynapse
    NONSPECIFIC_CURRENT i
    RANGE tau, taurec, taufac, use, erev
}

PARAMETER {
    tau = 3 (ms)
    taurec = 800 (ms)
    taufac = 50 (ms)
    use = 0.5 (1)
    erev = 0 (millivolt)
}

ASSIGNED { v (millivolt) i (nanoamp) }

STATE { g (microsiemens) }

INITIAL { g = 0 }

BREAKPOINT {
    SOLVE decay METHOD cnexp
    i = g * (v - erev)
}

DERIVATIVE decay { g' = -g / tau }

NET_RECEIVE (weight (microsiemens), r, u, before (ms)) {
    INITIAL {
        r = 0
        u = 0
        before = t
    }
    r = r * exp(-(t - before) / taurec)
    u = u * exp(-(t - before) / taufac)
    u = u + use * (1 - u)
    g = g + weight * u * (1 - r)
    r = r + u * (1 - r)
    before = t
}
