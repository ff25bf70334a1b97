: A potassium channel with a table and a temperature.
NEURON {
    SUFFIX WarmChannel
    USEION k READ ek WRITE ik
    RANGE gbar
}

PARAMETER { gbar = 0.036 (S/cm2) }

ASSIGNED { v (millivolt) ek (millivolt) ik (milliamp/cm2) celsius (degC) ninf ntau (ms) }

STATE { n }

INITIAL {
    rates(v)
    n = ninf
}

BREAKPOINT {
    SOLVE gate METHOD cnexp
    ik = gbar * n * n * n * n * (v - ek)
}

DERIVATIVE gate {
    rates(v)
    n' = (ninf - n) / ntau
}

PROCEDURE rates(v) {
    TABLE ninf, ntau DEPEND celsius FROM -100 TO 80 WITH 180
    ninf = 1 / (1 + exp(-(v + 40) / 5))
    ntau = 5 / 3 ^ ((celsius - 6.3) / 10)
}
