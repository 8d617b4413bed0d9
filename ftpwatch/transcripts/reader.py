"""Reads a log into entries: each line is recognised, and the session that it belongs to is told.

Sessions are kept apart by what the log tells them apart with (a process or connection number), and
by the format, where logs of several programs follow one another. A line that says nothing of FTP is
left out.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from ftpwatch.core.conversation.overheard import SESSIONS_AT_MOST, Overheard
from ftpwatch.core.conversation.overheard_session import OverheardSession
from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import SourceOpened
from ftpwatch.core.journal.vocabulary import SourceKind
from ftpwatch.core.state.phases import LOGIN_VERBS
from ftpwatch.transcripts.formats import Formats, load
from ftpwatch.transcripts.lines import Line
from ftpwatch.transcripts.model import Format, Meaning
from ftpwatch.transcripts.moments import LogTimes, Moments
from ftpwatch.transcripts.recogniser import Recogniser, Said
from ftpwatch.transcripts.teller import Teller, port_of

__all__ = ["SAMPLE_LINES", "TranscriptReader"]

SAMPLE_LINES: Final = 400
_ESTABLISHED: Final = 3
_LOGGED_IN: Final = "230"
_NO_CLIENT: Final = "a log"  # as the tables are called that hold for any


class TranscriptReader:
    """Of the log called `name`; `put` gets each entry with the number of its line."""

    def __init__(self, name: str, put: Callable[[Entry, int], object], times: LogTimes) -> None:
        formats: Formats = load()
        self._name, self._put = name, put
        self._recogniser = Recogniser(formats)
        self._moments = Moments(times)
        self._overheard: Overheard | None = None
        self._held: list[Line] = []
        self._is_settled = False
        self._number = 0
        self._segment = 0
        self._at: datetime | None = None
        self._last_key: tuple[object, ...] | None = None
        self._teller = Teller()
        self._aliases: dict[tuple[object, ...], tuple[object, ...]] = {}
        self._waiting: dict[tuple[object, ...], tuple[object, ...]] = {}
        self._quit: tuple[OverheardSession, Said, datetime | None] | None = None
        self.heard = 0

    @property
    def format(self) -> Format | None:
        """The format that the log has, as far as that is known."""
        return self._recogniser.format

    def feed(self, line: Line) -> None:
        """The next line. The first are held until they show what the log is."""
        if self._is_settled:
            self._read(line)
            return
        self._held.append(line)
        if len(self._held) >= SAMPLE_LINES:
            self.settle()

    def settle(self) -> None:
        """Read what is held: more does not come for now, or is not needed to know the format."""
        held, self._held = self._held, []
        if not self._is_settled and held:
            self._is_settled = True
            self._recogniser.settle([line.text for line in held])
        for line in held:
            self._read(line)

    def pause(self) -> None:
        """Nothing more comes for now."""
        self.settle()
        self._say_quit()

    def finish(self) -> None:
        """The log is over."""
        self.settle()
        self._say_quit()
        session = self._open_session()
        if session is not None and session.is_inside_reply:
            session.close_open_reply("the log ends inside it", self._at)

    # --- a line ----------------------------------------------------------------------------

    def _read(self, line: Line) -> None:
        self._number = line.number
        session = self._open_session()
        inside = session is not None and session.is_inside_reply
        said = self._recogniser.read(line.text, inside_reply=inside)
        if said.row is not None or self._at is None or self._moments.lacks_date:
            self._note_time(said)
        if said.row is None:
            self._read_unmarked(said)
            return
        if Meaning.TALK in said.means:
            return
        if said.row.unasked:
            self._quit = None
        self._say_quit()
        self._follow(said)
        session = self._session(said)
        if Meaning.COMMAND in said.means and said.groups.get("text", "").upper() == "QUIT":
            self._quit = session, said, self._at
            return
        self._teller.tell(said, session, self._at)
        if said.groups.get("text", "").upper().startswith("PASS") and self._last_key is not None:
            self._waiting[self._person(said)] = self._last_key
            if len(self._waiting) > SESSIONS_AT_MOST:
                del self._waiting[next(iter(self._waiting))]

    def _say_quit(self) -> None:
        """Some clients write their QUIT down though the connection is gone: the next line tells."""
        if self._quit is not None:
            (session, said, at), self._quit = self._quit, None
            self._teller.tell(said, session, at)

    def _note_time(self, said: Said) -> None:
        times = said.times
        own = [groups for groups in times if "hour" in groups or "epoch" in groups]
        own = own or [groups for groups in times if "elapsed" in groups]
        if own and (at := self._moments.of(own[-1])) is not None:
            self._at = at
        elif "elapsed" in said.groups:
            self._at = self._moments.of({"elapsed": said.groups["elapsed"]}) or self._at

    def _read_unmarked(self, said: Said) -> None:
        """A further line of a reply, in logs that mark the first only."""
        session = self._open_session()
        if session is None or not session.is_inside_reply:
            return
        if said.rest.strip() and (self.format is None or self.format.bare):
            self._teller.tell_more(said.rest, session, self._at)

    def _follow(self, said: Said) -> None:
        """Another program's log has begun."""
        form = said.format
        if form is None or form is self._recogniser.format or not said.is_dialogue:
            return
        if self._recogniser.format is None or form not in load().common:
            if self.heard >= _ESTABLISHED:
                self._segment += 1
            self._recogniser.format = form

    def _session(self, said: Said) -> OverheardSession:
        groups = said.groups
        named = groups.get("session") or self._process(said)
        key: tuple[object, ...] = (self._segment, named)
        if named is None and self._last_key is not None and self._last_key[0] == self._segment:
            key = self._last_key
        key = self._aliases.get(key, key)
        if named is not None and self._source().knows(key):
            key = self._used_again(key, said)
        elif named is not None:
            key = self._continued(key, said)
        self._last_key = key
        name = groups.get("host") or groups.get("peer") or named or self._name
        host = groups.get("host", "") if Meaning.CONNECTING in said.means else ""
        return self._source().session(key, name, host, port_of(groups))

    def _used_again(self, key: tuple[object, ...], said: Said) -> tuple[object, ...]:
        """Numbers of sessions begin anew when their program does: where somebody connects."""
        session = self._source().session(key, self._name)
        if (
            Meaning.CONNECTED not in said.means
            or session.facts is None
            or not session.facts.sent_at
        ):
            return key
        session.ended(None, None, self._at)
        return self._known_as(key[:2], (*key[:2], self._number))

    def _known_as(self, key: tuple[object, ...], new: tuple[object, ...]) -> tuple[object, ...]:
        """What has `key` is of `new` from now on."""
        if len(self._aliases) >= SESSIONS_AT_MOST:
            self._aliases.pop(next(iter(self._aliases)))
        self._aliases[key] = new
        return new

    def _continued(self, key: tuple[object, ...], said: Said) -> tuple[object, ...]:
        """A server may go on in another process once the password was accepted: that answers what
        the first one left unanswered.
        """
        if not said.groups.get("text", "").startswith(_LOGGED_IN):
            return key
        before = self._waiting.get(self._person(said))
        session = self._source().session(before, self._name) if before is not None else None
        facts = session.facts if session is not None else None
        owing = facts.owing if facts is not None else None
        if before is None or owing is None or owing.verb not in LOGIN_VERBS:
            return key
        return self._known_as(key, before)

    def _person(self, said: Said) -> tuple[object, ...]:
        """Who speaks, as far as the line says it."""
        return self._segment, said.groups.get("peer"), said.groups.get("user")

    def _process(self, said: Said) -> str | None:
        return next((g["session"] for g in reversed(said.times) if g.get("session")), None)

    def _open_session(self) -> OverheardSession | None:
        return (
            None if self._last_key is None else self._source().session(self._last_key, self._name)
        )

    def _source(self) -> Overheard:
        if self._overheard is None:
            form = self._recogniser.format
            source = SourceOpened(
                kind=SourceKind.LOG,
                name=self._name,
                format=None if form is None or form.name == _NO_CLIENT else form.name,
                timed=self._at is not None,
                notes=self._moments.notes(),
            )
            self._overheard = Overheard(source, self._keep)
        return self._overheard

    def _keep(self, entry: Entry) -> None:
        self.heard += 1
        self._put(entry, self._number)
