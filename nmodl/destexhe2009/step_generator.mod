TITLE Stimulation generator that plays given steps

COMMENT
The stimulation of A. Destexhe, J. Comput. Neurosci. 27:493-506 (2009): x rests at -60 mV and stands at +40 mV for one
time step per event, so that a pointer synapse takes it for a presynaptic spike. The original draws the intervals
itself; this one plays steps that were drawn before, so that every rung gets the same. Its PyNN twin is
SpikeSourceArray (NEURON: VecStim).
ENDCOMMENT

NEURON {
    POINT_PROCESS StepGenerator
    RANGE x, low, high, count, next
    POINTER steps
}

UNITS {
    (mV) = (millivolt)
}

PARAMETER {
    dt (ms)
    low = -60 (mV)
    high = 40 (mV)
}

ASSIGNED {
    x (mV)
    count
    next
    steps
}

VERBATIM
#include <vector>
#define STEPS reinterpret_cast<std::vector<double>*&>(_p_steps)
ENDVERBATIM

CONSTRUCTOR {
VERBATIM
    STEPS = new std::vector<double>();
ENDVERBATIM
}

DESTRUCTOR {
VERBATIM
    delete STEPS;
    STEPS = nullptr;
ENDVERBATIM
}

INITIAL {
    x = low
    count = 0
    next = 0
}

: Once per step, ahead of every synapse, whatever the order in which mechanisms are loaded. x stands high during the
: given steps (step 1 ends at t = dt). Kept inline: NEURON 9 crashes when a BEFORE block of a file with VERBATIM calls a
: procedure, because the procedure then works on data that were not set.
BEFORE BREAKPOINT {
    count = ceil(t / dt - 0.25)  : t stands half a step in; at initialisation, where this also runs, count is 0
    x = low
VERBATIM
    while (next < STEPS->size() && (*STEPS)[(size_t) next] <= count) {
        if ((*STEPS)[(size_t) next] == count) x = high;
        next += 1;
    }
ENDVERBATIM
}

: add_step(k): k ascending from 1.
PROCEDURE add_step(k) {
VERBATIM
    STEPS->push_back(_lk);
ENDVERBATIM
}
