import io
from dataclasses import replace

from rich.console import Console

from crosssim.divergence.truth import Estimate
from crosssim.report.divergence_time import divergence_time_picture, divergence_time_text
from crosssim.report.picture import png_file, svg_file
from crosssim.studies.divergence_time import MEASURES, DivergenceTimes, Growth, NetworkDivergence
from crosssim.studies.first_lost import FirstLost

STEPS_MS = (0.1, 0.05, 0.01)


def planted(per_efold, censored=(0, 0, 0)):
    networks = tuple(
        NetworkDivergence(seed, step, dict.fromkeys(MEASURES, None if seed == 2 else 10.0 / step**0.3), (40.0, 41.0))
        for seed in (1, 2)
        for step in STEPS_MS
    )
    grown = tuple(Growth(name, (20.0, 25.0, 40.0), censored, per_efold) for name in MEASURES)
    return DivergenceTimes("planted", ("nest", "neuron"), {"v_spike": "-40"}, 200.0, (1, 2), STEPS_MS, networks, grown)


def printed(times):
    console = Console(file=io.StringIO(), width=120)
    console.print(divergence_time_text(times))
    return console.file.getvalue()


def test_the_table_shows_medians_growth_and_what_was_run():
    text = printed(planted(Estimate(8.7, 4.0, 12.0)))
    assert "planted, v_spike = -40: nest against neuron, 2 networks (seeds 1, 2), 200 ms" in text
    assert "20.0" in text and "40.0" in text
    assert "+8.7 (+4.0 to +12.0)" in text


def test_a_median_that_half_of_the_networks_never_reached_is_a_lower_bound():
    assert ">40.0" in printed(planted(None, censored=(0, 0, 1)))
    assert ">40.0" not in printed(planted(None))


def test_the_title_says_growth_only_where_it_is_clear():
    assert divergence_time_picture(planted(Estimate(8.7, 4.0, 12.0))).title.endswith(
        "part 8.7 ms later for each e-fold of a smaller time step"
    )
    assert "no later" in divergence_time_picture(planted(Estimate(1.0, -2.0, 4.0))).title
    assert "too few steps" in divergence_time_picture(planted(None)).title


def test_the_picture_is_drawn_with_every_step_and_measure():
    picture = divergence_time_picture(planted(Estimate(8.7, 4.0, 12.0)))
    svg = svg_file(picture)
    assert all(name in svg for name in (*MEASURES, "0.05", "not before the end"))
    assert "20.0, 25.0, 40.0 ms at steps of 0.1, 0.05, 0.01 ms" in picture.alt
    assert png_file(picture).startswith(b"\x89PNG")


def test_the_first_lost_spikes_are_told_with_what_the_exact_solution_says_of_them():
    times = planted(None)
    one = FirstLost("exc", 7, 6.62, 1, 174, 5e-14, (False, True))
    networks = tuple(replace(network, first_lost=one) for network in times.networks)
    text = printed(replace(times, networks=networks))
    assert "the first lost spike of every network at 0.01 ms" in text
    assert all(word in text for word in ("exc 7", "neuron", "174", " 0 ms", "agrees with both"))
    wrong = replace(one, solution_fires=(True, True))
    assert "contradicts one" in printed(replace(times, networks=(replace(networks[-1], first_lost=wrong),)))
    assert "first lost spike of every" not in printed(times)
