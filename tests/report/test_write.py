"""Writing the report: complete, with the page last, or a sentence and no half file."""

import json
import re

import pytest

from crosssim.errors import UsageError
from crosssim.report import write
from crosssim.report.write import write_check_report
from tests.report import builders


def test_page_numbers_and_figures_are_written(tmp_path):
    folder = tmp_path / "with spaces" / "ü"
    page = write_check_report(builders.different_trajectories(), folder)
    assert page == folder / "report.html"
    assert "The runs are different" in page.read_text()
    assert json.loads((folder / "report.json").read_text())["verdict"] == "different"
    written = sorted(one.name for one in (folder / "figures").iterdir())
    for name in ("rasters", "onset", "figure7-1-nest", "figure7-2-neuron"):
        assert {f"{name}.png", f"{name}.svg"} <= set(written)
    assert all(re.fullmatch(r"[\w-]+\.(png|svg)", name) for name in written)
    assert (folder / "figures" / "figure7-1-nest.png").read_bytes().startswith(b"\x89PNG")


def test_a_second_report_replaces_the_first(tmp_path):
    write_check_report(builders.crashed(), tmp_path)
    page = write_check_report(builders.missing(), tmp_path)
    assert "NEST is not installed" in page.read_text()


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path):
    (tmp_path / "results").write_text("a file is in the way")
    with pytest.raises(UsageError, match=r"results folder .* cannot be written: .*; .*--out"):
        write_check_report(builders.crashed(), tmp_path / "results" / "check")


def test_a_full_disk_is_one_sentence_and_leaves_no_page(tmp_path, monkeypatch):
    def full(path, content):
        raise UsageError(f"results folder {path.parent} cannot be written: No space left on device")

    monkeypatch.setattr(write, "write_bytes_atomically", full)
    with pytest.raises(UsageError, match="No space left"):
        write_check_report(builders.crashed(), tmp_path)
    assert not (tmp_path / "report.html").exists()
