import json
import platform
from importlib import metadata

import numpy as np

from crosssim.provenance.surroundings import package_versions, surroundings


def test_imported_packages_are_named_with_their_versions():
    found = package_versions()
    assert found["numpy"] == np.__version__
    assert found["pytest"] == metadata.version("pytest")
    assert "nest-simulator" not in found  # installed, but not imported by the parent


def test_surroundings_are_plain_json_and_true():
    found = json.loads(json.dumps(surroundings()))
    assert found["python"] == platform.python_version()
    assert found["host"] == platform.node()
    assert found["cores"] >= 1
    assert found["memory_gb"] > 0
    assert found["processor"]
