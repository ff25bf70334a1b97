"""Commands that look at what is there: models, doctor, lint."""

import argparse

from rich.console import Console

from crosssim.cli.options import write_json
from crosssim.errors import ExitStatus
from crosssim.model.discovery import find_model, model_names
from crosssim.porting import scan
from crosssim.report.doctor_text import doctor_text
from crosssim.report.lint_text import print_scan
from crosssim.report.model_text import model_list_text, model_text
from crosssim.runner.doctor import examine, simulators_ready
from crosssim.studies.measure import TIME_LIMIT_S, Measuring, measure


def models(asked: argparse.Namespace) -> int:
    """Shipped models, or one with its parameters."""
    models = [find_model(asked.model)] if asked.model else list(map(find_model, model_names()))
    Console().print(model_text(models[0]) if asked.model else model_list_text(models))
    write_json(asked, [{"name": one.name, "summary": one.summary, "parameters": one.parameters} for one in models])
    return int(ExitStatus.AGREES)


def doctor(asked: argparse.Namespace) -> int:
    """What is installed; the exit status says whether NEST and NEURON can run."""
    findings = examine()
    Console().print(doctor_text(findings), soft_wrap=True)
    write_json(asked, findings)
    return int(ExitStatus.AGREES if simulators_ready(findings) else ExitStatus.SIMULATOR_MISSING)


def lint(asked: argparse.Namespace) -> int:
    """What the scanner says of Hoc and NMODL files, and with ``--measure`` what an experiment says of each finding."""
    result = scan(asked.files)
    if asked.measure:
        with Console(stderr=True).status("") as line:
            limit_s = TIME_LIMIT_S if asked.time_limit is None else asked.time_limit
            result = measure(result, Measuring(max(1, asked.jobs), limit_s, line.update))
    print_scan(result, Console())
    write_json(asked, result)
    return int(result.exit_status)
