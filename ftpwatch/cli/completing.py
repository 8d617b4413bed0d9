"""What the shells complete: profiles, groups, recordings, scenarios. Nothing heavy is imported, and
what cannot be read completes to nothing.
"""

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

from click import Context, Parameter
from click.shell_completion import CompletionItem

__all__ = [
    "choices", "files", "recordings", "scenarios", "target_items", "targets",
]  # fmt: skip

Completing = Callable[[Context, Parameter, str], list[CompletionItem]]
# A shell puts a name on the line as it is: one that it would obey is not offered.
_TYPEABLE: Final = re.compile(r"[\w@%+,./~-]{1,500}")
_MOST: Final = 2_000


def targets(_: Context, __: Parameter, incomplete: str) -> list[CompletionItem]:
    """Profiles and groups."""
    return target_items(incomplete)


def target_items(incomplete: str) -> list[CompletionItem]:
    """What can be watched, as far as `incomplete` names it."""
    from ftpwatch.config.errors import ConfigError
    from ftpwatch.config.profiles import examine

    try:
        known = examine().profiles
    except ConfigError:
        return []
    urls = {name: profile.url for name, profile in known.profile.items()}
    groups = {f"@{name}": " ".join(group.members) for name, group in known.group.items()}
    return [
        CompletionItem(name, help=_shown(about))
        for name, about in {**urls, **groups}.items()
        if name.startswith(incomplete) and _TYPEABLE.fullmatch(name)
    ][:_MOST]


def recordings(_: Context, __: Parameter, incomplete: str) -> list[CompletionItem]:
    """Recordings of the state directory, newest first, and those of the directory that is named;
    where none is so called, any file.
    """
    from platformdirs import user_state_path

    try:
        kept = sorted(_recordings(user_state_path("ftpwatch") / "recordings"), reverse=True)
    except RuntimeError:  # no home directory
        kept = []
    folder = incomplete.rpartition("/")[0]
    beside = [f"{folder}/{p.name}" if folder else p.name for p in _recordings(Path(folder or "."))]
    names = dict.fromkeys((*map(str, kept), *beside))
    found = [
        CompletionItem(name)
        for name in names
        if name.startswith(incomplete) and _TYPEABLE.fullmatch(name)
    ][:_MOST]
    return found or [CompletionItem(incomplete, type="file")]


def scenarios(_: Context, __: Parameter, incomplete: str) -> list[CompletionItem]:
    """Scenarios of the demo."""
    from ftpwatch.demo.scenario import names

    return _starting(names(), incomplete)


def files(_: Context, __: Parameter, incomplete: str) -> list[CompletionItem]:
    """Files, as the shell knows them."""
    return [CompletionItem(incomplete, type="file")]


def choices(*words: str) -> Completing:
    """Fixed words."""
    return lambda _, __, incomplete: _starting(words, incomplete)


def _starting(words: Iterable[str], incomplete: str) -> list[CompletionItem]:
    return [CompletionItem(word) for word in words if word.startswith(incomplete)]


def _recordings(folder: Path) -> list[Path]:
    try:
        return [path for path in folder.iterdir() if path.name.endswith(".ftpwatch")]
    except (OSError, ValueError):
        return []


def _shown(text: Any) -> str:
    from ftpwatch.core.text.neutral import shortened, visible

    return shortened(visible(str(text)), 60)
