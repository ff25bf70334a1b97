: A value that is kept until its cause changes: set twice it is the same, so there is nothing to find.
NEURON {
    POINT_PROCESS CachedRate
    NONSPECIFIC_CURRENT i
    RANGE g, seen
}

PARAMETER { g = 0.01 (microsiemens) }

ASSIGNED { v (millivolt) i (nanoamp) seen factor }

INITIAL { seen = 0 }

BREAKPOINT {
    if (seen != g) {
        seen = g
        factor = exp(g)
    }
    i = factor * g * v
}
