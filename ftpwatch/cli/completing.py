"""What the shells complete: profiles, groups, recordings, scenarios. Nothing heavy is imported, and
what cannot be read completes to nothing.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

from click import Context, Parameter
from click.shell_completion import CompletionItem

__all__ = [
    "choices", "files", "profiles_and_groups", "recordings", "scenarios", "target_items", "targets",
]  # fmt: skip

Completing = Callable[[Context, Parameter, str], list[CompletionItem]]
_SCHEMES: Final = ("ftp://", "ftpes://", "ftps://")
_MOST: Final = 2_000


def targets(_: Context, __: Parameter, incomplete: str) -> list[CompletionItem]:
    """Profiles, groups, and how a URL begins."""
    return target_items(incomplete)


def profiles_and_groups(_: Context, __: Parameter, incomplete: str) -> list[CompletionItem]:
    """What the configuration has."""
    return [item for item in target_items(incomplete) if item.value not in _SCHEMES]


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
    schemes = _SCHEMES if incomplete else ()
    return [
        CompletionItem(name, help=_shown(about) or None)
        for name, about in {**urls, **groups, **dict.fromkeys(schemes, "")}.items()
        if name.startswith(incomplete)
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
    names = [name for name in (*map(str, kept), *beside) if name.startswith(incomplete)]
    found = [CompletionItem(name) for name in dict.fromkeys(names)][:_MOST]
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
        return [path for path in folder.iterdir() if _is_recording(path.name)]
    except OSError:
        return []


def _is_recording(name: str) -> bool:
    return name.endswith(".ftpwatch") and name.isprintable()


def _shown(text: Any) -> str:
    from ftpwatch.core.text.neutral import shortened, visible

    return shortened(visible(str(text)), 60)
