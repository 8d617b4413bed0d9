"""What windows ask a database that one question answers, and what all questions share."""

from collections.abc import Sequence
from typing import Final

from ftpwatch.core.journal.filter import Filter
from ftpwatch.record.conditions import RARE, Values
from ftpwatch.record.decoding import COLUMNS
from ftpwatch.record.schema import FOLDED_ROW, SHOWN
from ftpwatch.record.streams import is_streamed

__all__ = [
    "FOLDED", "is_folded", "is_indexed", "is_plain", "listed", "one_of", "row_count",
    "shares_ends", "shown", "unfolded", "unfolded_rows", "window",
]  # fmt: skip


FOLDED: Final = "seq <= :upto and answers is null and together is null"


def is_indexed(wanted: Filter) -> bool:
    """A window costs little, however rare what is wanted."""
    return is_plain(wanted) or any(is_streamed(term) for term in wanted.terms)


def is_plain(wanted: Filter) -> bool:
    """One question answers it, whatever there is."""
    alone = len(wanted.terms) == 1 and not wanted.terms[0].inverted
    is_rare = alone and wanted.terms[0].field in RARE
    return not wanted.terms or is_folded(wanted) or is_rare


def shares_ends(wanted: Filter) -> bool:
    """The ends of an incident are one row: not where one of them is asked for."""
    return is_plain(wanted) and not any(term.field == "session" for term in wanted.terms)


def is_folded(wanted: Filter) -> bool:
    """What is normal is folded; then nothing but sessions is asked for."""
    return any(term.field == "folded" for term in wanted.terms)


def unfolded_rows(wanted: Filter) -> frozenset[int]:
    """The rows that are unfolded, by their seqs."""
    values = [term.value for term in wanted.terms if term.field == "folded"]
    return frozenset(int(seq) for seq in ",".join(values).split(",") if seq)


def unfolded(wanted: Filter) -> Filter:
    """The same, where it is not known what is folded."""
    return Filter(tuple(term for term in wanted.terms if term.field != "folded"))


def row_count(wanted: Filter) -> tuple[str, Values]:
    """How many rows of a plain filter there are after `:after`."""
    if is_folded(wanted):
        shown, behind, values = _shown(wanted)
        counted = f"select count(*) from entry e indexed by entry_shown where {shown}"
        more = f"(select count(*) {behind} and seq > :after)"
        return f"select ({counted} and seq > :after) + {more}", values
    return f"select count(*) from entry e where {FOLDED}{_plain(wanted)} and seq > :after", {}


def _shown(wanted: Filter) -> tuple[str, str, Values]:
    """Of what is folded: which rows are shown, and the rows behind those that are unfolded."""
    sessions, values = "", Values()
    heads = ",".join(map(str, unfolded_rows(wanted))) or "null"
    for at, term in enumerate(wanted.terms):
        if term.field == "folded":
            continue
        values |= {f"s{at}_{n}": pattern for n, pattern in enumerate(term.patterns)}
        globs = " or ".join(f"session glob :s{at}_{n}" for n, _ in enumerate(term.patterns))
        sessions += f" and ({globs})"
    upto = "seq <= :upto" + (sessions or " and together is null")
    behind = f"from entry e where fold in ({heads}) and answers is null"
    return f"{SHOWN} and {upto}", f"{behind} and {upto}", values


def _folded_window(wanted: Filter, bound: str, order: str) -> tuple[str, Values]:
    shown, behind, values = _shown(wanted)
    page = f"and seq {bound} order by seq {order} limit :count"
    rows = (
        f"select * from (select seq from entry e indexed by entry_shown where {shown} {page}) "
        f"union all select * from (select seq {behind} {page})"
    )
    page = f"order by seq {order} limit :count"
    return f"select {COLUMNS} from entry e where seq in ({rows}) {page}", values


def _plain(wanted: Filter) -> str:
    if not wanted.terms:
        return ""
    rare = RARE[wanted.terms[0].field]
    return f" and seq in (select {FOLDED_ROW} from entry where {rare} and seq <= :upto)"


def window(wanted: Filter, bound: str, order: str) -> tuple[str, Values]:
    selected = f"select {COLUMNS} from entry e where"
    if is_folded(wanted):
        return _folded_window(wanted, bound, order)
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
