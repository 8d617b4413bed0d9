"""The panel that says why: what the reply means, the cause, the evidence, what to do. Long, as what
waits to be shown is kept here too.
"""

from collections.abc import Mapping
from typing import ClassVar, Final

from rich.style import Style
from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.message import Message
from textual.widgets import Static

from ftpwatch.core.journal.events import CheckMade
from ftpwatch.core.state.explanation import Explained, Explanation
from ftpwatch.core.state.state import Incident, SessionState
from ftpwatch.core.state.verdict import Judged
from ftpwatch.core.text.neutral import visible
from ftpwatch.core.text.verdict_text import verdict_short
from ftpwatch.tui.fence import fenced
from ftpwatch.tui.keys import keys_on
from ftpwatch.tui.signs import UNICODE, Signs
from ftpwatch.tui.widgets.explanation_words import (
    check_words,
    excluded,
    incident_words,
    next_step,
    wrapped,
)

__all__ = ["ExplanationPanel"]

_KEPT: Final = 100
_ENDS_NOTHING: Final = (None, "data_connection_failed")


@fenced
class ExplanationPanel(VerticalScroll):
    """Shows one explanation; newer ones queue behind it."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"why--heading", "why--label", "why--cause"}
    signs: Signs = UNICODE
    is_past = False

    class Turned(Message):
        """It speaks of another end now, one of `session`."""

        def __init__(self, session: str) -> None:
            super().__init__()
            self.session = session

    def __init__(self, id: str) -> None:
        super().__init__(id=id)
        self.shown: Explained | None = None
        self._note: Text | None = None
        self._queue: list[Explained] = []
        self._past: list[Explained] = []
        self._countdown = ""
        self._keeps = ""
        self._checks: tuple[CheckMade, ...] = ()
        self._own_port = 0
        self._incident: Incident | None = None
        self._is_stale = self._is_away = False

    def compose(self) -> ComposeResult:
        yield Static(id="why-text")

    @property
    def is_open(self) -> bool:
        """On the screen, unless another pane is zoomed."""
        return self.has_class("-open")

    @is_open.setter
    def is_open(self, wanted: bool) -> None:
        self.set_class(wanted, "-open")

    # --- what is shown -------------------------------------------------------------------------

    def arrive(self, explained: Explained) -> bool:
        """A new explanation: shown where none is, else queued; a revision replaces its former,
        and an incident is shown once. What waits is counted with the next `count_down`. False
        where nothing is shown: what was put away stays so when it is explained anew.
        """
        empty = self.shown is None and self._note is None
        places = [n for n, waiting in enumerate(self._queue) if waiting.of == explained.of]
        if empty and places:
            self._queue[places[0]] = explained
            return False
        if empty or (self.shown is not None and self.shown.of == explained.of):
            self._show(explained)
        others = [e for e in self._queue if e.of != explained.of]
        self._queue = others if self.shown is explained else [*others, explained]
        self._is_stale = True
        return True

    def join(self, incidents: Mapping[int, Incident]) -> None:
        """What ended together waits once, and not at all behind one of them."""
        own = {of: incident.seq for incident in incidents.values() for of in incident.before}

        def event(explained: Explained) -> int | None:
            return explained.incident or own.get(explained.of)

        seen = {event(self.shown)} if self.shown is not None else set()
        queue: list[Explained] = []
        for explained in self._queue:
            together = event(explained)
            if together is None or together not in seen:
                seen.add(together)
                queue.append(explained)
        self._is_stale = self._is_stale or len(queue) != len(self._queue)
        self._queue = queue[-_KEPT:]
        shown = event(self.shown) if self.shown is not None else None
        self._set_incident(incidents.get(shown or 0))

    def _set_incident(self, incident: Incident | None) -> None:
        self._is_stale = self._is_stale or incident != self._incident
        self._incident = incident

    def pin(self, explained: Explained) -> None:
        """Show this one now."""
        self._queue = [e for e in self._queue if e.of != explained.of]
        self._remember()
        self._show(explained)

    def pin_note(self, heading: str, note: str) -> None:
        """Show what there is to say of an entry that ends nothing."""
        self._remember()
        self.shown = None
        text = Text()
        text.append(f"{self.signs.text(visible(heading))}\n\n", self._style("heading"))
        text.append(note)
        self._note = text
        self._draw()

    def step(self, by: int) -> bool:
        """The next one in the queue, or back to the one before; after `put_away` what was shown
        then. False where nothing is shown.
        """
        source = self._queue if by > 0 or self._is_away else self._past
        if not source:
            return self.is_open
        by = 1 if self._is_away else by
        following = source.pop(0 if by > 0 else -1)
        if self.shown is not None:
            if by > 0:
                self._remember()
            else:
                self._queue.insert(0, self.shown)
        self._show(following)
        return True

    def put_away(self) -> None:
        """Nothing is shown; what was, and what waits, is there for `step`."""
        self._is_away = self.shown is not None
        if self.shown is not None:
            self._queue.insert(0, self.shown)
        self.shown, self._note = None, None

    def clear(self, *, forget: bool = False) -> None:
        """Nothing is shown; what waits stays in the dialogue. `forget` what was shown, too."""
        self._remember()
        self.shown, self._note = None, None
        self._queue.clear()
        if forget:
            self._past.clear()

    def count_down(
        self,
        session: SessionState | None,
        judged: Judged | None,
        now: float,
    ) -> None:
        """Say what this session does next, and what its keep-alive is worth."""
        connection = self.shown.connection if self.shown else None
        keys = None if self.is_past else keys_on(self.app)
        countdown = next_step(session, now, connection, keys)
        same = session is not None and session.checks_of == connection
        checks = session.checks if session is not None and same else ()
        self._own_port = session.target.port if session is not None else 0
        keeps = "" if judged is None else f"{verdict_short(judged, now)}: {visible(judged.words)}"
        was = (self._countdown, self._keeps, self._checks)
        if self._is_stale or was != (countdown, keeps, checks):
            self._is_stale = False
            self._countdown, self._keeps, self._checks = countdown, keeps, checks
            self._draw()

    def _remember(self) -> None:
        if self.shown is not None:
            self._past.append(self.shown)
            del self._past[:-_KEPT]

    def _show(self, explained: Explained) -> None:
        fresh = self.shown is None or self.shown.of != explained.of
        self.shown, self._note, self._is_away = explained, None, False
        self._draw()
        if fresh:
            self.scroll_home(animate=False)
            self.post_message(self.Turned(explained.session))

    # --- drawing -------------------------------------------------------------------------------

    def on_mount(self) -> None:
        self._draw()

    def on_resize(self) -> None:
        self._draw()

    def _draw(self) -> None:
        if not self.is_mounted:
            return
        if self.shown is not None:
            text = self._text(self.shown.explanation)
            session = visible(self.shown.session)
            heard = self.shown.explanation.cause in _ENDS_NOTHING
            title = f"What did {session} hear?" if heard else f"Why did {session} close?"
            if self._incident is not None:
                title = incident_words(self._incident)
        else:
            text = self._note or Text("")
            title = "What does it mean?"
        key = keys_on(self.app).first("explanation.next")
        more = f"{len(self._queue)} more {self.signs.more} ({key} key)"
        # Text objects: a plain string would be parsed as markup.
        self.border_title = Text(self.signs.text(title))
        self.border_subtitle = Text(self.signs.text(more) if self._queue else "")
        self.query_one("#why-text", Static).update(text)

    def _text(self, explanation: Explanation) -> Text:
        asked = "yes: QUIT had been sent" if explanation.solicited else "no: unasked"
        cause = f"{explanation.cause or 'no close'} · {explanation.confidence}"
        which = " ".join(filter(None, (explanation.server, explanation.directive)))
        text = Text()
        text.append(f"{self.signs.text(visible(explanation.heading))}\n", self._style("heading"))
        self._part(text, "ASKED", [asked])
        self._part(text, "CAUSE", [cause], "cause")
        self._part(text, "WHICH", [which])
        self._part(text, "PROOF", [f"▸ {visible(line)}" for line in explanation.evidence])
        self._part(text, "BUT", [f"▸ {visible(line)}" for line in explanation.against])
        self._part(text, "SO", [visible(explanation.summary)])
        self._part(text, "NEXT", [self._countdown])
        self._part(text, "KEEP", [self._keeps])
        self._part(text, "CHECKS", [check_words(check, self._own_port) for check in self._checks])
        self._part(text, "DO", [f"▸ you: {step}" for step in explanation.advice.client])
        self._part(text, "", [f"▸ server: {step}" for step in explanation.advice.server])
        ruled_out = [other for other in explanation.alternatives if other.against]
        perhaps = [other for other in explanation.alternatives if not other.against]
        self._part(text, "OR", [f"{other.cause} · {other.confidence}" for other in perhaps])
        self._part(text, "NOT", [excluded(other) for other in ruled_out])
        self._part(text, "WHY", [explanation.why])
        self._part(text, "NOTE", [f"▸ {note}" for note in explanation.notes])
        self._part(text, "RFC", [explanation.meaning])
        return text

    def _part(self, text: Text, label: str, lines: list[str], style: str = "") -> None:
        """A labelled block, its lines wrapped beside the label."""
        room = max(12, self.scrollable_content_region.width - 8)
        shown: list[str] = []
        for line in lines:
            if line:
                shown += wrapped(self.signs.text(line), room)
        for number, line in enumerate(shown):
            text.append(f"{label if number == 0 else '':<7}", self._style("label"))
            text.append(f"{line}\n", self._style(style) if style else None)

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"why--{name}", partial=True)
