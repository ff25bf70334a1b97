NEURON {
    SUFFIX Broken
    RANGE x
}
BREAKPOINT {
    x = = 2
}
