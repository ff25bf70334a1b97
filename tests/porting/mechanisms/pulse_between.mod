: A pulse between two moments: nothing to find.
NEURON {
    POINT_PROCESS PulseBetween
    NONSPECIFIC_CURRENT i
    RANGE from, to
}

PARAMETER {
    from = 5 (ms)
    to = 6 (ms)
}

ASSIGNED { v (millivolt) i (nanoamp) }

BREAKPOINT {
    i = 0
    if (t >= from && t < to) {
        i = -1
    }
}
