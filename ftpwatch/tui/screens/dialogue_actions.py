"""What keys do with the rows of the dialogue: what one means, copying, saving, one session only."""

import asyncio
from collections.abc import Callable
from typing import Final

from textual.screen import Screen

from ftpwatch.core.errors import UserError
from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import CommandSent, ReplyReceived
from ftpwatch.core.journal.filter import (
    EVERYTHING,
    folded,
)
from ftpwatch.core.journal.history import Row
from ftpwatch.core.state.explanation import Explained
from ftpwatch.core.state.state import SessionState, WatchState
from ftpwatch.core.text.folded_text import folded_phrase, logs_in
from ftpwatch.core.text.neutral import visible
from ftpwatch.core.text.phrasing import phrase
from ftpwatch.core.text.verdict_text import verdict_short
from ftpwatch.tui.inputs import Reports, Sources
from ftpwatch.tui.keys import keys_on
from ftpwatch.tui.screens.copying import Copying
from ftpwatch.tui.screens.dialogue_filter import DialogueFilter
from ftpwatch.tui.widgets.dialogue import DialogueView
from ftpwatch.tui.widgets.explanation import ExplanationPanel

__all__ = ["DialogueActions"]

_MOST_COPIED: Final = 10_000


class DialogueActions:
    """Works on the screen's dialogue and panel; `shown` is the state on the screen."""

    def __init__(
        self,
        screen: Screen[None],
        sources: Sources,
        shown: Callable[[], WatchState],
        acted_on: Callable[[], SessionState | None],
        dialogue_filter: DialogueFilter,
    ) -> None:
        self._screen, self._shown = screen, shown
        self._reports, self._acted_on = sources.reports, acted_on
        self._copying = Copying(screen, sources.reports.copy if sources.reports else None)
        self._watch, self._history = sources.watch, sources.history
        self._filter = dialogue_filter

    @property
    def _dialogue(self) -> DialogueView:
        return self._screen.query_one(DialogueView)

    @property
    def _panel(self) -> ExplanationPanel:
        return self._screen.query_one(ExplanationPanel)

    def do(self, what: str) -> None:
        """What a key names."""
        {
            "filter": self._filter.ask,
            "toggle_filter": self._filter.toggle,
            "explain": self.explain,
            "copy": self.copy,
            "save": self.save,
            "unfold": self._dialogue.toggle_unfold,
            "folding": self._dialogue.toggle_folding,
            "only": self.toggle_only,
            "problems": self._dialogue.toggle_problems,
            "time": self._dialogue.next_time_column,
        }[what]()

    def toggle_only(self) -> None:
        """Only the session that is meant, or all."""
        if self._dialogue.shows.only is not None:
            self._dialogue.show_only(None)
            return
        acted_on = self._acted_on()
        name = None if acted_on is None else acted_on.name
        if self._dialogue.selected is not None and (row := self._dialogue.selected_row):
            name = row.entry.session or name
        if name is None:
            self._say("no session: select a row of one first")
        else:
            self._dialogue.show_only(name)

    @property
    def only(self) -> str | None:
        """The one session whose dialogue is shown; None where all are."""
        return self._dialogue.shows.only

    def show_only(self, session: str | None) -> None:
        """The dialogue of one session, or with None that of all."""
        self._dialogue.show_only(session)

    # --- the selected row ----------------------------------------------------------------------

    def explain(self, row: Row | None = None) -> None:
        """The explanation of `row`, else of the selected one, or what its code means; where none
        is selected, how the session that keys act on ended last.
        """
        is_chosen = row is not None or self._dialogue.selected is not None
        row = row or self._dialogue.selected_row
        newest = None if is_chosen else self._newest()
        if row is None:
            return
        first = newest or self._explained_of(row)
        if first is not None:
            self._panel.pin(first)
        elif (meaning := self._meaning(row)) is not None:
            self._panel.pin_note(_words_of(row), meaning)
        else:
            self._say("nothing to explain on this row")
            return
        self._panel.is_open = True

    def _newest(self) -> Explained | None:
        session, upto = self._acted_on(), self._shown().seq
        if session is None:
            return None
        known = [e for e in self._watch.explanations() if e.session == session.name]
        return next((e for e in reversed(known) if e.of <= upto), None)

    def _explained_of(self, row: Row | None) -> Explained | None:
        """How the answer in `row`, or else its entry, is explained."""
        if row is None:
            return None
        entries: list[Entry] = [entry for entry in (row.answer, row.entry) if entry is not None]
        explanations = (self._watch.explanation_at(entry) for entry in entries)
        return next((explained for explained in explanations if explained is not None), None)

    def _meaning(self, row: Row) -> str | None:
        event = _telling(row).event
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

    @property
    def copies_explanation(self) -> bool:
        """Its panel has the focus, or is open beside a dialogue in which no row is selected."""
        panel, dialogue = self._panel, self._dialogue
        return panel.has_focus or (panel.is_open and dialogue.selected is None)

    def copy(self) -> None:
        """The explanation, or else the selected line."""
        row, shown, reports = self._dialogue.selected_row, self._panel.shown, self._reports
        if self.copies_explanation and shown is not None and reports is not None:
            self._copying.copy("explanation, as Markdown", reports.write_up(shown))
        elif row is not None:
            self._screen.run_worker(self._copy_row(row), exit_on_error=False)

    async def _copy_row(self, row: Row) -> None:
        """One line; of a row that stands for others, all of theirs."""
        rows = [row] if row.folded is None else await self._behind(row)
        self._copying.copy(
            "line" if len(rows) == 1 else f"{len(rows)} lines", "\n".join(map(_line_of, rows))
        )

    async def _behind(self, row: Row) -> list[Row]:
        """`row` and what it stands for, each by itself."""
        upto, alone = self._dialogue.upto, folded(EVERYTHING, (row.seq,))
        last = row.folded.last.seq if row.folded is not None else row.seq
        rows = await self._history.after(row.seq - 1, _MOST_COPIED, min(last, upto), alone)
        return [one for one in rows if row.seq in (one.seq, one.head)]

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


def _telling(row: Row) -> Entry:
    """What of a row tells most: its answer; of a login that it stands, of keep-alives the last."""
    if row.folded is None:
        return row.answer or row.entry
    return next(filter(logs_in, row.folded.members), row.folded.last)


def _words_of(row: Row) -> str:
    if row.stands_for is not None:
        return folded_phrase(row.entry, row.stands_for).words
    return phrase(row.entry, row.answer, row.sharing).words


def _line_of(row: Row) -> str:
    phrased = phrase(row.entry, row.answer, row.sharing)
    at = f"{row.entry.at.isoformat()} " if row.entry.timed else ""
    return f"{at}{visible(row.entry.session or '-')} {phrased.words}"
