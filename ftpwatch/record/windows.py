"""Windows by seq over one database that holds the table `entry`.

A window of a million entries costs what one of a hundred does.
"""

import sqlite3
from datetime import datetime
from typing import Final

from ftpwatch.core.entry import Entry, decode_event
from ftpwatch.core.filter import Filter, Term

__all__ = ["COLUMNS", "Windows", "entry_of"]

COLUMNS: Final = "seq, at, elapsed_seconds, session, connection, event"


class Windows:
    """What `database` has. Each question raises sqlite3.Error, or what decoding raises."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def before(self, seq: int, count: int, upto: int, wanted: Filter) -> list[Entry]:
        """At most `count` entries before `seq`, oldest first."""
        where, values = _conditions(wanted)
        sql = f"{_select(where)} and seq < ? order by seq desc limit ?"
        return self._entries(sql, [upto, *values, seq, count])[::-1]

    def after(self, seq: int, count: int, upto: int, wanted: Filter) -> list[Entry]:
        """At most `count` entries after `seq`, oldest first."""
        where, values = _conditions(wanted)
        sql = f"{_select(where)} and seq > ? order by seq limit ?"
        return self._entries(sql, [upto, *values, seq, count])

    def count(self, after: int, upto: int, wanted: Filter) -> int:
        """How many there are after `after` and up to `upto`."""
        where, values = _conditions(wanted)
        sql = f"select count(*) from entry e where seq <= ? and answers is null{where} and seq > ?"
        (number,) = self._database.execute(sql, [upto, *values, after]).fetchone()
        return int(number)

    def answers(self, seqs: list[int], upto: int) -> dict[int, Entry]:
        """The newest answers to the keep-alives `seqs`, by the seq of each."""
        marks = ",".join("?" * len(seqs))
        which = f"answers in ({marks}) and seq <= ? order by seq"
        sql = f"select answers, {COLUMNS} from entry where {which}"
        return {row[0]: entry_of(row[1:]) for row in self._database.execute(sql, [*seqs, upto])}

    def _entries(self, sql: str, values: list[object]) -> list[Entry]:
        return [entry_of(row) for row in self._database.execute(sql, values)]


def entry_of(row: tuple[int, str, float, str | None, int | None, bytes]) -> Entry:
    """The entry of a row of COLUMNS."""
    seq, at, elapsed, session, connection, event = row
    return Entry(seq, datetime.fromisoformat(at), elapsed, session, connection, decode_event(event))


def _select(where: str) -> str:
    return f"select {COLUMNS} from entry e where seq <= ? and answers is null{where}"


def _conditions(wanted: Filter) -> tuple[str, list[object]]:
    """SQL for `wanted`, with its values. A row matches by its entry or by its answer."""
    sql, values = "", list[object]()
    for term in wanted.terms:
        condition, value = _condition(term)
        sharing = "select 1 from entry a where (a.seq = e.seq or a.answers = e.seq)"
        reach = f"exists ({sharing} and {condition})"
        sql += f" and not {reach}" if term.inverted else f" and {reach}"
        values += value
    return sql, values


def _condition(term: Term) -> tuple[str, list[object]]:
    match term.field:
        case "problem":
            return "a.problem = 1", []
        case "kind":
            return "a.kind = ?", [term.value]
        case "code":
            return "cast(a.code as text) glob ?", [term.value]
        case "session":
            return "coalesce(a.session, '') glob ?", [term.value]
        case _:
            escaped = term.value.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
            return "a.words like ? escape '\\'", [f"%{escaped}%"]
