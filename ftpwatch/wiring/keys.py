"""The keys that the configuration changes, as the screen wants them."""

from ftpwatch.config.document import Document, Problem
from ftpwatch.tui.remapping import remapped

__all__ = ["changed_keys", "key_problems", "keys_shown"]


def changed_keys(document: Document) -> dict[str, str]:
    """Keys by the ids of their actions. Raises ConfigError with file, line and action."""
    document.verified(*key_problems(document))
    return remapped(document.profiles.keys)[0]


def key_problems(document: Document) -> list[Problem]:
    """What is wrong with `[keys]` beside its form."""
    _, problems = remapped(document.profiles.keys)
    return [
        Problem(("keys", *id.split(".")) if ("keys", id) not in document.lines() else ("keys", id),
                f"[keys]: {text}")
        for id, text in problems.items()
    ]  # fmt: skip


def keys_shown(document: Document) -> list[tuple[str, str, str, bool]]:
    """Every action: its id, its keys, what it does, and whether its keys are the user's own."""
    from ftpwatch.tui.actions import ACTIONS
    from ftpwatch.tui.keys import Keys

    keys = Keys(remapped(document.profiles.keys)[0])
    return [
        (action.id, " ".join(keys.of(action.id)), action.title, action.id in keys.changed)
        for action in ACTIONS
    ]
