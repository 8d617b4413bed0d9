"""`ftpwatch explain`: a code, a reply, or what others saw, explained; headless prints.

Long, as each of these has its own way to an answer.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec

from ftpwatch.core.errors import UserError
from ftpwatch.core.ftp.command import without_passwords
from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import (
    ConnectionOpening,
    MalformedReply,
    ReplyReceived,
    SessionAdded,
    SourceOpened,
)
from ftpwatch.core.journal.vocabulary import SourceKind
from ftpwatch.core.judgement.ends import Ends, the_end_that_matters
from ftpwatch.core.judgement.watch import Update, Watch
from ftpwatch.core.state.explanation import CodeMeaning, Explained, Explanation
from ftpwatch.core.state.phases import Phase
from ftpwatch.core.text.neutral import visible
from ftpwatch.headless.explaining import (
    Answer,
    Place,
    answers_json,
    answers_text,
    bare_code,
    comparison_text,
    meaning_text,
)
from ftpwatch.knowledge.advisor import KnowledgeAdvisor
from ftpwatch.knowledge.loader import load
from ftpwatch.knowledge.reference import (
    code_meaning,
    compare,
    explain_codeless,
    explain_pasted,
    explain_stranger,
    find_server,
)
from ftpwatch.wiring.overhearing import Kind, Source, opened, overhear

__all__ = ["Asked", "explain"]

_RECENT: Final = 20_000
_HEAD: Final = 65_536


class Asked(msgspec.Struct, frozen=True):
    """What somebody wants explained, and how: `text`, or what is at `path`, or stdin where both are
    None.
    """

    text: str | None = None
    path: Path | None = None
    versus: int | None = None
    phase: str | None = None
    server: str | None = None
    zone: str | None = None
    all_ends: bool = False
    as_object: bool = False


def explain(asked: Asked) -> str:
    """The answer to print. Raises ValueError or UserError for what cannot be explained."""
    code = bare_code(asked.text or "")
    if asked.versus is not None:
        return _compared(asked)
    if code is not None and not asked.as_object and asked.phase is None and asked.server is None:
        return meaning_text(code_meaning(code, load()))
    with _source(asked) as source:
        heard = _Heard(asked)
        heard.listen(source)
    answers = heard.answers()
    if not answers:
        raise ValueError(_nothing_in(asked, source))
    return answers_json(answers) if asked.as_object else answers_text(answers)


def _compared(asked: Asked) -> str:
    if asked.versus is None or asked.as_object:
        raise ValueError("--format json is for one reply; --vs compares two codes as text")
    code = bare_code((asked.text or "").strip()[:3])
    if code is None:
        raise ValueError("--vs compares two codes: write explain 421 --vs 221")
    return comparison_text(compare(code, asked.versus, load()))


@contextmanager
def _source(asked: Asked) -> Iterator[Source]:
    if asked.text is None:
        with opened(asked.path) as source:
            yield source
        return
    if not asked.text.strip():
        raise ValueError(
            "nothing to explain: give a reply such as '421 Timeout.', a code, or a log"
        )
    stream = io.BytesIO(asked.text.encode("utf-8", "surrogateescape"))
    yield Source("what was pasted", Kind.LOG, stream, datetime.now(UTC))


def _nothing_in(asked: Asked, source: Source) -> str:
    if asked.text is not None:
        start = visible(without_passwords(asked.text.strip())[:40])
        return (
            f"{start!r} has no reply code in front, and its words are not known; write "
            f"'421 Timeout.', 421, or the name of a log, a capture or a recording"
        )
    return f"{source.name} shows no FTP: no reply, and no words that an FTP server is known to say"


class _Heard:
    """What a source says, folded and explained by a Watch of its own."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        knowledge = load()
        self._phase = Phase(asked.phase) if asked.phase else None
        self._server = find_server(asked.server, knowledge) if asked.server else None
        advisor = KnowledgeAdvisor(knowledge, phase=self._phase, server=self._server)
        self._watch, self._ends = Watch(advisor), Ends()
        self._watch.subscribe(self._note_lines)
        self._watch.subscribe(self._ends.receive)
        self._recent: dict[int, int] = {}
        self._lines: dict[int, int] = {}
        self._replies = 0
        self._last: ReplyReceived | None = None
        self._is_dialogue = self._in_packets = False
        self._text = without_passwords(asked.text or "")
        self._source: str | None = None

    def listen(self, source: Source) -> None:
        """All that it says."""
        if source.kind is Kind.RECORDING:
            self._replay(source)
        else:
            overhear(source, self._put, self._asked.zone)
            is_text = source.kind is Kind.LOG and self._asked.text is None
            if is_text and not self._watch.state.seq:
                source.stream.seek(0)
                self._text = without_passwords(
                    source.stream.read(65_536).decode("utf-8", "replace")
                )
        self._watch.settle(float("inf"))

    def _replay(self, source: Source) -> None:
        from ftpwatch.record.reader import Reader

        if self._asked.path is None:
            raise UserError("a recording is read from its file, not from stdin")
        reader = Reader(self._asked.path)
        try:
            for entry in reader.entries():
                self._put(entry, 0)
        finally:
            reader.close()
        self._is_dialogue = True

    def _put(self, entry: Entry, line: int) -> None:
        if line:
            self._recent[entry.seq] = line
            if len(self._recent) > _RECENT:
                del self._recent[next(iter(self._recent))]
        match entry.event:
            case ReplyReceived() as reply:
                self._replies += 1
                self._last = reply
            case SourceOpened() as source:
                self._source = _described(source)
                self._in_packets = source.kind is SourceKind.CAPTURE
            case ConnectionOpening() | SessionAdded() | MalformedReply():
                pass
            case _:
                self._is_dialogue = True
        self._watch.receive(entry)

    def _note_lines(self, update: Update) -> None:
        """Where what is explained stands; it may be explained again much later."""
        for explained in update.explained:
            if (line := self._recent.get(explained.of)) is not None:
                self._lines.setdefault(explained.of, line)

    def answers(self) -> list[Answer]:
        """Of the end that matters, or of all."""
        if "\n" not in self._text.strip() and (told := explain_stranger(self._text, load())):
            return [Answer(explanation=told, by_words=True)]
        ends = self._ends.all()
        if not ends or (not self._is_dialogue and self._replies < 2):
            return self._of_words()
        wanted = ends if self._asked.all_ends else [the_end_that_matters(ends)]
        places = {end.of: self._place(end) for end in ends}
        return [
            Answer(
                explanation=end.explanation,
                meaning=_meaning(end.explanation),
                place=places[end.of],
                others=tuple(place for of, place in places.items() if of != end.of),
                source=self._source,
                dropped=self._ends.dropped,
            )
            for end in wanted
            if end is not None
        ]

    def _of_words(self) -> list[Answer]:
        """One reply, and nothing around it; or none that ends anything; or words without a code."""
        knowledge, last = load(), self._last
        explanation: Explanation | None
        if last is not None and last.code is not None:
            text = without_passwords("\n".join(last.lines))
            explanation = explain_pasted(last.code, text, self._phase, self._server, knowledge)
        else:
            text = self._text if last is None else without_passwords("\n".join(last.lines))
            explanation = explain_codeless(text, knowledge, self._phase, self._server)
        if explanation is None:
            return []
        cut = last.truncated_bytes if last is not None else 0
        return [
            Answer(
                explanation=explanation,
                meaning=_meaning(explanation),
                by_words=True,
                replies=self._replies,
                cut_bytes=cut,
            )
        ]

    def _place(self, end: Explained) -> Place:
        return Place(
            line=None if self._in_packets else self._lines.get(end.of),
            packet=self._lines.get(end.of) if self._in_packets else None,
            session=end.session,
            code=end.explanation.code,
            cause=end.explanation.cause,
            confidence=end.explanation.confidence,
        )


def _described(source: SourceOpened) -> str:
    kind = source.kind if source.format is None else f"{source.kind} of {source.format}"
    return f"read as a {kind}{'' if source.timed else ', without times'}"


def _meaning(explanation: Explanation) -> CodeMeaning | None:
    """What the standards say of its code, where it is a reply."""
    if explanation.code is None or not explanation.meaning:
        return None
    return code_meaning(explanation.code, load())
