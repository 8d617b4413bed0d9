"""Which server this is, by what it says of itself: greeting, SYST, FEAT, NOOP."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from ftpwatch.core.ftp.reply import joined
from ftpwatch.core.judgement.context import Context
from ftpwatch.knowledge.model import ServerTable

__all__ = ["Identity", "Recogniser"]

_FLAGS: Final = re.IGNORECASE | re.MULTILINE
_GREETING_POINTS: Final = 3
_PROBE_POINTS: Final = 1
_ENOUGH_POINTS: Final = 2
_KEPT: Final = 1_000


class Identity(msgspec.Struct, frozen=True):
    """A recognised server, and by which of its words; `by_reply` where that is the very reply
    that is judged, which then proves nothing further.
    """

    table: ServerTable
    by: tuple[str, ...]
    by_reply: bool = False


class Recogniser:
    """Matches what was said against all `servers`, once for the same words: verdicts ask at every
    reply, and of 5,000 ends most were greeted alike.
    """

    def __init__(self, servers: tuple[ServerTable, ...]) -> None:
        self._servers = servers
        self._known: dict[tuple[tuple[str, str], ...], Identity | None] = {}

    def by(self, statements: Mapping[str, Sequence[str]]) -> Identity | None:
        """The server that fits best by its `statements`, by verb or GREETING; None where too little
        was said or nothing fits.
        """
        return self._by({verb: joined(lines) for verb, lines in statements.items()})

    def of(self, context: Context) -> Identity | None:
        """The server of a connection that ended. A refusal in place of the greeting may name it
        too, but does not hide an earlier one.
        """
        statements = {verb: joined(lines) for verb, lines in context.host.said.items()}
        if (known := self._by(statements)) is not None:
            return known
        refusal = joined(context.connection.greeting)
        if refusal in ("", statements.get("GREETING")):
            return None
        statements["GREETING"] = f"{statements.get('GREETING', '')}\n{refusal}"
        named = self._by(statements)
        return None if named is None else msgspec.structs.replace(named, by_reply=True)

    def _by(self, statements: Mapping[str, str]) -> Identity | None:
        key = tuple(statements.items())
        if key not in self._known:
            if len(self._known) >= _KEPT:
                self._known.clear()
            self._known[key] = _best(statements, self._servers)
        return self._known[key]


def _best(statements: Mapping[str, str], servers: tuple[ServerTable, ...]) -> Identity | None:
    ranked = [(_points(table, statements), table) for table in servers]
    (points, by), table = max(ranked, key=lambda ranking: ranking[0][0])
    return Identity(table, by) if points >= _ENOUGH_POINTS else None


def _points(table: ServerTable, statements: Mapping[str, str]) -> tuple[int, tuple[str, ...]]:
    patterns = {
        "GREETING": (table.greeting, _GREETING_POINTS),
        "GREETING ": (table.weak_greeting, _PROBE_POINTS),
        "SYST": (table.syst, _PROBE_POINTS),
        "FEAT": (table.feat, _PROBE_POINTS),
        "NOOP": (table.noop, _PROBE_POINTS),
    }
    by = tuple(
        verb
        for verb, (texts, _) in patterns.items()
        if any(re.search(text, statements.get(verb.strip(), ""), _FLAGS) for text in texts)
    )
    return sum(patterns[verb][1] for verb in by), by
