"""A model that records no spikes."""

from crosssim import Model, Recorded, Seeds, Timing, Tolerance

MODEL = Model(
    name="silent",
    build=lambda sim, p: None,
    parameters={},
    timing=Timing(20.0),
    seeds=Seeds.from_one(1),
    recorded=[Recorded("cells", "v", Tolerance(1.0, "mV", "chosen: wide"))],
)
