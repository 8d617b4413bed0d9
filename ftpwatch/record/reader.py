"""The past, read from a recording: History for the views, entries for replay.

One read-only connection in one worker thread; every question is a window by seq, so a recording
of a million entries costs what one of a hundred does.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from ftpwatch.core.entry import Entry, decode_event
from ftpwatch.core.filter import Filter, Term
from ftpwatch.core.protocols import Row
from ftpwatch.record.schema import NotARecording, check

__all__ = ["Reader", "open_recording"]

T = TypeVar("T")
_COLUMNS: Final = "seq, at, elapsed_seconds, session, connection, event"


def open_recording(path: Path) -> sqlite3.Connection:
    """A read-only connection to the recording at `path`; a killed one heals by being opened.

    Raises NotARecording.
    """
    if not path.is_file():
        raise NotARecording(f"there is no recording at {path}")
    try:
        connection = sqlite3.connect(path, check_same_thread=False)
        connection.execute("pragma query_only = on")
    except sqlite3.Error as error:
        raise NotARecording(f"{path} cannot be opened: {error}") from error
    check(connection, path)
    return connection


class Reader:
    """History over the recording at `path`. Raises NotARecording."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._database = open_recording(path)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="history")

    def close(self) -> None:
        """Let go of the file."""
        self._thread.shutdown(wait=True)
        self._database.close()

    async def before(self, seq: int, count: int, upto: int, wanted: Filter) -> list[Row]:
        where, values = _conditions(wanted)
        sql = f"{_select(where)} and seq < ? order by seq desc limit ?"
        rows = await self._ask(lambda: self._rows(sql, [upto, *values, seq, count], upto))
        return rows[::-1]

    async def after(self, seq: int, count: int, upto: int, wanted: Filter) -> list[Row]:
        where, values = _conditions(wanted)
        sql = f"{_select(where)} and seq > ? order by seq limit ?"
        return await self._ask(lambda: self._rows(sql, [upto, *values, seq, count], upto))

    async def count(self, after: int, upto: int, wanted: Filter) -> int:
        where, values = _conditions(wanted)
        sql = f"select count(*) from entry e where seq <= ? and answers is null{where} and seq > ?"

        def ask() -> int:
            (number,) = self._database.execute(sql, [upto, *values, after]).fetchone()
            return int(number)

        return await self._ask(ask)

    def entries(self, after: int = 0) -> Iterator[Entry]:
        """All entries after `after`, oldest first, read as they are taken."""
        sql = f"select {_COLUMNS} from entry where seq > ? order by seq"
        last = after
        try:
            for row in self._database.execute(sql, [after]):
                yield _entry(row)
                last = row[0]
        except (sqlite3.Error, msgspec.MsgspecError, ValueError, TypeError) as error:
            raise NotARecording(
                f"{self._path} is damaged after entry {last}; what came before was read: {error}"
            ) from error

    def last_seq(self) -> int:
        """The seq of the newest entry; 0 where there is none."""
        (seq,) = self._database.execute("select coalesce(max(seq), 0) from entry").fetchone()
        return int(seq)

    def _rows(self, sql: str, values: list[object], upto: int) -> list[Row]:
        try:
            entries = [_entry(row) for row in self._database.execute(sql, values)]
            answers = self._answers([entry.seq for entry in entries], upto)
        except (sqlite3.Error, msgspec.MsgspecError, ValueError, TypeError):
            return []  # a damaged page shows nothing; replay says where the damage is
        return [Row(entry, answers.get(entry.seq)) for entry in entries]

    def _answers(self, seqs: list[int], upto: int) -> dict[int, Entry]:
        marks = ",".join("?" * len(seqs))
        sql = f"select answers, {_COLUMNS} from entry where answers in ({marks}) and seq <= ?"
        return {row[0]: _entry(row[1:]) for row in self._database.execute(sql, [*seqs, upto])}

    async def _ask(self, question: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, question)


def _select(where: str) -> str:
    return f"select {_COLUMNS} from entry e where seq <= ? and answers is null{where}"


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


def _entry(row: tuple[int, str, float, str | None, int | None, bytes]) -> Entry:
    seq, at, elapsed, session, connection, event = row
    return Entry(seq, datetime.fromisoformat(at), elapsed, session, connection, decode_event(event))
