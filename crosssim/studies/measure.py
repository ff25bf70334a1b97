"""Findings measured: every experiment in a process of its own, on a copy of the scanned file."""

import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Lock

import msgspec

from crosssim.porting import FileScan, Finding, ScanResult
from crosssim.porting.experiment import Experiment, Measurement, Outcome, Unmeasured
from crosssim.runner.ask import NoAnswer, ask
from crosssim.runner.experiment import Answer, ExperimentRequest, Question
from crosssim.runner.mechanisms import neuron_version
from crosssim.studies.measured_library import Library, libraries_of, program_copy

TIME_LIMIT_S = 60.0
"""Per process, unless the command says otherwise: a Hoc program that never ends must not hold up the others."""

_OF_PROGRAM = "program-"
"""How the names of the experiments begin that ask a Hoc program after it has run."""
_AFTER_TWO = {True: "two fresh processes gave the same numbers", False: "two fresh processes gave different numbers"}


@dataclass(frozen=True)
class Measuring:
    """How findings are measured: processes side by side, seconds for each, and whom to tell of progress."""

    jobs: int = 1
    time_limit_s: float = TIME_LIMIT_S
    tell: Callable[[str], None] = field(default=lambda step: None)


def measure(result: ScanResult, how: Measuring) -> ScanResult:
    """The same scan with what every finding's experiment measured.

    An experiment that fails, and a file that does not compile, are sentences of their findings. Raises
    :class:`SimulatorMissing` if there is no NEURON or no compiler.
    """
    neuron_version()
    libraries = libraries_of(result.files, how.tell)
    with tempfile.TemporaryDirectory(prefix="crosssim-measure-", ignore_cleanup_errors=True) as scratch:
        folder = Path(scratch)
        tasks = _tasks(result.files, libraries, folder, how)
        with ThreadPoolExecutor(max(1, how.jobs)) as pool:
            try:
                measured = dict(zip(tasks, pool.map(_told(tasks, how), tasks), strict=True))
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
    return ScanResult(tuple(_with_measurements(one, measured) for one in result.files))


Key = tuple[Path, str]
"""A file, and the experiment as text: two findings that one experiment shows are shown by one run."""
Task = Callable[[], Measurement]


def _tasks(files: Sequence[FileScan], libraries: dict[Path, Library], folder: Path, how: Measuring) -> dict[Key, Task]:
    tasks: dict[Key, Task] = {}
    for one in files:
        found = {_text(finding): finding.experiment for finding in one.findings}
        experiments = {text: shown for text, shown in found.items() if isinstance(shown, Experiment)}
        if one.path.suffix == ".hoc" and experiments:
            asked = tuple(shown for shown in experiments.values() if shown.name.startswith(_OF_PROGRAM))
            program = _Program(one.path, asked, folder, how)
            tasks |= {(one.path, text): _asked_of(program, shown) for text, shown in experiments.items()}
        else:
            library = libraries.get(one.path, Library())
            tasks |= {(one.path, text): _on_bench(shown, library, folder, how) for text, shown in experiments.items()}
    return tasks


def _text(finding: Finding) -> str:
    return msgspec.json.encode(finding.experiment, enc_hook=dict).decode()


def _told(tasks: dict[Key, Task], how: Measuring) -> Callable[[Key], Measurement]:
    names = list(tasks)

    def run(key: Key) -> Measurement:
        how.tell(f"measuring {names.index(key) + 1} of {len(names)}: {key[0].name}")
        return tasks[key]()

    return run


def _with_measurements(one: FileScan, measured: dict[Key, Measurement]) -> FileScan:
    def with_own(finding: Finding) -> Finding:
        if isinstance(finding.experiment, Unmeasured):
            return replace(finding, measured=Measurement(Outcome.NOT_MEASURED, finding.experiment.reason))
        return replace(finding, measured=measured[one.path, _text(finding)])

    return replace(one, findings=tuple(map(with_own, one.findings)))


def _on_bench(shown: Experiment, library: Library, folder: Path, how: Measuring) -> Task:
    def run() -> Measurement:
        if shown.name == "compiles":
            return _compiled(shown, library)
        if library.folder is None:
            return Measurement(Outcome.NOT_MEASURED, f"NEURON cannot compile it: {library.message}")
        if shown.counted and not library.counted:
            return Measurement(Outcome.NOT_MEASURED, "its statement was not found again in the file to be counted")
        first = _alone(shown.name, shown, library, folder, how)
        if shown.name == "pointer":
            return _with_missing_target(first, shown, library, folder, how)
        if shown.processes == 1 or isinstance(first, Measurement):
            return first if isinstance(first, Measurement) else _measurement(first)
        second = _alone(shown.name, shown, library, folder, how)
        return second if isinstance(second, Measurement) else compared(first, second)

    return run


def _alone(name: str, shown: Experiment, library: Library, folder: Path, how: Measuring) -> Answer | Measurement:
    """The answer of a fresh process, or how that failed."""
    question = Question(name, dict(shown.arguments))
    try:
        return ask(ExperimentRequest((question,), library=str(library.folder)), folder, how.time_limit_s)[0]
    except NoAnswer as reason:
        return Measurement(Outcome.FAILED, str(reason))


def _compiled(shown: Experiment, library: Library) -> Measurement:
    if library.folder is None:
        return Measurement(Outcome.MEASURED, f"NEURON {neuron_version()} does not compile it: {library.message}")
    then = shown.arguments.get("then", "")
    sentence = f"NEURON {neuron_version()} compiles it" + (f"; {then}" if then else "")
    return Measurement(Outcome.MEASURED, sentence, {"compiles": True})


def _with_missing_target(
    first: Answer | Measurement, shown: Experiment, library: Library, folder: Path, how: Measuring
) -> Measurement:
    """The measurement of a POINTER, and what NEURON does where its target does not live: a crash is an answer here."""
    found = first if isinstance(first, Measurement) else _measurement(first)
    if found.outcome is Outcome.FAILED:
        return found
    bare = _alone("pointer-without-target", shown, library, folder, how)
    crashed = isinstance(bare, Measurement)
    words = f"without a target {bare.sentence}" if crashed else bare.sentence
    numbers = dict(found.numbers) | {"runs_without_target": not crashed}
    return replace(found, sentence=f"{found.sentence}; {words}", numbers=numbers, outcome=Outcome.MEASURED)


@dataclass
class _Program:
    """A Hoc program and all that is asked of it: run once, or twice if processes are to be compared."""

    path: Path
    experiments: tuple[Experiment, ...]
    folder: Path
    how: Measuring
    _answers: dict[str, Measurement] | None = None
    _turn: Lock = field(default_factory=Lock)

    def answers(self) -> dict[str, Measurement]:
        """By the name of the experiment; findings that are measured side by side share one run."""
        with self._turn:
            if self._answers is None:
                self._answers = self._asked()
            return self._answers

    def _asked(self) -> dict[str, Measurement]:
        copied = program_copy(self.path, self.folder, self.how.tell)
        if isinstance(copied, str):
            return {one.name: Measurement(Outcome.NOT_MEASURED, copied) for one in self.experiments}
        file, library = copied
        questions = tuple(Question(one.name, dict(one.arguments)) for one in self.experiments)
        request = ExperimentRequest(questions, library, str(file))
        runs = []
        for _ in range(max(one.processes for one in self.experiments)):
            try:
                runs.append(ask(request, file.parent, self.how.time_limit_s))
            except NoAnswer as reason:
                return {one.name: _stopped(one, str(reason)) for one in self.experiments}
        return {one.name: compared(*answers) for one, *answers in zip(self.experiments, *runs, strict=True)}


def _stopped(shown: Experiment, reason: str) -> Measurement:
    if shown.name == "program-gui":
        return Measurement(Outcome.MEASURED, f"without a screen the program did not come to its end: {reason}")
    return Measurement(Outcome.NOT_MEASURED, f"the program did not come to its end: {reason}")


def _asked_of(program: _Program, shown: Experiment) -> Task:
    if shown.name.startswith(_OF_PROGRAM):
        return lambda: program.answers()[shown.name]
    return _on_bench(shown, Library(program.folder), program.folder, program.how)


def compared(first: Answer, second: Answer | None = None) -> Measurement:
    """A measurement, and whether another process measured the same where they are to be compared."""
    found = _measurement(first)
    if second is None or not first.fingerprint:
        return found
    same = first.fingerprint == second.fingerprint
    numbers = dict(found.numbers) | {"processes_agree": same}
    return replace(found, sentence=f"{found.sentence}; {_AFTER_TWO[same]}", numbers=numbers)


def _measurement(answer: Answer) -> Measurement:
    return Measurement(Outcome(answer.outcome), answer.sentence, answer.numbers)
