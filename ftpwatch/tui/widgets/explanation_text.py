"""An explanation as the lines of the panel, the answer first. Pure.

Its order is the order of need: cause, sentence, what to do, what comes next, the reply; below that
what it rests on. Where few lines are seen, one step of advice stands above and the others below.
"""

from collections.abc import Iterator
from typing import Final

import msgspec
from rich.cells import cell_len

from ftpwatch.core.journal.events import CheckMade
from ftpwatch.core.state.explanation import Explained, Explanation
from ftpwatch.core.state.state import SessionState
from ftpwatch.core.state.verdict import Judged
from ftpwatch.core.text.neutral import shortened, visible
from ftpwatch.core.text.verdict_text import is_void, verdict_short
from ftpwatch.tui.keys import Keys
from ftpwatch.tui.signs import Signs
from ftpwatch.tui.widgets.explanation_words import (
    check_words,
    cure_key,
    excluded,
    is_done,
    next_step,
    wrapped,
)

__all__ = ["Part", "Seen", "Shape", "lines_of", "note_lines"]

_LABEL: Final = 5
_BELOW: Final = 11
_COMPACT_HEIGHT: Final = 14
_DATA: Final = "data_connection_failed"

Part = tuple[str, str]  # the style, a component class of the panel, and the text


class Seen(msgspec.Struct, frozen=True):
    """What is told: the end, its session and the judgement of its keep-alive now, and what was
    checked.
    """

    explained: Explained
    session: SessionState | None
    judged: Judged | None
    now: float
    checks: tuple[CheckMade, ...] = ()


class Shape(msgspec.Struct, frozen=True):
    """How it is drawn: columns, lines that are seen, signs, the keys that steer (None where
    nothing can be), whether the background is unfolded, and what the keys of other panes act on,
    where that is another session.
    """

    width: int
    height: int
    signs: Signs
    keys: Keys | None
    background: bool = False
    keys_elsewhere: str = ""

    @property
    def is_compact(self) -> bool:
        """Few lines are seen without scrolling."""
        return self.height < _COMPACT_HEIGHT


def lines_of(seen: Seen, shape: Shape) -> list[list[Part]]:
    """All lines of the panel, the first of them on top."""
    lines = [*_answer(seen, shape)]
    steps = list(_steps(seen, shape))
    if shape.keys_elsewhere and shape.keys is not None and seen.explained.explanation.cures:
        key, here = shape.keys.first("apply"), visible(seen.explained.session)
        words = f"keys act on {shape.keys_elsewhere} now; {key} in this panel is for {here}"
        steps.insert(0, (shape.signs.text("–"), shape.signs.text(words)))
    shown = 1 if shape.is_compact else len(steps)
    room = shape.width
    doing = [line for step in steps[:shown] for line in _step(step, room)]
    lines += _labelled("DO", doing, _LABEL)
    coming = next_step(seen.session, seen.now, seen.explained, shape.keys)
    lines += _labelled("NEXT", _plain("", coming, room - _LABEL, shape), _LABEL)
    if not shape.is_compact:
        lines.append([("rule", shape.signs.text("─") * room)])
    lines += _reply(seen.explained.explanation, shape)
    if shown < len(steps):
        below = [line for step in steps[shown:] for line in _step(step, room)]
        lines += _labelled("or", below, _LABEL, "below")
    lines += _below(seen, shape)
    return lines


def note_lines(heading: str, note: str, width: int) -> list[list[Part]]:
    """What there is to say of a row that ends nothing."""
    lines = [[("heading", line)] for line in wrapped(heading, max(12, width))]
    for paragraph in note.split("\n") if note else []:
        lines += [[("", line)] for line in wrapped(paragraph, max(12, width)) or [""]]
    return lines


def _answer(seen: Seen, shape: Shape) -> Iterator[list[Part]]:
    explanation = seen.explained.explanation
    sure = str(explanation.confidence)
    calm = explanation.is_expected or explanation.cause == _DATA
    sign = "" if calm else shape.signs.text("✗ ")
    style = "calm" if calm else "cause"
    room = shape.width - len(sure) - 3
    title = shape.signs.text(f"{sign}{explanation.title or 'Nothing ended'}")
    first, *rest = wrapped(title, max(10, room)) or [""]
    gap = "" if shape.is_compact else " " * (shape.width - cell_len(first) - len(sure) - 3)
    yield [(style, first), ("sure", shape.signs.text(f"{gap} · {sure}"))]
    for line in rest:
        yield [(style, f"  {line}")]
    yield from _plain("", visible(explanation.sentence), shape.width, shape)
    if not shape.is_compact:
        yield []


# --- what to do --------------------------------------------------------------------------------

_Step = tuple[str, str]


def _steps(seen: Seen, shape: Shape) -> Iterator[_Step]:
    """A key, or a dash, and what to do; what a key does first."""
    explanation = seen.explained.explanation
    cures = {cure.step: cure for cure in explanation.cures}
    client = sorted(explanation.advice.client, key=lambda step: step not in cures)
    for step in client:
        cure, key = cures.get(step), "–"
        if cure is not None and is_done(cure, seen.session):
            key = "✓"
        elif cure is not None and shape.keys is not None:
            key = "–" if shape.keys_elsewhere else shape.keys.first(cure_key(cure))
        yield shape.signs.text(key), shape.signs.text(visible(step))
    for step in explanation.advice.server:
        whose = "on the server: " if explanation.advice.client else "On the server: "
        yield shape.signs.text("–"), shape.signs.text(visible(f"{whose}{step}"))


def _step(step: _Step, width: int) -> list[list[Part]]:
    key, words = step
    first, *rest = wrapped(words, max(12, width - _LABEL - 2)) or [""]
    lines = [[("key", f"{key:<2}"), ("", first)]]
    return [*lines, *([("", f"  {line}")] for line in rest)]


# --- the reply, and what it rests on -----------------------------------------------------------


def _reply(explanation: Explanation, shape: Shape) -> list[list[Part]]:
    text = shape.signs.text(visible(explanation.heading))
    if shape.is_compact and cell_len(text) > shape.width:
        return [[("heading", shape.signs.text(shortened(text, shape.width)))]]
    return _plain("heading", text, shape.width, shape)


def _below(seen: Seen, shape: Shape) -> list[list[Part]]:
    explanation = seen.explained.explanation
    which = " ".join(filter(None, (explanation.server, explanation.directive)))
    perhaps = [other for other in explanation.alternatives if not other.against]
    ruled_out = [other for other in explanation.alternatives if other.against]
    kept = seen.judged
    if kept is not None and seen.session is not None and is_void(seen.session, kept):
        kept = None
    keeps = "" if kept is None else f"{verdict_short(kept, seen.now)}: {visible(kept.words)}"
    port = seen.session.target.port if seen.session is not None else 0
    blocks = [
        ("evidence", [visible(line) for line in explanation.evidence]),
        ("against it", [visible(line) for line in explanation.against]),
        ("or perhaps", [excluded(other).removesuffix(" ()") for other in perhaps]),
        ("ruled out", [excluded(other) for other in ruled_out]),
        ("setting" if explanation.directive else "server", [visible(which)]),
        ("keep-alive", [keeps]),
        ("checks", [check_words(check, port) for check in seen.checks]),
    ]
    if shape.background:
        more = "" if explanation.summary == explanation.sentence else explanation.summary
        blocks.append(("background", [visible(more), explanation.why, explanation.meaning]))
        notes = [note.removeprefix("Common mistake: ") for note in explanation.notes]
        blocks.append(("mistakes", notes))
    return [line for label, words in blocks for line in _block(label, words, shape)]


def _block(label: str, words: list[str], shape: Shape) -> list[list[Part]]:
    lines: list[list[Part]] = []
    for sentence in filter(None, words):
        lines += _plain("", sentence, shape.width - _BELOW, shape)
    return _labelled(label, lines, _BELOW, "below")


def _plain(style: str, words: str, width: int, shape: Shape) -> list[list[Part]]:
    return [[(style, line)] for line in wrapped(shape.signs.text(words), max(12, width))]


def _labelled(
    label: str, lines: list[list[Part]], width: int, style: str = "label"
) -> list[list[Part]]:
    """`lines`, the first of them behind the label."""
    return [
        [(style, f"{label if number == 0 else '':<{width}}"), *line]
        for number, line in enumerate(lines)
    ]
