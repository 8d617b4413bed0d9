"""What a line of a log says, by the tables: the format that the log has shown itself to have comes
first, then any other that recognises a line by its own marks, then what all have in common.

Long, as what stands before a line and what it says are one search.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import msgspec

from ftpwatch.core.ftp.command_parser import parse_command
from ftpwatch.core.ftp.reply_parser import Malformed
from ftpwatch.transcripts.formats import Formats
from ftpwatch.transcripts.model import DIALOGUE, Format, Meaning, Row

__all__ = ["Recogniser", "Said"]

_PREFIXES_AT_MOST: Final = 5
_INSIDE: Final = 160
_HEAD: Final = 2_048  # what marks are looked for in; patterns may take the square of it
_LONGEST_JSON: Final = 65_536
_SEPARATORS: Final = " \t:]|\"'`>)"
_QUOTED: Final = re.compile(r"(?:> ?)+")
_REPLY: Final = re.compile(r"\d{3}(?:[ -]|:(?= )|\Z)")
_ESCAPE: Final = re.compile(r"\\(?:r|n|t|\\|'|\"|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4})")
_ESCAPES: Final = {"\\r": "\r", "\\n": "\n", "\\t": "\t", "\\\\": "\\", "\\'": "'", '\\"': '"'}
_TIMES: Final = ("time", "timestamp", "@timestamp", "ts", "date", "datetime")


Times = tuple[Mapping[str, str | None], ...]


class Said(msgspec.Struct, frozen=True):
    """A line, recognised: what it means, the groups of its pattern, the texts of its times and the
    format whose row it is, None for a row of all. Without a row only its times are known.
    """

    row: Row | None
    groups: dict[str, str]
    times: Times = ()
    format: Format | None = None
    rest: str = ""

    @property
    def means(self) -> tuple[Meaning, ...]:
        """In their order."""
        return () if self.row is None else self.row.is_

    @property
    def is_dialogue(self) -> bool:
        """It is part of what was said on the wire."""
        return bool(DIALOGUE.intersection(self.means))


class Recogniser:
    """Of one log. `format` is the one that is believed, with how many lines it recognised."""

    def __init__(self, formats: Formats) -> None:
        self._formats = formats
        self.format: Format | None = None
        self.recognised = 0

    def settle(self, lines: list[str]) -> None:
        """Believe the format that recognises most of `lines` by its own marks."""
        candidates = [[text for text, _ in self._candidates(line)] for line in lines]
        scored = [(_score(form, candidates), form) for form in self._formats.programs]
        best, form = max(scored, key=lambda one: (one[0], one[1].rank))
        if best:
            self.format, self.recognised = form, best

    def read(self, line: str, *, inside_reply: bool = False) -> Said:
        """What `line` says. Inside a reply of several lines a bare word is no command."""
        candidates = list(self._candidates(line))
        own = self._own(candidates)
        if own is not None:
            return own
        times: Times = ()
        rest = line
        for candidate, found in candidates:
            times, rest = times or found, candidate
            is_rest = candidate is not line or not times
            said = self._recognised(candidate) if is_rest else self._whole(candidate)
            if said is None and not inside_reply and candidate[:1] == " ":
                said = self._recognised(candidate.lstrip())
            if said is not None and not (inside_reply and _is_bare_command(said)):
                return self._with_times(said, found)
        return Said(None, {}, times, None, rest)

    def _own(self, candidates: Sequence[tuple[str, Times]]) -> Said | None:
        """What the format that is believed marks as said on the wire: nothing comes before it."""
        if self.format is None:
            return None
        for candidate, found in candidates:
            said = _match(self.format, candidate)
            if said is not None and said.row is not None and said.row.marked and said.is_dialogue:
                return self._with_times(said, found)
        return None

    def times(self, line: str) -> Times:
        """The times before `line`, whatever it says."""
        return next(found for _, found in self._candidates(line))

    def _with_times(self, said: Said, times: Times) -> Said:
        """Times also stand inside the row: before the text, or in a group of their own."""
        groups = dict(said.groups)
        for name in ("time", "text"):
            if name in groups:
                rest, found = self._stripped(groups[name] + (" " if name == "time" else ""))
                times = (*times, *found)
                groups[name] = groups[name] if name == "time" else rest
        return Said(said.row, groups, times, said.format)

    def _recognised(self, line: str) -> Said | None:
        own = None if self.format is None else _match(self.format, line)
        if own is not None and (own.is_dialogue or not _REPLY.search(line)):
            return own
        marked = self._formats.any_mark.match(line, 0, _HEAD) is not None
        for form in self._formats.programs if marked else ():
            said = None if form is self.format else _match(form, line)
            if said is not None and said.is_dialogue and said.row is not None and said.row.marked:
                return said
        return own or self._common(line) or self._inside(line)

    def _whole(self, line: str) -> Said | None:
        """A line whose time is part of its format."""
        own = None if self.format is None else _match(self.format, line)
        if own is not None or self._formats.any_mark.match(line, 0, _HEAD) is None:
            return own
        return self._recognised(line)

    def _common(self, line: str) -> Said | None:
        for form in self._formats.common:
            if (said := _match(form, line)) is not None:
                return said
        return None

    def _inside(self, line: str) -> Said | None:
        """Behind words of which nothing is known, a mark still tells."""
        for text, form, pattern, row in self._formats.inside:
            start = line.find(text, 1, _INSIDE)
            if start > 0 and line[start - 1] in _SEPARATORS:
                said = _said(form, pattern, row, line[start:])
                if said is not None:
                    return said
        return None

    # --- what stands before a line -------------------------------------------------------------

    def _candidates(self, line: str) -> Iterator[tuple[str, Times]]:
        """What may be the line itself, each with the times before it: the barest last."""
        rest, times = self._stripped(line)
        start = rest.find("{")
        if 0 <= start < _INSIDE and rest.rstrip().endswith("}"):
            yield from self._of_json(rest[start:], times)
        yield rest, times
        quoted = _QUOTED.match(line)
        if quoted is not None:
            yield self._stripped(line[quoted.end() :])
        if rest != line:
            yield line, times

    def _stripped(self, line: str) -> tuple[str, Times]:
        times: list[Mapping[str, str | None]] = []
        for _ in range(_PREFIXES_AT_MOST):
            if self._formats.any_prefix.match(line, 0, _HEAD) is None:
                break
            for prefix in self._formats.prefixes:
                match = prefix.pattern.match(line, 0, _HEAD)
                if match is not None:
                    times.append(match.groupdict())
                    line = line[match.end() :]
                    break
            else:
                break
        return line, tuple(times)

    def _of_json(self, text: str, times: Times) -> Iterator[tuple[str, Times]]:
        """The strings of an object, a code beside its message first."""
        if len(text) > _LONGEST_JSON:
            return
        try:
            read = json.loads(text)
        except (ValueError, RecursionError):
            return
        if not isinstance(read, dict):
            return
        members = {str(name).lower(): value for name, value in read.items()}
        for name in _TIMES:
            _, found = self._stripped(f"{members.get(name, '')} ")
            times = times or found
        code, message = members.get("code"), members.get("message", members.get("msg"))
        if isinstance(code, int) and 100 <= code < 700 and isinstance(message, str):
            yield f"< {code} {message}", times
        for value in members.values():
            if isinstance(value, str) and value:
                inner, found = self._stripped(value.split("\n")[0])
                yield inner, times or found


def _is_bare_command(said: Said) -> bool:
    return said.row is not None and not said.row.marked and Meaning.COMMAND in said.means


def _score(form: Format, lines: list[list[str]]) -> int:
    """How many lines show a mark of `form`; what was said on the wire counts most."""
    score = 0
    for candidates in lines:
        matches = (_match(form, text) for text in candidates)
        said = next((one for one in matches if one is not None), None)
        if said is None or said.row is None or not said.row.marked:
            continue
        if Meaning.REPLY in said.means and _REPLY.match(said.groups.get("text", "")) is None:
            continue
        score += 3 if said.is_dialogue else 1
    return score


def _match(form: Format, line: str) -> Said | None:
    if form.hint is not None and form.hinted.search(line, 0, _HEAD) is None:
        return None
    for pattern, row in form.patterns:
        said = _said(form, pattern, row, line)
        if said is not None:
            return said
    return None


def _said(form: Format, pattern: re.Pattern[str], row: Row, line: str) -> Said | None:
    match = pattern.match(line, 0, _HEAD)
    if match is None:
        return None
    groups = {name: text for name, text in match.groupdict().items() if text is not None}
    if "text" in groups and match.end("text") == _HEAD:
        groups["text"] += line[_HEAD:]
    if row.escapes and "text" in groups:
        groups["text"] = _unescaped(groups["text"])
    if row.says is not None:
        groups["text"] = row.says
    if Meaning.COMMAND in row.is_:
        command = parse_command(groups.get("text", "").encode())
        if isinstance(command, Malformed):
            return None  # what a row takes for a command is one
    return Said(row, groups, (), form)


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(_character, text).rstrip("\r\n")


def _character(match: re.Match[str]) -> str:
    escape = match[0]
    return _ESCAPES.get(escape) or chr(int(escape[2:], 16))
