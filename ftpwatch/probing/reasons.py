"""Why probes failed, by the same judgement as everywhere: the Watch's, where it gives one, and the
Advisor's for what refuses a probe and ends no session.
"""

from ftpwatch.core.ftp.command import Purpose
from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import DataConnectionClosed, ReplyReceived
from ftpwatch.core.judgement.advisor import Advisor
from ftpwatch.core.judgement.triggers import context_of
from ftpwatch.core.judgement.watch import Update
from ftpwatch.core.state.explanation import Explanation

__all__ = ["Reasons"]


class Reasons:
    """A view of the Watch: the newest explanation of each session that is not of our own QUIT."""

    def __init__(self, advisor: Advisor) -> None:
        self._advisor = advisor
        self._by_session: dict[str, Explanation] = {}

    def of(self, session: str) -> Explanation | None:
        """None where nothing ended or was refused."""
        return self._by_session.get(session)

    def receive(self, update: Update) -> None:
        """Keep what is explained, and explain a refusal that the Watch leaves alone."""
        for explained in update.explained:
            if not explained.explanation.solicited:
                self._by_session[explained.session] = explained.explanation
        entry = update.entry
        if entry is None or update.judgement is not None or not _refuses(entry):
            return
        session = update.state.sessions.get(entry.session or "")
        if session is not None and session.connection is not None:
            facts = session.connection
            _, context = context_of(session, facts, session.phase, update.state, entry)
            self._by_session[session.name] = self._advisor.explain(context)


def _refuses(entry: Entry) -> bool:
    match entry.event:
        case ReplyReceived(in_reply_to=asked) as reply:
            return reply.is_negative and asked is not None and asked.purpose is Purpose.PROBE
        case DataConnectionClosed():
            return True
        case _:
            return False
