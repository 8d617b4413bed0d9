"""Whether an entry matches a filter, one by one; where a recording is asked, its indexes answer the
same question.
"""

import re
from collections.abc import Callable, Collection
from fnmatch import fnmatchcase
from typing import Final

import msgspec

from ftpwatch.core.journal.entry import Entry, kind_of, utc_text
from ftpwatch.core.journal.events import (
    CommandSent,
    ConnectionClosed,
    ConnectionFailed,
    ConnectionOpened,
    DataConnectionClosed,
    MalformedReply,
    MarkSet,
    ReplyOverdue,
    ReplyReceived,
    SessionAdded,
    SessionFailed,
)
from ftpwatch.core.journal.filter import Filter, Term, code_ranges
from ftpwatch.core.journal.vocabulary import Cause
from ftpwatch.core.text.phrasing import phrase

__all__ = ["Circumstances", "begins_word", "hosts_of", "is_problem", "matches", "searchable"]

_NEVER_INSIDE: Final = r"(?<![^\W_])"


class Circumstances(msgspec.Struct, frozen=True):
    """What of an entry stands elsewhere: the hosts of its session, and how it is explained."""

    hosts: Collection[str] = ()
    cause: Cause | None = None


NOTHING_MORE: Final = Circumstances()


def matches(wanted: Filter, entry: Entry, around: Circumstances = NOTHING_MORE) -> bool:
    """All terms of `wanted` hold for `entry`."""
    return all(_holds(term, entry, around) is not term.inverted for term in wanted.terms)


def searchable(entry: Entry) -> str:
    """The line in which words are looked for."""
    return f"{entry.session or ''} {phrase(entry).words}".lower()


def begins_word(text: str, line: str) -> bool:
    """`text` stands in `line`, from the beginning of a word on."""
    if text not in line:
        return False
    inside = text[0].isalnum()
    return re.search((_NEVER_INSIDE if inside else "") + re.escape(text), line) is not None


def hosts_of(entry: Entry) -> tuple[str, ...]:
    """What `host:` knows the session of `entry` by, from this entry on: its target, its peer."""
    match entry.event:
        case CommandSent() | ReplyReceived():
            return ()
        case SessionAdded(target=target):
            return target.host.lower(), f"{target.host}:{target.port}".lower()
        case ConnectionOpened(peer=peer):
            peer = peer.replace("[", "").replace("]", "").lower()
            return peer, peer.rpartition(":")[0]
        case _:
            return ()


def is_problem(entry: Entry) -> bool:
    """Whether `e` jumps to it: 4xx, 5xx, a close, a failure, silence; not that a server does not
    know a question that clients ask after a login.
    """
    match entry.event:
        case ReplyReceived(code=code) as reply:
            is_negative = code is None or 400 <= code < 600
            return is_negative and not reply.declines_a_question
        case CommandSent():
            return False
        case ConnectionClosed(solicited=solicited):
            return not solicited
        case ConnectionFailed() | MalformedReply() | ReplyOverdue() | SessionFailed():
            return True
        case DataConnectionClosed(problem=problem):
            return problem is not None
        case _:
            return False


def _holds(term: Term, entry: Entry, around: Circumstances) -> bool:
    return _TESTS[term.field](term, entry, around)


def _is_one(term: Term, words: Collection[str]) -> bool:
    return any(fnmatchcase(word, pattern) for pattern in term.patterns for word in words)


def _code(term: Term, entry: Entry, _: Circumstances) -> bool:
    code = entry.event.code if isinstance(entry.event, ReplyReceived) else None
    return code is not None and any(low <= code <= high for low, high in code_ranges(term.value))


def _purpose(term: Term, entry: Entry, _: Circumstances) -> bool:
    match entry.event:
        case CommandSent(purpose=purpose):
            return _is_one(term, (purpose.value,))
        case ReplyReceived(in_reply_to=answered) if answered is not None:
            return _is_one(term, (answered.purpose.value,))
        case _:
            return False


def _is_since(term: Term, entry: Entry, _: Circumstances) -> bool:
    return entry.timed and utc_text(entry.at) >= term.value


def _is_until(term: Term, entry: Entry, _: Circumstances) -> bool:
    return entry.timed and utc_text(entry.at) < term.value


def _has_cause(term: Term, _: Entry, around: Circumstances) -> bool:
    return around.cause is not None and _is_one(term, (around.cause.value,))


_TESTS: Final[dict[str, Callable[[Term, Entry, Circumstances], bool]]] = {
    "word": lambda term, entry, _: begins_word(term.value, searchable(entry)),
    "inside": lambda term, entry, _: term.value in searchable(entry),
    "problem": lambda _, entry, __: is_problem(entry),
    "folded": lambda *_: True,
    "mark": lambda _, entry, __: isinstance(entry.event, MarkSet),
    "code": _code,
    "session": lambda term, entry, _: entry.session is not None and _is_one(term, (entry.session,)),
    "host": lambda term, _, around: _is_one(term, around.hosts),
    "cause": _has_cause,
    "event": lambda term, entry, _: _is_one(term, (kind_of(entry.event),)),
    "purpose": _purpose,
    "since": _is_since,
    "until": _is_until,
}
