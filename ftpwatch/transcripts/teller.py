"""What a recognised line means for its session."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final
from weakref import WeakSet

from ftpwatch.core.bounds import TEN_YEARS
from ftpwatch.core.conversation.overheard_session import OverheardSession
from ftpwatch.core.journal.events import DataConnectionClosed
from ftpwatch.core.journal.vocabulary import ClosedBy, Manner, Stage
from ftpwatch.core.state.phases import TRANSFER_VERBS
from ftpwatch.transcripts.model import Meaning
from ftpwatch.transcripts.recogniser import Said

__all__ = ["Teller", "port_of"]

_FTP: Final = 21
_ENDS: Final = frozenset(
    {Meaning.CLOSED_BY_SERVER, Meaning.CLOSED_BY_CLIENT, Meaning.RESET, Meaning.ENDED}
)
_STAGES: Final[Mapping[Meaning, Stage]] = {
    Meaning.TLS_FAILED: Stage.TLS,
    Meaning.UNREACHABLE: Stage.CONNECT,
    Meaning.UNRESOLVED: Stage.RESOLVE,
}
_REPLY: Final = re.compile(r"(\d{3})(?:[ -]|:(?= )|\Z)")
_COLON: Final = re.compile(r"\A(\d{3}):(?= )")
_NO_DIGIT: Final = re.compile(r"[^\d]")
_TLS_BEGINS: Final = "234"
_PASSIVE: Final = ("227", "229")
_TRANSFERRING: Final = ("125", "150", "226", "250", "425", "426")


class Teller:
    """Tells sessions what lines say of them, each at the moment that is given."""

    def __init__(self) -> None:
        self._at: datetime | None = None
        self._waits_for_data: WeakSet[OverheardSession] = WeakSet()
        self._without_data: WeakSet[OverheardSession] = WeakSet()

    def tell(self, said: Said, session: OverheardSession, at: datetime | None) -> None:
        """All that `said` means."""
        self._at = at
        if _is_after_end(said, session):
            return
        if _ENDS.intersection(said.means):
            session.joined(at)
        for meaning in said.means:
            self._tell(meaning, said, session)

    def tell_more(self, text: str, session: OverheardSession, at: datetime | None) -> None:
        """A further line of a reply, which has no mark."""
        session.server_said(_wire(text), at)

    def _tell(self, meaning: Meaning, said: Said, session: OverheardSession) -> None:  # noqa: C901
        """A table of meanings, one line each."""
        at, groups = self._at, said.groups
        text = groups.get("text", "")
        match meaning:
            case Meaning.COMMAND:
                self._end_reply(session)
                session.client_said(_wire(text), at)
            case Meaning.REPLY:
                self._reply(session, groups.get("reply", text), said)
            case Meaning.MORE if session.is_inside_reply:
                self._reply(session, text, said)
            case Meaning.REPORT:
                words = groups.get("words", "").strip()
                self._report(session, _COLON.sub(r"\1", f"{text} {words}".rstrip()))
            case Meaning.WORDS:
                self._words(session, text)
            case Meaning.CONNECTING:
                session.connecting(groups.get("host", ""), port_of(groups), at)
            case Meaning.CONNECTED if said.format is not None and said.format.partial:
                session.joined(at)  # how far it came, nobody knows
            case Meaning.CONNECTED:
                session.opened(at)
            case Meaning.TLS:
                session.secured(groups.get("protocol", ""), groups.get("cipher", ""), at)
            case Meaning.CLOSED_BY_SERVER:
                session.ended(ClosedBy.SERVER_PI, Manner.FIN, at)
            case Meaning.CLOSED_BY_CLIENT:
                session.ended(ClosedBy.USER_PI, None, at)
            case Meaning.ENDED:
                session.ended(None, None, at)
            case Meaning.RESET:
                session.ended(ClosedBy.SERVER_PI, Manner.RESET, at)
            case Meaning.TIMED_OUT:
                self._timed_out(session, said)
            case Meaning.TLS_FAILED | Meaning.UNREACHABLE | Meaning.UNRESOLVED:
                self._failed(session, _STAGES[meaning], text or "no reason is given")
            case Meaning.NOT_FTP:
                session.is_no_ftp(text, at)
            case _:
                self._tell_of_data(meaning, said, session)

    def _tell_of_data(self, meaning: Meaning, said: Said, session: OverheardSession) -> None:
        match meaning:
            case Meaning.DATA_CONNECTING:
                self._waits_for_data.add(session)
            case Meaning.DATA_CONNECTED:
                self._waits_for_data.discard(session)
            case Meaning.DATA_FAILED:
                self._data_failed(session, said.groups.get("text") or "it came to nothing")
            case Meaning.MOVED:
                count = int(_NO_DIGIT.sub("", said.groups["bytes"])[:15] or 0)
                session.data_closed(_data(count=count), self._at)
            case _:
                pass

    def _reply(self, session: OverheardSession, text: str, said: Said) -> None:
        if not session.is_inside_reply and _REPLY.match(text) is None:
            return
        if not (session.is_inside_reply and not text.strip()):
            session.server_said(_wire(_COLON.sub(r"\1", text)), self._at)
        if text[:3] == _TLS_BEGINS and said.format is not None and said.format.packets:
            session.secured("TLS", "", self._at, hidden=True)  # what follows cannot be read
        if text[:3] in _PASSIVE:
            self._waits_for_data.add(session)
            self._without_data.discard(session)
        elif text[:3] in _TRANSFERRING:
            self._waits_for_data.discard(session)

    def _report(self, session: OverheardSession, text: str) -> None:
        """Told in an error message: news only where the dialogue has not shown it."""
        code, words = text[:3], text[4:].strip()
        facts = session.facts
        last = facts.last_reply if facts is not None else None
        known = last is not None and last.code is not None and f"{last.code:03d}" == code
        if known and (not words or (last is not None and words[:60] in last.text)):
            return
        self._end_reply(session)
        session.server_said(_wire(text), self._at)

    def _words(self, session: OverheardSession, text: str) -> None:
        facts = session.facts
        last = facts.last_reply if facts is not None else None
        if not text.strip() or (last is not None and text.strip()[:60] in last.text):
            return
        self._end_reply(session)
        session.server_worded(text.strip(), self._at)

    def _end_reply(self, session: OverheardSession) -> None:
        if session.is_inside_reply:
            session.close_open_reply("its last line is not in the log", self._at)

    def _timed_out(self, session: OverheardSession, said: Said) -> None:
        """The client waited in vain: for a data connection, or for a reply."""
        seconds = said.groups.get("seconds", "")
        waited = min(TEN_YEARS, float(seconds)) if _is_number(seconds) else 0.0
        if self._expects_data(session):
            self._data_failed(session, "it did not stand in time")
        elif _is_announced(session):
            session.ended(None, None, self._at)  # what the client makes of a 421
        elif session in self._without_data:
            session.ended(ClosedBy.USER_PI, None, self._at)
        elif session.is_open or session.facts is None:
            session.waited(waited, self._at)
            session.ended(ClosedBy.USER_PI, None, self._at)

    def _failed(self, session: OverheardSession, stage: Stage, problem: str) -> None:
        """An attempt came to nothing; or a data connection, where one was to be opened."""
        if self._expects_data(session):
            self._data_failed(session, problem)
        elif stage is Stage.TLS or not _has_spoken(session):
            session.failed(stage, problem, self._at)

    def _data_failed(self, session: OverheardSession, problem: str) -> None:
        """No news of a session that is not logged in: its commands are refused all the same."""
        self._waits_for_data.discard(session)
        self._without_data.add(session)
        facts = session.facts
        if facts is None or facts.refusal is None or facts.ready_at is not None:
            session.data_closed(_data(problem=problem), self._at)

    def _expects_data(self, session: OverheardSession) -> bool:
        """The address for a data connection was given, and nothing has come of it yet."""
        facts = session.facts if session.is_open else None
        owing = facts.owing if facts is not None else None
        is_due = owing is None or owing.verb in TRANSFER_VERBS
        return session in self._waits_for_data and facts is not None and is_due


def _is_after_end(said: Said, session: OverheardSession) -> bool:
    """A packet that still came on a connection that is over."""
    facts = session.facts
    over = facts is not None and facts.closure is not None and not session.is_open
    packets = said.format is not None and said.format.packets
    return over and packets and Meaning.CONNECTED not in said.means


def _has_spoken(session: OverheardSession) -> bool:
    facts = session.facts
    return session.is_open and facts is not None and facts.last_reply is not None


def _is_announced(session: OverheardSession) -> bool:
    facts = session.facts
    return session.is_open and facts is not None and facts.announcement is not None


def _data(*, problem: str | None = None, count: int | None = None) -> DataConnectionClosed:
    return DataConnectionClosed(number=0, bytes_sent=count, problem=problem)


def _wire(text: str) -> bytes:
    return text.encode("utf-8", "replace") + b"\r\n"


def port_of(groups: Mapping[str, str]) -> int:
    """The port that a line names; that of FTP where it names none."""
    text = groups.get("port", "")
    return int(text) if text.isdigit() and int(text[:6]) <= 65_535 and len(text) < 6 else _FTP


def _is_number(text: str) -> bool:
    return bool(re.fullmatch(r"\d{1,9}(?:\.\d{1,6})?", text))
