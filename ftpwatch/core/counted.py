"""How many of something, in words: one entry, two entries."""

__all__ = ["counted", "noun"]


def noun(count: int, one: str, many: str = "") -> str:
    """`one`, or its plural: `many`, or `one` with an s."""
    return one if count == 1 else many or f"{one}s"


def counted(count: int, one: str, many: str = "") -> str:
    """The number before its noun."""
    return f"{count} {noun(count, one, many)}"
