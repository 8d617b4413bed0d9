"""What the server's words say: its own known sentences first, then wordings that any may use."""

from collections.abc import Iterator
from typing import Final

from ftpwatch.core.context import Context
from ftpwatch.core.phases import Phase
from ftpwatch.knowledge.finding import Finding, Kind
from ftpwatch.knowledge.identify import Identity
from ftpwatch.knowledge.loader import Knowledge, words_of
from ftpwatch.knowledge.model import CloseRow, ServerTable

__all__ = ["from_words", "known_sentences", "phase_fits"]

OWN_SENTENCE: Final = 6.0
KNOWN_SENTENCE: Final = 5.0
WORDING: Final = 4.0
HINT: Final = 2.0
_MISFIT: Final = 3.0


def from_words(
    context: Context, knowledge: Knowledge, identity: Identity | None
) -> Iterator[Finding]:
    """Findings from the text of the reply; none where nothing was said."""
    if context.reply is None:
        return
    text, code = words_of(context.reply.text), context.reply.code
    found = list(known_sentences(code, text, context.phase, knowledge, identity))
    best = max((weight for weight, _, _ in found), default=0.0)
    causes = {row.cause for weight, row, _ in found if weight == best}
    for cause in causes:
        row, table = next((r, t) for w, r, t in found if w == best and r.cause == cause)
        if cause is not None:
            yield _finding(context, identity, row, table, best / len(causes))
        for other in row.or_else:
            words = f"{table.name} says the same for other reasons"
            yield Finding(other, best / len(causes) - 1.0, words, Kind.WORDS)
    if best < KNOWN_SENTENCE:
        yield from _wordings(context, code, text, knowledge)


def known_sentences(
    code: int, text: str, phase: Phase | None, knowledge: Knowledge, identity: Identity | None
) -> Iterator[tuple[float, CloseRow, ServerTable]]:
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
            yield base - (0 if fitting else _MISFIT), hits[0], table
        if hits and table is own:
            return


def phase_fits(row: CloseRow, phase: Phase | None) -> bool:
    """The row's sentence is said in this phase; a row without phases fits all."""
    return phase is None or not row.phases or phase in row.phases


def _finding(
    context: Context, identity: Identity | None, row: CloseRow, table: ServerTable, weight: float
) -> Finding:
    kind = Kind.WORDS
    own = identity is not None and identity.table is table
    if own:
        kind |= Kind.IDENTITY
    stranger = identity is None and _has_greeted(context)
    if row.phases and phase_fits(row, context.phase) and not stranger:
        kind |= Kind.PHASE
    whose = f"{table.name} says exactly this" if own else f"these are the words of {table.name}"
    if row.unverified or row.evidence == "third_party":
        weight, whose = weight - 1.0, f"{whose}, by weaker sources"
    moment = "" if phase_fits(row, context.phase) else f", though not in phase {context.phase}"
    server = None if stranger else table.name
    return Finding(row.cause or "unknown", weight, f"{whose}{moment}", kind, row, server)


def _has_greeted(context: Context) -> bool:
    """The server has introduced itself, to this session or another."""
    return "GREETING" in context.host.said


def _wordings(context: Context, code: int, text: str, knowledge: Knowledge) -> Iterator[Finding]:
    for family in knowledge.families:
        if family.codes and code not in family.codes:
            continue
        if family.phases and context.phase not in family.phases:
            continue
        if found := family.pattern.search(text):
            weight = WORDING if family.explicit else HINT
            words = f"its words speak of it: “{found[0].strip()}”"
            yield Finding(family.cause, weight, words, Kind.WORDS)
            return
