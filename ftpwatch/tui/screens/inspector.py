"""The Inspector screen (3): one row of the dialogue, with everything that belongs to it.

It shows what the Live screen may show: of what is frozen there, or looked back at, nothing later.
Its row is its own; the dialogue goes to it when the screen is left. Following, it shows the newest.
"""

import asyncio
from functools import partial
from typing import ClassVar, Final, Protocol

from msgspec.structs import replace
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen

from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import CommandSent, ConnectionOpening
from ftpwatch.core.journal.filter import EVERYTHING, PROBLEMS, Filter
from ftpwatch.core.journal.folded import Folded
from ftpwatch.core.journal.history import History, Row
from ftpwatch.core.text.neutral import visible
from ftpwatch.tui.actions import Pane
from ftpwatch.tui.dialogs.help import Help
from ftpwatch.tui.fence import fenced
from ftpwatch.tui.keys import bindings_of, keys_on
from ftpwatch.tui.screens.row_facts import RowFacts, of_session
from ftpwatch.tui.signs import Signs
from ftpwatch.tui.widgets.blocks import Line, Room, plain
from ftpwatch.tui.widgets.blocks_view import BlocksView
from ftpwatch.tui.widgets.guide import KeyBar
from ftpwatch.tui.widgets.inspector_text import Inspected, inspector_lines

__all__ = ["InspectorScreen", "ShowsRows"]

_LOOK_SECONDS: Final = 0.1
_NOTHING: Final = "no row yet: there is nothing to inspect"


class ShowsRows(Protocol):
    """Where the rows come from: the Live screen, as far as the inspector knows it."""

    @property
    def upto(self) -> int: ...

    @property
    def wanted(self) -> Filter: ...

    @property
    def selected(self) -> Row | None: ...

    @property
    def follows(self) -> bool: ...

    @property
    def story(self) -> tuple[bool, bool]: ...

    def play(self, what: str) -> None: ...

    def freeze(self) -> None: ...


@fenced
class InspectorScreen(Screen[tuple[Row | None, bool]]):
    """Leaves with its row, None where it follows, and whether that is to be explained."""

    PANES: ClassVar[tuple[Pane, ...]] = (Pane.INSPECTOR,)
    BINDINGS: ClassVar[list[BindingType]] = bindings_of(*PANES)

    def __init__(self, source: ShowsRows, history: History, facts: RowFacts, signs: Signs) -> None:
        super().__init__()
        self._source, self._history, self._facts, self._signs = source, history, facts, signs
        self._row: Row | None = source.selected
        self._follows = self._row is None
        self._unmoved = source.follows
        self._unfolded = False
        self._upto = source.upto
        self._shown: Inspected | None = None
        self._stale, self._loads, self._steps = False, asyncio.Lock(), asyncio.Lock()

    def compose(self) -> ComposeResult:
        yield BlocksView(id="inspector")
        yield KeyBar(*self.PANES)

    def on_mount(self) -> None:
        self._view.signs = self._signs
        bar = self.query_one(KeyBar)
        bar.story, bar.seeks = self._source.story
        self._view.border_subtitle = Text(self.app.title)
        self._view.focus()
        self._view.show(partial(_sentence, "reading"))
        self.reload()
        self.set_interval(_LOOK_SECONDS, self._look)

    @property
    def _view(self) -> BlocksView:
        return self.query_one(BlocksView)

    # --- what is shown -------------------------------------------------------------------------

    def _look(self) -> None:
        """Where more may be seen, what follows is shown; where less may, the last of it is."""
        upto, before = self._source.upto, self._upto
        self._upto = upto
        if upto < before and self._row is not None and self._row.seq > upto:
            self._follows = True
        if upto != before and (self._follows or self._waits):
            self.reload()

    @property
    def _waits(self) -> bool:
        """A command is shown whose reply may still come."""
        pair = self._shown.inspection.pair if self._shown is not None else None
        return pair is not None and pair.command is not None and pair.reply is None

    def reload(self) -> None:
        """Ask anew for what is shown; questions do not pile up."""
        if not self._stale and self.is_attached:
            self._stale = True
            self.run_worker(self._load(), group="row", exit_on_error=False)

    async def _load(self) -> None:
        async with self._loads:
            self._stale = False
            await self._find(self._source.upto)

    async def _find(self, upto: int) -> None:
        if self._follows:
            newest = await self._history.before(upto + 1, 1, upto, self._source.wanted)
            self._row = newest[0] if newest else None
        elif self._row is not None and self._row.folded is not None:
            self._row = await self._last_of(self._row, self._row.folded, upto)
        elif self._row is not None and self._row.answer is None:
            again = await self._history.after(self._row.seq - 1, 1, upto, EVERYTHING)
            self._row = again[0] if again and again[0].seq == self._row.seq else self._row
        if self._row is None:
            self._view.show(partial(_sentence, _NOTHING))
            return
        key = keys_on(self.app).first("inspector_unfold")
        row = self._row
        shown = await self._facts.of(row, upto, key)
        self._shown = replace(shown, unfolded=self._unfolded)
        if self.is_attached:
            self._view.show(partial(inspector_lines, self._shown), row.seq)
            self._title(row.entry)

    async def _last_of(self, row: Row, behind: Folded, upto: int) -> Row:
        """Of a login or keep-alives the last that stands behind `row`; a close is shown itself."""
        if not isinstance(row.entry.event, CommandSent | ConnectionOpening):
            return Row(row.entry, row.answer, row.sharing)
        own = Filter(of_session(row.entry.session or ""))
        rows = await self._history.before(behind.last.seq + 1, 1, upto, own)
        return rows[0] if rows else Row(row.entry)

    def _title(self, entry: Entry) -> None:
        who = visible(entry.session or "the watch")
        at = f" · {entry.at.astimezone():%H:%M:%S}" if entry.timed else ""
        where = " · follow" if self._follows else ""
        # A Text object: a plain string would be parsed as markup.
        self._view.border_title = Text(self._signs.text(f"Inspector · {who}{at}{where}"))

    # --- from row to row -----------------------------------------------------------------------

    def action_step(self, by: int, which: str = "any") -> None:
        """`by` rows on: any that the dialogue shows, those of the session, or problems."""
        self.run_worker(self._step(by, which), group="step", exit_on_error=False)

    async def _step(self, by: int, which: str) -> None:
        async with self._steps:
            await self._go(by, which)

    async def _go(self, by: int, which: str) -> None:
        row, upto, wanted = self._row, self._source.upto, self._source.wanted
        if row is None:
            return
        if which == "session":
            wanted = Filter((*wanted.terms, *of_session(row.entry.session or "")))
        elif which == "problem":
            wanted = Filter((*wanted.terms, *PROBLEMS.terms))
        ask = self._history.after if by > 0 else self._history.before
        rows = await ask(row.seq, 1, upto, wanted)
        if not rows:
            where = "below" if by > 0 else "above"
            self.notify(f"no row {where} this one", markup=False, timeout=2)
            return
        self._row, self._follows, self._unmoved = rows[0], False, False
        self.reload()

    async def action_to_start(self) -> None:
        rows = await self._history.after(0, 1, self._source.upto, self._source.wanted)
        if rows:
            self._row, self._follows, self._unmoved = rows[0], False, False
            self.reload()

    def action_to_end(self) -> None:
        self._follows = True
        self.reload()

    def action_page(self, by: int) -> None:
        self._view.scroll_relative(y=by * (self._view.size.height - 1), animate=False)

    def action_scroll(self, by: int) -> None:
        self._view.scroll_relative(y=by, animate=False)

    def action_play(self, what: str) -> None:
        """Another moment of the story: the row is the one that it comes to."""
        self._source.play(what)
        if what in ("back", "forward"):
            self._follows = True
            self.reload()

    def action_freeze(self) -> None:
        self._source.freeze()

    # --- the row -------------------------------------------------------------------------------

    def action_unfold(self) -> None:
        self._unfolded = not self._unfolded
        self.reload()

    def action_copy(self) -> None:
        self.app.copy_to_clipboard(self._view.text)
        self.notify("what is shown was copied", markup=False, timeout=3)

    def action_explain(self) -> None:
        self.dismiss((self._row, True))

    def action_back(self) -> None:
        """Where no other row was looked at, what followed goes on as before."""
        self.dismiss((None if self._follows or self._unmoved else self._row, False))

    def action_help(self) -> None:
        (story, seeks), plain = self._source.story, self._signs.ascii_only
        self.app.push_screen(Help(Pane.INSPECTOR, ascii_only=plain, story=story, seeks=seeks))


def _sentence(words: str, room: Room) -> list[Line]:
    return plain("below", words, room)
