"""Sessions as a filter asks for them: words are looked for in all that is shown of one, and in the
id of the cause for which it ended; `code:` is its last reply. What of the filter's language is
about entries is refused: a session has none of it.
"""

from collections.abc import Callable
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Final

from ftpwatch.core.journal.filter import Filter, FilterError, Term, code_ranges, parse_filter
from ftpwatch.core.state.explanation import Explained
from ftpwatch.core.state.state import SessionState
from ftpwatch.core.state.verdict import Judged
from ftpwatch.core.text.cause_title import cause_title
from ftpwatch.core.text.matching import begins_word
from ftpwatch.core.text.neutral import visible
from ftpwatch.core.text.verdict_text import verdict_name

__all__ = ["Known", "parse_session_filter", "session_test", "session_words"]

_OF_ENTRIES: Final = ("event", "purpose", "since", "until")
# A session, with its verdict and how its end is explained, where there are any.
Known = tuple[SessionState, Judged | None, Explained | None]


def parse_session_filter(text: str, now: datetime | None = None) -> Filter:
    """Filter of sessions from what a user typed. Raises FilterError as `parse_filter` does, and
    for what is about entries.
    """
    wanted = parse_filter(text, now)
    for term in wanted.terms:
        if term.field in _OF_ENTRIES:
            start = max(0, text.lower().find(f"{term.field}:"))
            problem = (
                f"{term.field}: is about rows of the dialogue; "
                "sessions are found by words, session:, host:, code: and cause:"
            )
            raise FilterError(problem, start, start + len(term.field) + 1)
    return wanted


def session_words(known: Known) -> str:
    """All that is shown of a session, in lower case."""
    session, judged, explained = known
    target, facts = session.target, session.connection
    reply = facts.last_reply if facts is not None else None
    cause = explained.explanation.cause if explained is not None else None
    shown = [
        session.name, f"{target.host}:{target.port}", target.user, session.phase,
        "silent" if session.silent else "", target.keep_alive_command,
        "" if target.keep_alive_seconds is not None else "off",
        "" if judged is None else verdict_name(judged),
        "" if cause is None else f"{cause} {cause_title(cause)}",
        "" if reply is None else f"{reply.code} {' '.join(reply.lines)}",
    ]  # fmt: skip
    return visible(" ".join(shown)).lower()


def session_test(
    wanted: Filter, words: Callable[[Known], str] = session_words
) -> Callable[[Known], bool]:
    """Whether all terms of `wanted` hold for a session; `words` are those of `session_words`."""
    tests = [(_test(term, words), term.inverted) for term in wanted.terms]
    return lambda known: all(test(known) is not inverted for test, inverted in tests)


def _test(term: Term, words: Callable[[Known], str]) -> Callable[[Known], bool]:
    match term.field:
        case "word":
            return lambda known: begins_word(term.value, words(known))
        case "inside":
            return lambda known: term.value in words(known)
        case "code":
            runs = code_ranges(term.value)
            return lambda known: any(low <= _code(known[0]) <= high for low, high in runs)
        case "session":
            return lambda known: _is_one(term, (known[0].name,))
        case "host":
            return lambda known: _is_one(term, _hosts(known[0]))
        case "cause":
            return lambda known: _is_one(term, _causes(known))
        case _:
            return lambda _: False


def _is_one(term: Term, words: tuple[str, ...]) -> bool:
    return any(fnmatchcase(word, pattern) for pattern in term.patterns for word in words)


def _code(session: SessionState) -> int:
    reply = session.connection.last_reply if session.connection is not None else None
    return reply.code or 0 if reply is not None else 0


def _hosts(session: SessionState) -> tuple[str, ...]:
    target, facts = session.target, session.connection
    hosts = [target.host, f"{target.host}:{target.port}"]
    if facts is not None and facts.peer:
        hosts += [facts.peer, facts.peer.rpartition(":")[0]]
    return tuple(host.replace("[", "").replace("]", "").lower() for host in hosts)


def _causes(known: Known) -> tuple[str, ...]:
    session, _, explained = known
    cause = explained.explanation.cause if explained is not None else None
    if cause is None and session.retry is not None:
        cause = session.retry.cause
    return () if cause is None else (cause.value,)
