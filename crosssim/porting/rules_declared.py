"""Rules on what a mechanism declares and uses: its kind, its pointers, random numbers, tables, units, temperature."""

from collections.abc import Iterator

from crosssim.porting.algebra import NUMBERS, factors, formula
from crosssim.porting.mechanism import Mechanism, guarded
from crosssim.porting.place import Place
from crosssim.porting.syntax import Node, assignments, find, names
from crosssim.porting.tokens import C, tokens

RANDOM_FUNCTIONS = {
    "scop_random", "exprand", "normrand", "poisrand", "expran", "set_seed", "random_uniform", "random_negexp",
    "random_normal", "random_poisson", "nrn_random_pick", "rand", "random", "drand48", "srand", "srandom",
    "nrnran123_dblpick", "nrnran123_negexp", "nrnran123_normal", "nrnran123_ipick", "mcell_ran4",
}  # fmt: skip
"""Functions that draw, or seed, random numbers inside NMODL or its C."""

_PER_AREA = {"S/cm2", "mho/cm2", "mS/cm2", "uS/cm2", "mmho/cm2", "siemens/cm2"}


def density_mechanism_spikes(mechanism: Mechanism) -> Iterator[Place]:
    """A SUFFIX mechanism that compares v with a threshold and keeps what it found: a cell made of a density."""
    if mechanism.kind != "SUFFIX" or not mechanism.currents:
        return
    for block in mechanism.every_step:
        for condition, statements in guarded(block):
            threshold = condition.text in (">", ">=") and condition.children[0].text == "v"
            if threshold and any(True for _ in assignments(statements)):
                yield Place(mechanism.line, f"SUFFIX {mechanism.name} makes spikes itself (line {condition.line})")
                return


def pointer_input(mechanism: Mechanism) -> Iterator[Place]:
    """POINTER variables that the equations read or write; one that only VERBATIM uses (a Random) is not an input."""
    for one in input_pointers(mechanism):
        yield Place(one.line, f"POINTER {one.text}", one.text)


def input_pointers(mechanism: Mechanism) -> Iterator[Node]:
    """The POINTER variables that NMODL code uses."""
    used = {name for block in mechanism.program.children if block.kind != "NeuronBlock" for name in _used(block)}
    return (one for one in find(mechanism.program, "PointerVar") if one.text in used)


def _used(block: Node) -> set[str]:
    return set() if block.kind in ("AssignedBlock", "ParamBlock") else names(block)


def own_random_numbers(mechanism: Mechanism) -> Iterator[Place]:
    """Calls that draw or seed random numbers, in NMODL or inside VERBATIM."""
    for call in find(mechanism.program, "FunctionCall"):
        if call.text in RANDOM_FUNCTIONS and call.text not in mechanism.routines:
            yield Place(call.line, f"{call.text}()")
    for block in mechanism.verbatim:
        words = list(tokens(block.text, C, block.line))
        for before, word, following in zip([None, *words], words, words[1:], strict=False):
            declared = before is not None and before.text in ("double", "int", "void", "*")
            if word.text in RANDOM_FUNCTIONS and following.text == "(" and not declared:
                yield Place(word.line, f"{word.text}() in VERBATIM")


def table_range(mechanism: Mechanism) -> Iterator[Place]:
    """TABLE … FROM … TO … WITH …."""
    for one in find(mechanism.program, "TableStatement"):
        bounds = [child for child in one.children if child.kind not in ("Name",)]
        if len(bounds) >= 3:
            low, high, steps = (formula(bound) for bound in bounds[-3:])
            yield Place(one.line, f"TABLE FROM {low} TO {high} WITH {steps}")


def unit_factor(mechanism: Mechanism) -> Iterator[Place]:
    """Densities per cm2 in the parameters, and products with ``area`` in the code."""
    densities = [one for one in mechanism.parameters.values() if one.unit in _PER_AREA]
    if densities:
        listed = ", ".join(f"{one.name} ({one.unit})" for one in densities)
        yield Place(densities[0].line, f"{listed}: per area")
    for one in find(mechanism.program, "BinaryExpression"):
        above, below = factors(one)
        with_area = "area" in {factor.text for factor in above + below}
        if with_area and any(factor.kind in NUMBERS for factor in above + below) and one.text in "*/":
            yield Place(one.line, f"{formula(one)} carries the factor between densities and whole-cell units")


def reads_celsius(mechanism: Mechanism) -> Iterator[Place]:
    """The first place that reads ``celsius``."""
    for block in mechanism.program.children:
        if block.kind in ("ParamBlock", "AssignedBlock", "NeuronBlock"):
            continue
        for one in find(block, "Name"):
            if one.text == "celsius":
                yield Place(one.line, "celsius is read")
                return
