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
from crosssim.model.ladder import Identical as Identical
from crosssim.model.ladder import Ladder as Ladder
from crosssim.model.ladder import Margin as Margin
from crosssim.model.ladder import Qualitative as Qualitative
from crosssim.model.ladder import Rung as Rung
from crosssim.model.ladder import RungOutput as RungOutput
from crosssim.model.ladder import RungTask as RungTask
from crosssim.model.ladder import Within as Within

__version__ = "0.1.0"
__all__ = [
    "Identical",
    "Ladder",
    "Margin",
    "Model",
    "Network",
    "Published",
    "Qualitative",
    "Recorded",
    "Rung",
    "RungOutput",
    "RungTask",
    "Seeds",
    "Settings",
    "Timing",
    "Tolerance",
    "Within",
    "parameter",
    "poisson_spike_times",
]
