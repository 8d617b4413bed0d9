"""Which rows the dialogue asks for, and which of them are open: the user's own filter, one session
only, what is normal folded or not.
"""

from collections.abc import Callable, Iterable

from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import ConnectionClosed, ConnectionFailed
from ftpwatch.core.journal.filter import EVERYTHING, MOST_UNFOLDED, PROBLEMS, Filter, Term, folded
from ftpwatch.core.journal.history import Row
from ftpwatch.core.state.explanation import Explained
from ftpwatch.core.text.folded_text import cause_clause
from ftpwatch.core.text.matching import is_problem
from ftpwatch.tui.keys import Keys
from ftpwatch.tui.widgets.row_text import height_of, is_tall

__all__ = ["ShownRows", "causes_of"]

_NO_MATCH = " no row matches this filter; {} shows all, {} clears it"
_NO_ROW = " this session has no rows here; {} shows all sessions again"
_NO_ERROR = " no 4xx, 5xx or close here; {} shows all rows again"
_NOT_LITERAL = str.maketrans("*,", "??")


class ShownRows:
    """`wanted` is the user's filter, `only` the one session whose rows are shown, with `problems`
    only errors are; `folding` is on where what is normal is folded.
    """

    def __init__(self) -> None:
        self.wanted: Filter = EVERYTHING
        self.only: str | None = None
        self.problems = False
        self.folding, self.unfold = True, False
        self._apart: dict[int, None] = {}
        self._open: set[int] = set()

    @property
    def narrowed(self) -> Filter:
        """What the user asks for."""
        only = () if self.only is None else (Term("session", self.only.translate(_NOT_LITERAL)),)
        problems = PROBLEMS.terms if self.problems else ()
        return Filter((*self.wanted.terms, *only, *problems))

    @property
    def asked(self) -> Filter:
        """What the history is asked for."""
        return folded(self.narrowed, self._apart) if self.folding else self.narrowed

    @property
    def is_narrowed(self) -> bool:
        """Not all is shown."""
        return bool(self.narrowed.terms)

    @property
    def words(self) -> str:
        """What of it is not as it usually is, for a title."""
        only = "" if self.only is None else f" - only {self.only}"
        only += " - only errors" if self.problems else ""
        return only if self.folding else f"{only} - nothing folded"

    def nothing(self, keys: Keys) -> str:
        """That there is no row, and what to do."""
        if self.wanted.terms:
            return _NO_MATCH.format(keys.first("toggle_filter"), keys.first("escape"))
        if self.problems:
            return _NO_ERROR.format(keys.first("only_problems"))
        return _NO_ROW.format(keys.first("only_session"))

    def height_of(self, row: Row) -> int:
        """How many lines of the screen it takes."""
        return height_of(row, unfold=self.is_open(row))

    def is_open(self, row: Row) -> bool:
        """Its reply is shown line by line."""
        return self.unfold != (row.seq in self._open)

    def toggle(self, row: Row) -> int:
        """Unfold `row`, or fold it; which row stands there then."""
        if row.folded is not None:
            self._apart[row.seq] = None
            while len(self._apart) > MOST_UNFOLDED:
                del self._apart[next(iter(self._apart))]
        elif is_tall(row):
            self._open ^= {row.seq}
        elif (head := row.head or row.seq) in self._apart:
            del self._apart[head]
            return head
        else:
            self.toggle_replies()
        return row.seq

    def bring(self, row: Row) -> None:
        """Have `row` be shown by itself."""
        if self.only not in (None, row.entry.session):
            self.only = None
        self.problems = self.problems and _is_error(row)
        if row.head is not None:
            self._apart[row.head] = None

    def toggle_replies(self) -> None:
        """All replies of several lines whole, or as one row."""
        self.unfold = not self.unfold
        self._open.clear()

    def toggle_folding(self) -> None:
        """What is normal folded, or not."""
        self.folding = not self.folding
        self._apart.clear()


def _is_error(row: Row) -> bool:
    return is_problem(row.entry) or (row.answer is not None and is_problem(row.answer))


def causes_of(
    rows: Iterable[Row], upto: int, explained_of: Callable[[Entry], Explained | None]
) -> dict[int, str]:
    """How the ends among `rows` are explained by what was known up to the seq `upto`, in a clause
    for each.
    """
    causes: dict[int, str] = {}
    for row in rows:
        if isinstance(row.entry.event, ConnectionClosed | ConnectionFailed):
            explained = explained_of(row.entry)
            if explained is not None and explained.by.seq <= upto:
                causes[row.seq] = cause_clause(explained)
    return causes
