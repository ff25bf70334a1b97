: A generator whose variable jumps for one step at random intervals.
NEURON {
    POINT_PROCESS PoissonGenerator
    RANGE x, mean_interval, next
}

PARAMETER { mean_interval = 70 (ms) }

ASSIGNED { x (millivolt) next (ms) }

INITIAL {
    x = -60
    next = exprand(mean_interval)
}

BREAKPOINT { SOLVE generate }

PROCEDURE generate() {
    x = -60
    if (t >= next) {
        x = 40
        next = next + exprand(mean_interval)
    }
}
