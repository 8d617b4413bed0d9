"""Groups: `@eu` stands for all its profiles, wherever a profile may be named."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final

from ftpwatch.config.errors import ConfigError
from ftpwatch.config.settings import Group, Profiles
from ftpwatch.core.text.neutral import shortened

__all__ = ["expanded", "group_problems"]

_LONGEST_SHOWN: Final = 80


def expanded(words: Sequence[str], profiles: Profiles) -> tuple[str, ...]:
    """`words` with the members of groups in their place, except those that are named already.
    Raises ConfigError.
    """
    if not any(word.startswith("@") for word in words):
        return tuple(words)  # who names one twice has it twice
    named = {word for word in words if not word.startswith("@")}
    found: dict[str, None] = {}
    for word in words:
        if word in named:
            found[word] = None
        else:
            found |= dict.fromkeys(n for n in _members_of(word, profiles) if n not in named)
    return tuple(found)


def _members_of(word: str, profiles: Profiles) -> tuple[str, ...]:
    name = word.removeprefix("@")
    if name not in profiles.group:
        there = ", ".join(f"@{group}" for group in profiles.group) or "none"
        raise ConfigError(
            f"no group is called {shortened(repr(name), _LONGEST_SHOWN)}; there is "
            f"{shortened(there, 200)}"
        )
    return tuple(dict.fromkeys(_profiles(name, profiles.group)))


def _profiles(name: str, groups: Mapping[str, Group]) -> Iterator[str]:
    """Each group is looked into once: one that holds itself ends there."""
    waiting, seen = [f"@{name}"], set()
    while waiting:
        member = waiting.pop()
        if not member.startswith("@"):
            yield member
        elif member not in seen:
            seen.add(member)
            group = groups.get(member[1:])
            waiting.extend(reversed(group.members if group is not None else ()))


def group_problems(
    name: str, groups: Mapping[str, Group], profiles: Collection[str]
) -> Iterator[str]:
    """What is wrong with the members of the group `name`."""
    for member in groups[name].members:
        if member.startswith("@") and member[1:] not in groups:
            yield f"members: {shortened(repr(member), _LONGEST_SHOWN)} is not a group of this file"
        elif not member.startswith("@") and member not in profiles:
            yield (
                f"members: {shortened(repr(member), _LONGEST_SHOWN)} is not a profile of this "
                "file; a member is the name of a profile, or of a group with an @ before it"
            )
    if not any(True for _ in _profiles(name, groups)):
        yield "members: there is no profile in it"
