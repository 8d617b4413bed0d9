"""Sentences that are known word by word: whose they are, or that the standard gives them."""

from collections.abc import Iterator
from typing import Final

from ftpwatch.core.journal.events import ReplyReceived
from ftpwatch.core.state.phases import Phase
from ftpwatch.knowledge.identify import Identity
from ftpwatch.knowledge.loader import Knowledge
from ftpwatch.knowledge.model import CloseRow, ServerTable
from ftpwatch.knowledge.strength import KNOWN_SENTENCE, OWN_SENTENCE, Strength
from ftpwatch.knowledge.word_rows import SentenceRow

__all__ = ["is_distinct", "known_sentences", "most_exact", "phase_fits", "sentence_of"]

_DISTINCT_WORDS: Final = 4


def most_exact(
    hits: list[tuple[Strength, CloseRow, ServerTable]],
) -> list[tuple[Strength, CloseRow, ServerTable]]:
    """Without those that only begin like it, where another is the whole sentence."""
    exact = [hit for hit in hits if ".*" not in (hit[1].text or "")]
    return exact or hits


def is_distinct(row: CloseRow, reply: ReplyReceived | None) -> bool:
    """A whole sentence, and no short remark: such words show whose they are, even of a server
    whose greeting names none.
    """
    said = reply.text.split() if reply is not None else []
    return ".*" not in (row.text or "") and len(said) >= _DISTINCT_WORDS


def known_sentences(
    code: int | None,
    text: str,
    phase: Phase | None,
    knowledge: Knowledge,
    identity: Identity | None,
) -> Iterator[tuple[Strength, CloseRow, ServerTable]]:
    """Rows whose sentence this is, with their weight; of the recognised server alone where it
    has one. Words without a code may be those of any. What is common is nobody's, unless it
    is the recognised server that says it.
    """
    own = identity.table if identity else None
    tables = [table for table in knowledge.servers if table is not own]
    for table in [own, *tables] if own else tables:
        base = OWN_SENTENCE if table is own else KNOWN_SENTENCE
        hits = [
            row
            for row in table.close
            if code in (None, row.code) and row.pattern is not None and row.pattern.search(text)
            if table is own or not row.common
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


def sentence_of(code: int | None, text: str, knowledge: Knowledge) -> SentenceRow | None:
    """The standard's own sentence that this is."""
    rows = (row for row in knowledge.sentences if code is None or code in row.codes)
    return next((row for row in rows if row.pattern.search(text)), None)
