"""What is folded, in words: a login, keep-alives, an end with its cause and what came of it."""

import re
from typing import Final

import msgspec

from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import (
    ConnectionClosed,
    ConnectionFailed,
    ConnectionOpening,
    LimitKnown,
    ReconnectScheduled,
    ReplyReceived,
    TlsEstablished,
)
from ftpwatch.core.journal.folded import Folded
from ftpwatch.core.journal.vocabulary import Cause, Role
from ftpwatch.core.state.explanation import Explained
from ftpwatch.core.text.cause_text import cause_words
from ftpwatch.core.text.neutral import shortened, visible
from ftpwatch.core.text.phrasing import closed_by, format_duration, phrase
from ftpwatch.core.text.tone import Tone

__all__ = ["FoldedPhrase", "cause_clause", "folded_phrase", "logs_in", "with_cause"]

_DETAILS: Final = re.compile(r" \(| after |, ")
_LONGEST_GREETING: Final = 40
_UNTOLD: Final = (None, Cause.CLIENT_QUIT, Cause.LOCAL)


class FoldedPhrase(msgspec.Struct, frozen=True):
    """A row that stands for others: `took` is how long it took, or each of them, and `until` the
    last of them, where it is of another moment.
    """

    tone: Tone
    words: str
    took: str = ""
    until: Entry | None = None


def folded_phrase(head: Entry, folded: Folded, cause: str = "") -> FoldedPhrase:
    """The row of `head` in words, with the `cause` of an end, as `cause_clause` has it."""
    if isinstance(head.event, ConnectionClosed | ConnectionFailed):
        words = _end_words(head, cause) + _return(folded)
        return FoldedPhrase(phrase(head).tone, words)
    return _keep_alives(folded) if folded.verb else _login(head, folded)


def with_cause(words: str, end: Entry, cause: str) -> str:
    """`words` that tell of an `end`, with its `cause` before what may be cut off."""
    if not cause:
        return words
    short = _in_short(end)
    begins, _, rest = words.partition(short) if short else (words, "", "")
    details = rest.strip(" ,;")
    return f"{begins}{short} · {cause}" + (f" · {details}" if details else "")


def _end_words(end: Entry, cause: str) -> str:
    """In short where its `cause` says more."""
    words = phrase(end).words
    return f"{_in_short(end) or words} · {cause}" if cause else words


def _in_short(end: Entry) -> str:
    """Who closed."""
    if not isinstance(end.event, ConnectionClosed):
        return ""
    return _DETAILS.split(closed_by(end.event), maxsplit=1)[0]


def cause_clause(explained: Explained | None) -> str:
    """`No-transfer limit 2m (certain)`; empty where there is nothing to tell."""
    if explained is None or explained.explanation.cause in _UNTOLD:
        return ""
    explanation = explained.explanation
    words = cause_words(explanation.cause)
    limit = explanation.limit_seconds
    much = f" {format_duration(round(limit, 1))}" if limit is not None else ""
    return visible(f"{words[:1].upper()}{words[1:]}{much} ({explanation.confidence})")


def _return(folded: Folded) -> str:
    for member in folded.members:
        if isinstance(member.event, ReconnectScheduled):
            soon = format_duration(round(member.event.delay_seconds, 1))
            attempt = member.event.attempt
            return f" · attempt {attempt} in {soon}" if attempt > 1 else f" · back in {soon}"
    return ""


def _keep_alives(folded: Folded) -> FoldedPhrase:
    codes = ", ".join(map(str, folded.codes))
    words = visible(f"{folded.verb} ×{folded.rows} → {codes}")
    return FoldedPhrase(Tone.KEEP_ALIVE, words, _between(folded), folded.last)


def _between(folded: Folded) -> str:
    if folded.least is None or folded.most is None:
        return ""
    least, most = f"{folded.least * 1000:.0f}", f"{folded.most * 1000:.0f}"
    return f"{most} ms" if least == most else f"{least}–{most} ms"


def _login(head: Entry, folded: Folded) -> FoldedPhrase:
    said = [text for entry in folded.members if (text := _of_login(entry))]
    if isinstance(head.event, ConnectionOpening) and head.event.attempt > 1:
        said.append(f"attempt {head.event.attempt}")
    done = next((entry for entry in folded.members if logs_in(entry)), None)
    what = "logging in" if done is None else "logged in"
    words = f"{what}: {' · '.join(said)}" if said else what
    tone = Tone.PROGRESS if done is None else Tone.COMPLETION
    took = ""
    if done is not None and head.timed:
        took = f"{(done.elapsed_seconds - head.elapsed_seconds) * 1000:.0f} ms"
    return FoldedPhrase(tone, words, took)


def logs_in(entry: Entry) -> bool:
    """It says that the user is logged in."""
    return isinstance(entry.event, ReplyReceived) and entry.event.code in (230, 232)


def _of_login(entry: Entry) -> str:
    """What of a login is worth to be told, neutralised."""
    match entry.event:
        case ReplyReceived(role=Role.GREETING, lines=lines):
            text = next((line.strip() for line in lines if line.strip()), "")
            if text.startswith("(") and text.endswith(")"):
                text = text[1:-1]
            return shortened(visible(text), _LONGEST_GREETING)
        case ReplyReceived(code=211, in_reply_to=asked, lines=lines) if asked is not None:
            is_list = asked.verb == "FEAT" and len(lines) > 2
            return f"{len(lines) - 2} features" if is_list else ""
        case TlsEstablished(protocol=protocol, verified=verified):
            trust = "" if verified else ", certificate NOT VERIFIED"
            return visible(f"{protocol or 'TLS'}{trust}")
        case LimitKnown(clock=clock, limit_seconds=limit):
            name = clock.replace("_", "-")
            return f"{name} limit {format_duration(limit)} stated"
        case _:
            return ""
