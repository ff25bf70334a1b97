"""Writes a first ladder for a user's own model: a small one that runs, to be replaced piece by piece."""

from pathlib import Path

from crosssim.errors import UsageError

_FILES = Path(__file__).with_name("ladder_files")
_SUFFIX = ".template"  # so that nobody takes them for modules of crosssim


def write_ladder_template(folder: Path) -> list[Path]:
    """Write the template into ``folder`` (made if it is not there); returns the files.

    Raises :class:`UsageError` if a file of that name is there, or the folder cannot be written.
    """
    sources = sorted(_FILES.glob(f"*{_SUFFIX}"))
    targets = [folder / source.name.removesuffix(_SUFFIX) for source in sources]
    there = next((one for one in targets if one.exists()), None)
    if there is not None:
        raise UsageError(f"{there} is there already; name a new folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for source, target in zip(sources, targets, strict=True):
            target.write_text(source.read_text())
    except OSError as error:
        raise UsageError(f"folder = {str(folder)!r} cannot be written: {error.strerror or error}") from None
    return targets
