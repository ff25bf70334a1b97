"""One line per leg while a study runs: its phase, and how far it is."""

from collections.abc import Sequence
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from crosssim.runner.progress import ENDED, Phase


class LiveLegs:
    """Shows a bar per leg on a terminal; elsewhere prints a line when a leg enters another phase."""

    def __init__(self, console: Console, labels: Sequence[str]) -> None:
        self._console = console
        self._bars = Progress(
            TextColumn("  {task.fields[label]}"),
            BarColumn(bar_width=24),
            TextColumn("{task.description}"),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        width = max(map(len, labels), default=0)
        self._tasks: dict[str, TaskID] = {
            label: self._bars.add_task("waiting", label=label.ljust(width), total=None) for label in labels
        }
        self._told: dict[str, str] = {}

    def __enter__(self) -> "LiveLegs":
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()

    def tell(self, label: str, phase: Phase) -> None:
        """The latest phase of one leg; a leg that was not announced joins, and its bar goes when it has finished."""
        if label not in self._tasks:
            self._tasks[label] = self._bars.add_task(phase.name, label=label, total=None)
        total = phase.duration_ms or None
        self._bars.update(self._tasks[label], description=phase.words(), completed=phase.t_ms, total=total)
        if phase.name in ENDED:
            self._bars.remove_task(self._tasks.pop(label))
        if not self._console.is_terminal and self._told.get(label) != phase.name:
            self._told[label] = phase.name
            self._console.print(f"{label}: {phase.name}", highlight=False)

    def say(self, words: str) -> None:
        """One line above the bars: what a long study has come to."""
        self._bars.console.print(words, highlight=False)
