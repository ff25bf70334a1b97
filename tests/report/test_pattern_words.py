from dataclasses import replace

from crosssim.divergence.error_patterns import ErrorPattern
from crosssim.report.pattern_words import pattern_sentence
from tests.report.gate_builders import replay_row

PATTERN = ErrorPattern(200, 0.2, 0.5, 4.0, 20.0, 0.61, 1e-9)
ROW = replace(replay_row("exc", exact=800, one=200), pattern=PATTERN)


def test_every_pattern_is_told_with_its_numbers():
    assert pattern_sentence(ROW) == (
        "exc: errors start at 5 ms; are more in cells with much input (rank correlation +0.61 over cells); "
        "come in rows (50% of the spikes after one, 20% of all); "
        "follow short intervals (median 4 ms, before other spikes 20 ms)"
    )


def test_what_is_not_there_is_denied_or_left_out():
    calm = replace(PATTERN, share_after_error=0.21, interval_before_ms=19.0, input_correlation=-0.05, input_p=0.6)
    words = pattern_sentence(replace(ROW, pattern=calm))
    assert "do not depend on the number of input spikes (rank correlation −0.05 over cells)" in words
    assert "do not come in rows" in words and "intervals" not in words


def test_where_nearly_all_are_errors_they_have_no_pattern():
    words = pattern_sentence(replace(ROW, pattern=replace(PATTERN, share=0.97)))
    assert words == "exc: errors start at 5 ms; are nearly all spikes (97%)"


def test_without_a_pattern_there_is_no_sentence():
    assert pattern_sentence(replay_row("exc")) == ""
