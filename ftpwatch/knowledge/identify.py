"""Which server this is, by what it says of itself: greeting, SYST, FEAT, NOOP."""

import re
from collections.abc import Mapping
from typing import Final

import msgspec

from ftpwatch.core.ftp.reply import joined
from ftpwatch.core.judgement.context import Context
from ftpwatch.knowledge.model import ServerTable

__all__ = ["Identity", "identify", "identify_by"]

_FLAGS: Final = re.IGNORECASE | re.MULTILINE
_GREETING_POINTS: Final = 3
_PROBE_POINTS: Final = 1
_ENOUGH_POINTS: Final = 2


class Identity(msgspec.Struct, frozen=True):
    """A recognised server, and by which of its words; `by_reply` where that is the very reply
    that is judged, which then proves nothing further.
    """

    table: ServerTable
    by: tuple[str, ...]
    by_reply: bool = False


def identify(context: Context, servers: tuple[ServerTable, ...]) -> Identity | None:
    """The server that fits best; None where too little was said or nothing fits."""
    statements = {verb: joined(lines) for verb, lines in context.host.said.items()}
    if (known := identify_by(statements, servers)) is not None:
        return known
    # A refusal in place of the greeting may name the server too, but does not hide an earlier one.
    refusal = joined(context.connection.greeting)
    if refusal in ("", statements.get("GREETING")):
        return None
    statements["GREETING"] = f"{statements.get('GREETING', '')}\n{refusal}"
    named = identify_by(statements, servers)
    return None if named is None else msgspec.structs.replace(named, by_reply=True)


def identify_by(statements: Mapping[str, str], servers: tuple[ServerTable, ...]) -> Identity | None:
    """The server that fits best by its `statements`, by verb or GREETING."""
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
