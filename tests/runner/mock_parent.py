"""A parent to be interrupted: ``mock_parent.py RESULTS DEED…`` launches mock legs and says how it ended."""

import signal
import sys
from pathlib import Path

from tests.runner.mocking import launch


def as_interrupt(number, frame):
    raise KeyboardInterrupt


signal.signal(signal.SIGTERM, as_interrupt)
try:
    launch(Path(sys.argv[1]), *sys.argv[2:])
except KeyboardInterrupt:
    print("interrupted", flush=True)
    sys.exit(130)
