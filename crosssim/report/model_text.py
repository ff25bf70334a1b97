"""A model as a person reads it: what it is, its parameters with units and sources, what it records."""

from collections.abc import Iterable

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from crosssim.model.declaration import Model


def model_list_text(models: Iterable[Model]) -> RenderableType:
    """One line per model."""
    table = Table(box=None, pad_edge=False, show_header=False)
    for model in models:
        table.add_row(Text(model.name, style="bold"), model.summary)
    hint = Text("`crosssim models NAME` shows the parameters; a path to your own file works too.", style="dim")
    return Group(table, hint)


def model_text(model: Model) -> RenderableType:
    """One model: timing, seeds, parameters and tolerances, each with its source."""
    timing, seeds = model.timing, model.seeds
    head = Text(f"{model.name}  ", style="bold") + Text(model.summary, style="default")
    facts = Text(
        f"duration {timing.duration_ms:g} ms, timestep {timing.timestep_ms:g} ms, delays {timing.min_delay_ms:g} to "
        f"{timing.max_delay_ms:g} ms; seeds: wiring {seeds.wiring}, initial {seeds.initial}, input {seeds.input}"
    )
    table = Table(title="parameters (--set name=value)", title_justify="left", box=None, pad_edge=False)
    for name in ("name", "value", "unit", "source"):
        table.add_column(name, overflow="fold")
    for name, one in model.parameters.items():
        table.add_row(name, str(one.default), one.unit, one.source)
    recorded = Table(title="recorded", title_justify="left", box=None, pad_edge=False)
    for name in ("population", "variable", "tolerance", "why"):
        recorded.add_column(name, overflow="fold")
    for item in model.recorded:
        limit = f"{item.tolerance.limit:g} {item.tolerance.unit}"
        recorded.add_row(item.population, item.variable, limit, item.tolerance.why)
    return Group(head, facts, Text(), table, Text(), recorded)
