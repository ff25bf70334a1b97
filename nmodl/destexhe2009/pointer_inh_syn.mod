TITLE Inhibitory synapse that watches its presynaptic cells through pointers

COMMENT
The inhibitory synapse of A. Destexhe, J. Comput. Neurosci. 27:493-506 (2009), in the style of its original NEURON
program: one point process per cell holds pointers to all its presynaptic variables. Its PyNN twin is the inhibitory
conductance of *_cond_exp cells (NEURON: ExpSyn fed by NetCon).

Once per step, every input above v_release whose last release lies more than dead_time ago adds one quantum; then the
sum, counted in quanta (open), decays by exp(-dt/tau). There is no delay, and no parallel run: a pointer cannot cross
processes. The pointers are data handles because NEURON 9 moves range variables in memory; a plain double* would
compile and read garbage.
ENDCOMMENT

NEURON {
    POINT_PROCESS PointerInhSyn
    NONSPECIFIC_CURRENT i
    RANGE tau, e, quantum, v_release, dead_time, open, n_inputs
    POINTER inputs
}

UNITS {
    (mV) = (millivolt)
    (nA) = (nanoamp)
    (uS) = (microsiemens)
}

PARAMETER {
    dt (ms)
    tau = 10 (ms)
    e = -80 (mV)
    quantum = 0.067 (uS)
    v_release = -50 (mV)
    dead_time = 0 (ms)
}

ASSIGNED {
    v (mV)
    i (nA)
    open
    n_inputs
    inputs
}

VERBATIM
#include <vector>
struct PointerInhSynInput {
    neuron::container::data_handle<double> v;
    double last_release;
};
#define INPUTS reinterpret_cast<std::vector<PointerInhSynInput>*&>(_p_inputs)
ENDVERBATIM

CONSTRUCTOR {
VERBATIM
    INPUTS = new std::vector<PointerInhSynInput>();
ENDVERBATIM
}

DESTRUCTOR {
VERBATIM
    delete INPUTS;
    INPUTS = nullptr;
ENDVERBATIM
}

INITIAL {
    open = 0
VERBATIM
    for (auto& input : *INPUTS) input.last_release = -1e9;
ENDVERBATIM
}

BREAKPOINT {
    SOLVE release
    i = quantum * open * (v - e)
}

: Once per step, after v has moved.
PROCEDURE release() {
VERBATIM
    for (auto& input : *INPUTS) {
        if (*input.v > v_release && t - input.last_release > dead_time) {
            input.last_release = t;
            open += 1;
        }
    }
ENDVERBATIM
    open = open * decay(-dt / tau)
}

: A table, as in the original: its grid points carry the rounding of up to 10000 additions, so that the factor differs
: from exp() by 7e-13, which is needed to reproduce the original's v to the last digit.
FUNCTION decay(x) {
    TABLE FROM -25 TO 25 WITH 10000
    decay = exp(x)
}

: add_input(&presynaptic.v(0.5)) in Hoc, add_input(presynaptic(0.5)._ref_v) in Python.
PROCEDURE add_input() {
VERBATIM
    INPUTS->push_back({hoc_hgetarg<double>(1), -1e9});
    n_inputs = INPUTS->size();
ENDVERBATIM
}
