"""What is no reply of an FTP server: a client program's own words, another protocol's."""

import msgspec

from ftpwatch.core.journal.vocabulary import Cause
from ftpwatch.knowledge.loader import Knowledge

__all__ = ["Stranger", "stranger_of"]


class Stranger(msgspec.Struct, frozen=True):
    """Who said it, in a sentence; the `cause` that it means, none where it tells none; the
    `protocol` where it is another one.
    """

    sentence: str
    cause: Cause | None
    protocol: str | None = None


def stranger_of(code: int | None, text: str, knowledge: Knowledge) -> Stranger | None:
    """Who else says this, after this code or without one; None where it may be a server's reply."""
    for row in knowledge.clients:
        if code in (None, row.code) and row.pattern.search(text):
            sentence = f"No reply of a server: {row.client} {row.meaning}"
            return Stranger(sentence, row.cause)
    reply = text if code is None else f"{code:03d} {text}"
    for other in knowledge.elsewhere:
        if other.pattern is None or not other.pattern.search(reply):
            continue
        which = f"{other.protocol}'s {other.code}" if other.code is not None else other.protocol
        sentence = f"No FTP: {which}. There {other.meaning}"
        return Stranger(sentence, Cause.NOT_FTP, other.protocol)
    return None
