"""The process that measures: a request on its standard input, answers on its standard output."""

import os
import sys

import msgspec

from crosssim.runner.experiment import NOT_MEASURED, Answer, ExperimentRequest, Question
from crosssim.runner.leg.experiments import inputs, numerics, program, randomness, spiking
from crosssim.runner.leg.experiments.bench import NothingShown
from crosssim.runner.parent import end_with_parent

EXPERIMENTS = {
    "evaluations": spiking.evaluations,
    "first-spike": spiking.first_spike,
    "drawn-spike": spiking.drawn_spike,
    "clamp": spiking.clamp,
    "pointer": inputs.pointer,
    "pointer-without-target": inputs.pointer_without_target,
    "dead-time": inputs.dead_time,
    "event-time": numerics.event_time,
    "hit-times": numerics.hit_times,
    "half-step": numerics.half_step,
    "table": numerics.table,
    "two-areas": numerics.two_areas,
    "temperature": numerics.temperature,
    "same-seed": randomness.same_seed,
    "program-zero-delay": program.zero_delay,
    "program-random": program.random_numbers,
    "program-gui": program.gui,
    "program-area": program.areas,
    "program-celsius": program.celsius,
}


def main() -> None:
    """Answer what is asked; NEURON and the user's program print to the error stream."""
    request = msgspec.json.decode(sys.stdin.buffer.read(), type=ExperimentRequest)
    end_with_parent()
    answers_to = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    if request.library:
        import neuron

        neuron.load_mechanisms(request.library)
    if request.program:
        program.run(request.program)
    answers = [_answer(question) for question in request.questions]
    answers_to.write(msgspec.json.encode(answers))
    answers_to.close()


def _answer(question: Question) -> Answer:
    try:
        return EXPERIMENTS[question.name](question.arguments)
    except NothingShown as nothing:
        return Answer(NOT_MEASURED, str(nothing))


if __name__ == "__main__":
    main()
