"""What windows ask a database that one question answers, and what all questions share."""

from collections.abc import Sequence
from typing import Final

from ftpwatch.core.journal.filter import Filter
from ftpwatch.record.conditions import RARE, Values
from ftpwatch.record.decoding import COLUMNS
from ftpwatch.record.schema import FOLDED_ROW
from ftpwatch.record.streams import is_streamed

__all__ = ["FOLDED", "is_indexed", "is_plain", "listed", "one_of", "plain", "shown", "window"]


FOLDED: Final = "seq <= :upto and answers is null and together is null"


def is_indexed(wanted: Filter) -> bool:
    """A window costs little, however rare what is wanted."""
    return is_plain(wanted) or any(is_streamed(term) for term in wanted.terms)


def is_plain(wanted: Filter) -> bool:
    """One question answers it, whatever there is."""
    alone = len(wanted.terms) == 1 and not wanted.terms[0].inverted
    return not wanted.terms or (alone and wanted.terms[0].field in RARE)


def plain(wanted: Filter) -> str:
    if not wanted.terms:
        return ""
    rare = RARE[wanted.terms[0].field]
    return f" and seq in (select {FOLDED_ROW} from entry where {rare} and seq <= :upto)"


def window(wanted: Filter, bound: str, order: str) -> tuple[str, Values]:
    selected = f"select {COLUMNS} from entry e where"
    if not wanted.terms:
        return f"{selected} {FOLDED} and seq {bound} order by seq {order} limit :count", {}
    rows = (
        f"select distinct {FOLDED_ROW} from entry where {RARE[wanted.terms[0].field]} "
        f"and seq <= :upto and {FOLDED_ROW} {bound}"
    )
    return f"{selected} seq in ({rows} order by 1 {order} limit :count) order by seq {order}", {}


def shown(conditions: str) -> str:
    return f"seq <= :upto and answers is null{conditions}"


def one_of(seqs: Sequence[int]) -> str:
    return f"seq in ({listed(seqs)})"


def listed(seqs: Sequence[int]) -> str:
    return ",".join(map(str, seqs))
