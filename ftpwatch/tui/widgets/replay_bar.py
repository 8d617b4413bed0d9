"""Where in a recording the screen is: its clock, a line from start to end with what ended and was
marked on it, how much of it is over, how it is being played.

A click goes to what is there: the end or mark in that column, or the moment.
"""

from datetime import timedelta
from typing import ClassVar, Final

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from ftpwatch.core.playback.playing import Playing
from ftpwatch.core.playback.seeking import Place, Seeking, Span, Step, StepKind
from ftpwatch.tui.fence import fenced
from ftpwatch.tui.keys import keys_on
from ftpwatch.tui.signs import UNICODE, Signs

__all__ = ["ReplayBar"]

_LEAST_BAR: Final = 10
_SIGNS: Final = {StepKind.END: "╋", StepKind.QUIT: "┼", StepKind.MARK: "┃"}
_ASCII: Final = {StepKind.END: "x", StepKind.QUIT: "+", StepKind.MARK: "|"}
_FIRST: Final = (StepKind.END, StepKind.MARK, StepKind.QUIT)
_DAY: Final = 86_400
_NOW: Final = Style(reverse=True)
_HAIR: Final = 0.001  # seconds: how far a moment and its float may be apart


@fenced
class ReplayBar(Widget):
    """Hidden until it is shown something."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "replay--text", "replay--over", "replay--past", *(f"replay--{kind}" for kind in StepKind),
    }  # fmt: skip

    class Sought(Message):
        """The user clicked a place."""

        def __init__(self, place: Place) -> None:
            super().__init__()
            self.place = place

    signs: Signs = UNICODE

    def __init__(self, id: str) -> None:
        super().__init__(id=id)
        self.display = False
        self.seq = 0
        self._playing: Playing | None = None
        self._now = 0.0
        self._drawn: object = None
        self._bar = (0, 0)
        self._cells: dict[int, Step] = {}
        self._cells_length, self._cells_of = 0, object()

    def show(self, playing: Playing, seq: int, now: float) -> None:
        """Draw where `seq` and the moment `now` are, where that looks otherwise than it did."""
        self._playing, self.seq, self._now = playing, seq, now
        self.display = True
        seeking = playing.seeking
        if seeking is not None:
            going = seeking.wanted, seeking.progress, id(seeking.steps)
            looks = (playing.words, seq, int(now), going, self.size.width)
            if looks != self._drawn:
                self._drawn = looks
                self.refresh()

    # --- drawing -------------------------------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        width, playing = self.size.width, self._playing
        if playing is None or playing.seeking is None or y > 0:
            return Strip.blank(width, self.rich_style)
        seeking = playing.seeking
        left, right = self._words(playing, seeking, width)
        length = max(0, width - len(left) - len(right) - 2)
        self._bar = (len(left) + 1, length)
        self._find_cells(seeking, length)
        ends = self.signs.bar_ends
        pieces = [
            Segment(left + ends[0], self._style("text")),
            *self._line(seeking.span, length),
            Segment(ends[1] + right, self._style("text")),
        ]
        return Strip(pieces).adjust_cell_length(width, self.rich_style)

    def _words(self, playing: Playing, seeking: Seeking, width: int) -> tuple[str, str]:
        """What stands before the line and behind it: as much as leaves it room."""
        clock = self._clock(seeking.span)
        how = self.signs.text(_how(playing, seeking))
        back = f", {keys_on(self.app).first('pause')} plays on" if "paused" in how else ""
        steps = seeking.steps
        at = f"{seeking.number(self.seq)} of {len(steps)}" if steps else ""
        choices = (
            (f"  ends {at}" if at else "", f"  {how}{back}"),
            (f"  {at}" if at else "", f"  {how}"),
            ("", f" {how}"),
        )
        left, so_far = f" {clock} ", f" {self._so_far(seeking.span)}"
        for number, (ends, mode) in enumerate(choices):
            right = f"{so_far}{ends}{mode if how else ''} "
            least = width // 3 if number < len(choices) - 1 else _LEAST_BAR
            if len(left) + len(right) + 2 + least <= width:
                return left, right
        return left, f" {how} "

    def _clock(self, span: Span) -> str:
        if not span.timed:
            return "no times"
        since = self._now - span.starts + _HAIR
        shown = (span.first_at + timedelta(seconds=since)).astimezone()
        days = span.ends - span.starts >= _DAY
        return f"{shown:%m-%d %H:%M:%S}" if days else f"{shown:%H:%M:%S}"

    def _so_far(self, span: Span) -> str:
        length = span.ends - span.starts
        over = max(0.0, min(length, self._now - span.starts + _HAIR))
        if not span.timed:
            return f"{over + 1:.0f} / {length + 1:.0f}"
        return f"{_time(over, length)} / {_time(length, length)}"

    def _line(self, span: Span, length: int) -> list[Segment]:
        """What is over is filled, behind what ended too; the column of now is reversed."""
        now = min(length - 1, int(span.share(self._now) * length))
        full, marks = self.signs.eighths[-1], _ASCII if self.signs.ascii_only else _SIGNS
        over = self._style("over")
        pieces = []
        for column in range(length):
            step = self._cells.get(column)
            sign = marks[step.kind] if step is not None else full if column < now else " "
            style = over if step is None else self._style(step.kind)
            if step is not None and column < now:
                style = self._style("past")
            pieces.append(Segment(sign, style + _NOW if column == now else style))
        return pieces

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"replay--{name}")

    def _find_cells(self, seeking: Seeking, length: int) -> None:
        """The step that each column shows, and a click there goes to: of several what matters
        most, and of those the first.
        """
        if self._cells_length == length and self._cells_of is seeking.steps:
            return
        self._cells_length, self._cells_of, self._cells = length, seeking.steps, {}
        for step in seeking.steps or ():
            column = min(length - 1, int(seeking.span.share(step.elapsed) * length))
            known = self._cells.get(column)
            if known is None or _FIRST.index(step.kind) < _FIRST.index(known.kind):
                self._cells[column] = step

    def on_click(self, event: events.Click) -> None:
        at, playing = event.get_content_offset(self), self._playing
        first, length = self._bar
        if at is None or playing is None or playing.seeking is None:
            return
        column = at.x - first
        if 0 <= column < length:
            step = self._cells.get(column)
            elapsed = playing.seeking.span.elapsed_at((column + 0.5) / length)
            place = Place(elapsed=elapsed) if step is None else Place(step.seq, is_step=True)
            self.post_message(self.Sought(place))


def _how(playing: Playing, seeking: Seeking) -> str:
    if seeking.wanted is None:
        return playing.words
    share = seeking.progress
    return "going there" if share is None else f"going there {share:.0%}"


def _time(seconds: float, length: float) -> str:
    """As long a clock as `length` needs."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if length < 3_600:
        return f"{minutes:02d}:{rest:02d}"
    days, hours = divmod(hours, 24)
    day = f"{days}d " if length >= _DAY else ""
    return f"{day}{hours:02d}:{minutes:02d}:{rest:02d}"
