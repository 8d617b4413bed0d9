"""Everything that a key does: the one table of it.

Bindings, help, the palette, the bar of keys and the manual's table come from here, by `keys.py`.
Its order is that of the bar. Long because it is one table.
"""

from enum import StrEnum
from typing import Final

import msgspec

__all__ = ["ACTIONS", "LIVE_PANES", "Action", "Pane"]


class Pane(StrEnum):
    """What an action is about. The panes of the Live screen share their keys."""

    DIALOGUE = "dialogue"
    SESSIONS = "sessions"
    LIST = "sessions, focused"
    EXPLANATION = "explanation"
    PANEL = "explanation, focused"
    LIVE = "live screen"
    APP = "everywhere"
    LIMITS = "limits screen"
    COMPARE = "compare screen"
    ENDS = "ends screen"
    INSPECTOR = "inspector"
    TIMELINE = "timeline"
    HELP = "help"
    QUESTION = "question"
    CONFIRM = "yes or no"
    CURE = "a cure"
    BY_HAND = "a command by hand"


LIVE_PANES: Final = (Pane.DIALOGUE, Pane.SESSIONS, Pane.EXPLANATION, Pane.LIVE)


_STEERING: Final = ("limits", "apply", "send", "sessions_mark", "sessions_unmark")


class Action(msgspec.Struct, frozen=True):
    """`keys` and `call` are as Textual writes them; `call` is looked up on the screen, or on the
    app. Ids with the same first word stand on one line of help. `title` names it, `detail` says
    more; `bar` is its word in the bar of keys. A `story` is a demo or a replay; only a replay
    `seeks`. `first` goes before whatever has the focus.
    """

    id: str
    keys: str
    call: str
    title: str
    pane: Pane
    detail: str = ""
    bar: str = ""
    story: bool = False
    seeks: bool = False
    palette: bool = True
    first: bool = False

    @property
    def steers(self) -> bool:
        """It changes what is watched, which a recording refuses."""
        return self.call.startswith("wish(") or self.id in _STEERING


def _moving(id: str, keys: str, call: str, title: str, pane: Pane, bar: str = "") -> Action:
    """What the palette does not offer, as it is of use only as a key."""
    return Action(id, keys, call, title, pane, bar=bar, palette=False)


def _of_story(id: str, keys: str, call: str, title: str, bar: str = "") -> Action:
    return Action(id, keys, call, title, Pane.LIVE, bar=bar, story=True)


def _of_replay(id: str, keys: str, call: str, title: str, bar: str = "") -> Action:
    return Action(id, keys, call, title, Pane.LIVE, bar=bar, story=True, seeks=True)


ACTIONS: Final = (
    _of_story("pause", "p", "play('toggle')", "Pause or play on", "pause"),
    _of_story("step.back", "left_curly_bracket", "play('back')", "To the end or mark before"),
    _of_story("step.next", "right_curly_bracket", "play('forward')", "To the next end or mark",
              "ends"),
    _of_replay("go_to", "ctrl+g", "play('place')", "Go to a time", "go to"),
    _of_replay("place.start", "0", "play('start')", "To the recording's start"),
    _of_replay("place.first", "circumflex_accent", "play('first')", "To the first unexpected end"),
    _of_replay("place.end", "dollar_sign", "play('end')", "To the recording's end",
               "start, first end, end"),
    _of_story("pace.slower", "minus", "play('slower')", "Slower"),
    _of_story("pace.faster", "plus", "play('faster')", "Faster"),
    Action("filter", "slash", "dialogue('filter')", "Filter", Pane.DIALOGUE,
           "words, *inside*, !word, code:4xx,5xx (a comma means or), since:2h", "filter"),
    Action("toggle_filter", "ctrl+f", "dialogue('toggle_filter')", "Filter on and off",
           Pane.DIALOGUE),
    Action("match.next", "n", "jump('match', 1)", "Next match of the filter", Pane.DIALOGUE),
    Action("match.previous", "N", "jump('match', -1)", "Previous match of the filter",
           Pane.DIALOGUE),
    Action("freeze", "space", "freeze", "Freeze or go on", Pane.LIVE, "recording goes on",
           "freeze"),
    Action("follow", "f", "to_end", "Follow", Pane.DIALOGUE, bar="follow"),
    Action("drop_mark", "m", "wish('mark')", "Set a mark", Pane.DIALOGUE, bar="mark"),
    Action("last_mark", "apostrophe", "jump('last_mark', -1)", "Jump to the last mark",
           Pane.DIALOGUE),
    Action("mark.next", "u", "jump('mark', 1)", "Next mark", Pane.DIALOGUE),
    Action("mark.previous", "U", "jump('mark', -1)", "Previous mark", Pane.DIALOGUE),
    Action("problem.next", "e", "jump('problem', 1)", "Next error: 4xx, 5xx or close",
           Pane.DIALOGUE, bar="next error"),
    Action("problem.previous", "E", "jump('problem', -1)", "Previous error: 4xx, 5xx or close",
           Pane.DIALOGUE),
    Action("ends", "l", "ends", "All ends, in a table", Pane.LIVE,
           "every session that closed or could not connect", "ends"),
    Action("inspect", "3,enter", "inspect", "Inspect the selected row", Pane.DIALOGUE,
           "bytes, command and reply, clocks, TLS", "inspect"),
    Action("explain", "x", "dialogue('explain')", "Explain the selected row", Pane.DIALOGUE,
           bar="explain"),
    Action("unfold", "w", "dialogue('unfold')", "Unfold the selected row, or fold it",
           Pane.DIALOGUE, "a login, keep-alives, a long reply; none selected: all long replies"),
    Action("folding", "W", "dialogue('folding')", "Fold what is normal, or nothing",
           Pane.DIALOGUE),
    Action("only_session", "o", "dialogue('only')", "Only this session, or all", Pane.DIALOGUE),
    Action("only_problems", "O", "dialogue('problems')", "Only errors, or all", Pane.DIALOGUE,
           "4xx, 5xx, closes"),
    Action("time", "T", "dialogue('time')", "Time column", Pane.DIALOGUE,
           "wall, since start, since the row before"),
    Action("copy", "y", "dialogue('copy')", "Copy the line, or the explanation as Markdown",
           Pane.DIALOGUE),
    Action("explanation.previous", "left", "explanation(-1)", "Previous explanation",
           Pane.EXPLANATION),
    Action("explanation.next", "right", "explanation(1)", "Next explanation", Pane.EXPLANATION),
    Action("background", "b", "background", "Background of the explanation, fold and unfold",
           Pane.EXPLANATION),
    _moving("apply", "enter", "screen.apply", "Do what the explanation advises first", Pane.PANEL),
    Action("save", "ctrl+s", "dialogue('save')", "Save the explanation in a file, as Markdown",
           Pane.EXPLANATION),
    Action("session.previous", "left_square_bracket", "session(-1)", "Previous session",
           Pane.SESSIONS),
    Action("session.next", "right_square_bracket", "session(1)", "Next session", Pane.SESSIONS),
    Action("sessions_sort", "s", "list('sort')", "Sort the sessions by the next column",
           Pane.SESSIONS, bar="sort"),
    Action("sessions_reverse", "S", "list('reverse')", "Reverse their order", Pane.SESSIONS),
    Action("sessions_mark", "v", "list('mark')", "Mark the session or group, to act on together",
           Pane.SESSIONS, bar="mark it"),
    Action("sessions_unmark", "V", "list('unmark')", "Unmark all", Pane.SESSIONS),
    Action("sessions_open", "enter", "screen.list('open')",
           "Dialogue of this session only, or of all; unfold a group", Pane.LIST),
    Action("sessions_fold", "w", "screen.list('fold')", "Fold or unfold a group", Pane.LIST),
    Action("sessions_filter", "slash", "screen.list('filter')", "Filter the sessions", Pane.LIST,
           "words, session:eu-*, host:192.0.2.*, code:421, cause:idle*"),
    Action("sessions_toggle_filter", "ctrl+f", "screen.list('toggle_filter')",
           "Filter of the sessions on and off", Pane.LIST),
    Action("reconnect", "r", "wish('reconnect')", "Reconnect now", Pane.SESSIONS,
           bar="reconnect"),
    Action("keep_alive", "full_stop", "wish('keep_alive')", "Keep-alive now", Pane.SESSIONS,
           bar="keep-alive"),
    Action("send", "exclamation_mark", "by_hand", "Send one command by hand", Pane.SESSIONS,
           "harmless ones at once, others after a yes", "send"),
    Action("set_command", "K", "wish('command')",
           "Keep-alive command, auto, or what a client does", Pane.SESSIONS,
           "filezilla, winscp, lftp, curl, none", "command"),
    Action("set_interval", "i", "wish('interval')", "Set the keep-alive interval", Pane.SESSIONS),
    Action("interval.shorter", "less_than_sign", "wish('shorter')", "Shorter keep-alive interval",
           Pane.SESSIONS),
    Action("interval.longer", "greater_than_sign", "wish('longer')", "Longer keep-alive interval",
           Pane.SESSIONS),
    Action("limits", "L", "limits", "Measure this host's limits", Pane.SESSIONS,
           "opens up to 4 test sessions", "limits"),
    Action("check", "c", "wish('check')", "Check name, port and greeting", Pane.SESSIONS,
           "also what changed since it worked"),
    Action("add", "a", "wish('add')", "Add a session", Pane.SESSIONS, bar="add"),
    Action("remove", "R", "wish('remove')", "Remove the session", Pane.SESSIONS),
    Action("say_quit", "D", "wish('quit')", "Close with QUIT", Pane.SESSIONS, bar="close it"),
    Action("drop", "X", "wish('drop')", "Cut the connection", Pane.SESSIONS),
    Action("compare", "4", "compare", "Compare: promised and observed, codes side by side",
           Pane.LIVE),
    Action("timeline", "2", "timeline", "Timeline: sessions as lanes on one axis of time",
           Pane.LIVE, "keep-alives, transfers, clocks and ends", "timeline"),
    _moving("move.down", "j,down", "move(1)", "Down", Pane.LIVE),
    _moving("move.up", "k,up", "move(-1)", "Up", Pane.LIVE),
    _moving("page.down", "pagedown", "page(1)", "Page down", Pane.LIVE),
    _moving("page.up", "pageup", "page(-1)", "Page up", Pane.LIVE),
    Action("to_start", "g,home", "to_start", "To the start", Pane.LIVE),
    Action("to_end", "G,end", "to_bottom", "To the end, and follow", Pane.LIVE),
    _moving("pane.next", "tab", "app.focus_next", "Next pane", Pane.LIVE),
    _moving("pane.previous", "shift+tab", "app.focus_previous", "Previous pane", Pane.LIVE),
    Action("zoom", "z", "zoom", "Zoom the pane", Pane.LIVE, bar="zoom"),
    Action("escape", "escape", "escape", "Leave filter, panel or zoom", Pane.LIVE),
    Action("help", "question_mark,f1", "help", "Keys of this pane", Pane.LIVE, bar="help"),
    _moving("commands", "colon,ctrl+p", "command_palette", "All commands", Pane.APP, "commands"),
    Action("theme", "t", "next_theme", "Next theme", Pane.APP),
    Action("back", "q", "back", "Back, or quit", Pane.LIVE, bar="quit"),
    Action("leave", "Q", "leave(False)", "Quit now", Pane.APP),
    Action("interrupt", "ctrl+c", "leave(True)", "Quit now, exit code 130", Pane.APP, first=True),
    Action("suspend", "ctrl+z", "suspend_process", "Suspend; fg returns", Pane.APP, first=True),
    Action("stop_run", "s", "stop_run", "Stop the run and show results", Pane.LIMITS,
           bar="stop now and show results"),
    Action("measure_anew", "n", "measure_anew", "New run", Pane.LIMITS, bar="new run"),
    _moving("limits_scroll.down", "j,down", "scroll(1)", "Down", Pane.LIMITS),
    _moving("limits_scroll.up", "k,up", "scroll(-1)", "Up", Pane.LIMITS, "scroll"),
    Action("limits_help", "question_mark,f1", "help", "Keys of this screen", Pane.LIMITS,
           bar="help"),
    Action("limits_back", "q,escape,1,L", "dismiss(False)", "Back; the run goes on", Pane.LIMITS,
           bar="back"),
    Action("codes", "c", "codes", "Compare other codes", Pane.COMPARE, bar="other codes"),
    _moving("compare_scroll.down", "j,down", "scroll(1)", "Down", Pane.COMPARE),
    _moving("compare_scroll.up", "k,up", "scroll(-1)", "Up", Pane.COMPARE, "scroll"),
    Action("compare_help", "question_mark,f1", "help", "Keys of this screen", Pane.COMPARE,
           bar="help"),
    Action("compare_back", "q,escape,1", "dismiss", "Back", Pane.COMPARE, bar="back"),
    Action("ends_open", "enter", "open", "Open the selected end", Pane.ENDS,
           "its explanation, and the dialogue where it ended", "open"),
    Action("ends_filter", "slash", "filter", "Filter the ends", Pane.ENDS,
           "words, code:421, session:eu-*, cause:idle*, since:2h", "filter"),
    Action("ends_toggle_filter", "ctrl+f", "toggle_filter", "Filter of the ends on and off",
           Pane.ENDS),
    Action("ends_sort", "s", "sort", "Sort by the next column", Pane.ENDS, bar="sort"),
    Action("ends_back", "q,escape,1,l", "back", "Back", Pane.ENDS, bar="back"),
    Action("ends_reverse", "S", "reverse", "Reverse the order", Pane.ENDS, bar="reverse"),
    Action("ends_unfold", "w", "unfold", "Unfold an incident, or fold it", Pane.ENDS, bar="unfold"),
    Action("ends_freeze", "space", "freeze", "Freeze or go on, everywhere", Pane.ENDS,
           "recording goes on", "freeze"),
    Action("ends_pause", "p", "play('toggle')", "Pause or play on", Pane.ENDS, story=True,
           palette=False),
    Action("ends_step.back", "left_curly_bracket", "play('back')",
           "To the end or mark before", Pane.ENDS, story=True, palette=False),
    Action("ends_step.next", "right_curly_bracket", "play('forward')",
           "To the next end or mark", Pane.ENDS, story=True, palette=False),
    Action("ends_last", "dollar_sign", "play('end')", "To the recording's end", Pane.ENDS,
           bar="to its end", story=True, seeks=True, palette=False),
    _moving("ends_move.down", "j,down", "move(1)", "Down", Pane.ENDS),
    _moving("ends_move.up", "k,up", "move(-1)", "Up", Pane.ENDS),
    _moving("ends_page.down", "pagedown", "page(1)", "Page down", Pane.ENDS),
    _moving("ends_page.up", "pageup", "page(-1)", "Page up", Pane.ENDS),
    Action("ends_to_start", "g,home", "to_start", "To the first end", Pane.ENDS),
    Action("ends_to_end", "G,end", "to_end", "To the last end, and follow", Pane.ENDS),
    Action("ends_help", "question_mark,f1", "help", "Keys of the table", Pane.ENDS, bar="help"),
    _moving("inspector_row.next", "j", "step(1)", "Next row", Pane.INSPECTOR),
    _moving("inspector_row.previous", "k", "step(-1)", "Previous row", Pane.INSPECTOR, "row"),
    _moving("inspector_session.previous", "left_square_bracket", "step(-1, 'session')",
            "Previous row of this session", Pane.INSPECTOR),
    _moving("inspector_session.next", "right_square_bracket", "step(1, 'session')",
            "Next row of this session", Pane.INSPECTOR, "in session"),
    Action("inspector_problem.next", "e", "step(1, 'problem')", "Next error: 4xx, 5xx or close",
           Pane.INSPECTOR),
    Action("inspector_problem.previous", "E", "step(-1, 'problem')",
           "Previous error: 4xx, 5xx or close", Pane.INSPECTOR),
    Action("inspector_explain", "x", "explain", "Explain this row", Pane.INSPECTOR, bar="explain"),
    Action("inspector_unfold", "w", "unfold", "Show more, or less", Pane.INSPECTOR,
           "bytes, lines, what the code is for", "more"),
    Action("inspector_copy", "y", "copy", "Copy what is shown", Pane.INSPECTOR, bar="copy"),
    Action("inspector_back", "q,escape,1,3", "back", "Back, with this row selected",
           Pane.INSPECTOR, bar="back"),
    Action("inspector_follow", "f,G", "to_end", "Follow the newest row", Pane.INSPECTOR,
           bar="follow"),
    Action("inspector_first", "g", "to_start", "The first row", Pane.INSPECTOR),
    Action("inspector_freeze", "space", "freeze", "Freeze or go on, everywhere", Pane.INSPECTOR,
           "recording goes on", "freeze"),
    Action("inspector_pause", "p", "play('toggle')", "Pause or play on", Pane.INSPECTOR,
           story=True),
    Action("inspector_step.back", "left_curly_bracket", "play('back')",
           "To the end or mark before", Pane.INSPECTOR, story=True),
    Action("inspector_step.next", "right_curly_bracket", "play('forward')",
           "To the next end or mark", Pane.INSPECTOR, bar="ends", story=True),
    _moving("inspector_scroll.down", "down", "scroll(1)", "Scroll down", Pane.INSPECTOR),
    _moving("inspector_scroll.up", "up", "scroll(-1)", "Scroll up", Pane.INSPECTOR),
    _moving("inspector_page.down", "pagedown", "page(1)", "Page down", Pane.INSPECTOR),
    _moving("inspector_page.up", "pageup", "page(-1)", "Page up", Pane.INSPECTOR),
    Action("inspector_help", "question_mark,f1", "help", "Keys of the inspector", Pane.INSPECTOR,
           bar="help"),
    Action("timeline_open", "enter", "open", "Open what is under the cursor", Pane.TIMELINE,
           "an end with its explanation, an entry in the dialogue, of a host its sessions", "open"),
    Action("timeline_back", "q,escape,1,2", "back", "Back, with this session selected",
           Pane.TIMELINE, bar="back"),
    _moving("timeline_cursor.left", "left", "cursor(-1)", "Cursor left", Pane.TIMELINE),
    _moving("timeline_cursor.right", "right", "cursor(1)", "Cursor right", Pane.TIMELINE, "move"),
    _moving("timeline_move.down", "j,down", "move(1)", "Next lane", Pane.TIMELINE),
    _moving("timeline_move.up", "k,up", "move(-1)", "Previous lane", Pane.TIMELINE),
    Action("timeline_zoom.in", "plus,equals_sign", "zoom(-1)", "Zoom in", Pane.TIMELINE),
    Action("timeline_zoom.out", "minus", "zoom(1)", "Zoom out", Pane.TIMELINE, bar="zoom"),
    Action("timeline_end.next", "e", "end(1)", "Next end", Pane.TIMELINE,
           bar="next end"),
    Action("timeline_end.previous", "E", "end(-1)", "Previous end", Pane.TIMELINE),
    Action("timeline_follow", "f,G,end", "follow", "To now, and follow", Pane.TIMELINE,
           bar="follow"),
    Action("timeline_fit", "z", "fit", "All of the time there is", Pane.TIMELINE, bar="all"),
    Action("timeline_hosts", "h", "hosts", "Hosts or sessions", Pane.TIMELINE,
           "more than 200 sessions begin as hosts", "hosts"),
    _moving("timeline_pan.left", "less_than_sign,shift+left", "pan(-1)", "Half a screen back",
            Pane.TIMELINE),
    _moving("timeline_pan.right", "greater_than_sign,shift+right", "pan(1)", "Half a screen on",
            Pane.TIMELINE),
    _moving("timeline_page.down", "pagedown", "page(1)", "Page down", Pane.TIMELINE),
    _moving("timeline_page.up", "pageup", "page(-1)", "Page up", Pane.TIMELINE),
    Action("timeline_to_start", "g,home", "to_start", "To the start", Pane.TIMELINE),
    Action("timeline_freeze", "space", "freeze", "Freeze or go on, everywhere", Pane.TIMELINE,
           "recording goes on", "freeze"),
    Action("timeline_pause", "p", "play('toggle')", "Pause or play on", Pane.TIMELINE,
           story=True, palette=False),
    Action("timeline_step.back", "left_curly_bracket", "play('back')",
           "To the end or mark before", Pane.TIMELINE, story=True, palette=False),
    Action("timeline_step.next", "right_curly_bracket", "play('forward')",
           "To the next end or mark", Pane.TIMELINE, story=True, palette=False),
    Action("timeline_help", "question_mark,f1", "help", "Keys of the timeline", Pane.TIMELINE,
           bar="help"),
    _moving("help_back", "escape,q,question_mark,f1", "dismiss", "Back", Pane.HELP),
    _moving("help_scroll.down", "j,down", "scroll(1)", "Down", Pane.HELP),
    _moving("help_scroll.up", "k,up", "scroll(-1)", "Up", Pane.HELP),
    _moving("help_to_start", "g,home", "to_start", "To its start", Pane.HELP),
    _moving("help_to_end", "G,end", "to_end", "To its end", Pane.HELP),
    _moving("question_back", "escape", "dismiss(None)", "Leave", Pane.QUESTION),
    _moving("yes", "y,enter", "dismiss(True)", "Yes", Pane.CONFIRM),
    _moving("no", "n,escape,q", "dismiss(False)", "No", Pane.CONFIRM),
    _moving("cure_one", "y,enter", "dismiss('one')", "This session", Pane.CURE),
    _moving("cure_all", "a", "dismiss('all')", "All sessions of the host", Pane.CURE),
    _moving("cure_other", "o", "dismiss('other')", "Another value", Pane.CURE),
    _moving("cure_none", "n,escape,q", "dismiss(None)", "Cancel", Pane.CURE),
    _moving("by_hand_back", "escape", "dismiss(None)", "Leave", Pane.BY_HAND),
    _moving("by_hand_older", "up", "older", "The command sent before", Pane.BY_HAND),
    _moving("by_hand_newer", "down", "newer", "The command sent after", Pane.BY_HAND),
)  # fmt: skip
