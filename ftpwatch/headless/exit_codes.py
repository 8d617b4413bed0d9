"""Exit codes: an interface that scripts rely on."""

from enum import IntEnum
from typing import Final

from ftpwatch.core.state.state import SessionState, WatchState

__all__ = ["ExitCode", "exit_code"]

_GOODBYE: Final = 221


class ExitCode(IntEnum):
    """How a watch ended."""

    WELL = 0
    BADLY = 1
    USAGE = 2
    UNREACHED = 3
    INTERRUPTED = 130


def exit_code(state: WatchState) -> ExitCode:
    """Code for a watch that ended by itself: 3 where nothing was reached, 1 where a session
    ended badly at any time or was not reached. A log may end before the close that a 421 announces.
    """
    every = (*state.ended.values(), *state.sessions.values())
    sessions = tuple(session for session in every if not session.target.twin)
    if sessions and not any(session.was_open for session in sessions):
        return ExitCode.UNREACHED
    if any(session.ended_badly or not session.was_open for session in sessions):
        return ExitCode.BADLY
    if state.source is not None and any(map(_is_turned_out, sessions)):
        return ExitCode.BADLY
    return ExitCode.WELL


def _is_turned_out(session: SessionState) -> bool:
    announcement = session.connection.announcement if session.connection is not None else None
    return announcement is not None and announcement.reply.code != _GOODBYE
