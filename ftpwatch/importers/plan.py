"""Which profiles and groups come of sites: names of one word each, unique also as variables of the
environment, and nothing in the place of what is there.

A folder becomes a group, with the groups of its own folders in it. A site that is a profile
already, of the same name and URL, is not imported again.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

import msgspec

from ftpwatch.core.ftp.command import Secret
from ftpwatch.core.ftp.target import TlsMode
from ftpwatch.core.text.neutral import visible
from ftpwatch.importers.site import Found, LeftOut, Site

__all__ = ["Known", "Plan", "Planned", "plan_import", "word_of"]

_LONGEST_NAME: Final = 60


class Known(msgspec.Struct, frozen=True):
    """What is there already: URLs of profiles by name, members of groups, what is `[defaults]`;
    `reserved` can be no profile's name.
    """

    profiles: Mapping[str, str]
    groups: Mapping[str, Sequence[str]]
    defaults: Mapping[str, object]
    reserved: Collection[str]


class Planned(msgspec.Struct, frozen=True):
    """A profile to be, and the password that its file had."""

    name: str
    site: Site
    settings: dict[str, str]
    password: Secret | None = None


class Plan(msgspec.Struct, frozen=True):
    """What is to be added: `groups` are the members that each gets, whether it is there or not.
    So many sites are profiles already, of the same URL: `there`.
    """

    profiles: tuple[Planned, ...]
    groups: dict[str, tuple[str, ...]]
    defaults: dict[str, str]
    left_out: tuple[LeftOut, ...]
    there: int = 0

    @property
    def is_empty(self) -> bool:
        """There is nothing to do."""
        return not (self.profiles or self.groups or self.defaults)


def plan_import(found: Found, known: Known) -> Plan:
    """The plan for what was `found`."""
    names = _Names((*known.profiles, *known.reserved))
    by_url: dict[str, list[str]] = {}
    for name, url in known.profiles.items():
        by_url.setdefault(url, []).append(name)
    profiles: list[Planned] = []
    left_out = list(found.left_out)
    named: list[tuple[str, tuple[str, ...]]] = []
    for site in found.sites:
        there = _same(site, by_url.get(site.url, ()))
        if there is None:
            name = names.new(site.name, site.folders)
            profiles.append(Planned(name, site, _settings(site, known), site.password))
        else:
            name = there
        named.append((name, site.folders))
    defaults = _defaults(found, known, left_out)
    there_already = len(found.sites) - len(profiles)
    return Plan(tuple(profiles), _groups(named, known), defaults, tuple(left_out), there_already)


def word_of(text: str) -> str:
    """`text` as a name that can be typed as one word, in the letters that it has."""
    kept = "".join(
        char if char.isalnum() or char in "-_." or unicodedata.category(char)[0] == "M" else "-"
        for char in unicodedata.normalize("NFC", text)
    )
    word = re.sub(r"-{2,}", "-", kept)[:_LONGEST_NAME].strip("-.")
    return word if word and visible(word) == word else "site"


def _same(site: Site, of_its_url: Sequence[str]) -> str | None:
    """The profile that this site became before."""
    words = {word_of(site.name), *_prefixed(site.name, site.folders)}
    return next(
        (name for name in of_its_url if name in words or re.sub(r"-\d+$", "", name) in words), None
    )


def _settings(site: Site, known: Known) -> dict[str, str]:
    """Those of the site; plain FTP stays so where `[defaults]` would have it otherwise."""
    plain = site.tls is TlsMode.OFF and known.defaults.get("tls") not in (None, "off")
    return {**site.settings, **({"tls": "off"} if plain else {})}


def _prefixed(name: str, folders: Sequence[str]) -> Iterable[str]:
    """With ever more of its folders before it."""
    for count in range(1, len(folders) + 1):
        yield word_of("-".join((*folders[-count:], name)))


class _Names:
    """Names that are taken; those that differ in case, `-`, `.` or `_` alone would share a variable
    FTPWATCH_PASSWORD_<PROFILE>.
    """

    def __init__(self, taken: Iterable[str]) -> None:
        self._taken = {_variable(name) for name in taken}
        self._numbers: dict[str, int] = {}

    def new(self, name: str, folders: Sequence[str] = ()) -> str:
        """A free one for `name`: with its folders before it, or a number behind it."""
        words = [word_of(name), *_prefixed(name, folders)]
        free = next((word for word in words if _variable(word) not in self._taken), None)
        while free is None:
            number = self._numbers[words[0]] = self._numbers.get(words[0], 1) + 1
            numbered = f"{words[0]}-{number}"
            free = numbered if _variable(numbered) not in self._taken else None
        self._taken.add(_variable(free))
        return free


def _variable(name: str) -> str:
    return re.sub(r"[-.]", "_", name).upper()


def _groups(
    named: Sequence[tuple[str, tuple[str, ...]]], known: Known
) -> dict[str, tuple[str, ...]]:
    """What each folder's group gets: its sites, and the groups of the folders in it."""
    names, by_folder = _Names(()), {}
    members: dict[str, dict[str, None]] = {}
    for profile, folders in named:
        member = profile
        for depth in range(len(folders), 0, -1):
            path = folders[:depth]
            if path not in by_folder:
                by_folder[path] = names.new(path[-1], path[:-1])
            members.setdefault(by_folder[path], {})[member] = None
            member = f"@{by_folder[path]}"
    fresh = {
        group: tuple(m for m in inside if m not in known.groups.get(group, ()))
        for group, inside in members.items()
    }
    return {group: inside for group, inside in fresh.items() if inside}


def _defaults(found: Found, known: Known, left_out: list[LeftOut]) -> dict[str, str]:
    """Keep-alives for all, unless `[defaults]` speaks of them itself."""
    said = [name for name in known.defaults if name.startswith("keep_alive")]
    if found.defaults and said:
        if dict(found.defaults) != {name: known.defaults[name] for name in said}:
            left_out.append(LeftOut("[defaults]", f"{said[0]} is there already"))
        return {}
    return dict(found.defaults)
