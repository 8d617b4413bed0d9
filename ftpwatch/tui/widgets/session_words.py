"""What stands in the frame of the sessions list: how many there are, in which order, by which
filter, and what a key acts on. Pure.

Where there is little room the last words give way; what a key acts on never does.
"""

from collections.abc import Iterable, Sequence

import msgspec

from ftpwatch.core.state.state import SessionState
from ftpwatch.core.text.neutral import shortened, visible
from ftpwatch.tui.keys import Keys
from ftpwatch.tui.widgets.session_groups import HOST
from ftpwatch.tui.widgets.session_view import SessionView

__all__ = ["Frame", "frame_of", "in_clear_words", "nothing_words"]

_GAP = " - "


class Frame(msgspec.Struct, frozen=True):
    """`title` and `more` as parts, from what matters most; `acts_on` is "" where there is but one
    session.
    """

    title: tuple[str, ...]
    acts_on: str
    more: tuple[str, ...]

    def title_in(self, width: int) -> str:
        """The upper side of the frame."""
        return _fitting(self.title, width)

    def subtitle_in(self, width: int) -> str:
        """The lower side."""
        parts = (self.acts_on, *self.more) if self.acts_on else self.more
        return _fitting(parts, width)

    def line_in(self, width: int) -> str:
        """All in one line, where there is no frame."""
        first, *others = self.title
        acts_on = (self.acts_on,) if self.acts_on else ()
        parts = (_GAP.join((first, *acts_on)), *self.more[:1], *others)
        return f" {_fitting(parts, width - 1)}"


def _fitting(parts: Sequence[str], width: int) -> str:
    """As many as there is room for, the first in any case."""
    line = ""
    for part in parts:
        longer = f"{line}{_GAP}{part}" if line else part
        if line and len(longer) > width:
            break
        line = longer
    return shortened(line, width)


def frame_of(
    view: SessionView,
    heading: str,
    filter_text: str,
    in_clear: str,
    hidden: tuple[int, int] | None,
) -> Frame:
    """`heading` says that they are held, `in_clear` is of `in_clear_words`; `hidden` is the first
    row in view and how many have room, where not all have.
    """
    title = [f"Sessions{heading}"]
    if filter_text:
        count = f"{len(view.matching)} of {len(view.state.sessions)}"
        title.append(f"filter {visible(filter_text)}: {count}" if view.wanted.terms else
                     f"filter off ({visible(filter_text)})")  # fmt: skip
    title += _counts(view)
    if view.column is not None:
        title.append(f"by {view.column}{', reversed' if view.descending else ''}")
    more = []
    if hidden is not None:
        first, room = hidden
        rows = len(view.rows)
        more.append(f"{first + 1}-{min(rows, first + room)} of {rows}")
    if in_clear:
        more.append(in_clear)
    return Frame(tuple(title), _acts_on(view), tuple(more))


def _counts(view: SessionView) -> list[str]:
    """How many there are, and how many are in trouble; nothing of a few."""
    if not view.is_grouped:
        return []
    hosts = {row.key[1] for row in view.rows if row.key[0] == HOST}
    alone = sum(row.session is not None and row.depth == 0 for row in view.rows)
    where = f" in {len(hosts) + alone} hosts" if len(hosts) + alone > 1 else ""
    return [f"{len(view.matching)}{where}, {view.troubled or 'none'} in trouble"]


def _acts_on(view: SessionView) -> str:
    if len(view.state.sessions) < 2:
        return ""
    subject = view.subject()
    return f"keys act on {subject.words}" if subject.names else "keys act on nothing"


def in_clear_words(sessions: Iterable[SessionState]) -> str:
    """Which sessions sent their password in clear to another machine."""
    names = [visible(session.name) for session in sessions if _was_in_clear(session)]
    return f"password in clear: {shortened(', '.join(names), 40)}" if names else ""


def _was_in_clear(session: SessionState) -> bool:
    facts = session.connection
    is_plain = session.target.is_in_clear and facts is not None and facts.tls is None
    return is_plain and facts is not None and "PASS" in facts.sent_at


def nothing_words(keys: Keys, otherwise: str, *, is_filtered: bool) -> str:
    """Where no session is shown: how to see some, or `otherwise` in place of how to add one."""
    if is_filtered:
        again = keys.first("sessions_toggle_filter")
        return f"no session matches this filter; {again} shows all again"
    first = f"no session yet: press {keys.first('add')} to add one, e.g. ftp://ftp.example.com"
    return otherwise or first
