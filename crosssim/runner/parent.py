"""A leg does not outlive whoever ordered it: killed outright, a parent cannot end its children any more."""

import os
import socket
import threading
import time

import psutil

PARENT_VARIABLE = "CROSSSIM_PARENT"
"""Environment variable in which the parent names itself: host and process id."""

_EVERY_S = 1.0
_STATUS = 3


def own_mark() -> str:
    """This process, as its children know it."""
    return f"{socket.gethostname()}:{os.getpid()}"


def end_with_parent() -> None:
    """From now on, end this process within seconds of the end of the one that :data:`PARENT_VARIABLE` names.

    Without the variable, or on another machine than the parent's (a rank), nothing is watched.
    """
    host, _, pid = os.environ.get(PARENT_VARIABLE, "").rpartition(":")
    if host != socket.gethostname() or not pid.isdigit():
        return
    threading.Thread(target=_watch, args=(int(pid),), daemon=True).start()


def _watch(pid: int) -> None:
    try:
        parent = psutil.Process(pid)
        while parent.is_running() and parent.status() != psutil.STATUS_ZOMBIE:
            time.sleep(_EVERY_S)
    except psutil.NoSuchProcess:
        pass
    os._exit(_STATUS)  # what it was writing has a temporary name, and the next run of this leg clears it
