"""A filter as SQL. A row matches a term by its entry, `e`, or by one that shares its row, `a`; in
the condition of a term `@` stands for either.
"""

import sqlite3
from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Final

import msgspec

from ftpwatch.core.journal.entry import UNTIMED
from ftpwatch.core.journal.filter import Filter, Term, code_ranges
from ftpwatch.core.text.matching import begins_word
from ftpwatch.record.kinds import DENSE_KINDS, KINDS, PURPOSES

__all__ = [
    "RARE",
    "Values",
    "Where",
    "begins",
    "caused",
    "first_since",
    "learn_words",
    "numbers_of",
    "where",
]

Values = dict[str, object]
_END: Final = 2**62
# What an index of its own knows.
RARE: Final = {
    "problem": "problem = 1",
    "mark": f"kind = {KINDS.index('mark_set')} and kind not in {DENSE_KINDS}",
}
_SHARING: Final = "select 1 from entry a where a.answers = e.seq and a.seq <= :upto"


class Where(msgspec.Struct, frozen=True):
    """Conditions on the row `e`, each with `and` before it, with their values; and from which seq
    to before which rows are of the time that is wanted.
    """

    sql: str
    values: Values
    low: int = 0
    high: int = _END


def learn_words(database: sqlite3.Connection) -> None:
    """Let SQL ask whether a text begins a word."""
    database.create_function("begins_word", 2, begins_word, deterministic=True)


def where(database: sqlite3.Connection, wanted: Filter) -> Where:
    """What `wanted` asks of a row, up to the seq `:upto`."""
    sql, values, low, high = "", Values(), 0, _END
    for number, term in enumerate(wanted.terms):
        name = f"t{number}"
        if term.field in ("since", "until"):
            first = first_since(database, term.value)
            if first is None:
                high = high if term.inverted else 0
            elif (term.field == "since") is not term.inverted:
                low = max(low, first)
            else:
                high = min(high, first)
            continue
        holds = _CONDITIONS[term.field](term, name, values)
        negated = "not " if term.inverted else ""
        itself, sharing = holds.replace("@", "e"), holds.replace("@", "a")
        sql += f" and {negated}(coalesce({itself}, 0) or exists ({_SHARING} and ({sharing})))"
    return Where(sql, values, low, high)


def numbers_of(term: Term, words: tuple[str, ...]) -> list[int]:
    """The places in `words` of those that `term` asks for."""
    patterns = term.patterns
    return [n for n, word in enumerate(words) if any(fnmatchcase(word, p) for p in patterns)]


def first_since(database: sqlite3.Connection, moment: str) -> int | None:
    """The seq from which on entries are of `moment` or later, as times never go back; None where
    they have none.
    """
    first = database.execute("select seq, at from entry order by seq limit 1").fetchone()
    if first is None or first[1] == UNTIMED:
        return None
    (last,) = database.execute("select max(seq) from entry").fetchone()
    low, high = first[0], last + 1
    while low < high:
        middle = (low + high) // 2
        row = database.execute(
            "select seq, at from entry where seq >= ? order by seq limit 1", [middle]
        ).fetchone()
        if row is None or row[1] >= moment:
            high = middle
        else:
            low = row[0] + 1
    return int(low)


def begins(words: str, text: str) -> str:
    """That `text` begins a word of the column `words`; what has it nowhere is passed over fast."""
    return f"instr({words}, {text}) > 0 and begins_word({text}, {words})"


def _globs(term: Term, name: str, values: Values, column: str) -> str:
    names = []
    for number, pattern in enumerate(term.patterns):
        values[f"{name}_{number}"] = pattern
        names.append(f"{column} glob :{name}_{number}")
    return " or ".join(names)


def _numbers(term: Term, words: tuple[str, ...], column: str) -> str:
    return f"{column} in ({','.join(map(str, numbers_of(term, words)))})"


def _code(term: Term, _: str, __: Values) -> str:
    runs = code_ranges(term.value)
    return " or ".join(f"@.code between {low} and {high}" for low, high in runs) or "0"


def _host(term: Term, name: str, values: Values) -> str:
    return f"@.session in (select session from host where {_globs(term, name, values, 'host')})"


def _cause(term: Term, name: str, values: Values) -> str:
    return f"@.seq in ({caused(_globs(term, name, values, 'cause'))})"


def caused(holds: str) -> str:
    """The seqs of what is explained so, and of the closes whose connection was last."""
    last = "select session, connection, cause, max(of) from explained group by session, connection"
    closed = KINDS.index("connection_closed")
    return (
        f"select of from explained where {holds} union "
        f"select c.seq from entry c join ({last}) x using (session, connection) "
        f"where c.kind = {closed} and c.kind not in {DENSE_KINDS} and ({holds})"
    )


def _text(holds: str) -> Callable[[Term, str, Values], str]:
    def condition(term: Term, name: str, values: Values) -> str:
        values[name] = term.value
        return holds.format(text=f":{name}")

    return condition


_CONDITIONS: Final[dict[str, Callable[[Term, str, Values], str]]] = {
    "word": _text(begins("@.words", "{text}")),
    "inside": _text("instr(@.words, {text}) > 0"),
    "problem": lambda _, __, ___: "@.problem = 1",
    "mark": lambda _, __, ___: f"@.kind = {KINDS.index('mark_set')}",
    "code": _code,
    "session": lambda term, name, values: _globs(term, name, values, "@.session"),
    "host": _host,
    "cause": _cause,
    "event": lambda term, _, __: _numbers(term, KINDS, "@.kind"),
    "purpose": lambda term, _, __: _numbers(term, PURPOSES, "@.purpose"),
}
