"""The page in a real browser: it renders in light, dark and on a phone, says its verdict, and logs no error."""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imread

from crosssim.report.write import write_check_report
from tests.report import builders

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--enable-logging=stderr",
)  # fmt: skip

pytestmark = pytest.mark.requires("chromium")


def browse(folder: Path, page: Path, *options: str) -> subprocess.CompletedProcess[str]:
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    home = folder / "profile"
    shutil.rmtree(home, ignore_errors=True)
    return subprocess.run(
        [program, *FLAGS, f"--user-data-dir={home}", *options, page.as_uri()],
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip


@pytest.fixture(scope="module")
def page(tmp_path_factory) -> Path:
    return write_check_report(builders.different_trajectories(), tmp_path_factory.mktemp("report"))


def test_verdict_is_in_the_document_and_the_console_is_silent(page, tmp_path):
    shown = browse(tmp_path, page, "--dump-dom")
    assert "The runs are different" in shown.stdout
    assert "exc cell 17" in shown.stdout
    assert [line for line in shown.stderr.splitlines() if "CONSOLE" in line] == []


def test_a_console_message_would_be_seen(tmp_path):
    loud = tmp_path / "loud.html"
    loud.write_text("<!doctype html><script>console.error('planted')</script>")
    assert "planted" in browse(tmp_path, loud, "--dump-dom").stderr


@pytest.mark.parametrize(("scheme", "size"), [("1", "1200,900"), ("0", "1200,900"), ("1", "500,900")])
def test_rendered_in_light_dark_and_narrow(page, tmp_path, scheme, size):
    picture = tmp_path / "page.png"
    browse(tmp_path, page, f"--blink-settings=preferredColorScheme={scheme}", f"--screenshot={picture}",
           f"--window-size={size}")  # fmt: skip
    pixels = imread(picture)[..., :3]
    corner = float(np.mean(pixels[2, 2]))
    assert corner > 0.95 if scheme == "1" else corner < 0.15
    colours = np.unique((pixels[::3, ::3] * 15).astype(int).reshape(-1, 3), axis=0)
    assert len(colours) > 20  # text, banner and pictures, not an empty page
