"""Errors of our own: each costs what it struck, is an entry and a line on stderr, and all else goes
on. One that strikes again and again is told ever more rarely.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any

from ftpwatch.core.journal.events import SessionFailed
from ftpwatch.core.journal.keeper import Publish
from ftpwatch.core.judgement.watch import Failed

__all__ = ["Failures"]


class Failures:
    """`publish` makes it an entry, None where there is a recording that is only read; `tell` says
    it to the user.
    """

    def __init__(self, publish: Publish | None, tell: Callable[[str], None]) -> None:
        self._publish, self._warn = publish, tell
        self._counts: Counter[tuple[str, str]] = Counter()

    def of_watch(self, failed: Failed) -> None:
        """While an entry was read, explained or shown."""
        entry = failed.entry
        is_own = entry is not None and isinstance(entry.event, SessionFailed)
        self._note(
            failed.where,
            failed.words,
            failed.error,
            session=entry.session if entry is not None else None,
            connection=entry.connection if entry is not None else None,
            published=not is_own,  # an entry of it would strike again
        )

    def of_session(self, session: str, connection: int | None, error: Exception) -> None:
        """In the task of one session, or in something that runs beside it."""
        text = f"{session or 'beside the sessions'}: {_words(error)}"
        self._note("a session", text, error, session=session or None, connection=connection)

    def of_screen(self, error: Exception) -> None:
        """While the screen drew, or heard a key."""
        self._note("the screen", f"the screen: {_words(error)}", error)

    def of_outward(self, error: Exception) -> None:
        """While metrics were made, a message sent or a command run."""
        self._note("outward", f"beside the sessions: {_words(error)}", error)

    def of_loop(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """What asyncio could not hand to anybody; its own handler prints a traceback."""
        error = context.get("exception")
        if isinstance(error, Exception):
            self._note("a callback", f"a callback: {_words(error)}", error)

    def _note(
        self,
        where: str,
        text: str,
        error: Exception,
        *,
        session: str | None = None,
        connection: int | None = None,
        published: bool = True,
    ) -> None:
        kind = where, type(error).__name__
        self._counts[kind] += 1
        times = self._counts[kind]
        if times & (times - 1):
            return  # the 1st, 2nd, 4th, 8th ... is told
        problem = text if times == 1 else f"{text} ({times} times by now)"
        if self._publish is not None and published:
            self._publish(SessionFailed(problem), session, connection)
        self._warn(f"ftpwatch: an error of its own, all else goes on: {problem}")


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
