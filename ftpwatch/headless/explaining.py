"""`ftpwatch explain`: the panel's text for a pasted reply or a code, for people or as JSON."""

import re
import shutil
import textwrap
from typing import BinaryIO, Final

import msgspec

from ftpwatch.core.journal.entry import ascii_json
from ftpwatch.core.state.explanation import CodeMeaning, Comparison, Explanation, explanation_fields
from ftpwatch.core.text.neutral import visible

__all__ = [
    "Pasted",
    "as_json",
    "as_text",
    "comparison_text",
    "meaning_text",
    "read_all",
    "read_pasted",
    "refuse",
]

LONGEST: Final = 131_072
_MOST_READ: Final = 1_000_000_000
_PORTION: Final = 1_000_000
# A reply as servers send it, or as clients log it: "Response: 421 x", "12:03:04 < 421 x".
_BEGINS: Final = re.compile(
    r"(?:[^\n]{0,80}?(?:[<>|\]:]|-{2,}>?|HTTP/[\d.]+)[ \t]*)?"
    r"\b([1-6]\d\d|\d{3}(?=\Z))(?:([ \t-])|\Z)(.*)",
    re.DOTALL,
)
_STARTS: Final = re.compile(r"(\d{3})(?:([ \t-])|\s*\Z)(.*)", re.DOTALL)
_CLOSING, _GOODBYE, _NEGATIVE = 421, 221, 400
_TELLING: Final = (_CLOSING, _GOODBYE)
_RIVALS_KEPT: Final = 20
_LABEL: Final = 16


class Pasted(msgspec.Struct, frozen=True):
    """What somebody pasted: a reply's code, None where there is none, and its text unless it was
    a bare code; how many replies stood beside it. `rivals` are those that may end or refuse as
    much as it does, itself included, in their order.
    """

    code: int | None
    text: str
    is_bare: bool
    was_cut: bool = False
    others: int = 0
    rivals: tuple[tuple[int, str], ...] = ()

    @property
    def tells(self) -> bool:
        """It ends or refuses something."""
        return self.code is not None and (self.code in _TELLING or self.code >= _NEGATIVE)


def read_all(stream: BinaryIO) -> str:
    """What `stream` has, as text: of very much the beginning and the end."""
    head = tail = stream.read(_PORTION)
    read = len(head)
    while (portion := stream.read(_PORTION)) and read < _MOST_READ:
        read, tail = read + len(portion), (tail + portion)[-_PORTION:]
    data = head if read == len(head) else head + b"\n" + tail
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    return data.decode(encoding, "replace")


def read_pasted(text: str) -> Pasted:
    """The reply in `text`, of several the last that ends or refuses, and not the goodbye after it;
    raises ValueError with what is accepted.
    """
    cut = len(text) > LONGEST
    if cut:
        text = f"{text[: LONGEST // 2]}\n{text[-LONGEST // 2 :]}"
    text = text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff").strip()
    if not text:
        raise ValueError("nothing to explain: give a reply such as '421 Timeout.', or a code")
    replies = _replies(text)
    if not replies:
        return Pasted(None, text, is_bare=False, was_cut=cut)
    rivals = _rivals(replies)
    code, sentence = rivals[-1]
    return Pasted(
        code=code,
        text=sentence,
        is_bare=not sentence,
        was_cut=cut,
        others=len(replies) - 1,
        rivals=rivals,
    )


def _rivals(replies: list[tuple[int, str]]) -> tuple[tuple[int, str], ...]:
    """The replies that end or refuse most; a refusal right before a 221 counts before it."""
    weights = [_weight(code) for code, _ in replies]
    for at, (code, _) in enumerate(replies[1:], 1):
        if code == _GOODBYE and replies[at - 1][0] >= _NEGATIVE:
            weights[at] = 0
    most = max(weights)
    pairs = zip(replies, weights, strict=True)
    return tuple(reply for reply, weight in pairs if weight == most)[-_RIVALS_KEPT:]


def _weight(code: int) -> int:
    return (code >= _NEGATIVE) + 2 * (code == _GOODBYE) + 2 * (code == _CLOSING)


def refuse(pasted: Pasted) -> ValueError:
    """That there is no reply in it."""
    start = visible(pasted.text[:40])
    return ValueError(f"{start!r} does not begin with a reply code; write '421 Timeout.' or 421")


def _replies(text: str) -> list[tuple[int, str]]:
    """Codes with their texts; lines of a multi-line reply, and lines without a code, belong to the
    reply before them.
    """
    replies: list[tuple[int, list[str]]] = []
    open_code: int | None = None
    for line in text.split("\n"):
        begins = _STARTS.match(line.lstrip()) or _BEGINS.match(line.lstrip())
        code = int(begins[1]) if begins is not None else None
        if begins is None or code is None or (open_code is not None and code != open_code):
            if replies:
                replies[-1][1].append(line)
            continue
        if open_code is None:
            replies.append((code, [begins[3]]))
        else:
            replies[-1][1].append(begins[3])
        open_code = code if begins[2] == "-" else None
    return [(code, "\n".join(lines).strip()) for code, lines in replies]


def as_json(explanation: Explanation) -> str:
    """The `explained` object's own fields, as one line of ASCII."""
    return ascii_json(msgspec.json.encode(explanation_fields(explanation))) + "\n"


def as_text(explanation: Explanation, code: CodeMeaning | None, pasted: Pasted) -> str:
    """An answer for somebody who has never seen FTP, to what was `pasted`."""
    ends_nothing = "nothing ends by it" if explanation.meaning else ""
    cause = f"{explanation.cause} ({explanation.confidence})" if explanation.cause else ends_nothing
    which = " ".join(filter(None, (explanation.server, explanation.directive)))
    lines = [visible(explanation.heading).replace("␊", "\n"), ""]
    lines += _part("What happened", [explanation.summary])
    lines += _part("Why", [explanation.why])
    lines += _part("Cause", [cause])
    lines += _part("Which setting", [which])
    lines += _part("Because", [visible(text) for text in explanation.evidence])
    lines += _part("Against it", [visible(text) for text in explanation.against])
    lines += _part("Or perhaps", [f"{o.cause} ({o.confidence})" for o in explanation.alternatives])
    lines += _part("You can", list(explanation.advice.client))
    lines += _part("The server can", list(explanation.advice.server))
    if code is not None:
        lines += _part(
            f"What {explanation.code} means", [f"{code.meaning} {code.todo} ({code.source})"]
        )
    lines += _part("Mistakes", list(explanation.notes))
    lines += _part("Elsewhere", list(code.elsewhere) if code is not None else [])
    unsure = "Judged by the words alone. A watched session also tells phase, clocks, how it ended."
    lines += _part("How sure", [unsure])
    if pasted.others:
        others = pasted.others
        counted = "another reply stood" if others == 1 else f"{others} other replies stood"
        which = "the one that ends or refuses" if pasted.tells else "the last; none ends anything"
        lines += _part("Besides", [f"{counted} there; this is {which}"])
    if pasted.was_cut:
        half = LONGEST // 2
        lines += _part("Cut", [f"only the first and the last {half} characters were read"])
    return "\n".join(lines) + "\n"


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
