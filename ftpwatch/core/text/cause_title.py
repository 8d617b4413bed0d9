"""What a cause is called where it stands alone; its id stays in JSON and in filters."""

from ftpwatch.core.journal.vocabulary import Cause
from ftpwatch.core.text.cause_text import cause_words

__all__ = ["cause_title"]


def cause_title(cause: Cause | None) -> str:
    """`cause` in plain words; None is one that was not found out."""
    return "not explained" if cause is None else cause_words(cause)
