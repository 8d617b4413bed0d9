"""`ftpwatch explain`: the panel's text for a reply, a code, or the ends that a log, a capture or a
recording shows; for people or as JSON.
"""

import re
import shutil
import textwrap
from collections.abc import Sequence
from typing import Final

import msgspec

from ftpwatch.core.counted import counted
from ftpwatch.core.journal.entry import ascii_json
from ftpwatch.core.journal.vocabulary import Cause
from ftpwatch.core.state.explanation import (
    CodeMeaning,
    Comparison,
    Confidence,
    Explanation,
    explanation_fields,
)
from ftpwatch.core.text.cause_text import cause_words
from ftpwatch.core.text.neutral import visible

__all__ = [
    "Answer",
    "Place",
    "answers_json",
    "answers_text",
    "bare_code",
    "comparison_text",
    "meaning_text",
]

_BARE: Final = re.compile(r"\s*(\d{3})\s*\Z", re.ASCII)
_LISTED: Final = 20
_LABEL: Final = 16


class Place(msgspec.Struct, frozen=True):
    """Where an end is told: the line of a log, or the packet of a capture, and its session; and
    what it is.
    """

    line: int | None
    packet: int | None
    session: str
    code: int | None
    cause: Cause | None
    confidence: Confidence


class Answer(msgspec.Struct, frozen=True):
    """An explanation, with what its code means. `place` and `others` are of a dialogue that was
    read, `source` says what as; `by_words`: a reply stood alone, `replies` of them in all;
    `cut_bytes` of it were not kept; `dropped` ends are not listed.
    """

    explanation: Explanation
    meaning: CodeMeaning | None = None
    place: Place | None = None
    others: tuple[Place, ...] = ()
    source: str | None = None
    by_words: bool = False
    replies: int = 1
    cut_bytes: int = 0
    dropped: int = 0


def bare_code(text: str) -> int | None:
    """The code, where `text` is nothing else."""
    match = _BARE.match(text)
    return None if match is None else int(match[1])


def answers_json(answers: Sequence[Answer]) -> str:
    """One object a line: the `explained` object's own fields, its line and the other ends."""
    return "".join(ascii_json(msgspec.json.encode(_fields(answer))) + "\n" for answer in answers)


def _fields(answer: Answer) -> dict[str, object]:
    line = answer.place.line if answer.place is not None else None
    others = [
        {name: getattr(place, name) for name in Place.__struct_fields__} for place in answer.others
    ]
    return {**explanation_fields(answer.explanation), "line": line, "others": others}


def answers_text(answers: Sequence[Answer]) -> str:
    """For people; of several each on its own."""
    return "\n".join(_text(answer, alone=len(answers) == 1) for answer in answers)


def _text(answer: Answer, *, alone: bool) -> str:
    """An answer for somebody who has never seen FTP."""
    explanation, code = answer.explanation, answer.meaning
    ends_nothing = "nothing ends by it" if explanation.meaning else ""
    cause = f"{explanation.title} ({explanation.confidence})" if explanation.cause else ends_nothing
    which = " ".join(filter(None, (explanation.server, explanation.directive)))
    lines = [visible(explanation.heading).replace("␊", "\n"), ""]
    lines += _part("Where", [_where(answer)])
    lines += _part("What happened", [explanation.summary])
    lines += _part("Cause", [cause])
    lines += _part(_side(answer), list(explanation.advice.client))
    lines += _part("On the server", list(explanation.advice.server))
    lines += _part("Which setting" if explanation.directive else "Which server", [visible(which)])
    lines += _part("Evidence", [visible(text) for text in explanation.evidence])
    lines += _part("Against it", [visible(text) for text in explanation.against])
    lines += _part(
        "Or perhaps", [f"{cause_words(o.cause)} ({o.confidence})" for o in explanation.alternatives]
    )
    lines += _part("Background", [explanation.why])
    if code is not None:
        meaning = f"{code.meaning} {code.todo} ({code.source})"
        lines += _part(f"What {code.code} means", [meaning])
    notes = [note.removeprefix("Common mistake: ") for note in explanation.notes]
    lines += _part("Common mistakes", notes)
    lines += _part("Elsewhere", list(code.elsewhere) if code is not None else [])
    if answer.by_words:
        unsure = "Judged by the words alone. A whole log, or a watched session, also tells phase, "
        lines += _part("How sure", [f"{unsure}clocks, and how it ended."])
    if alone:
        lines += _beside(answer)
    if answer.cut_bytes:
        lines += _part("Cut", [f"only the first bytes of it were read, {answer.cut_bytes} not"])
    return "\n".join(lines) + "\n"


def _side(answer: Answer) -> str:
    """Whose client is to do something: ours in a recording of our own, else that of the reader."""
    is_ours = answer.place is not None and answer.source is None
    return "On our side" if is_ours else "On the client"


def _where(answer: Answer) -> str:
    place = answer.place
    line = _number(place)
    session = visible(place.session) if place is not None else ""
    return ", ".join(filter(None, (line, session, visible(answer.source or ""))))


def _beside(answer: Answer) -> list[str]:
    """The other ends, or replies."""
    if answer.by_words and answer.replies > 1:
        others = answer.replies - 1
        replies = f"{counted(others, 'other reply', 'other replies')} stood"
        return _part("Besides", [f"{replies} there; this is the last; none ends anything"])
    shown = [_listed(place) for place in answer.others[-_LISTED:]]
    hidden = len(answer.others) - len(shown) + answer.dropped
    if hidden:
        shown.insert(0, f"{hidden} more before these")
    lines = _part("Other ends", shown)
    return lines + _part("", ["--all explains each"]) if lines else lines


def _number(place: Place | None) -> str:
    if place is None or not (place.line or place.packet):
        return ""
    return f"line {place.line}" if place.line else f"packet {place.packet}"


def _listed(place: Place) -> str:
    line = f"{_number(place)}: " if _number(place) else ""
    code = f"{place.code:03d}, " if place.code is not None else ""
    cause = f"{cause_words(place.cause)} ({place.confidence})" if place.cause else "nothing ended"
    return f"{line}{visible(place.session)}: {code}{cause}"


def meaning_text(code: CodeMeaning) -> str:
    """The reference row of a bare code."""
    lines = [f"{code.code:03d}  {code.digits}", ""]
    lines += _part("Meaning", [f"{code.meaning} ({code.source})"])
    lines += _part("When seen", [code.seen])
    lines += _part("What to do", [code.todo])
    lines += _part("Worth knowing", list(code.know))
    lines += _part("Related", list(code.related))
    lines += _part("Elsewhere", list(code.elsewhere))
    return "\n".join(lines) + "\n"


def comparison_text(both: Comparison) -> str:
    """Two codes side by side, then their key differences."""
    width = max(30, (_width() - _LABEL - 2) // 2)
    lines = [f"{'':{_LABEL}}{both.left.code:<{width}}  {both.right.code}", ""]
    rows = [
        ("Kind", both.left.digits, both.right.digits),
        ("Meaning", both.left.meaning, both.right.meaning),
        ("When seen", both.left.seen, both.right.seen),
        ("What to do", both.left.todo, both.right.todo),
        ("Source", both.left.source, both.right.source),
    ]
    for label, left, right in rows:
        one, other = textwrap.wrap(left, width), textwrap.wrap(right, width)
        for n in range(max(len(one), len(other))):
            first = one[n] if n < len(one) else ""
            second = other[n] if n < len(other) else ""
            lines.append(f"{label if n == 0 else '':{_LABEL}}{first:<{width}}  {second}".rstrip())
    lines += ["", *_part("Differences", list(both.differences))]
    return "\n".join(lines) + "\n"


def _part(label: str, items: list[str]) -> list[str]:
    lines: list[str] = []
    bullet = "- " if len([item for item in items if item]) > 1 else ""
    for item in filter(None, items):
        wrapped = textwrap.wrap(
            f"{bullet}{item}", _width() - _LABEL, subsequent_indent=" " * len(bullet)
        )
        for line in wrapped:
            lines.append(f"{label if not lines else '':{_LABEL}}{line}".rstrip())
    return lines


def _width() -> int:
    return max(60, min(100, shutil.get_terminal_size((90, 24)).columns))
