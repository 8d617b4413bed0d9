"""Keys of the user's own: which there are, and that each does one thing on a screen."""

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Final

from textual.keys import Keys as NamedKeys
from textual.keys import _character_to_key, key_to_character

from ftpwatch.core.text.neutral import shortened
from ftpwatch.tui.actions import ACTIONS, LIVE_PANES, Action, Pane

__all__ = ["remapped"]

_ACTIONS: Final = {action.id: action for action in ACTIONS}
_SCREENS: Final = (
    (*LIVE_PANES, Pane.APP),
    *((pane, Pane.APP) for pane in Pane if pane not in (*LIVE_PANES, Pane.APP)),
)
_ALSO: Final = {
    "esc": "escape", "return": "enter", "del": "delete", "pgup": "pageup", "pgdn": "pagedown",
    "←": "left", "→": "right", "↑": "up", "↓": "down", "⌫": "backspace", " ": "space",
}  # fmt: skip
# What a terminal sends for these is another key.
_SENT_AS: Final = {
    "ctrl+i": "tab",
    "ctrl+m": "enter",
    "ctrl+h": "backspace",
    "ctrl+@": "ctrl+space",
}
# As Textual calls them, e.g. full_stop.
_PUNCTUATION: Final = frozenset(
    _character_to_key(chr(code)) for code in range(0x21, 0x7F) if not chr(code).isalnum()
)
_QUITS: Final = "ctrl+q"
# Where text is typed a key that types a character never arrives.
_WHERE_TEXT_IS_TYPED: Final = (
    "escape", "question_back", "by_hand_back", "by_hand_older", "by_hand_newer",
)  # fmt: skip
_LONGEST_SHOWN: Final = 40
_ACCEPTED: Final = (
    'a character as "x" or "/", or enter, esc, tab, space, backspace, del, insert, home, end, '
    "pgup, pgdn, left, right, up, down, f1 to f12; ctrl+ before a letter, ctrl+ or shift+ before "
    "those that move"
)


def remapped(wished: Mapping[str, Sequence[str]]) -> tuple[dict[str, str], dict[str, str]]:
    """The keys of the actions in `wished`, by their ids, as Textual writes them; and what is wrong
    with them, a sentence each.
    """
    keys: dict[str, str] = {}
    problems: dict[str, str] = {}
    for id, texts in wished.items():
        try:
            keys[id] = ",".join(_keys(id, texts))
        except ValueError as error:
            problems[id] = str(error)
    problems |= dict(_used_twice(keys))
    return keys, problems


def _keys(id: str, texts: Sequence[str]) -> Iterator[str]:
    shown = shortened(id, _LONGEST_SHOWN)
    if id not in _ACTIONS:
        near = get_close_matches(id, _ACTIONS, 1)
        meant = f" (is {near[0]} meant?)" if near else ""
        raise ValueError(
            f"{shown!r} is not an action{meant}; `ftpwatch config show --keys` has all"
        )
    keys = list(dict.fromkeys(_key(shown, text) for text in texts))
    silent = [key for key in keys if not _types_character(key)]
    if _ACTIONS[id].first and len(silent) < len(keys):
        raise ValueError(
            f"{shown} works wherever the cursor is, so it needs a key that types no character, "
            "as ctrl+x or f9"
        )
    if id in _WHERE_TEXT_IS_TYPED and not silent:
        raise ValueError(
            f"{shown} works in a line of text, so one of its keys must type no character, as esc"
        )
    return iter(keys)


def _key(id: str, text: str) -> str:
    """As Textual writes it. Raises ValueError where no terminal sends it."""
    name = text if len(text) == 1 else text.strip().lower()
    name = _ALSO.get(name, name)
    if len(name) == 1 and name.isprintable():
        return _character_to_key(name)
    if name in _PUNCTUATION:
        return name
    shown = f"{id} = {shortened(repr(text), _LONGEST_SHOWN)}"
    if name == _QUITS:
        raise ValueError(f"{shown} cannot be used: {_QUITS} leaves at once, always")
    if name in _SENT_AS:
        raise ValueError(f"{shown} cannot be typed: a terminal sends {_SENT_AS[name]} for it")
    if name not in _NAMED:
        raise ValueError(f"{shown} is not a key that can be typed; accepted is {_ACCEPTED}")
    return name


def _types_character(key: str) -> bool:
    character = key_to_character(key) or ""
    return key in _PUNCTUATION or key == "space" or (character.isprintable() and character != "")


def _used_twice(keys: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """An action whose key is that of another on the same screen."""
    for panes in _SCREENS:
        owners: dict[str, Action] = {}
        for action in sorted(
            (a for a in ACTIONS if a.pane in panes), key=lambda action: action.id in keys
        ):
            for key in keys.get(action.id, action.keys).split(","):
                other = owners.setdefault(key, action)
                if other is not action and action.id in keys:
                    yield (
                        action.id,
                        (
                            f"{action.id} = {key!r} is the key of {other.id} ({other.title}) too: "
                            "give that another"
                        ),
                    )


def _named() -> frozenset[str]:
    names = {str(key.value) for key in NamedKeys}
    numbered = {name for name in names if name[-1].isdigit() and "f" not in name}  # ctrl+1
    marked = {name for name in names if "<" in name}  # not of the keyboard
    return frozenset(names - numbered - marked - {"ctrl-at", "return", "shift+escape", *_SENT_AS})


_NAMED: Final = _named()
