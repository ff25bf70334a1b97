: A synapse that looks at the presynaptic voltage at every step and rests between releases.
NEURON {
    POINT_PROCESS PointerSynapse
    POINTER pre
    NONSPECIFIC_CURRENT i
    RANGE g, quantum, tau, erev, rest
}

PARAMETER {
    quantum = 0.067 (microsiemens)
    tau = 10 (ms)
    erev = -80 (millivolt)
    rest = 0.2 (ms)
}

ASSIGNED { v (millivolt) i (nanoamp) g (microsiemens) pre (millivolt) last (ms) dt (ms) }

INITIAL {
    g = 0
    last = -1000
}

BREAKPOINT {
    SOLVE release
    i = g * (v - erev)
}

PROCEDURE release() {
    g = g * exp(-dt / tau)
    if (pre > -50 && t - last > rest) {
        g = g + quantum
        last = t
    }
}
