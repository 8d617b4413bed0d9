"""Numbers that stand for fixed words in a recording. Only ever appended to: a number that is on
somebody's disk keeps its meaning.
"""

from typing import Final

__all__ = ["DENSE_KINDS", "KEEP_ALIVE", "KINDS", "PURPOSES", "kind_number", "purpose_number"]

KINDS: Final = (
    "watch_started", "watch_stopped", "session_added", "session_removed", "limit_known",
    "check_made", "connection_opening", "connection_opened", "tls_established",
    "connection_failed", "command_sent", "reply_received", "malformed_reply", "reply_overdue",
    "keep_alive_changed", "keep_alive_skipped", "clock_jumped", "connection_closed",
    "reconnect_scheduled", "reconnect_abandoned", "subscriber_dropped", "session_failed",
    "replies_skipped", "recording_moved", "entries_unreadable", "recording_paused",
    "recording_resumed", "mark_set", "source_opened", "data_connection_opened",
    "data_connection_closed",
)  # fmt: skip
PURPOSES: Final = ("login", "setup", "keep_alive", "user", "quit", "probe", "client")
KEEP_ALIVE: Final = PURPOSES.index("keep_alive")
_KIND_NUMBERS: Final = {kind: number for number, kind in enumerate(KINDS)}
_PURPOSE_NUMBERS: Final = {purpose: number for number, purpose in enumerate(PURPOSES)}
# So common that an index of them would cost more than it finds.
DENSE_KINDS: Final = (KINDS.index("command_sent"), KINDS.index("reply_received"))


def kind_number(kind: str) -> int:
    """The number of an event's name."""
    return _KIND_NUMBERS[kind]


def purpose_number(purpose: str) -> int:
    """The number of a command's purpose."""
    return _PURPOSE_NUMBERS[purpose]
