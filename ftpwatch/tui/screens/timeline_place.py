"""What of the timeline stays when it is left: which stretch is shown, and where the cursor is."""

from collections.abc import Mapping
from typing import Final

from ftpwatch.core.state.state import WatchState
from ftpwatch.core.timeline.view import View, fitting, following

__all__ = ["MANY_SESSIONS", "TimelinePlace"]

MANY_SESSIONS: Final = 200
_LEAST_SECONDS, _MOST_SECONDS = 60.0, 3600.0


class TimelinePlace:
    """`at` is the cursor, a moment of the watch; None is now. While it follows, the view does.

    dense: hosts instead of sessions, or None where their number decides
    host: only the sessions of that one
    """

    def __init__(self) -> None:
        self.view: View | None = None
        self.at: float | None = None
        self.follows = True
        self.dense: bool | None = None
        self.host: str | None = None
        self.lane = self._session = ""
        self.top = 0

    def is_dense(self, state: WatchState) -> bool:
        """Hosts are shown instead of sessions."""
        return len(state.sessions) > MANY_SESSIONS if self.dense is None else self.dense

    def seen(self, now: float, columns: int) -> View:
        """The view, as wide as there is room for; the first one shows the last hour at most."""
        if self.view is None:
            step = fitting(max(_LEAST_SECONDS, min(now, _MOST_SECONDS)), columns)
            self.view = following(now, step, columns)
        elif self.follows:
            self.view = following(now, self.view.step, columns)
        elif self.view.columns != columns:
            self.view = self.view.resized(columns).showing(self._moment(now))
        return self.view

    def cursor(self, now: float) -> int:
        """The column of the cursor, which is always in the view."""
        view = self.view
        if view is None:
            return 0
        return max(0, min(view.columns - 1, view.column(self._moment(now))))

    def move(self, columns: int, now: float) -> None:
        """The cursor by so many columns; the view goes with it."""
        view = self.view
        if view is None:
            return
        last = max(view.column(now), 0)
        column = max(-view.first, min(self.cursor(now) + columns, last))
        self.go_to(view.moment(column))

    def turn(self, selected: str, hosts: Mapping[str, str], *, dense: bool) -> None:
        """Hosts instead of sessions, or all sessions; the cursor stays at a host."""
        self.dense, self.host, self.top = dense, None, 0
        if dense:
            self.lane, self._session = hosts.get(selected, ""), selected
        elif hosts.get(self._session) == selected:
            self.lane = self._session
        else:
            self.lane = next((name for name, host in hosts.items() if host == selected), "")

    def unfold(self, host: str, session: str) -> None:
        """Only the sessions of `host`, the cursor on one of them."""
        self.dense, self.host, self.lane, self.top = False, host, session, 0

    def go_to(self, at: float) -> None:
        """The cursor to the moment `at`."""
        self.at, self.follows = max(0.0, at), False
        if self.view is not None:
            self.view = self.view.showing(self.at)

    def pan(self, share: float, now: float) -> None:
        """The view by a share of its width; the cursor keeps its column."""
        if self.view is None:
            return
        cursor, columns = self.cursor(now), round(self.view.columns * share)
        self.view, self.follows = self.view.panned(columns, now), False
        self.at = min(self.view.moment(cursor), now)

    def zoom(self, by: int, around: float, now: float) -> None:
        """In or out around a moment."""
        if self.view is not None:
            if not self.follows:
                self.at = around
            self.view = self.view.zoomed(by, around, now)

    def fit(self, now: float) -> None:
        """Everything there is, and follow."""
        if self.view is not None:
            step = fitting(max(_LEAST_SECONDS, now), self.view.columns)
            self.view = following(now, step, self.view.columns)
            self.follow()

    def follow(self) -> None:
        """Back to now."""
        self.at, self.follows = None, True

    def _moment(self, now: float) -> float:
        return now if self.at is None else self.at
