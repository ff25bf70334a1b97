TITLE Adaptive exponential integrate-and-fire cell drawn with fake conductances

COMMENT
The cell of A. Destexhe, J. Comput. Neurosci. 27:493-506 (2009), in the style of its original NEURON program: a
density mechanism beside pas. Membrane equation: R. Brette and W. Gerstner, J. Neurophysiol. 94:3637-3642 (2005).
Its PyNN twin is EIF_cond_exp_isfa_ista (pyNN.neuron: AdExpIF beside pas).

What a port must know about it:
- A spike is drawn into v: conductances of 1 S/cm2 replace the cell's own current, first towards v_top for one step,
  then towards v_reset while refractory_left is positive. The leak and the synapses go on.
- update() changes counters and w, and is called from BREAKPOINT. NEURON evaluates BREAKPOINT twice per step (at
  v + 0.001 mV and at v, for the slope), so refractory_left falls by 2 dt per step: refractory = 5 ms acts as 2.5 ms.
- w is advanced by explicit Euler.
ENDCOMMENT

NEURON {
    SUFFIX adexp_fake
    NONSPECIFIC_CURRENT i
    RANGE v_threshold, delta_t, v_rest, g_leak, v_reset, v_top, g_fake, refractory
    RANGE a, b, tau_w, cell_area, w, refractory_left, fired, spike_time
}

UNITS {
    (mV) = (millivolt)
    (mA) = (milliamp)
    (nA) = (nanoamp)
    (uS) = (microsiemens)
    (S) = (siemens)
    (um) = (micron)
}

PARAMETER {
    dt (ms)
    v_threshold = -50 (mV)
    delta_t = 2.5 (mV)
    v_rest = -60 (mV)
    g_leak = 5e-5 (S/cm2)       : the g of pas; it also scales the exponential current
    v_reset = -60 (mV)
    v_top = 40 (mV)
    g_fake = 1 (S/cm2)
    refractory = 5 (ms)         : nominal; acts as half of it
    a = 0.001 (uS)
    b = 0.005 (nA)
    tau_w = 600 (ms)
    cell_area = 20000 (um2)
}

ASSIGNED {
    v (mV)
    i (mA/cm2)
    w (nA)
    refractory_left (ms)
    fired
    spike_time (ms)
}

INITIAL {
    w = 0
    refractory_left = 0
    fired = 0
    spike_time = -1
    i = own_current(v)
}

BREAKPOINT {
    SOLVE adapt
    update()
}

: Once per step, after v has moved.
PROCEDURE adapt() {
    w = w + dt * (a * (v - v_rest) - w) / tau_w
}

: Twice per step. fired is 1 between the crossing and the evaluation after it, which draws the peak once more.
PROCEDURE update() {
    refractory_left = refractory_left - dt
    if (fired == 1) {
        fired = 0
        refractory_left = refractory
        i = g_fake * (v - v_top)
    } else if (refractory_left > 0) {
        i = g_fake * (v - v_reset)
    } else if (v > v_threshold) {
        fired = 1
        w = w + b
        spike_time = t
        i = g_fake * (v - v_top)
    } else {
        i = own_current(v)
    }
}

FUNCTION own_current(v (mV)) (mA/cm2) {
    own_current = -g_leak * delta_t * exp((v - v_threshold) / delta_t) + 100 * w / cell_area
}
