"""Which server somebody means by a name: as it is called, written, or as it greets."""

import difflib
import re
from typing import Final

from ftpwatch.knowledge.loader import Knowledge
from ftpwatch.knowledge.model import ServerTable

__all__ = ["find_server"]

_VERSION: Final = re.compile(r"\bv?\d+(?:[.\d]+\w*|r\d+)?\b", re.IGNORECASE)
_NOT_A_LETTER: Final = re.compile(r"[\W\d_]+")
_KIND: Final = re.compile(r"(?:ftpserver|ftpd|ftp|server|service|daemon)+$")
_LONGEST: Final = 200
_SHORTEST: Final = 2


def find_server(name: str, knowledge: Knowledge) -> ServerTable:
    """The server called `name`, whatever its case, spaces, signs and version; of several
    generations the one of that version, or the newest. Raises ValueError naming those that are
    known and the nearest.
    """
    name = name.strip()[:_LONGEST]
    for key in (str.lower, _letters, _core):
        wanted = key(name)
        if len(wanted) < _SHORTEST:
            continue
        named = [t for t in knowledge.servers if wanted in map(key, (t.name, *t.aliases))]
        if named:
            return _generation(name, named)
    greeted = [t for t in knowledge.servers if any(re.search(g, name, re.I) for g in t.greeting)]
    if greeted:
        return _generation(name, greeted)
    raise ValueError(_unknown(name, knowledge))


def _letters(name: str) -> str:
    return _NOT_A_LETTER.sub("", _VERSION.sub(" ", name)).lower()


def _core(name: str) -> str:
    """The letters without what all of them are: a server of FTP."""
    return _KIND.sub("", _letters(name))


def _generation(name: str, tables: list[ServerTable]) -> ServerTable:
    """Of tables whose names differ by a version: the one whose version `name` begins with, else
    the one that needs none.
    """
    version = next(iter(re.findall(r"\d+(?:\.\d+)*", name)), "")
    own = {table.name: re.findall(r"\d+(?:\.\d+)*$", table.name) for table in tables}
    same = [t for t in tables if own[t.name] and f"{version}.".startswith(f"{own[t.name][0]}.")]
    newest = [table for table in tables if not own[table.name]]
    return (same or newest or tables)[0]


def _unknown(name: str, knowledge: Knowledge) -> str:
    names = {_letters(n): t.name for t in knowledge.servers for n in (*t.aliases, t.name)}
    near = difflib.get_close_matches(_letters(name), names, n=1)
    nearest = f"; the nearest is {names[near[0]]}" if near else ""
    known = ", ".join(table.name for table in knowledge.servers)
    return f"no server is called {name}{nearest}; known are {known}"
