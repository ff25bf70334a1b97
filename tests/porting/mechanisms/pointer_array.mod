: Addresses of voltages kept in an array by C of its own: compiles on NEURON 9 only in part, and reads garbage.
NEURON {
    POINT_PROCESS PointerArray
    POINTER list
    RANGE count
}

ASSIGNED { list count }

VERBATIM
extern double* hoc_pgetarg(int);
ENDVERBATIM

PROCEDURE add() {
VERBATIM
    register int n;
    double **sources;
    int class = 1;
    sources = malloc(100 * sizeof(double*));
    sources[0] = hoc_pgetarg(1);
    *((double***)(&(_p_list))) = sources;
    n = class;
ENDVERBATIM
}
