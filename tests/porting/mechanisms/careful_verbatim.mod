: C that NEURON 9 takes: what is for older versions is guarded, addresses are handles, memory is cast.
NEURON {
    POINT_PROCESS CarefulVerbatim
    RANGE count
}

ASSIGNED { count }

VERBATIM
#ifndef NRN_VERSION_GTEQ_8_2_0
extern double* hoc_pgetarg(int);
#endif
ENDVERBATIM

PROCEDURE add() {
VERBATIM
    /* a comment may say hoc_pgetarg(1), class and _p_list */
    auto source = hoc_hgetarg<double>(1);
    double* kept = (double*) malloc(sizeof(double));
    kept[0] = *source;
    free(kept);
ENDVERBATIM
}
