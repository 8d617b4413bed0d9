"""The filter of the dialogue: asked for, tried while it is typed, switched off and on, and the keys
that go to the next row that matches.
"""

from textual.screen import Screen

from ftpwatch.core.journal.filter import (
    EVERYTHING,
    MARKS,
    PROBLEMS,
    Filter,
    FilterError,
    parse_filter,
)
from ftpwatch.core.journal.history import Row
from ftpwatch.core.text.neutral import visible
from ftpwatch.tui.inputs import Sources
from ftpwatch.tui.keys import keys_on
from ftpwatch.tui.widgets.dialogue import DialogueView
from ftpwatch.tui.widgets.filter_line import FilterLine

__all__ = ["DialogueFilter"]


class DialogueFilter:
    """Works on the screen's dialogue and filter line."""

    def __init__(self, screen: Screen[None], sources: Sources) -> None:
        self._screen, self._clock, self._history = screen, sources.clock, sources.history
        self._filter, self._text, self._on = EVERYTHING, "", False
        self._tried: str | None = None

    @property
    def _dialogue(self) -> DialogueView:
        return self._screen.query_one(DialogueView)

    @property
    def words(self) -> str:
        """The filter as the title shows it."""
        if self._tried is not None:
            return self._tried or "none"
        if not self._text:
            return "none"
        return self._text if self._on else f"off ({self._text})"

    @property
    def _line(self) -> FilterLine:
        return self._screen.query_one("#filter", FilterLine)

    def ask(self) -> None:
        self._line.open_with(self._text)

    def attempt(self, text: str) -> None:
        """Show what `text` would show, while it is typed, and how many rows that are."""
        try:
            wanted = parse_filter(text, self._clock.now().astimezone())
        except FilterError as error:
            self._line.say(visible(str(error)), wrong=True)
            return
        self._tried = text.strip()
        self._dialogue.set_filter(wanted)
        self._screen.run_worker(self._tell_count(text), group="filter", exclusive=True)

    async def _tell_count(self, text: str) -> None:
        """Of another text that was typed meanwhile nothing is told."""
        dialogue = self._dialogue
        self._line.say("counting" if dialogue.shows.is_narrowed else "")
        narrowed = dialogue.shows.narrowed
        if narrowed.terms:
            count = await self._history.count(0, dialogue.upto, narrowed)
            if count is not None and self._line.display and self._line.value == text:
                number = "no row matches" if not count else f"{count:,} row{'s' * (count != 1)}"
                seen = await self._history.count(0, dialogue.upto, dialogue.shows.asked)
                stand = f", folded to {seen:,}" if seen is not None and seen < count else ""
                self._line.say(f"{number}{stand}")

    def cancel(self) -> None:
        """What was typed is not meant: as it was before."""
        self._leave_line()
        self._apply()

    def clear(self) -> bool:
        """All rows, where the dialogue has the focus; False where they were shown already."""
        shows = self._dialogue.shows
        if not self._dialogue.has_focus or not shows.is_narrowed:
            return False
        if shows.wanted.terms:
            self.begin_with(EVERYTHING, "")
        elif shows.problems:
            self._dialogue.toggle_problems()
        else:
            self._dialogue.show_only(None)
        return True

    def accept(self, text: str) -> bool:
        """Filter by `text`; False where it is not a filter: the line says why, and what of it is
        wrong is selected.
        """
        try:
            self._filter = parse_filter(text, self._clock.now().astimezone())
        except FilterError as error:
            self._line.refuse(error, visible(str(error)))
            return False
        self._text = text.strip()
        self._on = bool(self._text)
        self._line.remember(self._text)
        self._leave_line()
        self._apply()
        return True

    def _leave_line(self) -> None:
        self._tried = None
        self._line.close()
        self._dialogue.focus()

    def begin_with(self, wanted: Filter, text: str) -> None:
        """Filter by `wanted` from the start, written as `text`."""
        self._filter, self._text, self._on = wanted, text, bool(text)
        self._apply()

    def toggle(self) -> None:
        if not self._text:
            self.ask()
            return
        self._on = not self._on
        self._apply()

    def _apply(self) -> None:
        wanted = self._filter if self._on else EVERYTHING
        self._dialogue.set_filter(wanted)

    # --- jumps ---------------------------------------------------------------------------------

    async def jump(self, what: str, by: int) -> None:
        """Select the next (`by` 1) or previous (-1) match, problem or mark; `last_mark` from the
        end.
        """
        key = keys_on(self._screen.app).first("drop_mark")
        wanted, otherwise = {
            "match": (self._filter, "no more rows that match the filter"),
            "problem": (PROBLEMS, "no more errors below"),
            "mark": (MARKS, "no more marks"),
            "last_mark": (
                MARKS,
                f"no mark yet: press {key} to set one",
            ),
        }[what]
        if what == "last_mark":
            self._dialogue.selected = None
        if self._dialogue.selected is None:
            by = -1  # from the end there is only back
        await self._jump(by, wanted, otherwise)

    async def _jump(self, by: int, wanted: Filter, otherwise: str) -> None:
        both = Filter((*wanted.terms, *self._dialogue.wanted.terms))
        ask = self._history.after if by > 0 else self._history.before

        async def find(seq: int, upto: int) -> list[Row]:
            return await ask(seq, 1, upto, both)

        if not await self._dialogue.jump(find):
            self._say(otherwise)

    def _say(self, sentence: str) -> None:
        self._screen.notify(visible(sentence), markup=False, timeout=5)
