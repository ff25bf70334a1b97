"""Stands for the command of a leg: does to its parent what legs may do. ``mock_leg.py DEED FOLDER [MORE]``."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path


def finish(folder: Path, status: str = "completed", reason: str = "") -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "outcome.json").write_text(json.dumps({"status": status, "reason": reason}))


def tell(name: str, t_ms: float = 0.0, duration_ms: float = 0.0) -> None:
    file = Path(os.environ["CROSSSIM_PROGRESS_FILE"])
    part = file.with_suffix(".part")
    part.write_text(json.dumps({"name": name, "t_ms": t_ms, "duration_ms": duration_ms}))
    part.replace(file)


def refuse(folder: Path) -> None:
    finish(folder.with_name(folder.name + ".failed"), "refused", "delay = 0 is too short")
    sys.exit(2)


def flood(folder: Path) -> None:
    block = b"x" * 79 + b"\n"
    for _ in range(100 * 2**20 // (80 * 8192)):
        os.write(1, block * 8192)
    os.write(2, b"the very last line\n")
    finish(folder)


def hang(folder: Path) -> None:
    (folder.parent / f"pid-{os.getpid()}").write_text("")
    tell("running", 10.0, 200.0)
    time.sleep(600)


def ignore(folder: Path) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    hang(folder)


def leave_a_grandchild(folder: Path) -> None:
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    (folder.parent / f"pid-{child.pid}").write_text("")
    hang(folder)


def watched(folder: Path) -> None:
    from crosssim.runner.parent import end_with_parent

    end_with_parent()
    hang(folder)


def unfinished(folder: Path) -> None:
    finish(folder.with_name(f"{folder.name}.unfinished-{os.uname().nodename}-{os.getpid()}"))
    hang(folder)


DEEDS = {
    "finish": finish,
    "abort": lambda folder: os.abort(),
    "killed": lambda folder: os.kill(os.getpid(), signal.SIGKILL),
    "terminated": lambda folder: os.kill(os.getpid(), signal.SIGTERM),
    "exits": lambda folder: (print("MemoryError: no room"), sys.exit(7)),
    "lies": lambda folder: sys.exit(0),
    "slow": lambda folder: (time.sleep(1.0), finish(folder)),
    "refuse": refuse,
    "flood": flood,
    "hang": hang,
    "ignore": ignore,
    "leave_a_grandchild": leave_a_grandchild,
    "watched": watched,
    "unfinished": unfinished,
}

if __name__ == "__main__":
    place = Path(sys.argv[2])
    place.parent.mkdir(parents=True, exist_ok=True)
    DEEDS[sys.argv[1]](place)
