"""The crosssim program: ``python run.py nest`` is one leg, ``python run.py nest neuron`` a cross-check."""

import sys

from crosssim.cli import main

if __name__ == "__main__":
    sys.exit(main())
