"""The reference: what a code means, two codes side by side, and a reply that somebody pasted."""

import re
from collections.abc import Sequence
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
from ftpwatch.knowledge.advice import notes_on
from ftpwatch.knowledge.finding import stated_seconds
from ftpwatch.knowledge.identify import Identity
from ftpwatch.knowledge.loader import Knowledge, words_of
from ftpwatch.knowledge.model import CauseRow, CloseRow, ServerTable
from ftpwatch.knowledge.naming import find_server
from ftpwatch.knowledge.words import known_sentences

__all__ = [
    "code_meaning", "compare", "explain_codeless", "explain_pasted", "find_server", "most_telling",
]  # fmt: skip

_NAMED: Final = 3
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
    identity = Identity(server, ("named",)) if server else None
    text = joined((text,))
    sentence = words_of(text)
    if server is None and (other := _not_a_reply(code, sentence, knowledge)) is not None:
        return other
    rows = sorted(
        known_sentences(code, sentence, phase, knowledge, identity), key=lambda r: -r[0].weight
    )
    best = [hit for hit in rows if hit[0] == rows[0][0]] if rows else []
    causes = list(dict.fromkeys(cause for _, row, _ in best for cause in (row.cause, *row.or_else)))
    if not causes:
        causes = [_by_wording(code, sentence, phase, knowledge)]
    if causes == [Cause.CLIENT_QUIT] and phase is None:
        causes.append(Cause.SERVER_GOODBYE)  # the same words, where nobody had sent QUIT
    row = best[0][1] if best else None
    names = list(dict.fromkeys(table.name for _, _, table in best))
    return _pasted(code, text, causes, row, names, knowledge)


def explain_codeless(text: str, knowledge: Knowledge) -> Explanation | None:
    """What a client program said itself; None for words that none is known to say."""
    return _not_a_reply(None, joined((text,)), knowledge)


def _not_a_reply(code: int | None, text: str, knowledge: Knowledge) -> Explanation | None:
    """Words of a client program, or of another protocol."""
    heading = text if code is None else f"{code:03d} {text}"
    for row in knowledge.clients:
        if re.search(row.text, text, re.IGNORECASE):
            sentence = f"No reply of a server: {row.client} {row.meaning}"
            return _said_elsewhere(code, heading, sentence, _LOOK_ABOVE)
    for other in knowledge.elsewhere:
        if other.code == code and other.text and re.search(other.text, text, re.IGNORECASE):
            sentence = f"No FTP: {other.protocol}'s {other.code}. There {other.meaning}"
            return _said_elsewhere(code, heading, sentence, (f"look for help on {other.protocol}",))
    return None


def _said_elsewhere(
    code: int | None, heading: str, summary: str, steps: tuple[str, ...]
) -> Explanation:
    return Explanation(
        code=code,
        cause=None,
        confidence=Confidence.LIKELY,
        heading=heading.rstrip(),
        meaning="",
        summary=summary,
        solicited=False,
        evidence=("the words alone",),
        advice=Advice(client=steps),
    )


def _by_wording(code: int, text: str, phase: Phase | None, knowledge: Knowledge) -> Cause | None:
    for family in knowledge.families:
        coded = not family.codes or code in family.codes
        phased = phase is None or not family.phases or phase in family.phases
        if coded and phased and family.pattern.search(text):
            return family.cause
    return Cause.UNKNOWN if code == 421 else Cause.SERVER_GOODBYE if code == 221 else None


def _pasted(
    code: int,
    text: str,
    causes: Sequence[Cause | None],
    row: CloseRow | None,
    names: list[str],
    knowledge: Knowledge,
) -> Explanation:
    cause, *others = causes
    known = knowledge.causes.get(cause) if cause else None
    sure = Confidence.LIKELY if len(causes) == 1 and cause != Cause.UNKNOWN else Confidence.POSSIBLE
    whose = _whose(names) if names else "the words alone"
    server = names[0] if len(names) == 1 else None
    settings = _settings(row, server) if len(causes) == 1 or causes[0] == Cause.CLIENT_QUIT else ()
    note = row.note if row and row.note else ""
    summary = known.summary if known else "Nothing ends by this reply, as far as its words tell."
    return Explanation(
        code=code,
        cause=cause,
        confidence=sure,
        heading=f"{code:03d} {text}".rstrip(),
        meaning=code_meaning(code, knowledge).meaning,
        summary=f"{summary} {note}".strip(),
        solicited=False,
        why=known.why if known else "",
        evidence=(whose,),
        alternatives=tuple(Alternative(other, Confidence.POSSIBLE) for other in others if other),
        advice=Advice(_steps(known), settings or (known.server if known else ())),
        server=server,
        directive=row.directive if row and server else None,
        clock=known.clock if known else None,
        limit_seconds=stated_seconds(text) if known and known.clock else None,
        notes=notes_on(cause, row, code, knowledge),
    )


def _steps(cause: CauseRow | None) -> tuple[str, ...]:
    if cause is None or cause.id == Cause.CLIENT_QUIT:
        return ()
    return (*([cause.keep_alive] if cause.keep_alive else []), *cause.client)


def _whose(names: list[str]) -> str:
    more = len(names) - _NAMED
    listed = [*names[:_NAMED], *([f"{more} others"] if more > 0 else [])]
    return f"these are the words of {' and '.join(listed)}"


def _settings(row: CloseRow | None, server: str | None) -> tuple[str, ...]:
    if row is None or row.directive is None or server is None:
        return ()
    default = f" (default: {row.default})" if row.default else ""
    return (f"on {server} the setting is {row.directive}{default}",)


def _group(code: int) -> str:
    return f"about {group_of(code).name.replace('_', ' ').lower()}"


def _by_digits(left: int, right: int) -> tuple[str, ...]:
    one, other = reply_class(left), reply_class(right)
    if one is other:
        return (f"Both are {one.name.replace('_', ' ').lower()} replies.",)
    text = [f"{c} is {k.name.replace('_', ' ').lower()}" for c, k in ((left, one), (right, other))]
    return (", ".join(text) + ".",)


def most_telling(explanations: Sequence[Explanation]) -> Explanation:
    """That of an end or a refusal, and of which; of several the last."""
    return max(reversed(explanations), key=_says)


def _says(explanation: Explanation) -> tuple[bool, bool]:
    ends = explanation.cause not in (None, Cause.DATA_CONNECTION_FAILED)
    return ends, explanation.confidence is not Confidence.POSSIBLE
