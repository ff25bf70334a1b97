"""A certificate from its order to its record: legs run, faults planted, and what was caught kept for later checks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from crosssim.divergence.certificate import Certificate
from crosssim.model.declaration import Model
from crosssim.runner.launch import Launcher, LegPlan
from crosssim.studies.certify import certificate_file, run_certify, save_certificate
from crosssim.studies.finished import completed_legs
from crosssim.studies.recorded import cpu_seconds, recorded_study, study_request, used_legs
from crosssim.studies.result import Pair


@dataclass(frozen=True)
class CertifyOrder:
    """What is to be certified: two plans; ``model_text`` and ``command`` are what the user typed."""

    model: Model
    model_text: str
    plans: Sequence[LegPlan]
    launcher: Launcher
    command: Sequence[str]
    tell: Callable[[str], None]


def recorded_certify(order: CertifyOrder) -> tuple[Certificate, Path]:
    """Plant the faults; the certificate, and its file, beside which the record lies.

    Raises what :func:`~crosssim.studies.certify.run_certify` raises, :class:`LegError` if a free leg does not finish,
    :class:`UsageError` if the disk does not take the certificate.
    """
    launcher, request = order.launcher, study_request(order.model_text, order.plans)
    with recorded_study("certify", order.model, request, launcher.results, order.command) as study:
        pair = Pair(order.model, *completed_legs(launcher.run(order.plans)))
        certificate = run_certify(pair, launcher, tell=order.tell)
        file = certificate_file(launcher.results, pair)
        save_certificate(certificate, file)
        study.finish(
            file.parent,
            used_legs([("reference", pair.reference), ("candidate", pair.candidate)], launcher.ended, file.parent),
            label=f"{pair.reference.label} {pair.candidate.label}",
            verdict=f"{sum(bool(row.caught) for row in certificate.rows)} of {len(certificate.rows)} faults caught",
            reason="; ".join(certificate.sentences()),
            cpu_s=cpu_seconds(launcher.ended),
        )
    return certificate, file
