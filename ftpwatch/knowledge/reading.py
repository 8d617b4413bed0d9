"""Reads a reply that stands alone: which causes its words have, and whose words they are."""

from typing import Final

import msgspec

from ftpwatch.core.ftp.reply import Group, group_of
from ftpwatch.core.journal.vocabulary import Cause
from ftpwatch.core.state.phases import Phase
from ftpwatch.knowledge.identify import Identity
from ftpwatch.knowledge.loader import Knowledge
from ftpwatch.knowledge.model import CloseRow, ServerTable
from ftpwatch.knowledge.sentences import (
    known_sentences,
    most_exact,
    phase_fits,
    sentence_of,
)
from ftpwatch.knowledge.word_rows import SentenceRow
from ftpwatch.knowledge.wording import Wording

__all__ = ["Reading", "read_reply"]

_NAMED: Final = 3
_CLOSING, _GOODBYE, _NO_LOGIN = 421, 221, 530
_OF_LOGIN: Final = (430, 530, 532)


class Reading(msgspec.Struct, frozen=True):
    """Causes, the likeliest first (none where nothing ends), `sure` where the words name them;
    on what `basis`, what speaks against it, and the row of the `server` whose words they are.
    """

    causes: tuple[Cause | None, ...]
    basis: str = "the words alone"
    sure: bool = True
    against: tuple[str, ...] = ()
    note: str | None = None
    row: CloseRow | None = None
    server: ServerTable | None = None


def read_reply(
    code: int | None,
    text: str,
    phase: Phase | None,
    server: ServerTable | None,
    knowledge: Knowledge,
) -> Reading:
    """What the words say; a `phase` that does not fit them is told, and takes nothing away."""
    hits = _known(code, text, phase, server, knowledge)
    if hits:
        reading = _of_servers(hits, phase, server)
    elif (sentence := sentence_of(code, text, knowledge)) is not None:
        reading = _of_the_standard(sentence, server)
    else:
        reading = _of_anybody(code, text, phase, server, knowledge)
    if reading.causes == (Cause.CLIENT_QUIT,) and phase is None:
        # The same words, where nobody had sent QUIT.
        return msgspec.structs.replace(reading, causes=(Cause.CLIENT_QUIT, Cause.SERVER_GOODBYE))
    return reading


def _known(
    code: int | None,
    text: str,
    phase: Phase | None,
    server: ServerTable | None,
    knowledge: Knowledge,
) -> list[tuple[CloseRow, ServerTable]]:
    """Rows whose sentence it is, of the named server before all others; those of the phase, or of
    any where none fits it.
    """
    identity = Identity(server, ("named",)) if server else None
    for at in dict.fromkeys((phase, None)):
        hits = most_exact(list(known_sentences(code, text, at, knowledge, identity)))
        if hits:
            most = max(strength.weight for strength, _, _ in hits)
            return [(row, table) for strength, row, table in hits if strength.weight == most]
    return []


def _of_servers(
    hits: list[tuple[CloseRow, ServerTable]], phase: Phase | None, server: ServerTable | None
) -> Reading:
    row, table = hits[0]
    names = list(dict.fromkeys(table.name for _, table in hits))
    named = server is None or table.name.startswith(server.name)  # or another generation of it
    its_own = len(names) == 1 and named
    unfit = not phase_fits(row, phase)
    return Reading(
        causes=tuple(dict.fromkeys(c for row, _ in hits for c in (row.cause, *row.or_else))),
        basis=_whose(names),
        sure=not unfit and row.cause != Cause.UNKNOWN,
        against=(_elsewhen(row.phases, phase),) if unfit else (),
        note=row.note if its_own else None,
        row=row if its_own else None,
        server=table if its_own else server,
    )


def _whose(names: list[str]) -> str:
    more = len(names) - _NAMED
    listed = [*names[:_NAMED], *([f"{more} others"] if more > 0 else [])]
    return f"these are the words of {' and '.join(listed)}"


def _of_the_standard(row: SentenceRow, server: ServerTable | None) -> Reading:
    return Reading(
        causes=(row.cause, *row.or_else),
        basis="a sentence of RFC 959 itself: it tells no server from others",
        note=row.note,
        server=server,
    )


def _of_anybody(
    code: int | None,
    text: str,
    phase: Phase | None,
    server: ServerTable | None,
    knowledge: Knowledge,
) -> Reading:
    spoken, against = _spoken(code, text, phase, knowledge)
    if not spoken:
        cause = _by_code(code, phase)
        return Reading((cause,), sure=cause in (None, Cause.SERVER_GOODBYE), server=server)
    family = spoken[0].family
    rivals = () if family.explicit else (other.family.cause for other in spoken[1:])
    return Reading(
        causes=tuple(dict.fromkeys((family.cause, *rivals))),
        basis=spoken[0].sentence,
        sure=family.explicit and not against,
        against=against,
        note=family.note,
        row=family.advice,
        server=server,
    )


def _spoken(
    code: int | None, text: str, phase: Phase | None, knowledge: Knowledge
) -> tuple[list[Wording], tuple[str, ...]]:
    """The wordings, those that fit the phase first, and what speaks against the first where none
    does. Of files replies speak too: what is said of logins counts there in its phase alone.
    """
    at = phase or (Phase.LOGIN if code in _OF_LOGIN else None)
    spoken = list(knowledge.wordings.of(code, text))
    if code is not None and group_of(code) is Group.FILE_SYSTEM:
        spoken = [w for w in spoken if not w.family.phases or at in w.family.phases]
    fitting = [w for w in spoken if at is None or not w.family.phases or at in w.family.phases]
    if fitting or not spoken or phase is None:
        return [*fitting, *(w for w in spoken if w not in fitting)], ()
    return spoken, (_elsewhen(spoken[0].family.phases, phase),)


def _elsewhen(phases: tuple[str, ...], phase: Phase | None) -> str:
    return f"it is said in phase {' or '.join(phases)}, and this was {phase}"


def _by_code(code: int | None, phase: Phase | None) -> Cause | None:
    """What a reply means whose words say nothing."""
    if code == _NO_LOGIN:
        return Cause.LOGIN_REFUSED if phase is Phase.LOGIN else Cause.UNKNOWN
    return {_CLOSING: Cause.UNKNOWN, _GOODBYE: Cause.SERVER_GOODBYE}.get(code or 0)
