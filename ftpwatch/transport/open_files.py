"""How many files the system lets this process have open: every session takes one."""

from typing import Final

from ftpwatch.core.counted import counted
from ftpwatch.core.errors import UserError

__all__ = ["make_room"]

SPARE: Final = 64  # the recording, the terminal, data connections, whatever runs beside


def make_room(sessions: int) -> None:
    """Raise the soft limit to the hard one. Raises UserError where that leaves too few for
    `sessions`; where the system has no such limit there is nothing to do.
    """
    try:
        import resource
    except ImportError:  # Windows
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != soft:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    needed = sessions + SPARE
    if hard != resource.RLIM_INFINITY and hard < needed:
        raise UserError(
            f"{counted(sessions, 'session needs', 'sessions need')} {needed} open files, and the "
            f"system gives this process {hard} at most; allow more (ulimit -Hn {needed}, or "
            f"LimitNOFILE={needed} in a unit of systemd), or watch "
            f"{counted(max(0, hard - SPARE), 'session')}"
        )
