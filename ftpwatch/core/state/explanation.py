"""What a close or a refusal most likely means: the result of an Advisor's judgement."""

from enum import StrEnum
from typing import Final

import msgspec

from ftpwatch.core.journal.entry import VERSION, ascii_json, moments
from ftpwatch.core.journal.entry import Entry as _Entry
from ftpwatch.core.journal.vocabulary import Cause, ClockName

__all__ = [
    "Advice", "Alternative", "ClockDefault", "CodeMeaning", "Comparison", "Confidence", "Cure",
    "CureKind", "Explained", "Explanation", "explained_line", "explanation_fields",
]  # fmt: skip


_EXPECTED: Final = (None, Cause.CLIENT_QUIT, Cause.LOCAL)


class Confidence(StrEnum):
    """`certain`: the server said it and nothing contradicts."""

    CERTAIN = "certain"
    LIKELY = "likely"
    POSSIBLE = "possible"


class Alternative(msgspec.Struct, frozen=True, gc=False):
    """Another cause that fits, and what speaks against it."""

    cause: Cause
    confidence: Confidence
    against: tuple[str, ...] = ()


class Advice(msgspec.Struct, frozen=True, gc=False):
    """What to do, one step an item, on either side."""

    client: tuple[str, ...] = ()
    server: tuple[str, ...] = ()


class CureKind(StrEnum):
    """What a cure does. `keep_alive`: another command, another interval, or both."""

    KEEP_ALIVE = "keep_alive"
    RECONNECT = "reconnect"
    MEASURE = "measure"
    CHECK = "check"


class Cure(msgspec.Struct, frozen=True, gc=False):
    """A step of the advice that ftpwatch can carry out itself: `step` is its sentence. `command`
    and `interval_seconds` are those of a keep-alive; None leaves what is set.
    """

    kind: CureKind
    step: str
    command: str | None = None
    interval_seconds: float | None = None


class Explanation(msgspec.Struct, frozen=True, gc=False):
    """A judgement on one close, announcement or refusal.

    `cause` is None where nothing ended or was refused. `heading` is the reply or the close in
    the server's words (not neutralised), `meaning` what the RFC says of it, `summary` what it
    means here in one sentence, `solicited` whether we had asked for it, `why` what makes servers
    do it, `notes` what is often said of it and is not so, `observed_seconds` what we measured of
    the clock it is about, `passes` where trying again may help though the cause as such does not
    go away by itself. `title` is the cause in a few plain words, `sentence` the one sentence that
    a panel has room for, `cures` what of the advice can be carried out from here.
    """

    code: int | None
    cause: Cause | None
    confidence: Confidence
    heading: str
    meaning: str
    summary: str
    solicited: bool
    evidence: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    advice: Advice = Advice()
    server: str | None = None
    directive: str | None = None
    clock: ClockName | None = None
    limit_seconds: float | None = None
    why: str = ""
    notes: tuple[str, ...] = ()
    observed_seconds: float | None = None
    passes: bool = False
    title: str = ""
    sentence: str = ""
    cures: tuple[Cure, ...] = ()

    @property
    def is_expected(self) -> bool:
        """Nothing went wrong: our own QUIT, our own close, or a reply that ends nothing."""
        return self.cause in _EXPECTED


class CodeMeaning(msgspec.Struct, frozen=True, gc=False):
    """A row of the reference: what a reply code means, by its digits and by the standards."""

    code: int
    digits: str
    meaning: str
    seen: str
    todo: str
    source: str
    related: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()
    know: tuple[str, ...] = ()


class ClockDefault(msgspec.Struct, frozen=True, gc=False):
    """A clock of a recognised server: its setting, the default in words, and the verbs that
    reset it and do not, `any command` for all.
    """

    clock: ClockName
    directive: str
    default: str
    reset_by: tuple[str, ...] = ()
    not_reset_by: tuple[str, ...] = ()


class Comparison(msgspec.Struct, frozen=True, gc=False):
    """Two codes side by side, with their key differences."""

    left: CodeMeaning
    right: CodeMeaning
    differences: tuple[str, ...]


class Explained(msgspec.Struct, frozen=True, gc=False):
    """An explanation with its place: `of` is the seq of what it explains, `by` the entry that
    caused this revision, which may be of another session. `incident` is the seq of the first
    close where several belong together.
    """

    of: int
    revision: int
    by: _Entry
    session: str
    connection: int
    explanation: Explanation
    incident: int | None = None


def explained_line(explained: Explained) -> str:
    """The `explained` line of NDJSON, without a line end. It has no seq: it is derived."""
    entry = explained.by
    line = {
        "v": VERSION,
        **moments(entry),
        "session": explained.session,
        "connection": explained.connection,
        "event": "explained",
        "of": explained.of,
        "revision": explained.revision,
        **explanation_fields(explained.explanation),
        "incident": explained.incident,
    }
    return ascii_json(msgspec.json.encode(line))


def explanation_fields(explanation: Explanation) -> dict[str, object]:
    """The fields of the `explained` object that are the judgement itself."""
    return {
        "code": explanation.code,
        "cause": explanation.cause,
        "confidence": explanation.confidence,
        "evidence": explanation.evidence,
        "against": explanation.against,
        "alternatives": explanation.alternatives,
        "advice": explanation.advice,
        "server": explanation.server,
        "directive": explanation.directive,
        "clock": explanation.clock,
        "limit_seconds": explanation.limit_seconds,
    }
