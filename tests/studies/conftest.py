import pytest


@pytest.fixture(scope="session")
def shared(tmp_path_factory):
    """A results folder for all workers of this test run: the lock and the reuse of legs make one run of each."""
    return tmp_path_factory.getbasetemp().parent / "ladders"
