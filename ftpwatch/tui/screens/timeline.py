"""The Timeline screen (2): sessions as lanes on one axis of time.

It shows what the Live screen may show: what is frozen there, or looked back at, is so here. Only
the stretch in view is read, in the background, and drawn again when it is there. Long because
Textual wants a method here for every action that a key names.
"""

from collections.abc import Container
from datetime import datetime
from typing import ClassVar, Final

from msgspec.structs import replace
from rich.cells import cell_len, set_cell_size
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen
from textual.widgets import Static

from ftpwatch.core.journal.stretch import Buckets, Stretch
from ftpwatch.core.text.neutral import visible
from ftpwatch.core.timeline.brackets import seconds_words
from ftpwatch.core.timeline.density import by_host
from ftpwatch.core.timeline.lanes import Ends, Moment
from ftpwatch.core.timeline.view import View
from ftpwatch.tui.actions import Pane
from ftpwatch.tui.dialogs.help import Help
from ftpwatch.tui.fence import fenced
from ftpwatch.tui.keys import bindings_of, keys_on
from ftpwatch.tui.screens.timeline_picture import Picture, gutter_of
from ftpwatch.tui.screens.timeline_view import Left, ShowsTimeline
from ftpwatch.tui.signs import Signs
from ftpwatch.tui.widgets.guide import KeyBar
from ftpwatch.tui.widgets.timeline_lanes import TimelineLanes

__all__ = ["TimelineScreen"]

_DRAW_SECONDS: Final = 0.25
_PAGE: Final = 0.5


@fenced
class TimelineScreen(Screen[Left]):
    """Gives the session that it was left on, and what of it is to be opened."""

    PANES: ClassVar[tuple[Pane, ...]] = (Pane.TIMELINE,)
    BINDINGS: ClassVar[list[BindingType]] = bindings_of(*PANES)

    def __init__(self, source: ShowsTimeline, signs: Signs) -> None:
        super().__init__()
        self._source, self._signs, self._place = source, signs, source.place
        self._stretch: Stretch | None = None
        self._read: tuple[Buckets, int] | None = None
        self._reading = False
        self._ends, self._stamp = Ends(()), object()
        self._picture: Picture | None = None

    def compose(self) -> ComposeResult:
        yield TimelineLanes()
        yield Static(id="timeline-detail")
        yield KeyBar(*self.PANES)

    def on_mount(self) -> None:
        keys = self.query_one(KeyBar)
        keys.story, keys.seeks = self._source.story, self._source.seeks
        self._lanes.focus()
        self.set_interval(_DRAW_SECONDS, self.draw)
        self.call_after_refresh(self.draw)

    @property
    def _lanes(self) -> TimelineLanes:
        return self.query_one(TimelineLanes)

    @property
    def _now(self) -> float:
        return self._source.now()

    # --- drawing -------------------------------------------------------------------------------

    def draw(self) -> None:
        """What is known of the stretch in view; what is not is asked for."""
        size = self._lanes.size
        if size.width < 20 or size.height < 6:
            return
        picture = self._picture = self._made(size.width, size.height)
        rows = picture.rows(self._source.local)
        if self._place.lane not in picture.names:
            self._place.lane = picture.selected
        self._lanes.show(rows, picture.gutter, picture.cursor, picture.at)
        lines = (self._cut(line) for line in picture.words(self._source.local))
        self.query_one("#timeline-detail", Static).update(Text("\n".join(lines), no_wrap=True))
        self._title(picture)
        self._ask()

    def _cut(self, line: str) -> str:
        text, room = self._signs.text(line), self.size.width - 2
        return text if cell_len(text) <= room else set_cell_size(text, room - 1) + self._signs.cut

    def _made(self, width: int, height: int) -> Picture:
        state, now = self._source.state(), self._now
        if self._source.stamp != self._stamp:
            self._stamp, self._ends = self._source.stamp, Ends(self._source.ends())
        unseen = Moment(View(0, 0, 1), state, now, None, by_host(state))
        gutter = gutter_of(unseen, self._place, width)
        view = self._place.seen(now, width - gutter)
        moment = replace(unseen, view=view, stretch=self._fitting(view.buckets))
        return Picture(moment, self._ends, self._place, (width, height), self._signs)

    def _fitting(self, buckets: Buckets) -> Stretch | None:
        """What was read, of columns that are as wide as those in view."""
        stretch = self._stretch
        if stretch is None or stretch.buckets == buckets:
            return stretch
        return stretch.shifted(buckets)

    def _title(self, picture: Picture) -> None:
        view, lanes = picture.moment.view, self._lanes
        parts = ["Timeline", f"{seconds_words(view.seconds)} a column"]
        if not picture.moment.state.timed:
            parts[1] = "order only: this log has no times"
        if self._source.is_held:
            parts.append("frozen")
        parts.append("follows" if self._place.follows else "stands")
        if self._place.host is not None:
            parts.append(f"only {self._place.host}")
        stretch = self._stretch
        if stretch is None:
            parts.append("reading")
        elif stretch.is_sampled:
            read = f"{len(stretch.entries)} of {stretch.total} entries drawn"
            parts.append(f"{read}, all drops counted")
        # Text objects: a plain string would be parsed as markup.
        lanes.border_title = Text(self._signs.text(visible(" - ".join(parts))))
        first, last = picture.in_view
        kind = "hosts" if picture.dense else "sessions"
        lanes.border_subtitle = Text(f"{kind} {first}-{last} of {len(picture.names)}")

    def _ask(self) -> None:
        """One question at a time; what changed meanwhile is asked when it is drawn again."""
        if self._picture is None or self._reading:
            return
        wanted = (self._picture.moment.view.buckets, self._picture.moment.state.seq)
        if wanted != self._read:
            self._reading = True
            self.run_worker(self._load(*wanted), exit_on_error=False)

    async def _load(self, buckets: Buckets, upto: int) -> None:
        try:
            self._stretch = await self._source.history.stretch(buckets, upto)
            self._read = buckets, upto
        finally:
            self._reading = False
        if self.is_mounted:
            again = self._picture is not None and self._picture.moment.view.buckets != buckets
            self.call_later(self.draw if again else self._redraw)

    def _redraw(self) -> None:
        """Without asking anew for what has come since: that is done four times a second."""
        self._reading = True
        try:
            self.draw()
        finally:
            self._reading = False

    def on_resize(self) -> None:
        self.set_class(self.size.height < 24, "-low")
        self.call_after_refresh(self.draw)

    # --- moving --------------------------------------------------------------------------------

    def action_move(self, by: int) -> None:
        picture = self._picture
        if picture is not None and picture.names:
            at = max(0, min(len(picture.names) - 1, picture.at + by))
            self._place.lane = picture.names[at]
            self.draw()

    def action_page(self, by: int) -> None:
        if self._picture is not None:
            first, last = self._picture.in_view
            self.action_move(by * max(1, last - first))

    def action_cursor(self, by: int) -> None:
        self._place.move(by, self._now)
        self.draw()

    def action_pan(self, by: int) -> None:
        self._place.pan(by * _PAGE, self._now)
        self.draw()

    def action_zoom(self, by: int) -> None:
        if self._picture is not None:
            self._place.zoom(by, self._picture.moment_of_cursor(), self._now)
            self.draw()

    def action_fit(self) -> None:
        self._place.fit(self._now)
        self.draw()

    def action_to_start(self) -> None:
        self._place.go_to(0.0)
        self.draw()

    def action_follow(self) -> None:
        self._place.follow()
        self.draw()

    def action_end(self, by: int) -> None:
        """To the next end, or the one before; the lane is that of the end."""
        picture = self._picture
        if picture is None:
            return
        view, column = picture.moment.view, picture.cursor
        lanes = picture.hosts if picture.dense else set(picture.names)
        at = view.moment(column + 1 if by > 0 else column)
        end = self._ends.after(at, lanes) if by > 0 else self._ends.before(at, lanes)
        if end is None:
            here = f"no end {'after' if by > 0 else 'before'} this"
            self.notify(f"{here}{self._where(at, lanes, -by)}", markup=False)
        else:
            self._place.lane = picture.hosts[end.session] if picture.dense else end.session
            self._place.go_to(end.entry.elapsed_seconds)
            self.draw()

    def _where(self, at: float, lanes: Container[str], *ways: int) -> str:
        """Which key goes to an end, of those in one of these directions that lead to any."""
        for by in ways:
            end = self._ends.after(at, lanes) if by > 0 else self._ends.before(at, lanes)
            if end is not None:
                key = keys_on(self.app).first(f"timeline_end.{'next' if by > 0 else 'previous'}")
                return f"; {key} goes to the {'next end' if by > 0 else 'end before'}"
        return ""

    def on_timeline_lanes_pointed(self, message: TimelineLanes.Pointed) -> None:
        picture = self._picture
        if picture is None or message.lane >= len(picture.names):
            return
        lane, column = picture.names[message.lane], max(0, message.column)
        if (lane, column) == (self._place.lane, picture.cursor):
            self.action_open()
            return
        self._place.lane = lane
        if message.column >= 0:
            self._place.move(column - picture.cursor, self._now)
        self.draw()

    def on_timeline_lanes_wheeled(self, message: TimelineLanes.Wheeled) -> None:
        self.action_move(message.by)

    # --- what is shown -------------------------------------------------------------------------

    def action_hosts(self) -> None:
        """Hosts instead of sessions, or all sessions."""
        picture, place = self._picture, self._place
        if picture is not None:
            place.turn(picture.selected, picture.hosts, dense=not picture.dense)
            self.draw()

    def action_freeze(self) -> None:
        self._source.freeze()
        self.draw()

    def action_play(self, what: str) -> None:
        self._source.play(what)

    def action_open(self) -> None:
        """Of a host its sessions; else what is under the cursor."""
        picture = self._picture
        if picture is None or not picture.names:
            return
        if picture.dense:
            self._place.unfold(picture.selected, picture.ended())
            self.draw()
            return
        end, entry = picture.end(), picture.entry()
        if end is None and entry is None:
            at = picture.moment.view.moment(picture.cursor)
            where = self._where(at, set(picture.names), 1, -1)
            self.notify(f"nothing at this place{where}", markup=False)
            return
        self.dismiss(Left(picture.selected, end, entry))

    def action_back(self) -> None:
        picture = self._picture
        session = "" if picture is None or picture.dense else picture.selected
        self.dismiss(Left(session))

    def action_help(self) -> None:
        story, seeks, plain = self._source.story, self._source.seeks, self._signs.ascii_only
        self.app.push_screen(Help(Pane.TIMELINE, ascii_only=plain, story=story, seeks=seeks))


def here(at: datetime) -> datetime:
    """`at` as clocks here show it."""
    return at.astimezone()
