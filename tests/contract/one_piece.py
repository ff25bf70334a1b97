"""A leg that runs its whole duration in one call instead of a hundred: arguments as for crosssim."""

import sys

from crosssim.cli import main
from crosssim.runner.leg import body

body._CHUNKS = 1
sys.exit(main())
