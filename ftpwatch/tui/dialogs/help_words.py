"""What help says: each line of keys in few words, and a line for each sign and word of the screen.

A line of keys that has no words here is shown by its title, so that none is missing.
"""

from typing import Final

from ftpwatch.tui.actions import Pane

__all__ = ["LEGEND", "NOTES", "SHORT"]

SHORT: Final = {
    # By the first word of an action's id. Each key has a word or two.
    "pause": "pause, play",
    "step": "previous, next end",
    "go_to": "go to a time",
    "place": "start, first end, end",
    "pace": "slower, faster",
    "filter": "filter rows",
    "toggle_filter": "filter on, off",
    "match": "next, previous match",
    "freeze": "freeze, go on",
    "follow": "follow",
    "drop_mark": "set a mark",
    "last_mark": "last mark",
    "mark": "next, previous mark",
    "problem": "next, previous error",
    "ends": "all ends",
    "explain": "explain the row",
    "unfold": "unfold, fold",
    "time": "time column",
    "copy": "copy",
    "explanation": "previous, next",
    "background": "background",
    "save": "save as a file",
    "session": "previous, next session",
    "reconnect": "reconnect now",
    "keep_alive": "keep-alive now",
    "set_command": "keep-alive command",
    "set_interval": "keep-alive interval",
    "interval": "shorter, longer interval",
    "send": "send a command",
    "sessions_sort": "sort by a column",
    "sessions_reverse": "reverse the order",
    "sessions_mark": "mark, to act on many",
    "sessions_unmark": "unmark all",
    "sessions_open": "its dialogue only; unfold",
    "sessions_fold": "fold, unfold a group",
    "sessions_filter": "filter sessions",
    "sessions_toggle_filter": "filter on, off",
    "inspect": "inspect the row",
    "folding": "fold the normal, or nothing",
    "only_session": "this session only, or all",
    "only_problems": "only errors, or all",
    "timeline": "timeline",
    "timeline_open": "open what is here",
    "timeline_cursor": "cursor left, right",
    "timeline_move": "next, previous lane",
    "timeline_fit": "all of the time",
    "timeline_hosts": "hosts, or sessions",
    "timeline_pan": "half a screen back, on",
    "inspector_unfold": "more, or less",
    "limits": "measure limits",
    "check": "check the host",
    "add": "add a session",
    "remove": "remove it",
    "say_quit": "close with QUIT",
    "drop": "cut without QUIT",
    "compare": "compare codes, limits",
    "move": "down, up",
    "page": "page down, up",
    "to_start": "to the start",
    "to_end": "to the end, follow",
    "pane": "next, previous pane",
    "zoom": "zoom the pane",
    "escape": "close, leave",
    "help": "this help",
    "commands": "all commands",
    "theme": "next theme",
    "back": "back, quit",
    "leave": "quit at once",
    "interrupt": "quit, exit code 130",
    "suspend": "suspend (fg returns)",
}
NOTES: Final = {
    Pane.SESSIONS: "IDLE is the time since our last command; the server's idle clock runs with it.",
    Pane.DIALOGUE: "Moving up stops following; the end follows again.",
    Pane.TIMELINE: "─ connected, ╌ connecting, ┈ waits to come back, ═ transfer; ∙ keep-alive, "
    "│ command or reply, ┃ four or more; ├ opened, ┤ closed as wanted, ✗ ended unexpectedly. "
    "└ 300 s idle ┘ is a clock that ran; dotted, one that runs.",
    Pane.ENDS: "LIVED is how long the connection stood. In an incident, rare causes come first.",
}
# The sign or word, what it stands for, and where it is seen: None on every screen.
LEGEND: Final = (
    ("● ◌ ○ ✗ ◐", "connected, connecting, waiting, closed, reply overdue"),
    ("▲ ▼ ◆ ! ✗ ∙", "sent, 2xx, 1xx or 3xx, 4xx, 5xx or a close, a keep-alive with its answer"),
    ("≡", "a folded reply: so many lines"),
    ("▸ ▾", "the selected row, or more behind it; unfolded"),
    ("╷", "in the bar of IDLE / LIMIT: the next keep-alive; right of its end it comes too late"),
    ("*", "a marked session: keys act on all that are marked"),
    ("…", "cut here, or not known yet"),
    ("verdict", "✓ holding: outlived the limit; ✗ no help: it resets another clock than the one "
     "that struck; ✗ too slow: the limit strikes first; ! refused by the server; "
     "past limit: the limit has passed, and it was not closed; "
     "untested: it ended before that showed"),
    ("REC", "this watch is recorded, since so long"),
    ("421s", "how many 421 replies there were"),
    ("LIMIT", "how long this host lets a session idle, as far as known"),
    ("advertised", "the server states this limit"),
    ("observed", "a close showed it"),
    ("measured", "a run of test sessions showed it"),
    ("derived", "worked out from another limit"),
    ("no-transfer", "the clock that only a listing or a transfer resets"),
    ("control connection", "carries commands and replies; files and listings have their own"),
    ("FIN", "the other side closed the connection"),
    ("RST", "the connection was reset: cut, not closed"),
    ("RTT", "round-trip time: from a command to its reply"),
    ("×15", "time runs so many times as fast; in a demo the RTT is in that time too"),
    ("NAT", "a router that rewrites addresses; it may drop idle connections"),
    ("test session", "opened to be closed by the server, so that its limit is seen"),
    ("incident", "ends of one host that are one event"),
    ("RFC 959 §5.4", "the standard that says so, and its section"),
)  # fmt: skip
