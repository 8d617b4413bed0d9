"""What keys do with the dialogue: filter, jumps, marks, copying, saving, what a row means."""

import asyncio
from collections.abc import Callable

from textual.screen import Screen
from textual.widgets import Input
from textual.widgets.input import Selection

from ftpwatch.core.errors import UserError
from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import CommandSent, ReplyReceived
from ftpwatch.core.journal.filter import (
    EVERYTHING,
    MARKS,
    PROBLEMS,
    Filter,
    FilterError,
    Term,
    parse_filter,
)
from ftpwatch.core.journal.history import Row
from ftpwatch.core.state.explanation import Explained
from ftpwatch.core.state.state import WatchState
from ftpwatch.core.text.neutral import visible
from ftpwatch.core.text.phrasing import phrase
from ftpwatch.core.text.verdict_text import verdict_short
from ftpwatch.tui.inputs import Reports, Sources
from ftpwatch.tui.keys import keys_on
from ftpwatch.tui.widgets.dialogue import DialogueView
from ftpwatch.tui.widgets.explanation import ExplanationPanel

__all__ = ["DialogueActions"]


class DialogueActions:
    """Works on the screen's dialogue, filter line and panel; `shown` is the state on the screen."""

    def __init__(
        self,
        screen: Screen[None],
        sources: Sources,
        shown: Callable[[], WatchState],
    ) -> None:
        self._screen, self._shown, self._clock = screen, shown, sources.clock
        self._reports = sources.reports
        self._watch, self._history = sources.watch, sources.history
        self._filter, self.filter_text, self.filter_on = EVERYTHING, "", False
        self.only: str | None = None

    @property
    def _dialogue(self) -> DialogueView:
        return self._screen.query_one(DialogueView)

    @property
    def _panel(self) -> ExplanationPanel:
        return self._screen.query_one(ExplanationPanel)

    @property
    def filter_words(self) -> str:
        """The filter as the title shows it."""
        if not self.filter_text:
            return "none"
        return self.filter_text if self.filter_on else f"off ({self.filter_text})"

    def do(self, what: str) -> None:
        """What a key names."""
        {
            "filter": self.ask_filter,
            "toggle_filter": self.toggle_filter,
            "explain": self.explain,
            "copy": self.copy,
            "save": self.save,
            "unfold": self._dialogue.toggle_unfold,
            "time": self._dialogue.next_time_column,
        }[what]()

    # --- filter --------------------------------------------------------------------------------

    def ask_filter(self) -> None:
        line = self._screen.query_one("#filter", Input)
        line.display, line.value = True, self.filter_text
        line.focus()

    def accept_filter(self, text: str) -> bool:
        """Filter by `text`; False where it is not a filter: the user is told why, and what of it is
        wrong is selected.
        """
        try:
            self._filter = parse_filter(text, self._clock.now().astimezone())
        except FilterError as error:
            self._say(str(error))
            line = self._screen.query_one("#filter", Input)
            line.selection = Selection(error.start, error.end)
            return False
        self.filter_text = text.strip()
        self.filter_on = bool(self.filter_text)
        self._apply()
        return True

    def begin_with(self, wanted: Filter, text: str) -> None:
        """Filter by `wanted` from the start, written as `text`."""
        self._filter, self.filter_text, self.filter_on = wanted, text, bool(text)
        self._apply()

    def toggle_filter(self) -> None:
        if not self.filter_text:
            self.ask_filter()
            return
        self.filter_on = not self.filter_on
        self._apply()

    def show_only(self, session: str | None) -> None:
        """The dialogue of one session, or with None that of all."""
        self.only = session
        self._apply()

    def _apply(self) -> None:
        wanted = self._filter if self.filter_on else EVERYTHING
        if self.only is not None:
            wanted = Filter((Term("session", self.only), *wanted.terms))
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

    # --- the selected row ----------------------------------------------------------------------

    def explain(self) -> None:
        """The selected row's explanation, or what its code means."""
        row = self._dialogue.selected_row
        if row is None:
            return
        first = self._explained_of(row)
        if first is not None:
            self._panel.pin(first)
        elif (meaning := self._meaning(row)) is not None:
            self._panel.pin_note(phrase(row.entry, row.answer, row.sharing).words, meaning)
        else:
            self._say("nothing to explain on this row")
            return
        self._panel.is_open = True

    def _explained_of(self, row: Row | None) -> Explained | None:
        """How the answer in `row`, or else its entry, is explained."""
        if row is None:
            return None
        entries: list[Entry] = [entry for entry in (row.answer, row.entry) if entry is not None]
        explanations = (self._watch.explanation_at(entry) for entry in entries)
        return next((explained for explained in explanations if explained is not None), None)

    def _meaning(self, row: Row) -> str | None:
        event = (row.answer or row.entry).event
        if isinstance(event, ReplyReceived):
            if event.code is None:
                return "The log shows these words without their reply code."
            means = self._watch.meaning(event.code) or "No standard defines this code."
            return f"{means}{self._keeps(row)}"
        return None

    def _keeps(self, row: Row) -> str:
        """What the keep-alive of the row's session is worth, for a row that is one."""
        sent = row.entry.event
        if not isinstance(sent, CommandSent) or not sent.is_keep_alive:
            return ""
        judged = self._shown().verdicts.get(row.entry.session or "")
        if judged is None:
            return ""
        short = verdict_short(judged, row.entry.elapsed_seconds)
        return f"\n\nKeep-alive {short}: {visible(judged.words)}"

    def copy(self) -> None:
        """The explanation where its panel has the focus, else the selected line."""
        row, shown, reports = self._dialogue.selected_row, self._panel.shown, self._reports
        if self._panel.has_focus and shown is not None and reports is not None:
            self._screen.app.copy_to_clipboard(reports.write_up(shown))
            self._say("explanation copied as Markdown")
        elif row is not None:
            phrased = phrase(row.entry, row.answer, row.sharing)
            at = f"{row.entry.at.isoformat()} " if row.entry.timed else ""
            line = f"{at}{visible(row.entry.session or '-')} {phrased.words}"
            self._screen.app.copy_to_clipboard(line)
            self._say("line copied")

    def save(self) -> None:
        """The shown explanation, or else that of the selected row, in a new file."""
        explained = self._panel.shown or self._explained_of(self._dialogue.selected_row)
        if explained is None or self._reports is None:
            key = keys_on(self._screen.app).first("explain")
            self._say(f"no explanation to save: {key} explains the selected row")
            return
        self._screen.run_worker(self._save(explained, self._reports), exit_on_error=False)

    async def _save(self, explained: Explained, reports: Reports) -> None:
        try:
            text = reports.write_up(explained)
            path = await asyncio.to_thread(reports.save, explained.session, text)
        except UserError as error:
            self._say(f"not saved: {error}")
        else:
            self._say(f"explanation saved in {path}")

    def _say(self, sentence: str) -> None:
        self._screen.notify(visible(sentence), markup=False, timeout=5)
