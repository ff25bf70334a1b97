"""All pictures of a check, in the order of the page. Matplotlib without windows and without global figures."""

from collections.abc import Mapping
from dataclasses import dataclass

from crosssim.divergence.refinement import RefinementDetails
from crosssim.divergence.verdict import Onset
from crosssim.recording.data import Recording
from crosssim.report.figure_seven import figure_seven
from crosssim.report.pairs import Pair, pairs
from crosssim.report.picture import Picture
from crosssim.report.potential_pictures import potentials_picture
from crosssim.report.rasters import ZOOM_MS, onset_picture, raster_picture
from crosssim.report.rate_pictures import histogram_picture, rates_picture, shares_picture
from crosssim.report.refinement_pictures import refinement_pictures
from crosssim.report.replay_pictures import replay_pictures
from crosssim.report.style import house_style
from crosssim.report.suspect_pictures import suspects_picture, yardsticks_picture
from crosssim.report.tables import leg_names, refinement_details, replay_details
from crosssim.report.trace_pictures import onset_traces_picture, whole_picture
from crosssim.studies.result import CheckResult


@dataclass(frozen=True)
class GatePictures:
    """What the later gates of one comparison show."""

    replay: tuple[Picture, ...] = ()
    refinement: tuple[Picture, ...] = ()
    suspects: tuple[Picture, ...] = ()
    yardsticks: tuple[Picture, ...] = ()

    @property
    def all(self) -> tuple[Picture, ...]:
        """In the order of the page."""
        return (*self.replay, *self.refinement, *self.suspects, *self.yardsticks)


@dataclass(frozen=True)
class CheckPictures:
    """Pictures by their place on the page; ``onset``, ``gates`` and ``shares`` by position of the candidate's leg."""

    rasters: tuple[Picture, ...]
    onset: Mapping[int, tuple[Picture, ...]]
    gates: Mapping[int, GatePictures]
    rates: tuple[Picture, ...]
    shares: Mapping[int, tuple[Picture, ...]]
    legs: tuple[Picture, ...]

    @property
    def all(self) -> tuple[Picture, ...]:
        """Every picture once."""
        by_pair = [one for group in (self.onset, self.shares) for pictures in group.values() for one in pictures]
        later = [one for pictures in self.gates.values() for one in pictures.all]
        return (*self.rasters, *by_pair, *later, *self.rates, *self.legs)


def check_pictures(result: CheckResult) -> CheckPictures:
    """Every picture that the legs at hand allow; legs without a recording are left out."""
    names = leg_names(result)
    legs = {
        name: (position, leg.recording)
        for position, (name, leg) in enumerate(zip(names, result.legs, strict=True))
        if leg.recording and leg.recording.spikes
    }
    compared = pairs(result)
    onsets = {pair.names[1]: pair.judgement.onset for pair in compared if pair.judgement.onset}
    with house_style():
        return CheckPictures(
            rasters=(raster_picture(legs, onsets),) if legs else (),
            onset={pair.positions[1]: _onset_pictures(pair, result) for pair in compared},
            gates={pair.positions[1]: _gate_pictures(pair) for pair in compared},
            rates=(rates_picture(legs), histogram_picture(legs)) if legs else (),
            shares={pair.positions[1]: _share_pictures(pair) for pair in compared},
            legs=_leg_pictures(legs),
        )


def _leg_pictures(legs: Mapping[str, tuple[int, Recording]]) -> tuple[Picture, ...]:
    return tuple(figure_seven(name, position, recording) for name, (position, recording) in legs.items())


def _onset_pictures(pair: Pair, result: CheckResult) -> tuple[Picture, ...]:
    onset: Onset | None = pair.judgement.onset
    tolerances = {one.population: one.tolerance.limit for one in result.model.recorded if one.variable == "spikes"}
    around = (onset_picture(pair, onset, tolerances), onset_traces_picture(pair, onset, ZOOM_MS)) if onset else ()
    return tuple(one for one in (*around, whole_picture(pair)) if one)


def _gate_pictures(pair: Pair) -> GatePictures:
    judged = pair.judgement
    replay, refinement = replay_details(judged), refinement_details(judged)
    yardsticks = yardsticks_picture(pair) if judged.yardsticks else None
    return GatePictures(
        replay=replay_pictures(pair, replay) if replay else (),
        refinement=_refinement_pictures(pair, refinement) if refinement else (),
        suspects=(suspects_picture(pair, judged.suspects),) if judged.suspects else (),
        yardsticks=(yardsticks,) if yardsticks else (),
    )


def _refinement_pictures(pair: Pair, details: RefinementDetails) -> tuple[Picture, ...]:
    potentials = potentials_picture(pair, details)
    return (*refinement_pictures(pair, details), *((potentials,) if potentials else ()))


def _share_pictures(pair: Pair) -> tuple[Picture, ...]:
    picture = shares_picture(pair, pair.details.shares) if pair.details and pair.details.shares else None
    return (picture,) if picture else ()
