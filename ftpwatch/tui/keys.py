"""What follows from the table of actions: bindings, lines of help, the bar, keys in words.

Bindings are those of the table; the app lays the user's own keys over them by their ids, and has
them as `keys` for whoever speaks of a key.
"""

from collections.abc import Iterable
from itertools import groupby
from typing import Final, Protocol, runtime_checkable

import msgspec
from textual.binding import Binding, BindingType
from textual.keys import format_key

from ftpwatch.tui.actions import ACTIONS, Action, Pane

__all__ = ["KeyLine", "Keys", "Piece", "actions_of", "bindings_of", "keys_on"]

_IN_WORDS: Final = {"enter": "enter"}
_IN_TABLE: Final = {action.id: action.keys for action in ACTIONS}
_LAST: Final = ("help", "back", "quit")
_CUT: Final = " … "

# A part of the bar, and what a click on it does.
Piece = tuple[str, Action | None]


class KeyLine(msgspec.Struct, frozen=True):
    """Keys that belong together, and what they do. `id` is the first word of the ids of their
    actions.
    """

    keys: tuple[str, ...]
    text: str
    id: str = ""


def actions_of(
    *panes: Pane, story: bool = True, seeks: bool = True, past: bool = False
) -> list[Action]:
    """The actions of `panes`; without `story`, none that only a demo or a replay has, without
    `seeks` none that only a replay has, and with `past` none that it would refuse.
    """
    return [
        action
        for action in ACTIONS
        if action.pane in panes
        and (story or not action.story)
        and (seeks or not action.seeks)
        and not (past and action.steers)
    ]


def bindings_of(*panes: Pane) -> list[BindingType]:
    """What a screen with these panes, or the app, binds."""
    return [
        Binding(
            action.keys, action.call, action.title, id=action.id, show=False, priority=action.first
        )
        for action in actions_of(*panes)
    ]


class Keys(msgspec.Struct, frozen=True):
    """Keys in words. `changed` are the user's own, by the ids of their actions, as Textual writes
    them.
    """

    changed: dict[str, str] = {}

    def of(self, id: str) -> tuple[str, ...]:
        """The keys of an action as they are shown."""
        keys = self.changed.get(id) or _IN_TABLE[id]
        return tuple(_IN_WORDS.get(key) or format_key(key) for key in keys.split(","))

    def first(self, id: str) -> str:
        """The first of them, for a sentence."""
        return self.of(id)[0]

    def lines(
        self, pane: Pane, *, story: bool = True, seeks: bool = True, past: bool = False
    ) -> list[KeyLine]:
        """What `pane` can do, line by line: the first keys of a line stand before its others.
        Which actions, `actions_of` says.
        """
        lines = []
        for together in _together(actions_of(pane, story=story, seeks=seeks, past=past)):
            each = [self.of(action.id) for action in together]
            first, others = [keys[0] for keys in each], [key for keys in each for key in keys[1:]]
            id = together[0].id.split(".")[0]
            lines.append(KeyLine((*first, *others), _text(together), id))
        return lines

    def pieces(self, actions: Iterable[Action], width: int) -> list[Piece]:
        """The keys of `actions` in a line, whole and as many as fit; a word stands behind the keys
        of its line as far as its own. Help and the way out are always there, at the end; what has
        no room before them is a mark.
        """
        parts: list[Piece] = []
        for together in _together(actions):
            for number, action in enumerate(together):
                keys = " ".join(self.first(before.id) for before in together[: number + 1])
                if action.bar:
                    parts.append((f" {keys} {action.bar} ", action))
        last = sorted((p for p in parts if _is_last(p)), key=lambda p: _LAST.index(_word(p)))
        first = [part for part in parts if part not in last]
        room = width - sum(len(text) for text, _ in last)
        if sum(len(text) for text, _ in first) <= room:
            return [*first, *last]
        kept: list[Piece] = []
        for part in first:
            if sum(len(text) for text, _ in (*kept, part)) + len(_CUT) <= room:
                kept.append(part)
        return [*kept, (_CUT, None), *last]

    def bar(
        self,
        width: int,
        *panes: Pane,
        story: bool = False,
        seeks: bool = False,
        past: bool = False,
    ) -> str:
        """The same as text."""
        actions = actions_of(*panes, story=story, seeks=seeks, past=past)
        return "".join(text for text, _ in self.pieces(actions, width))


def _word(piece: Piece) -> str:
    return "" if piece[1] is None else piece[1].bar


def _is_last(piece: Piece) -> bool:
    return _word(piece) in _LAST


@runtime_checkable
class _HasKeys(Protocol):
    keys: Keys


def keys_on(app: object) -> Keys:
    """Those that `app` was given; the table's where it is another app."""
    return app.keys if isinstance(app, _HasKeys) else Keys()


def _together(actions: Iterable[Action]) -> list[list[Action]]:
    return [list(line) for _, line in groupby(actions, lambda action: action.id.split(".")[0])]


def _text(together: list[Action]) -> str:
    """Titles in one, where only their first words differ; then what more there is to say."""
    titles = [action.title for action in together]
    rests = {title.partition(" ")[2] for title in titles}
    rest = rests.pop() if len(rests) == 1 else ""
    first, *others = [title.removesuffix(f" {rest}") for title in titles] if rest else titles
    text = ", ".join([first, *(other[0].lower() + other[1:] for other in others)])
    details = [action.detail for action in together if action.detail]
    line = ": ".join([f"{text} {rest}" if rest else text, *details])
    where = "replay" if together[0].seeks else "demo, replay"
    return f"{line} ({where})" if together[0].story else line
