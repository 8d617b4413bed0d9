"""How a session stands: with which others it is in the same trouble, or in none. Pure.

What went against our will is trouble; what we closed, what is on its way, what is only tested, is
not.
"""

import re
from enum import IntEnum
from typing import Final

import msgspec

from ftpwatch.core.ftp.reply import code_text
from ftpwatch.core.state.explanation import Explained
from ftpwatch.core.state.phases import Phase
from ftpwatch.core.state.state import ConnectionFacts, SessionState
from ftpwatch.core.state.verdict import Judged, Verdict
from ftpwatch.core.text.cause_title import cause_title
from ftpwatch.core.text.neutral import shortened, visible

__all__ = ["Placed", "Rank", "Standing", "standing_of"]

_DIGITS: Final = re.compile(r"\d+")
_LONGEST_WORDS: Final = 48
_DOWN: Final = (Phase.CLOSED, Phase.WAITING)
_LIVE: Final = (Phase.READY, Phase.TRANSFER)


class Rank(IntEnum):
    """What comes first is worst."""

    SILENT = 1
    ENDED = 2
    KEEP_ALIVE = 3
    OPENING = 4
    HEALTHY = 5
    CLOSED = 6
    TEST = 7


class Standing(msgspec.Struct, frozen=True, order=True):
    """Sessions of one host that stand alike are one kind: `key` tells kinds apart, `words` name it.
    Those that ended are alike where they did for one cause and heard the same last words.
    """

    rank: Rank
    key: str
    words: str

    @property
    def is_trouble(self) -> bool:
        """Somebody should look at it."""
        return self.rank <= Rank.KEEP_ALIVE


# A session with how it stands.
Placed = tuple[SessionState, Standing]

_TEST: Final = Standing(Rank.TEST, "test", "test sessions")
_SILENT: Final = Standing(Rank.SILENT, "silent", "no reply so far")
_NEW: Final = Standing(Rank.OPENING, "new", "not connected yet")
_OPENING: Final = Standing(Rank.OPENING, "opening", "connecting")
_QUIT: Final = Standing(Rank.CLOSED, "quit", "closing")
_CLOSED: Final = Standing(Rank.CLOSED, "closed", "closed on our side")
_HEALTHY: Final = Standing(Rank.HEALTHY, "healthy", "ready")


def standing_of(
    session: SessionState,
    judged: Judged | None,
    explained: Explained | None,
) -> Standing:
    """`explained` is how the end of its newest connection is."""
    if session.target.twin:
        return _TEST
    if session.silent:
        return _SILENT
    if session.phase in _DOWN:
        return _down(session, explained)
    if session.phase in _LIVE:
        return _kept(session, judged)
    return _QUIT if session.phase is Phase.QUIT else _OPENING


def _down(session: SessionState, explained: Explained | None) -> Standing:
    facts = session.connection
    if facts is None:
        return _NEW
    wished = facts.ended_by_us or (facts.closure is not None and facts.closure.event.solicited)
    if wished or (explained is not None and explained.explanation.is_expected):
        return _CLOSED
    cause = explained.explanation.cause if explained is not None else None
    if cause is None and session.retry is not None:
        cause = session.retry.cause
    title = explained.explanation.title if explained is not None else ""
    words = visible(title) or cause_title(cause)
    said = _said(facts)
    key = f"ended {cause} {_DIGITS.sub('#', said)}"
    return Standing(Rank.ENDED, key, f"{words} · {said}" if said else words)


def _said(facts: ConnectionFacts) -> str:
    """The server's last words, if there were any: of those that ended together some may have heard
    others.
    """
    if facts.announcement is None:
        return ""
    reply = facts.announcement.reply
    first = next((line for line in reply.lines if line.strip()), "")
    return visible(shortened(f"{code_text(reply.code)} {first}", _LONGEST_WORDS))


def _kept(session: SessionState, judged: Judged | None) -> Standing:
    """By what its keep-alive is worth."""
    if judged is None:
        return _HEALTHY
    command = visible(session.target.keep_alive_command)
    if judged.late:
        return Standing(Rank.KEEP_ALIVE, f"late {command}", f"{command} comes too late")
    match judged.verdict:
        case Verdict.USELESS:
            return Standing(Rank.KEEP_ALIVE, f"useless {command}", f"{command} does not help")
        case Verdict.REFUSED:
            return Standing(Rank.KEEP_ALIVE, f"refused {command}", f"{command} is refused")
        case _:
            return _HEALTHY
