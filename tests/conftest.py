"""What a test needs of the machine: skipped where it is missing, failed where it was promised.

    @pytest.mark.requires("nest", "neuron")      on a test
    require("mpi")                               in a test, through the fixture

``--require nest,neuron`` or CROSSSIM_REQUIRE=nest,neuron makes an absence a failure, so that a continuous
integration machine cannot pass by skipping.
"""

import os
import shutil
from collections.abc import Callable
from importlib.util import find_spec

import pytest


def _package(name: str) -> Callable[[], bool]:
    return lambda: find_spec(name) is not None


def _program(*names: str) -> Callable[[], bool]:
    return lambda: any(shutil.which(name) for name in names)


PROBES = {
    "nest": _package("nest"),
    "neuron": _package("neuron"),
    "brian2": _package("brian2"),
    "mpi": lambda: _package("mpi4py")() and _program("mpirun")(),
    "chromium": _program("chromium", "chromium-browser", "google-chrome"),
    "compiler": lambda: _program("g++", "c++")() and _program("make")(),
}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--require", default="", help=f"comma-separated, of {', '.join(PROBES)}: fail where missing")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "requires(*names): what the test needs of the machine")
    unknown = promised(config) - PROBES.keys()
    if unknown:
        raise pytest.UsageError(f"--require = {','.join(sorted(unknown))} is not known; known: {', '.join(PROBES)}")


def promised(config: pytest.Config) -> set[str]:
    """The names that must be there, from the option and from the environment."""
    asked = f"{config.getoption('--require')},{os.environ.get('CROSSSIM_REQUIRE', '')}"
    return {name.strip() for name in asked.split(",")} - {""}


def insist(name: str, config: pytest.Config) -> None:
    """Return if ``name`` is there; else fail the test if it was promised, and skip it if not."""
    if PROBES[name]():
        return
    if name in promised(config):
        pytest.fail(f"{name} is required here and missing", pytrace=False)
    pytest.skip(f"{name} is missing")


def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker in item.iter_markers("requires"):
        for name in marker.args:
            insist(name, item.config)


@pytest.fixture
def require(request: pytest.FixtureRequest) -> Callable[[str], None]:
    return lambda name: insist(name, request.config)
