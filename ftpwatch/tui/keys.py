"""Every key of the screens: plain letters do the work, and each action has an id."""

from typing import Final

from textual.binding import Binding

__all__ = ["APP_KEYS", "LIVE_KEYS"]


def _key(
    keys: str, action: str, words: str, *, id: str | None = None, first: bool = False
) -> Binding:
    return Binding(keys, action, words, id=id or action, show=False, priority=first)


APP_KEYS: Final = [
    _key("ctrl+c", "leave(True)", "Quit now, exit code 130", first=True),
    _key("Q", "leave(False)", "Quit now"),
    _key("ctrl+z", "suspend_process", "Suspend; fg returns", first=True),
    _key("t", "next_theme", "Next theme"),
    _key("colon", "command_palette", "All commands"),
]

LIVE_KEYS: Final = [
    _key("question_mark,f1", "help", "Keys of this pane"),
    _key("q", "back", "Back, or quit"),
    _key("escape", "escape", "Leave filter, panel or zoom"),
    _key("tab", "app.focus_next", "Next pane"),
    _key("shift+tab", "app.focus_previous", "Previous pane"),
    _key("z", "zoom", "Zoom the pane"),
    _key("j,down", "move(1)", "Down"),
    _key("k,up", "move(-1)", "Up"),
    _key("pagedown", "page(1)", "Page down"),
    _key("pageup", "page(-1)", "Page up"),
    _key("g,home", "to_start", "To the start"),
    _key("G,end", "to_end", "To the end, and follow"),
    _key("left_square_bracket", "session(-1)", "Previous session"),
    _key("right_square_bracket", "session(1)", "Next session"),
    _key("f", "to_end", "Follow", id="follow"),
    _key("space", "freeze", "Freeze or go on"),
    _key("slash", "read('filter')", "Filter"),
    _key("ctrl+f", "read('toggle_filter')", "Filter on and off"),
    _key("n", "jump('match', 1)", "Next match of the filter"),
    _key("N", "jump('match', -1)", "Previous match of the filter"),
    _key("e", "jump('problem', 1)", "Next 4xx, 5xx or close"),
    _key("E", "jump('problem', -1)", "Previous 4xx, 5xx or close"),
    _key("m", "wish('mark')", "Drop a mark"),
    _key("apostrophe", "jump('last_mark', -1)", "Jump to the last mark"),
    _key("u", "jump('mark', 1)", "Next mark"),
    _key("U", "jump('mark', -1)", "Previous mark"),
    _key("x,enter", "read('explain')", "Explain the selected row"),
    _key("right", "explanation(1)", "Next explanation"),
    _key("left", "explanation(-1)", "Previous explanation"),
    _key("y", "read('copy')", "Copy the line, or the explanation as Markdown"),
    _key("w", "read('unfold')", "Unfold multi-line replies"),
    _key("T", "read('time')", "Time column"),
    _key("a", "wish('add')", "Add a session"),
    _key("R", "wish('remove')", "Watch the session no longer"),
    _key("r", "wish('reconnect')", "Reconnect now"),
    _key("D", "wish('quit')", "Say QUIT"),
    _key("X", "wish('drop')", "Drop the socket"),
    _key("c", "wish('check')", "Check name, port and greeting"),
    _key("p", "play('toggle')", "Pause or play on (demo, replay)"),
    _key("left_curly_bracket", "play('back')", "Look back a step (demo, replay)"),
    _key("right_curly_bracket", "play('forward')", "To the next step (demo, replay)"),
    _key("minus", "play('slower')", "Slower (demo, replay)"),
    _key("plus", "play('faster')", "Faster (demo, replay)"),
    _key("L", "limits", "Find this host's limits with twins"),
    _key("4", "compare", "Compare: promised and observed, codes side by side"),
    _key("full_stop", "wish('keep_alive')", "Keep-alive now"),
    _key("i", "wish('interval')", "Set the keep-alive interval"),
    _key("K", "wish('command')", "Keep-alive command, auto, or what a client does"),
    _key("less_than_sign", "wish('shorter')", "Shorter keep-alive interval"),
    _key("greater_than_sign", "wish('longer')", "Longer keep-alive interval"),
]
