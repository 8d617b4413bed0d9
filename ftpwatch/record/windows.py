"""Windows by seq over one database that holds the table `entry`.

Without a filter, and for problems and marks, a window of a million entries costs what one of a
hundred does. Another filter is tried on entry after entry until the window is full: `pages` sees to
it that this is done once.
"""

import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from ftpwatch.core.bounds import TEN_YEARS
from ftpwatch.core.journal.entry import UNTIMED, Entry, decode_event, untimed
from ftpwatch.core.journal.events import EntriesUnreadable
from ftpwatch.core.journal.filter import Filter, Term

__all__ = ["COLUMNS", "Windows", "entry_of", "is_indexed"]

COLUMNS: Final = "seq, at, elapsed_seconds, session, connection, event"
_SHARED: Final = "coalesce(answers, seq)"  # the seq of the row that an entry is shown in
_INDEXED: Final = {"problem": "problem = 1", "mark": "kind = 'mark_set'"}

Values = dict[str, object]
_Row = tuple[int, str, float, str | None, int | None, bytes]
_EARLIEST, _LATEST = 1970, 9_000


class Windows:
    """What `database` has. Each question raises sqlite3.Error, or what decoding raises."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def before(self, seq: int, count: int, upto: int, wanted: Filter) -> list[Entry]:
        """At most `count` entries before `seq`, oldest first."""
        sql, values = _window(wanted, "< :seq", "desc")
        return self._entries(sql, values | {"upto": upto, "seq": seq, "count": count})[::-1]

    def after(self, seq: int, count: int, upto: int, wanted: Filter) -> list[Entry]:
        """At most `count` entries after `seq`, oldest first."""
        sql, values = _window(wanted, "> :seq", "asc")
        return self._entries(sql, values | {"upto": upto, "seq": seq, "count": count})

    def count(self, after: int, upto: int, wanted: Filter) -> int:
        """How many there are after `after` and up to `upto`."""
        where, values = _conditions(wanted)
        sql = f"select count(*) from entry e where {_shown(where)} and seq > :after"
        return self._number(sql, values | {"upto": upto, "after": after})

    def changed(self, after: int, upto: int, most: int) -> list[int]:
        """At most `most` rows that entries after `after` and up to `upto` made or answered."""
        sql = f"select distinct {_SHARED} from entry where seq > ? and seq <= ? limit ?"
        return [seq for (seq,) in self._database.execute(sql, [after, upto, most])]

    def among(self, seqs: Sequence[int], upto: int, wanted: Filter) -> list[Entry]:
        """Those of the rows `seqs` that match, oldest first."""
        where, values = _conditions(wanted)
        sql = (
            f"select {COLUMNS} from entry e where {_shown(where)} and {_one_of(seqs)} order by seq"
        )
        return self._entries(sql, values | {"upto": upto})

    def answers(self, seqs: list[int], upto: int) -> dict[int, tuple[Entry, int]]:
        """The newest entry that shares each of the rows `seqs`, and how many do."""
        marks = ",".join("?" * len(seqs))
        which = f"answers in ({marks}) and seq <= ? order by seq"
        sql = f"select answers, {COLUMNS} from entry where {which}"
        answers: dict[int, tuple[Entry, int]] = {}
        for row in self._database.execute(sql, [*seqs, upto]):
            sharing = answers[row[0]][1] + 1 if row[0] in answers else 1
            answers[row[0]] = _entry_or_why(row[1:]), sharing
        return answers

    def _entries(self, sql: str, values: Values) -> list[Entry]:
        return [_entry_or_why(row) for row in self._database.execute(sql, values)]

    def _number(self, sql: str, values: Values) -> int:
        (number,) = self._database.execute(sql, values).fetchone()
        return int(number)


def entry_of(row: _Row) -> Entry:
    """The entry of a row of COLUMNS. Raises ValueError, TypeError or OverflowError for what no
    journal writes.
    """
    seq, at, elapsed, session, connection, event = row
    timed = at != UNTIMED
    when = datetime.fromisoformat(at) if timed else untimed(elapsed)
    if not _EARLIEST <= when.year <= _LATEST or when.tzinfo is None:
        raise ValueError(f"it is of {at!r}")
    if not 0 <= elapsed <= TEN_YEARS or not 0 < seq < 2**53:
        raise ValueError(f"it is number {seq}, {elapsed!r} s after the start")
    if connection is not None and not 0 <= connection < 2**53:
        raise ValueError(f"its connection is {connection}")
    return Entry(
        seq=seq,
        at=when,
        elapsed_seconds=elapsed,
        session=session,
        connection=connection,
        event=decode_event(event),
        timed=timed,
    )


def _entry_or_why(row: _Row) -> Entry:
    """The entry of a row, or that it is damaged: it costs that row, not the page."""
    try:
        return entry_of(row)
    except (ValueError, TypeError, OverflowError) as error:
        seq = row[0]
        nowhere = datetime.fromtimestamp(0, UTC)
        return Entry(
            seq=seq,
            at=nowhere,
            elapsed_seconds=0.0,
            session=None,
            connection=None,
            event=EntriesUnreadable(seq, seq, str(error)),
        )


def is_indexed(wanted: Filter) -> bool:
    """A window costs little, however rare what is wanted."""
    return not wanted.terms or _indexed(wanted) is not None


def _indexed(wanted: Filter) -> str | None:
    alone = len(wanted.terms) == 1 and not wanted.terms[0].inverted
    return _INDEXED.get(wanted.terms[0].field) if alone else None


def _window(wanted: Filter, bound: str, order: str) -> tuple[str, Values]:
    selected = f"select {COLUMNS} from entry e where"
    rare = _indexed(wanted)
    if rare is None:
        where, values = _conditions(wanted)
        sql = f"{selected} {_shown(where)} and seq {bound} order by seq {order} limit :count"
        return sql, values
    rows = (
        f"select distinct {_SHARED} from entry where {rare} and seq <= :upto and {_SHARED} {bound}"
    )
    return f"{selected} seq in ({rows} order by 1 {order} limit :count) order by seq {order}", {}


def _shown(where: str) -> str:
    return f"seq <= :upto and answers is null{where}"


def _one_of(seqs: Sequence[int]) -> str:
    return f"seq in ({','.join(map(str, seqs))})"


def _conditions(wanted: Filter) -> tuple[str, Values]:
    """SQL for `wanted`, with its values. A row matches by its entry or by its answer."""
    sql, values = "", Values()
    for number, term in enumerate(wanted.terms):
        name = f"term{number}"
        condition, values[name] = _condition(term, f":{name}")
        sharing = "select 1 from entry a where (a.seq = e.seq or a.answers = e.seq)"
        reach = f"exists ({sharing} and a.seq <= :upto and {condition})"
        sql += f" and not {reach}" if term.inverted else f" and {reach}"
    return sql, values


def _condition(term: Term, value: str) -> tuple[str, str]:
    match term.field:
        case "problem" | "mark":
            return f"a.{_INDEXED[term.field]}", ""
        case "code":
            return f"cast(a.code as text) glob {value}", term.value
        case "session":
            return f"coalesce(a.session, '') glob {value}", term.value
        case _:
            escaped = term.value.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
            return f"a.words like {value} escape '\\'", f"%{escaped}%"
