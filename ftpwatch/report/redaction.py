"""Leaves names out of text: the same name becomes the same placeholder wherever it stands.

Names that were gathered are found in any case, between characters that are no part of a name, the
longest first; others by their form: addresses, names with dots, paths, and users in the sentences
that servers say of them. A name that is cut off by an ellipsis is left out as what it was cut from.
What is kept stays as it is also where it looks like something else: a user `a.b` is not a host.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from ftpwatch.report.addresses import IN_TEXT, canonical
from ftpwatch.report.names import Names, What

__all__ = ["Redactor"]

_PREFIX: Final = {
    What.USERS: "user", What.HOSTS: "host", What.ADDRESSES: "address", What.PATHS: "path",
}  # fmt: skip
_SESSION, _NAME = "session", "name"
_DOTTED: Final = r"(?<![\w.-])(?:[\w-]{1,63}\.)+(?!(?:conf|cfg|ini|toml)\b)[^\W\d_]{2,63}(?![\w-])"
_ABSOLUTE: Final = (
    r"(?<![\w/.:<])/[^\s\"'“”<>|;/]+(?:/[^\s\"'“”<>|;/]+)*/?"
    r"|(?<!\w)[A-Za-z]:\\[^\s\"'“”<>|;]+|(?<!\w)\\\\[^\s\"'“”<>|;]+"
)
_GONE: Final = (
    r"(?=: (?:No such|Permission denied|Not a|Is a directory|The system|Access is denied"
    r"|File exists|not found))"
)
# Behind the code a name may have blanks.
_MISSING: Final = (
    rf"(?<=\d\d\d[ -])[^\s\"“”:/\n][^\"“”:/\n]{{0,200}}{_GONE}|(?<!\S)[^\s\"“”:]+{_GONE}"
)
_SPOKEN_OF: Final = (
    r"(?i:(?<=\brequired for )|(?<=\bfor user )|(?<=\bPassword for )|(?<=\buser ')|(?<=\buser \")"
    r"|(?<=\buser “))[\w.@\\+-]+"
    r"|[\w.+-]{1,64}(?=@[\w-]+\.)"
    r"|(?<=\b[Uu]ser )[\w.@\\+-]+(?= (?:logged|cannot|can't|unknown|denied|access|okay|ok|name ok))"
)
_URL: Final = r"(?<!\w)[A-Za-z][A-Za-z0-9+.-]{1,15}://[^\s\"'“”<>]+"
_CUT: Final = re.compile(r"[\w.@\\/:+-]*…[\w.@\\/:+-]*")
_PLAIN_WORD: Final = re.compile(r"[a-z]+")
_QUOTED: Final = re.compile(r"“[^”]*”|\"[^\"]*\"")


class Redactor:
    """For texts that together are `corpus`: only names that stand in it are looked for."""

    def __init__(self, names: Names, corpus: str) -> None:
        self._left_out = names.left_out
        self._placeholders: dict[tuple[str, str], str] = {}
        self._counts: dict[str, int] = {}
        self._cut: dict[str, str | None] = {}
        every = dict(_kinds_of(names))
        low = corpus.lower()
        self._cut_from = every if _CUT.search(corpus) is not None else {}
        self._known = {name: kind for name, kind in every.items() if name in low}
        self._pattern = self._compiled(self._known)
        # A path of one plain word is a word of ours too: it is one only where a server speaks.
        plain = (name for name, kind in self._known.items() if kind == _PREFIX[What.PATHS])
        rest = self._known.keys() - set(filter(_PLAIN_WORD.fullmatch, plain))
        self._of_ours = self._compiled(rest, forms=False)
        self._prose = self._compiled(rest)

    def wire(self, text: str) -> str:
        """Text that came from outside."""
        return self._applied(self._pattern, text)

    def prose(self, text: str) -> str:
        """A sentence of ours with words from outside in it, which stand in quotes."""
        text = _QUOTED.sub(lambda match: self.wire(match[0]), text)
        return self._applied(self._prose, text)

    def ours(self, text: str) -> str:
        """A sentence of ours; a name may have come into it, but its own dots and slashes stay."""
        return self._applied(self._of_ours, text)

    def _applied(self, pattern: re.Pattern[str] | None, text: str) -> str:
        if pattern is None:
            return text
        return pattern.sub(self._replaced, _CUT.sub(self._whole, text) if "…" in text else text)

    def _replaced(self, match: re.Match[str]) -> str:
        found, kind = match[0], match.lastgroup or ""
        if kind == "url":
            return self._address(found)
        if kind == "known":
            own = self._known.get(found.lower(), _NAME)
            return found if own is None else self._placeholder(own, found)
        if kind == _PREFIX[What.ADDRESSES] and canonical(found) is None:
            return found
        return self._placeholder(kind, found)

    def _address(self, url: str) -> str:
        """Scheme, host and path of an address, each for itself."""
        scheme, _, rest = url.partition("://")
        place, slash, path = rest.partition("/")
        login, at, place = place.rpartition("@")
        host, colon, port = place.rpartition(":")
        host, port = (host, port) if colon and port.isdecimal() else (place, "")
        if path and What.PATHS in self._left_out:
            path = self._placeholder(_PREFIX[What.PATHS], f"/{path}")
        else:
            path = self.wire(path)
        place = self._part(What.HOSTS, host) + f":{port}" * bool(port)
        return f"{scheme}://{self._part(What.USERS, login)}{at}{place}{slash}{path}"

    def _part(self, what: What, text: str) -> str:
        """A user or a host in an address, known or not."""
        user, colon, secret = text.partition(":") if what is What.USERS else (text, "", "")
        shown = self.wire(user)
        if shown == user and user and what in self._left_out and canonical(user) is None:
            shown = self._placeholder(_PREFIX[what], user)
        return shown + colon + secret

    def _placeholder(self, kind: str, name: str) -> str:
        key = kind, canonical(name) or name.lower()
        if key not in self._placeholders:
            self._counts[kind] = self._counts.get(kind, 0) + 1
            self._placeholders[key] = f"{kind}-{self._counts[kind]}"
        return self._placeholders[key]

    def _whole(self, match: re.Match[str]) -> str:
        """What a name with an ellipsis in it was cut from, as a placeholder."""
        found = match[0].lower()
        if found not in self._cut:
            head, _, tail = found.partition("…")
            names = self._cut_from.items() if head or tail else ()
            fits = (n for n, kind in names if kind and n.startswith(head) and n.endswith(tail))
            self._cut[found] = next(fits, None)
        name = self._cut[found]
        kind = None if name is None else self._cut_from[name]
        return match[0] if name is None or kind is None else f"{self._placeholder(kind, name)}…"

    def _compiled(self, known: Iterable[str], *, forms: bool = True) -> re.Pattern[str] | None:
        if not self._left_out:
            return None
        ordered = sorted(known, key=lambda name: (-len(name), name))
        parts = [f"(?P<url>{_URL})"] if forms else []
        parts += [f"(?P<known>{'|'.join(map(_bounded, ordered))})"] if ordered else []
        parts += [f"(?P<{kind}>{form})" for kind, form in self._forms(forms=forms)]
        return re.compile("|".join(parts), re.IGNORECASE) if parts else None

    def _forms(self, *, forms: bool) -> list[tuple[str, str]]:
        by_form = {
            What.USERS: _SPOKEN_OF if forms else "",
            What.PATHS: f"{_ABSOLUTE}|{_MISSING}" if forms else "",
            What.ADDRESSES: IN_TEXT,
            What.HOSTS: _DOTTED if forms else "",
        }
        return [
            (_PREFIX[what], form)
            for what, form in by_form.items()
            if form and what in self._left_out
        ]


def _kinds_of(names: Names) -> Iterator[tuple[str, str | None]]:
    """Names in lower case, each with what takes its place; None for those that stay."""
    stays_first = sorted(What, key=lambda what: (what in names.left_out, what))
    for what in stays_first:
        kind = _PREFIX[what] if what in names.left_out else None
        yield from ((name.lower(), kind) for name in names.of(what))
    yield from ((name.lower(), _SESSION) for name in names.sessions)


def _bounded(name: str) -> str:
    """`name` where it stands alone: not inside a longer name, with its hyphens and dots."""
    before = r"(?<![\w-])(?<!\w\.)" if _is_inner(name[0]) else ""
    after = r"(?![\w-])(?!\.\w)" if _is_inner(name[-1]) else ""
    if ":" in name and canonical(name):
        before, after = r"(?<![\w:.])", r"(?!\w)(?!:(?!\d{1,5}(?![\w:])))"
    return f"{before}{re.escape(name)}{after}"


def _is_inner(char: str) -> bool:
    return char.isalnum() or char == "_"
