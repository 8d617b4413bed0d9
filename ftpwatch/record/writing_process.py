"""Which process writes a recording, told in the token of its watch, so that who reads can tell a
watch that was killed from one in which nothing happens.

A lock would do as well, were the locks of SQLite not lost when any other descriptor of its file is
closed. Only Linux says enough of a process; elsewhere, and from another pid namespace, nobody can
tell.
"""

import os
import re
from hashlib import sha256
from pathlib import Path
from typing import Final

__all__ = ["is_gone", "own_mark"]

_MARK: Final = re.compile(
    r".*@([0-9a-f]{12})\.([0-9]{1,20})\.([0-9]{1,10})\.([0-9]{1,20})", re.ASCII
)
_BOOT: Final = Path("/proc/sys/kernel/random/boot_id")
_STARTED, _STATE = 19, 0  # proc(5), /proc/pid/stat, counted from what follows the name
_ENDED: Final = ("Z", "X")


def own_mark() -> str:
    """What tells this process from every other one; empty where it is not known."""
    try:
        started = _started(os.getpid())
        return f"@{_boot()}.{_namespace()}.{os.getpid()}.{started}" if started else ""
    except (OSError, ValueError, IndexError):
        return ""


def is_gone(token: str) -> bool:
    """The process that made `token` of its mark runs no more; False where nobody can tell."""
    mark = _MARK.fullmatch(token)
    if mark is None:
        return False
    boot, namespace, pid, started = mark.groups()
    try:
        if boot != _boot():
            return True
        if int(namespace) != _namespace():
            return False
        return _started(int(pid)) != int(started)
    except FileNotFoundError:
        return not _exists(int(pid))
    except (OSError, ValueError, IndexError):
        return False


def _boot() -> str:
    return sha256(_BOOT.read_bytes()).hexdigest()[:12]


def _namespace() -> int:
    return Path("/proc/self/ns/pid").stat().st_ino


def _started(pid: int) -> int | None:
    """When it started, in ticks since the system did; None where it has ended already."""
    fields = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    return None if fields[_STATE] in _ENDED else int(fields[_STARTED])


def _exists(pid: int) -> bool:
    """Processes of others may be hidden in /proc."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True
