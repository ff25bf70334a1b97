"""The rules of the scanner in two tables: why each bites and what to do about it stand here, nothing else does."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from crosssim.porting import experiments as shown_by
from crosssim.porting import hoc_rules as hoc
from crosssim.porting import rules_declared as declared
from crosssim.porting import rules_dynamics as dynamics
from crosssim.porting import rules_verbatim as verbatim
from crosssim.porting.experiment import Showing
from crosssim.porting.finding import Severity
from crosssim.porting.hoc_experiments import in_program, times_that_are_hit, unmeasured
from crosssim.porting.mechanism import Mechanism
from crosssim.porting.place import Place
from crosssim.porting.tokens import Token

BREAKS, DIFFERS, NOTE = Severity.BREAKS, Severity.DIFFERS, Severity.NOTE
Source = TypeVar("Source")


@dataclass(frozen=True)
class Rule(Generic[Source]):
    """One thing that bites: ``places`` is a pure function from what was read to where it stands.

    ``experiment`` is one from there to what shows it, or to why nothing can.
    """

    name: str
    severity: Severity
    places: Callable[[Source], Iterable[Place]]
    why: str
    advice: str
    experiment: Callable[[Source, Place], Showing]


NMODL_RULES: tuple[Rule[Mechanism], ...] = (
    Rule(
        "changed-in-breakpoint", BREAKS, dynamics.changed_in_breakpoint,
        "NEURON evaluates BREAKPOINT twice per step to find the slope of the current, so a counter runs at twice its "
        "speed and a state takes two steps in one.",
        "Give the port the time that acts and not the nominal one, or change the state in a block that SOLVE names "
        "or in NET_RECEIVE.",
        shown_by.evaluations,
    ),
    Rule(
        "density-mechanism", DIFFERS, declared.density_mechanism_spikes,
        "It adds a current density to the leak of its section; PyNN's cells are point processes with one whole-cell "
        "leak, and see the spike at another sub-step.",
        "Convert densities to the whole cell (unit-factor) and expect the first spike one step apart.",
        shown_by.first_spike,
    ),
    Rule(
        "pointer-input", BREAKS, declared.pointer_input,
        "It reads a variable of another object at every step: both must live in one process and there is no delay, so "
        "the network cannot run on several processes or on NEST.",
        "Take events from a NetCon (NET_RECEIVE) with a delay of at least one step.",
        shown_by.pointer,
    ),
    Rule(
        "verbatim", NOTE, verbatim.verbatim,
        "C that no parser of NMODL looks into and that no other simulator can run.",
        "Read it by hand; write what it does in NMODL or leave it to PyNN.",
        shown_by.compiles,
    ),
    Rule(
        "verbatim-raw-pointer", BREAKS, verbatim.raw_pointer,
        "NEURON 9 moves voltages and range variables in memory after the address was taken: the file compiles without "
        "a message and reads garbage.",
        "Keep a data_handle<double> (hoc_hgetarg<double>(n)) in place of double*, or use NetCon.",
        shown_by.raw_pointer,
    ),
    Rule(
        "verbatim-translator-name", DIFFERS, verbatim.made_by_nmodl,
        "These names belong to the C that one version of NEURON makes; NEURON 9 makes other C++.",
        "Use NMODL variables, and RANDOM for random streams, in place of these names.",
        shown_by.compiles,
    ),
    Rule(
        "verbatim-not-cpp", BREAKS, verbatim.not_cpp,
        "NEURON 9 compiles VERBATIM as C++17, where this does not compile.",
        "Rename the variable, or cast the memory to its pointer's type.",
        shown_by.compiles,
    ),
    Rule(
        "own-random-numbers", DIFFERS, declared.own_random_numbers,
        "The stream belongs to NEURON and to one version of it (its generators changed in 2010 and in NEURON 9), so "
        "no other backend draws the same numbers.",
        "Draw once outside with a seeded generator and hand the numbers in as data (SpikeSourceArray).",
        shown_by.same_seed,
    ),
    Rule(
        "spike-drawn-in-v", DIFFERS, dynamics.spike_drawn_in_v,
        "The recorded v holds spikes that PyNN's cells on NEST do not draw, and whatever reads v as its input sees "
        "them.",
        "Compare spike times and v below threshold; detect spikes by event and not by a threshold on v.",
        shown_by.drawn_spike,
    ),
    Rule(
        "clamp-conductance", DIFFERS, dynamics.clamp_conductance,
        "v is held by a conductance and not set: it comes near the reset within a step but not onto it, and input "
        "during the clamp is lost in it.",
        "The port's tau_refrac holds v exactly at v_reset; expect v to differ there by less than the drive over the "
        "clamp.",
        shown_by.clamp,
    ),
    Rule(
        "dead-time", DIFFERS, dynamics.dead_time,
        "Events within this time are ignored; a NetCon and PyNN's synapses take every event.",
        "Count the pairs of inputs that fall within it before leaving it out; a cell's is a refractory period.",
        shown_by.dead_time,
    ),
    Rule(
        "compares-t-with-equals", BREAKS, dynamics.compares_t_with_equals,
        "t is a sum of many dt and rarely equals a decimal number; whether it does changes with dt.",
        "Compare with a band of half a step, or send an event (net_send).",
        shown_by.event_time,
    ),
    Rule(
        "explicit-euler", DIFFERS, dynamics.explicit_euler,
        "First order in dt, and unstable when dt comes near the time constant; other backends integrate better.",
        "Use SOLVE with cnexp or derivimplicit first, and see that the result holds at dt / 2.",
        shown_by.half_step,
    ),
    Rule(
        "table-range", NOTE, declared.table_range,
        "Values come by linear interpolation, and outside the range they are those of its ends.",
        "Check that v stays inside, or set usetable to 0 for the comparison.",
        shown_by.table,
    ),
    Rule(
        "unit-factor", NOTE, declared.unit_factor,
        "PyNN takes whole-cell values: g (uS) = g (S/cm2) * area (um2) * 0.01; 100 * i (nA) / area (um2) is mA/cm2.",
        "Write each conversion once, with the area of the compartment beside it.",
        shown_by.two_areas,
    ),
    Rule(
        "celsius", NOTE, declared.reads_celsius,
        "PyNN and NEST have no temperature; NEURON's is 6.3 degC unless it is set.",
        "Evaluate the rates at the temperature of the original and give the port the result.",
        shown_by.temperature,
    ),
)  # fmt: skip
"""What is looked for in an NMODL file, in the order of the list in the documentation."""

HOC_RULES: tuple[Rule[Sequence[Token]], ...] = (
    Rule(
        "zero-delay", BREAKS, hoc.zero_delay,
        "PyNN, NEST and NEURON on several processes need at least one step of delay.",
        "Give every connection a delay of at least one step, and expect a large quantitative effect in a recurrent "
        "network.",
        in_program("zero-delay"),
    ),
    Rule(
        "unseeded-random", BREAKS, hoc.unseeded_random,
        "The draws depend on the version of NEURON and on what was drawn before.",
        "Seed it with Random123(id1, id2, id3) at once; for a port, write the draws to a file and read them in all "
        "forms.",
        in_program("random"),
    ),
    Rule(
        "own-random-numbers", DIFFERS, hoc.draws_random_numbers,
        "NEURON's default generator changed in 2010 and in NEURON 9: the same seed gives another network.",
        "Write the draws to a file once, and read them in every form of the model.",
        in_program("random"),
    ),
    Rule(
        "gui-call", BREAKS, hoc.gui_call,
        "It opens a window, or waits for one: on a machine without a screen the program stops or never ends.",
        "Load stdrun.hoc in place of nrngui.hoc and keep windows in a file that the run does not load.",
        in_program("gui"),
    ),
    Rule(
        "pointer-input", BREAKS, hoc.sets_pointer,
        "It ties two objects together at an address: one process, no delay.",
        "Use a NetCon.",
        unmeasured("the mechanism that declares the POINTER shows it; scan its .mod file"),
    ),
    Rule(
        "compares-t-with-equals", BREAKS, hoc.compares_t_with_equals,
        "t is a sum of many dt and rarely equals a decimal number; whether it does changes with dt.",
        "Compare with a band of half a step, or use CVode.event().",
        times_that_are_hit,
    ),
    Rule(
        "unit-factor", NOTE, hoc.area_factor,
        "PyNN takes whole-cell values: g (uS) = g (S/cm2) * area (um2) * 0.01.",
        "Write each conversion once, with the area of the compartment beside it.",
        in_program("area"),
    ),
    Rule(
        "celsius", NOTE, hoc.sets_celsius,
        "PyNN and NEST have no temperature.",
        "Evaluate the rates at this temperature and give the port the result.",
        in_program("celsius"),
    ),
)  # fmt: skip
"""What is looked for in a Hoc file."""
