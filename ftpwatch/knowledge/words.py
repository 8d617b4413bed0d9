"""What the server's words say: its own known sentences first, those of the standard, then wordings
that any may use.
"""

from collections.abc import Iterator
from typing import Final

from ftpwatch.core.journal.vocabulary import Cause
from ftpwatch.core.judgement.context import Context
from ftpwatch.core.state.phases import LOGIN_VERBS, Phase
from ftpwatch.core.text.cause_text import cause_words
from ftpwatch.knowledge.finding import Finding, Kind
from ftpwatch.knowledge.identify import Identity
from ftpwatch.knowledge.loader import Knowledge, words_in
from ftpwatch.knowledge.model import CloseRow, ServerTable
from ftpwatch.knowledge.sentences import (
    is_distinct,
    known_sentences,
    most_exact,
    phase_fits,
    sentence_of,
)
from ftpwatch.knowledge.strangers import stranger_of
from ftpwatch.knowledge.strength import (
    CONCEIVABLE,
    CONTESTED,
    GENERIC,
    HINT,
    KNOWN_SENTENCE,
    OTHERS_TOO,
    RULED_OUT,
    SAYS_SO,
    SPOKEN_TOO,
    TRANSLATED,
    WEAKER_SOURCE,
    WORDING,
    Strength,
)
from ftpwatch.knowledge.word_rows import SentenceRow
from ftpwatch.knowledge.wording import Wording

__all__ = ["from_words"]

_BEFORE_LOGIN: Final = (Phase.CONNECTING, Phase.GREETING)
_REFUSING: Final = (Phase.GREETING, Phase.LOGIN)
_LOGGED_IN: Final = (Phase.READY, Phase.TRANSFER)
# What tells one cause of a kind from another refines; words of two kinds contradict each other.
_KINDS: Final = (
    frozenset(
        {
            Cause.IDLE_TIMEOUT, Cause.NO_TRANSFER_TIMEOUT, Cause.SESSION_TIME_LIMIT,
            Cause.STALLED_TRANSFER, Cause.LOGIN_TIMEOUT, Cause.DATA_CONNECTION_FAILED,
        }
    ),
    frozenset(
        {
            Cause.TOO_MANY_CONNECTIONS, Cause.TOO_MANY_CONNECTIONS_FROM_ADDRESS,
            Cause.TOO_MANY_SESSIONS_FOR_USER, Cause.CONNECTION_RATE,
        }
    ),
    frozenset(
        {
            Cause.LOGIN_REFUSED, Cause.LOGIN_ABUSE, Cause.ADDRESS_REFUSED, Cause.TLS_REQUIRED,
            Cause.TLS_FAILED,
        }
    ),
    frozenset({Cause.SERVER_SHUTDOWN, Cause.SERVICE_UNAVAILABLE}),
    frozenset({Cause.KICKED}),
    frozenset({Cause.CLIENT_QUIT}),
)  # fmt: skip
_CLOCKS, _PLACES = _KINDS[0], _KINDS[1]


def from_words(
    context: Context, knowledge: Knowledge, identity: Identity | None
) -> Iterator[Finding]:
    """Findings from the text of the reply; none where nothing was said."""
    if context.reply is None:
        return
    text, code = words_in(context.reply.text), context.reply.code
    stranger = stranger_of(code, text, knowledge) if identity is None else None
    if stranger is not None and stranger.cause is not None:
        yield Finding(stranger.cause, KNOWN_SENTENCE, stranger.sentence, Kind.WORDS)
        return
    hits = list(known_sentences(code, text, context.phase, knowledge, identity))
    standard = None if hits else sentence_of(code, text, knowledge)
    if standard is not None:
        yield from _of_the_standard(context, standard)
        return
    hits = most_exact(hits)
    best = max((s for s, _, _ in hits), default=HINT, key=lambda strength: strength.weight)
    causes = {row.cause for strength, row, _ in hits if strength == best}
    for cause in causes:
        row, table = next((r, t) for s, r, t in hits if s == best and r.cause == cause)
        if cause is not None:
            tables = [t for s, r, t in hits if s == best and r.cause == cause]
            yield _finding(context, identity, row, tables, best.shared(len(causes)))
            own = identity is not None and identity.table is table
            yield from _doubts(context, knowledge, row, text, code, own=own)
            if not own and phase_fits(row, context.phase):
                yield from _plainly(context, knowledge, cause, text, code)
        strange = identity is not None and identity.table is not table
        for other in () if strange else row.or_else:
            sentence = f"{table.name} says the same for other reasons"
            yield Finding(other, best.shared(len(causes)).less(OTHERS_TOO), sentence, Kind.WORDS)
    in_place = any(s == best and phase_fits(row, context.phase) for s, row, _ in hits)
    if best == HINT or (best == KNOWN_SENTENCE and not in_place):
        yield from _wordings(context, code, text, knowledge)


def _finding(
    context: Context,
    identity: Identity | None,
    row: CloseRow,
    tables: list[ServerTable],
    strength: Strength,
) -> Finding:
    kind, table = Kind.WORDS, tables[0]
    own = identity is not None and identity.table is table
    is_placed = context.phase is not None or not row.phases
    if own and identity is not None and not identity.by_reply and is_placed:
        kind |= Kind.IDENTITY
    stranger = identity is None and _has_greeted(context)
    in_phase = context.phase is not None and phase_fits(row, context.phase)
    if row.phases and in_phase and not stranger:
        kind |= Kind.PHASE
    distinct = identity is None and len(tables) == 1 and is_distinct(row, context.reply)
    strange = (stranger and not distinct) or (identity is not None and not own)
    whose = _whose(tables, own=Kind.IDENTITY in kind, strange=strange)
    if row.unverified or row.evidence == "third_party":
        strength, whose = strength.less(WEAKER_SOURCE), f"{whose}, by weaker sources"
    named = not stranger or distinct
    server = table.name if named and (own or len(tables) == 1) else None
    return Finding(
        cause=row.cause or Cause.UNKNOWN,
        strength=strength,
        words=whose,
        kind=kind,
        row=row,
        server=server,
    )


def _whose(tables: list[ServerTable], *, own: bool, strange: bool) -> str:
    """Whose words they are: one server's own where it is recognised by something else, or where
    nobody else is known to say them and nothing speaks against it.
    """
    names = list(dict.fromkeys(table.name for table in tables))
    if own or (len(names) == 1 and not strange):
        return f"this is {names[0]}'s wording"
    if len(names) == 1:
        return f"{names[0]} uses this wording, others may too"
    more = f" and {len(names) - 2} more" if len(names) > 2 else ""
    return f"{names[0]}, {names[1]}{more} use this wording"


def _plainly(
    context: Context, knowledge: Knowledge, cause: Cause, text: str, code: int | None
) -> Iterator[Finding]:
    """A refusal whose words name its cause means the same from every server."""
    if context.phase not in _REFUSING:
        return
    spoken = next(_families(context, code, text, knowledge), None)
    if spoken is not None and spoken.family.explicit and spoken.family.cause == cause:
        sentence = f"the reply says so: “{spoken.words}”"
        yield Finding(cause, SAYS_SO, sentence, Kind.WORDS | Kind.PHASE)


def _doubts(
    context: Context, knowledge: Knowledge, row: CloseRow, text: str, code: int | None, *, own: bool
) -> Iterator[Finding]:
    """What speaks against a known sentence meaning here what it means elsewhere."""
    assert row.cause is not None
    if not phase_fits(row, context.phase):
        sentence = f"it is said in phase {' or '.join(row.phases)}, and this was {context.phase}"
        yield Finding(row.cause, RULED_OUT, sentence, Kind.PHASE)
    unprovoked = context.phase is Phase.LOGIN and not _failed_before(context)
    if row.cause == Cause.LOGIN_ABUSE and unprovoked and not own:
        spoken = [spoken.family.cause for spoken in _families(context, code, text, knowledge)]
        if Cause.LOGIN_ABUSE not in spoken:
            yield Finding(Cause.LOGIN_ABUSE, RULED_OUT, "no login had failed before", Kind.PHASE)


def _failed_before(context: Context) -> int:
    """Logins that had failed before the one that this reply may refuse."""
    asked = context.reply.in_reply_to if context.reply is not None else None
    refuses = asked is not None and asked.verb in LOGIN_VERBS
    return max(0, context.connection.failed_logins - refuses)


def _has_greeted(context: Context) -> bool:
    """The server has introduced itself, to this session or another."""
    return "GREETING" in context.host.said


def _of_the_standard(context: Context, row: SentenceRow) -> Iterator[Finding]:
    """RFC 959 names a reason, or the data connection; servers use its sentence for more."""
    if row.cause is None:
        return
    strength = GENERIC if row.or_else else WORDING
    yield Finding(row.cause, strength, "a sentence of RFC 959 itself, any server's", Kind.WORDS)
    if context.phase is Phase.GREETING:
        return  # what else it may mean there, the phase says
    unprovoked = not _failed_before(context)
    for cause in row.or_else:
        late = context.phase in _LOGGED_IN and cause in _PLACES
        if not late and not (cause is Cause.LOGIN_ABUSE and unprovoked):
            yield Finding(cause, CONCEIVABLE, "servers say this sentence for it too", Kind.WORDS)


def _wordings(
    context: Context, code: int | None, text: str, knowledge: Knowledge
) -> Iterator[Finding]:
    """The most specific wording; where others of another kind are in it too, none is sure."""
    spoken = list(_families(context, code, text, knowledge))
    if not spoken:
        return
    first = spoken[0].family
    kind = next(kind for kind in (*_KINDS, {first.cause}) if first.cause in kind)
    rivals = [wording for wording in spoken if wording.family.cause not in kind]
    for wording in (spoken[0], *rivals[:1]):
        family = wording.family
        strength = WORDING if family.explicit and family is first else HINT
        if context.phase in _LOGGED_IN and family.cause in _PLACES:
            strength = HINT  # places are counted when a session begins
        if rivals and strength == WORDING:
            strength = strength.less(CONTESTED)
        yield Finding(family.cause, strength, wording.sentence, Kind.WORDS, family.advice)
    if rivals:
        sentence = f"the reply speaks of {cause_words(rivals[0].family.cause)} too"
        yield Finding(first.cause, SPOKEN_TOO, sentence, Kind.WORDS)
    if first.language is not None and not context.solicited:
        sentence = f"the reply is in {first.language}: its wording is known by translation only"
        yield Finding(first.cause, TRANSLATED, sentence, Kind.WORDS)


def _families(
    context: Context, code: int | None, text: str, knowledge: Knowledge
) -> Iterator[Wording]:
    for wording in knowledge.wordings.of(code, text):
        family = wording.family
        early = context.phase in _BEFORE_LOGIN and family.cause in _CLOCKS
        if not early and (not family.phases or context.phase in (None, *family.phases)):
            yield wording
