"""What the server's words say: its own known sentences first, then wordings that any may use."""

from collections.abc import Iterator
from typing import Final

from ftpwatch.core.journal.vocabulary import Cause
from ftpwatch.core.judgement.context import Context
from ftpwatch.core.state.phases import LOGIN_VERBS, Phase
from ftpwatch.knowledge.finding import Finding, Kind
from ftpwatch.knowledge.identify import Identity
from ftpwatch.knowledge.loader import Knowledge, words_of
from ftpwatch.knowledge.model import CloseRow, FamilyRow, ServerTable
from ftpwatch.knowledge.strength import (
    CONTESTED,
    HINT,
    KNOWN_SENTENCE,
    OTHERS_TOO,
    OWN_SENTENCE,
    RULED_OUT,
    SAYS_SO,
    SPOKEN_TOO,
    WEAKER_SOURCE,
    WORDING,
    Strength,
)

__all__ = ["from_words", "known_sentences", "phase_fits"]

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
    text, code = words_of(context.reply.text), context.reply.code
    hits = list(known_sentences(code, text, context.phase, knowledge, identity))
    hits = _most_exact(hits)
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


def _most_exact(
    hits: list[tuple[Strength, CloseRow, ServerTable]],
) -> list[tuple[Strength, CloseRow, ServerTable]]:
    """Without those that only begin like it, where another is the whole sentence."""
    exact = [hit for hit in hits if ".*" not in (hit[1].text or "")]
    return exact or hits


def known_sentences(
    code: int, text: str, phase: Phase | None, knowledge: Knowledge, identity: Identity | None
) -> Iterator[tuple[Strength, CloseRow, ServerTable]]:
    """Rows whose sentence this is, with their weight; of the recognised server alone where it
    has one.
    """
    own = identity.table if identity else None
    tables = [table for table in knowledge.servers if table is not own]
    for table in [own, *tables] if own else tables:
        base = OWN_SENTENCE if table is own else KNOWN_SENTENCE
        hits = [
            row
            for row in table.close
            if row.code == code and row.pattern is not None and row.pattern.search(text)
        ]
        fitting = [row for row in hits if phase_fits(row, phase)]
        # Of several sentences of one server the longest says most.
        hits = sorted(
            fitting or (hits if table is own else []), key=lambda row: -len(row.text or "")
        )
        if hits:
            yield base, hits[0], table
        if hits and table is own:
            return


def phase_fits(row: CloseRow, phase: Phase | None) -> bool:
    """The row's sentence is said in this phase; a row without phases fits all."""
    return phase is None or not row.phases or phase in row.phases


def _finding(
    context: Context,
    identity: Identity | None,
    row: CloseRow,
    tables: list[ServerTable],
    strength: Strength,
) -> Finding:
    kind, table = Kind.WORDS, tables[0]
    own = identity is not None and identity.table is table
    if own and identity is not None and not identity.by_reply:
        kind |= Kind.IDENTITY
    stranger = identity is None and _has_greeted(context)
    if row.phases and phase_fits(row, context.phase) and not stranger:
        kind |= Kind.PHASE
    strange = stranger or (identity is not None and not own)
    whose = _whose(tables, own=Kind.IDENTITY in kind, strange=strange)
    if row.unverified or row.evidence == "third_party":
        strength, whose = strength.less(WEAKER_SOURCE), f"{whose}, by weaker sources"
    server = None if stranger else table.name
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
        return f"{names[0]} says exactly this"
    if len(names) == 1:
        return f"{names[0]} is known to say this, others may too"
    more = f" and {len(names) - 2} more" if len(names) > 2 else ""
    return f"{names[0]}, {names[1]}{more} are known to say this"


def _plainly(
    context: Context, knowledge: Knowledge, cause: Cause, text: str, code: int
) -> Iterator[Finding]:
    """A refusal whose words name its cause means the same from every server."""
    if context.phase not in _REFUSING:
        return
    spoken = next(_families(context, code, text, knowledge), None)
    if spoken is not None and spoken.explicit and spoken.cause == cause:
        match = spoken.pattern.search(text)
        assert match is not None
        sentence = f"its words say so: “{match[0].strip()}”"
        yield Finding(cause, SAYS_SO, sentence, Kind.WORDS | Kind.PHASE)


def _doubts(
    context: Context, knowledge: Knowledge, row: CloseRow, text: str, code: int, *, own: bool
) -> Iterator[Finding]:
    """What speaks against a known sentence meaning here what it means elsewhere."""
    assert row.cause is not None
    if not phase_fits(row, context.phase):
        sentence = f"it is said in phase {' or '.join(row.phases)}, and this was {context.phase}"
        yield Finding(row.cause, RULED_OUT, sentence, Kind.PHASE)
    unprovoked = context.phase is Phase.LOGIN and not _failed_before(context)
    if row.cause == Cause.LOGIN_ABUSE and unprovoked and not own:
        spoken = [family.cause for family in _families(context, code, text, knowledge)]
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


def _wordings(context: Context, code: int, text: str, knowledge: Knowledge) -> Iterator[Finding]:
    """The most specific wording; where others of another kind are in it too, none is sure."""
    families = list(_families(context, code, text, knowledge))
    if not families:
        return
    kind = next(kind for kind in (*_KINDS, {families[0].cause}) if families[0].cause in kind)
    rivals = [family for family in families if family.cause not in kind]
    for family in (families[0], *rivals[:1]):
        strength = WORDING if family.explicit and family is families[0] else HINT
        if context.phase in _LOGGED_IN and family.cause in _PLACES:
            strength = HINT  # places are counted when a session begins
        match = family.pattern.search(text)
        assert match is not None
        sentence = f"its words speak of it: “{match[0].strip()}”"
        if rivals and strength == WORDING:
            strength = strength.less(CONTESTED)
        yield Finding(family.cause, strength, sentence, Kind.WORDS)
    if rivals:
        sentence = f"its words speak of {rivals[0].cause} too"
        yield Finding(families[0].cause, SPOKEN_TOO, sentence, Kind.WORDS)


def _families(context: Context, code: int, text: str, knowledge: Knowledge) -> Iterator[FamilyRow]:
    for family in knowledge.families:
        early = context.phase in _BEFORE_LOGIN and family.cause in _CLOCKS
        codes = not family.codes or code in family.codes
        phases = not family.phases or context.phase in family.phases
        if codes and phases and not early and family.pattern.search(text):
            yield family
