"""Which backend is nearer the truth, in a terminal."""

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from crosssim.divergence.truth import Estimate, TruthConvergence
from crosssim.studies.truth import TruthDetails, TruthRow


def truth_text(details: TruthDetails) -> RenderableType:
    """The table of both legs against the solution, and one sentence for every population."""
    head = Text.assemble(
        (details.model, "bold"),
        f": {details.legs[0]} and {details.legs[1]} against event-located solutions of single driven cells, "
        f"{details.duration_ms:g} ms",
    )
    parts: list[RenderableType] = [head, Text(), _shifts(details), Text()]
    populations = dict.fromkeys(row.population for row in details.rows)
    parts += [Padding(Text(sentence(details, name)), (0, 0, 0, 2)) for name in populations]
    parts += [
        Padding(Text(f"{name}: left out: {why}", style="dim"), (0, 0, 0, 2)) for name, why in details.left_out.items()
    ]
    return Group(*parts)


def _shifts(details: TruthDetails) -> Table:
    table = Table(box=None, pad_edge=False, title="mean shift, backend minus solution, in steps", title_justify="left")
    table.add_column("population")
    table.add_column("leg")
    table.add_column("spikes", justify="right")
    for step in details.steps_ms:
        table.add_column(f"{step:g} ms", justify="right")
    for name in ("order", "constant", "per interval", "left at 0"):
        table.add_column(name, justify="right")
    for row in details.rows:
        table.add_row(row.population, row.leg, *_numbers(row.convergence))
    return table


def _numbers(one: TruthConvergence) -> list[str]:
    shifts = [f"{shift / step:+.2f}" for shift, step in zip(one.shift_ms, one.steps_ms, strict=True)]
    left = "–" if one.intercept_ms is None else f"{one.intercept_ms.value:+.4f} ms"
    return [
        f"{one.spikes}/{one.of_spikes}",
        *shifts,
        _with_margin(one.order, ".2f"),
        _with_margin(one.constant, "+.1f", " dt"),
        f"{one.interval_steps:+.2f} dt",
        left,
    ]


def _with_margin(estimate: Estimate | None, form: str, unit: str = "") -> str:
    if estimate is None:
        return "–"
    margin = (estimate.high - estimate.low) / 2
    return f"{estimate.value:{form}}±{margin:{form.removeprefix('+')}}{unit}"


def sentence(details: TruthDetails, population: str) -> str:
    """One population in words: how each leg goes to the solution, and which is nearer it at the model's own step."""
    rows = details.of(population)
    ways = "; ".join(f"{row.leg} {_way(row)}" for row in rows)
    step = max(details.steps_ms)
    sizes = {row.leg: row.convergence.size_ms[0] for row in rows}
    nearer = details.nearer(population)
    if nearer is None:
        off = " and ".join(f"{size:.3f}" for size in sizes.values())
        return f"{population}: {ways}. At {step:g} ms neither is clearly nearer the solution ({off} ms off on average)."
    farther = next(leg for leg in sizes if leg != nearer)
    return (
        f"{population}: {ways}. At {step:g} ms {nearer} is nearer the solution: its spikes lie {sizes[nearer]:.3f} ms "
        f"off on average, those of {farther} {sizes[farther]:.3f} ms."
    )


def _way(row: TruthRow) -> str:
    one = row.convergence
    if one.constant is None:
        return f"fires too few spikes to tell ({one.spikes})"
    if one.constant.low < 0 < one.constant.high:
        return f"has no shift beyond its scatter ({one.constant.value:+.1f} dt)"
    order = "" if one.order is None else f", order {one.order.value:.1f}"
    return f"is {abs(one.constant.value):.1f} dt {'late' if one.constant.value > 0 else 'early'}{order}"
