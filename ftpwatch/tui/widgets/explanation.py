"""The panel that says why: the cause in plain words, what to do, what comes next, the evidence.

What it shows is `explanation_text`; this file has its queue and draws. Long, as what waits to be
shown is kept where it is shown.
"""

from collections.abc import Callable, Mapping
from typing import ClassVar, Final

from rich.style import Style
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.message import Message
from textual.theme import Theme
from textual.widgets import Static

from ftpwatch.core.state.explanation import Cure, Explained
from ftpwatch.core.state.state import Incident, SessionState
from ftpwatch.core.state.verdict import Judged
from ftpwatch.core.text.neutral import visible
from ftpwatch.tui.actions import Pane
from ftpwatch.tui.fence import fenced
from ftpwatch.tui.keys import bindings_of, keys_on
from ftpwatch.tui.signs import UNICODE, Signs
from ftpwatch.tui.widgets.explanation_text import Seen, Shape, lines_of, note_lines
from ftpwatch.tui.widgets.explanation_words import title_words

__all__ = ["ExplanationPanel"]

_KEPT: Final = 100
_NARROW: Final = 46


@fenced
class ExplanationPanel(VerticalScroll):
    """Shows one explanation; newer ones queue behind it. `times_of` says the how manieth end of
    its kind one is.
    """

    BINDINGS: ClassVar[list[BindingType]] = bindings_of(Pane.PANEL)
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"why--{name}"
        for name in ("heading", "label", "cause", "calm", "sure", "key", "rule", "below")
    }
    signs: Signs = UNICODE
    is_past = False
    keys_elsewhere = ""
    times_of: Callable[[Explained], int] = staticmethod(lambda _: 1)

    class Turned(Message):
        """It speaks of another end now, one of `session`, which `arrived` unasked."""

        def __init__(self, session: str, *, arrived: bool) -> None:
            super().__init__()
            self.session, self.arrived = session, arrived

    def __init__(self, id: str) -> None:
        super().__init__(id=id)
        self.shown: Explained | None = None
        self._note: tuple[str, str] | None = None
        self._queue: list[Explained] = []
        self._past: list[Explained] = []
        self._incident: Incident | None = None
        self.is_copied: Callable[[], bool] = lambda: True
        self._is_stale = self._is_away = False
        self._seen: Seen | None = None
        self._background = False
        self._drawn: object = None

    def compose(self) -> ComposeResult:
        yield Static(id="why-text")

    @property
    def is_open(self) -> bool:
        """On the screen, unless another pane is zoomed."""
        return self.has_class("-open")

    @is_open.setter
    def is_open(self, wanted: bool) -> None:
        self.set_class(wanted, "-open")

    @property
    def cures(self) -> tuple[Cure, ...]:
        """What the end that is shown can be answered with, by a key."""
        shown = self.shown if self.is_open else None
        return () if shown is None else shown.explanation.cures

    def toggle_background(self) -> None:
        """Unfold or fold why servers do this, and what the standards say."""
        self._background = not self._background
        self._draw()

    # --- what is shown -------------------------------------------------------------------------

    def arrive(self, explained: Explained) -> bool:
        """A new explanation: shown where none is, or only an end that was expected, else queued; a
        revision replaces its former, and an incident is shown once. What waits is counted with the
        next `count_down`. False where nothing is shown: what was put away stays so when it is
        explained anew.
        """
        empty = self.shown is None and self._note is None
        places = [n for n, waiting in enumerate(self._queue) if waiting.of == explained.of]
        if empty and places:
            self._queue[places[0]] = explained
            return False
        if empty or (self.shown is not None and self.shown.of == explained.of):
            self._show(explained, arrived=True)
        elif self._is_calm and not explained.explanation.is_expected:
            self._remember()
            self._show(explained, arrived=True)
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
        self._queue = queue[-_KEPT:]
        shown = event(self.shown) if self.shown is not None else None
        self._incident = incidents.get(shown or 0)

    def shows(self, of: int) -> bool:
        """It is on the screen, with how the entry `of` is explained."""
        return self.is_open and self.shown is not None and self.shown.of == of

    def pin(self, explained: Explained) -> None:
        """Show this one now."""
        self._queue = [e for e in self._queue if e.of != explained.of]
        self._remember()
        self._show(explained)

    def pin_note(self, heading: str, note: str) -> None:
        """Show what there is to say of an entry that ends nothing."""
        self._remember()
        self.shown = None
        self._note = self.signs.text(visible(heading)), self.signs.text(note)
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
        if self.shown is not None:
            same = session is not None and session.checks_of == self.shown.connection
            checks = session.checks if session is not None and same else ()
            self._seen = Seen(self.shown, session, judged, now, checks)
        self._draw()

    @property
    def _is_calm(self) -> bool:
        return self.shown is not None and self.shown.explanation.is_expected

    def _remember(self) -> None:
        if self.shown is not None:
            self._past.append(self.shown)
            del self._past[:-_KEPT]

    def _show(self, explained: Explained, *, arrived: bool = False) -> None:
        fresh = self.shown is None or self.shown.of != explained.of
        self.shown, self._note, self._is_away = explained, None, False
        self._draw()
        if fresh:
            self.scroll_home(animate=False)
            self.post_message(self.Turned(explained.session, arrived=arrived))

    # --- drawing -------------------------------------------------------------------------------

    def on_mount(self) -> None:
        self.app.theme_changed_signal.subscribe(self, self._take_colours)
        self._draw()

    def _take_colours(self, _: Theme) -> None:
        """What is drawn holds the colours of the theme that was."""
        self._draw(anew=True)

    def on_resize(self) -> None:
        self._draw()

    def _draw(self, *, anew: bool = False) -> None:
        """What is shown, where it looks otherwise than it did."""
        if not self.is_mounted:
            return
        title, lines = self._lines()
        if not self.scrollable_content_region.width:
            lines = []  # not laid out yet: it will be resized, and drawn as wide as it is then
        drawn = (title, self._subtitle(), lines)
        if drawn == self._drawn and not anew:
            return
        self._drawn = drawn
        # Text objects: a plain string would be parsed as markup.
        self.border_title = Text(self.signs.text(title))
        self.border_subtitle = Text(self.signs.text(drawn[1]))
        self.set_class(self.shown is None or self._is_calm, "-calm")
        text = Text()
        for line in lines:
            for style, words in line:
                text.append(words, self._style(style) if style else None)
            text.append("\n")
        self.query_one("#why-text", Static).update(text)

    def _lines(self) -> tuple[str, list[list[tuple[str, str]]]]:
        """The title and what stands below it."""
        region = self.scrollable_content_region
        if self.shown is None:
            return "What it means", note_lines(*(self._note or ("", "")), region.width)
        seen = self._seen if self._seen and self._seen.explained is self.shown else None
        seen = seen or Seen(self.shown, None, None, 0.0)
        shape = Shape(
            width=region.width,
            height=region.height,
            signs=self.signs,
            keys=None if self.is_past else keys_on(self.app),
            background=self._background,
            keys_elsewhere=self.keys_elsewhere,
        )
        times = self.times_of(self.shown)
        title = title_words(self.shown, times, self._incident, seen.session)
        return title, lines_of(seen, shape)

    def _subtitle(self) -> str:
        """How many wait, and keys of the panel."""
        keys = keys_on(self.app)
        parts = []
        if self._queue:
            waiting = f"{len(self._queue)} more {self.signs.more}"
            parts.append(f"{waiting} ({keys.first('explanation.next')} key)")
        if self.shown is not None:
            fold = "fold" if self._background else "background"
            parts.append(f"{keys.first('background')} {fold}")
            if self.size.width >= _NARROW and self.is_copied():
                parts.append(f"{keys.first('copy')} copy")
        return " · ".join(parts)

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"why--{name}", partial=True)
