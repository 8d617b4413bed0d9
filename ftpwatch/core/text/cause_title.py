"""What a cause is called where people read it; its id stays in JSON and in filters."""

from ftpwatch.core.journal.vocabulary import Cause

__all__ = ["cause_title"]


def cause_title(cause: Cause | None) -> str:
    """`cause` in plain words; None is one that was not found out."""
    return "not explained" if cause is None else cause.value.replace("_", " ")
