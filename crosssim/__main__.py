"""``python -m crosssim``: the same program as ``crosssim`` and ``run.py``."""

import sys

from crosssim.cli import main

if __name__ == "__main__":
    sys.exit(main())
