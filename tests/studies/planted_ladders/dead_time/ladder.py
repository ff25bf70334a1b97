"""destexhe2009 where a synapse of rungs 5 and 6 ignores all events within a dead time of two steps after one."""

from dataclasses import replace

from models.destexhe2009_ladder.ladder import LADDER as RIGHT
from models.destexhe2009_ladder.ladder import draws_from, output

DEAD_TIME_MS = 0.2


def with_dead_time(sources):
    """The network of rung 5 or 6, whose connections pass through a gate in Python."""

    def run(task):
        from neuron import h

        from models.destexhe2009_ladder import event_rungs

        class WithDeadTime(getattr(event_rungs, sources)):
            def connect(self):
                self.gates, self.targets = {}, {}
                kinds = (self.draws.exc_edges, self.exc, 0.006), (self.draws.inh_edges, self.inh, 0.067)
                for edges, synapses, weight in kinds:
                    for post, synapse in enumerate(synapses):
                        gate = h.NetCon(None, synapse)
                        gate.weight[0], gate.delay = weight, 0
                        self.gates[weight, post] = [gate, -1e9]
                    for pre, post in edges.tolist():
                        self.targets.setdefault(pre, []).append(self.gates[weight, post])
                for pre in self.targets:
                    watched = h.NetCon(self.spike_source(pre), None)
                    watched.record((self.pass_on, pre))
                    self.connections.append(watched)

            def pass_on(self, pre):
                for gate in self.targets[pre]:
                    if h.t - gate[1] > DEAD_TIME_MS + 1e-6:
                        gate[1] = h.t
                        gate[0].event(h.t)

        draws = draws_from(task.draws)
        return output(WithDeadTime(draws).run(task.duration_ms), draws)

    return run


PLANTED = {"5": with_dead_time("NetConSynapses"), "6": with_dead_time("EventSources")}

LADDER = replace(
    RIGHT,
    name="planted_dead_time",
    rungs=[replace(one, run=PLANTED.get(one.name, one.run)) for one in RIGHT.rungs],
)
