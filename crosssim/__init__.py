"""crosssim: one network declared once, run on several simulators, and where the runs part.

The front door: all a model file needs, and nothing else is public.
"""

from crosssim.model.declaration import Model as Model
from crosssim.model.declaration import Network as Network
from crosssim.model.declaration import Seeds as Seeds
from crosssim.model.declaration import Settings as Settings
from crosssim.model.declaration import Timing as Timing
from crosssim.model.declaration import parameter as parameter
from crosssim.model.expectation import Published as Published
from crosssim.model.expectation import Recorded as Recorded
from crosssim.model.expectation import Tolerance as Tolerance
from crosssim.model.inputs import poisson_spike_times as poisson_spike_times

__version__ = "0.1.0"
__all__ = [
    "Model",
    "Network",
    "Published",
    "Recorded",
    "Seeds",
    "Settings",
    "Timing",
    "Tolerance",
    "parameter",
    "poisson_spike_times",
]
