"""The command that is a leg: run."""

import argparse

from rich.console import Console

from crosssim.cli.options import file_with_sumatra, wishes, write_json
from crosssim.errors import ExitStatus, LegError, SimulatorMissing, UsageError
from crosssim.model.discovery import find_model
from crosssim.recording.folder import read_recording
from crosssim.recording.rates import population_rates
from crosssim.report.leg_text import leg_text
from crosssim.runner.leg.ranks import is_first_rank
from crosssim.runner.leg.recorded import OwnRecord, be_recorded_leg
from crosssim.runner.request import LegStatus
from crosssim.studies.legs import ReplayTexts, plan_legs, replayed, sampled


def run(asked: argparse.Namespace) -> int:
    """One leg in this process, and what it recorded in a table."""
    model = find_model(asked.model)
    results = asked.out.absolute()
    (plan,) = plan_legs(model, asked.model, [asked.leg], wishes(asked), results)
    replay = ReplayTexts(asked.replay_spikes, asked.replay_wiring).parsed(results)
    request = sampled(replayed(plan.request, replay, asked.fault), asked.v_every)
    outcome, folder, reused = be_recorded_leg(request, OwnRecord(results, asked.leg), fresh=asked.fresh)
    file_with_sumatra(asked, results)
    if not outcome.completed:
        if outcome.status is LegStatus.MISSING:
            raise SimulatorMissing(outcome.reason)
        raise UsageError(outcome.reason) if outcome.status is LegStatus.REFUSED else LegError(outcome.reason)
    if is_first_rank():
        recording = read_recording(folder)
        Console().print(leg_text(recording, outcome, folder, reused))
        write_json(asked, {"leg": folder, "reused": reused, "populations": population_rates(recording)})
    return int(ExitStatus.AGREES)
