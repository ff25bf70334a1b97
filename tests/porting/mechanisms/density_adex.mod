: An adaptive exponential cell made of a density mechanism: every trap of its kind in one file.
NEURON {
    SUFFIX DensityAdEx
    NONSPECIFIC_CURRENT i
    RANGE w, gleak, vrest, vt, slope, a, b, tauw, refrac, vtop, vlow, gclamp
}

UNITS { (mV) = (millivolt) (nA) = (nanoamp) (uS) = (microsiemens) (S) = (siemens) (mA) = (milliamp) }

PARAMETER {
    gleak = 5e-5 (S/cm2)
    vrest = -60 (mV)
    vt = -50 (mV)
    slope = 2.5 (mV)
    a = 0.001 (uS)
    b = 0.005 (nA)
    tauw = 600 (ms)
    refrac = 5 (ms)
    vtop = 40 (mV)
    vlow = -60 (mV)
    gclamp = 1 (S/cm2)
}

ASSIGNED { v (mV) i (mA/cm2) w (nA) hold (ms) fired area (um2) dt (ms) }

INITIAL {
    w = 0
    hold = 0
    fired = 0
}

BREAKPOINT {
    SOLVE adapt
    if (fired > 0) {
        fired = 0
        hold = refrac
        i = gclamp * (v - vtop)
    } else if (hold > 0) {
        i = gclamp * (v - vlow)
        wait()
    } else if (v > vt) {
        fired = 1
        w = w + b
        i = gclamp * (v - vtop)
    } else {
        i = -gleak * slope * exp((v - vt) / slope) + 100 * w / area
    }
}

PROCEDURE wait() {
    hold = hold - dt
}

PROCEDURE adapt() {
    w = w + dt * (a * (v - vrest) - w) / tauw
}
