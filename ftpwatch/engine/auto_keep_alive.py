"""Sessions whose keep-alive is `auto` follow what becomes known: a limit, a verdict, a login."""

from collections.abc import Iterator, Mapping

from ftpwatch.core.ftp.command import Purpose
from ftpwatch.core.journal.events import AnyEvent, LimitKnown, ReplyReceived
from ftpwatch.core.judgement.advisor import Advisor, KeepAliveAdvice
from ftpwatch.core.judgement.watch import Update
from ftpwatch.core.state.state import SessionState

__all__ = ["AutoKeepAlive"]


class AutoKeepAlive:
    """Asks the Advisor where something is new; it holds no rules itself."""

    def __init__(self, advisor: Advisor) -> None:
        self._advisor = advisor

    def receive(self, update: Update) -> Iterator[tuple[str, KeepAliveAdvice]]:
        """Sessions and what their keep-alive shall become after `update`."""
        for session in _concerned(update):
            host, judged = update.state.host_of(session), update.state.verdicts.get(session.name)
            advice = self._advisor.keep_alive(session, host, judged)
            if advice is not None:
                yield session.name, advice


def _concerned(update: Update) -> list[SessionState]:
    sessions, entry = update.state.sessions, update.entry
    event = entry.event if entry is not None else None
    if isinstance(event, LimitKnown):
        key = (event.host, event.port)
        return [session for session in update.state.sessions_at(key) if session.auto]
    tells = event is not None and _tells_the_server(event)
    if not tells and not update.verdicts:
        return []
    names = [change.session for change in update.verdicts]
    if tells and entry is not None:
        names.append(entry.session or "")
    return [sessions[name] for name in dict.fromkeys(names) if _is_auto(sessions, name)]


def _is_auto(sessions: Mapping[str, SessionState], name: str) -> bool:
    return name in sessions and sessions[name].auto


def _tells_the_server(event: AnyEvent) -> bool:
    """The answers to our questions after login show which server it is."""
    answered = event.in_reply_to if isinstance(event, ReplyReceived) else None
    return answered is not None and answered.purpose is Purpose.SETUP
