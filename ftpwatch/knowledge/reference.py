"""The reference: what a code means, two codes side by side, and a reply that somebody pasted."""

import re
from typing import Final

from ftpwatch.core.ftp.reply import group_of, joined, reply_class
from ftpwatch.core.journal.vocabulary import Cause
from ftpwatch.core.state.explanation import (
    Advice,
    Alternative,
    CodeMeaning,
    Comparison,
    Confidence,
    Explanation,
)
from ftpwatch.core.state.phases import Phase
from ftpwatch.core.text.cause_text import cause_words
from ftpwatch.knowledge.advice import client_steps, notes_on
from ftpwatch.knowledge.finding import stated_seconds
from ftpwatch.knowledge.loader import Knowledge, words_in
from ftpwatch.knowledge.model import CauseRow, CloseRow, ServerTable
from ftpwatch.knowledge.naming import find_server
from ftpwatch.knowledge.reading import Reading, read_reply
from ftpwatch.knowledge.strangers import Stranger, stranger_of

__all__ = [
    "code_meaning", "compare", "explain_codeless", "explain_pasted",
    "explain_stranger", "find_server",
]  # fmt: skip

_CODED: Final = re.compile(r"(\d{3})[ -](.*)", re.DOTALL)
_LINES_TRIED: Final = 50
_CODELESS: Final = "the words stand without their reply code, which would tell more"
_LOOK_ABOVE: Final = (
    "look in its log for the server's own last reply, and how long nothing had been sent before",
    "or watch the server with ftpwatch: it tells how the connection ended",
)


def code_meaning(code: int, knowledge: Knowledge) -> CodeMeaning:
    """The row of `code`; for a code of no standard, what its digits say."""
    digits = f"{reply_class(code).name.replace('_', ' ').lower()}, {_group(code)}"
    elsewhere = tuple(f"{e.protocol}: {e.meaning}" for e in knowledge.elsewhere if e.code == code)
    row = knowledge.codes.get(code)
    if row is None:
        return CodeMeaning(
            code=code,
            digits=digits,
            meaning="No standard of FTP defines this code.",
            seen="Where a server made it up.",
            todo="Read its text; the first digit tells success from failure.",
            source="RFC 959 §4.2",
            elsewhere=elsewhere,
        )
    related = tuple(f"{other} {knowledge.codes[other].meaning}" for other in row.related)
    return CodeMeaning(
        code=code,
        digits=digits,
        meaning=row.meaning,
        seen=row.seen,
        todo=row.todo,
        source=row.source,
        related=related,
        elsewhere=elsewhere,
        know=row.know,
    )


def compare(left: int, right: int, knowledge: Knowledge) -> Comparison:
    """Two codes with their key differences."""
    one, other = code_meaning(left, knowledge), code_meaning(right, knowledge)
    known = next((p.differences for p in knowledge.pairs if set(p.codes) == {left, right}), None)
    return Comparison(one, other, known or _by_digits(left, right))


def explain_pasted(
    code: int, text: str, phase: Phase | None, server: ServerTable | None, knowledge: Knowledge
) -> Explanation:
    """What a reply most likely means by its words alone: never certain."""
    text = joined((text,))
    sentence = words_in(text)
    if server is None and (stranger := stranger_of(code, sentence, knowledge)) is not None:
        return _of_a_stranger(code, f"{code:03d} {text}", stranger)
    reading = read_reply(code, sentence, phase, server, knowledge)
    return _pasted(code, text, reading, server, knowledge)


def explain_codeless(
    text: str,
    knowledge: Knowledge,
    phase: Phase | None = None,
    server: ServerTable | None = None,
) -> Explanation | None:
    """What words mean that stand without their code, line by line, the last that is known; None
    where no server and no program is known to say them.
    """
    for line in reversed(text.strip().split("\n")[-_LINES_TRIED:]):
        said = joined((line.strip(),))
        if said and (explanation := _of_words(said, phase, server, knowledge)) is not None:
            return explanation
    return None


def explain_stranger(text: str, knowledge: Knowledge) -> Explanation | None:
    """What a line means that no FTP server says, but a client program, or another protocol; None
    for what may be a server's.
    """
    text = joined((text.strip(),))
    coded = _CODED.match(text)
    code, words = (int(coded[1]), coded[2]) if coded is not None else (None, text)
    stranger = stranger_of(code, words, knowledge)
    return None if stranger is None else _of_a_stranger(code, text, stranger)


def _of_words(
    text: str, phase: Phase | None, server: ServerTable | None, knowledge: Knowledge
) -> Explanation | None:
    if (stranger := stranger_of(None, text, knowledge)) is not None:
        return _of_a_stranger(None, text, stranger)
    reading = read_reply(None, text, phase, server, knowledge)
    if reading.causes[0] is None:
        return None
    return _pasted(None, text, reading, server, knowledge)


def _of_a_stranger(code: int | None, heading: str, stranger: Stranger) -> Explanation:
    """Words of a client program, or of another protocol."""
    words = cause_words(stranger.cause)
    steps = (f"look for help on {stranger.protocol}",) if stranger.protocol else _LOOK_ABOVE
    return Explanation(
        code=code,
        cause=stranger.cause,
        confidence=Confidence.LIKELY,
        heading=heading.rstrip(),
        meaning="",
        summary=stranger.sentence,
        solicited=False,
        title=words[:1].upper() + words[1:],
        sentence=stranger.sentence,
        evidence=("the words alone",),
        advice=Advice(client=steps),
    )


def _pasted(
    code: int | None, text: str, reading: Reading, server: ServerTable | None, knowledge: Knowledge
) -> Explanation:
    cause, *others = reading.causes
    known = knowledge.causes.get(cause) if cause else None
    row, decided = reading.row, len(reading.causes) == 1
    summary = known.summary if known else "Nothing ends by this reply, as far as its words tell."
    settings = _settings(reading, known) if decided or cause == Cause.CLIENT_QUIT else ()
    advised = (*(row.server if row else ()), *(() if settings or not known else known.server))
    return Explanation(
        code=code,
        cause=cause,
        confidence=Confidence.LIKELY if decided and reading.sure else Confidence.POSSIBLE,
        heading=text if code is None else f"{code:03d} {text}".rstrip(),
        meaning=_CODELESS if code is None else code_meaning(code, knowledge).meaning,
        summary=" ".join(filter(None, (summary, reading.note))),
        solicited=False,
        why=known.why if known else "",
        evidence=(reading.basis, *((_CODELESS,) if code is None else ())),
        against=reading.against,
        alternatives=tuple(Alternative(other, Confidence.POSSIBLE) for other in others if other),
        advice=Advice(_steps(known, row), (*settings, *advised)),
        server=reading.server.name if reading.server else None,
        directive=_setting(reading, known)[0],
        clock=known.clock if known else None,
        limit_seconds=stated_seconds(text) if known and known.clock else None,
        notes=notes_on(cause, row, code, knowledge),
        title=known.title if known else "Nothing ends by it",
        sentence=summary,
    )


def _steps(cause: CauseRow | None, row: CloseRow | None) -> tuple[str, ...]:
    if cause is None or cause.id == Cause.CLIENT_QUIT:
        return ()
    first = (cause.keep_alive,) if cause.keep_alive else ()
    return tuple(dict.fromkeys((*first, *client_steps(cause, row))))


def _settings(reading: Reading, cause: CauseRow | None) -> tuple[str, ...]:
    directive, default = _setting(reading, cause)
    if directive is None or reading.server is None:
        return ()
    by_default = f" (default: {default})" if default else ""
    return (f"on {reading.server.name} the setting is {directive}{by_default}",)


def _setting(reading: Reading, cause: CauseRow | None) -> tuple[str | None, str | None]:
    """The directive of the server's own row, or of its clock for the cause; and its default."""
    row, server = reading.row, reading.server
    if server is None:
        return None, None
    if row is not None and row.directive is not None:
        return row.directive, row.default
    clock = cause.clock if cause is not None else None
    rows = [own for own in server.clock if own.clock == clock] if row is None else []
    return (rows[0].directive, rows[0].default) if rows else (None, None)


def _group(code: int) -> str:
    return f"about {group_of(code).name.replace('_', ' ').lower()}"


def _by_digits(left: int, right: int) -> tuple[str, ...]:
    one, other = reply_class(left), reply_class(right)
    if one is other:
        return (f"Both are {one.name.replace('_', ' ').lower()} replies.",)
    text = [f"{c} is {k.name.replace('_', ' ').lower()}" for c, k in ((left, one), (right, other))]
    return (", ".join(text) + ".",)
