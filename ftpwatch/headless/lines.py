"""Modes of a watch on stdout: `stream` (one plain line per entry), `json` (NDJSON), `silent`."""

from collections.abc import Callable
from typing import Final, Protocol

from ftpwatch.core.journal.entry import Entry, entry_line
from ftpwatch.core.journal.events import ConnectionFailed
from ftpwatch.core.judgement.watch import Update
from ftpwatch.core.state.explanation import Explained, explained_line
from ftpwatch.core.state.phases import Phase
from ftpwatch.core.state.verdict import Verdict, VerdictChanged, verdict_line
from ftpwatch.core.text.cause_text import cause_words
from ftpwatch.core.text.neutral import visible
from ftpwatch.core.text.phrasing import milliseconds, phrase
from ftpwatch.core.text.tone import ASCII_GLYPHS, GLYPHS, Tone, in_ascii
from ftpwatch.core.text.verdict_text import verdict_short

__all__ = ["Json", "Lines", "Silent", "Stream"]

_NARROWEST, _WIDEST, _MOST_WAITS = 12, 32, 10_000
_RESET: Final = "\x1b[0m"
# The 8-colour cousins of the screens' blue and orange; text carries the meaning.
_COLOURS: Final[dict[Tone, str]] = {
    Tone.SENT: "\x1b[36m",
    Tone.COMPLETION: "\x1b[34m",
    Tone.PROGRESS: "\x1b[36m",
    Tone.TRANSIENT: "\x1b[33m",
    Tone.PERMANENT: "\x1b[1;33m",
    Tone.CLOSE: "\x1b[1;33m",
    Tone.KEEP_ALIVE: "\x1b[2m",
    Tone.NOTE: "",
    Tone.MARK: "\x1b[1m",
}


class Lines(Protocol):
    """A view of the Watch that writes lines."""

    def show(self, update: Update) -> None: ...


class Silent:
    """Prints nothing: the recording and the exit code are the result."""

    def show(self, update: Update) -> None:
        pass


class Json:
    """One JSON object per line; `write` gets it with its line end."""

    def __init__(self, write: Callable[[str], object]) -> None:
        self._write = write

    def show(self, update: Update) -> None:
        if update.entry is not None:
            self._write(entry_line(update.entry) + "\n")
        for explained in update.explained:
            self._write(explained_line(explained) + "\n")
        for verdict in update.verdicts:
            self._write(verdict_line(verdict) + "\n")


class Stream:
    """Lines for people, pipes and screen readers."""

    def __init__(
        self, write: Callable[[str], object], *, ascii_only: bool = False, colour: bool = False
    ) -> None:
        self._write = write
        self._ascii = ascii_only
        self._glyphs = ASCII_GLYPHS if ascii_only else GLYPHS
        self._colour = colour
        self._together: dict[int, tuple[bool, str]] = {}
        self._widest = _NARROWEST
        self._waits: set[tuple[str, int, str]] = set()
        self._failed: dict[tuple[str, int], list[str]] = {}

    def show(self, update: Update) -> None:
        if update.entry is not None:
            self._write(self.line(update.entry))
            self._forget_failures(update)
        for explained in update.explained:
            for line in self._explained(explained, update):
                self._write(self._encoded(f"{'':32}  {line}\n"))
        for changed in update.verdicts:
            judged = changed.judged
            if judged.verdict is Verdict.NOT_YET and not self._is_news(changed, update):
                continue
            short = verdict_short(judged, update.state.at)
            sentence = f"keep-alive of {visible(changed.session)}: {short}: {visible(judged.words)}"
            self._write(self._encoded(f"{'':32}  {sentence}\n"))

    def _is_news(self, changed: VerdictChanged, update: Update) -> bool:
        """What is waited for is said once of a host, not once for each of its sessions."""
        session = update.state.sessions.get(changed.session)
        if session is None:
            return True
        wait = (session.target.host, session.target.port, changed.judged.words)
        if wait in self._waits:
            return False
        if len(self._waits) < _MOST_WAITS:
            self._waits.add(wait)
        return True

    def _explained(self, explained: Explained, update: Update) -> list[str]:
        """An explanation in plain lines; what several ended by is told when that is seen, and
        with their number when it is known.
        """
        incident = update.state.incidents.get(explained.incident or 0)
        if incident is None:
            return self._unless_as_before(explained, update)
        settled = update.entry is None
        before = self._together.get(incident.seq)
        self._together[incident.seq] = settled, explained.explanation.summary
        if before is not None and before[0] == settled:
            return []
        within = incident.last_at - incident.first_at
        so_far = "" if settled else " so far"
        who = f"{incident.sessions} sessions of {visible(incident.host)}{so_far}"
        return [f"together: {who}, within {within:.1f} s", *_explanation_lines(explained, update)]

    def _unless_as_before(self, explained: Explained, update: Update) -> list[str]:
        """All of it; of tries that fail one after the other for one reason only the first time."""
        lines = _explanation_lines(explained, update)
        session = update.state.sessions.get(explained.session)
        if session is None or not isinstance(explained.by.event, ConnectionFailed):
            return lines
        host = (session.target.host, session.target.port)
        if self._failed.get(host) == lines:
            return [f"why: {_cause(explained)}, as before"]
        if host in self._failed or len(self._failed) < _MOST_WAITS:
            self._failed[host] = lines
        return lines

    def _forget_failures(self, update: Update) -> None:
        """Once a session of a host is ready, what fails there is news again."""
        name = update.entry.session if update.entry is not None else None
        session = update.state.sessions.get(name or "")
        if session is not None and session.phase is Phase.READY:
            self._failed.pop((session.target.host, session.target.port), None)

    def line(self, entry: Entry) -> str:
        """The line of `entry`, with its end."""
        phrased = phrase(entry)
        session = visible(entry.session or "-")
        time = entry.at.astimezone().isoformat(sep=" ", timespec="milliseconds")
        if not entry.timed:
            time = f"{entry.seq:>{len(time)}}"  # an order is all there is
        latency = f"  {milliseconds(phrased.latency_seconds)}" if phrased.latency_seconds else ""
        self._widest = max(self._widest, min(len(session), _WIDEST))
        who = f"{session:<{self._widest}} {self._glyphs[phrased.tone]}"
        line = self._encoded(f"{time}  {who} {phrased.words}{latency}")
        colour = _COLOURS[phrased.tone] if self._colour else ""
        return f"{colour}{line}{_RESET}\n" if colour else f"{line}\n"

    def _encoded(self, line: str) -> str:
        return in_ascii(line) if self._ascii else line


def _explanation_lines(explained: Explained, update: Update) -> list[str]:
    """An explanation in plain lines."""
    explanation = explained.explanation
    side = "on our side" if update.state.source is None else "on the client"
    lines = [f"why: {_cause(explained)}: {visible(explanation.summary)}"]
    lines += [f"because: {visible(text)}" for text in explanation.evidence]
    lines += [f"against: {visible(text)}" for text in explanation.against]
    lines += [
        f"or: {cause_words(other.cause)} ({other.confidence})" for other in explanation.alternatives
    ]
    lines += [f"{side}: {step}" for step in explanation.advice.client]
    lines += [f"on the server: {step}" for step in explanation.advice.server]
    return lines


def _cause(explained: Explained) -> str:
    explanation = explained.explanation
    return f"{explanation.title or 'Nothing ended'} ({explanation.confidence})"
