"""`ftpwatch export`: entries of a recording, a log or a capture, written as lines."""

from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path

import msgspec

from ftpwatch.config.timezones import zone_of
from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import EntriesUnreadable
from ftpwatch.core.journal.filter import Filter
from ftpwatch.core.judgement.watch import Watch
from ftpwatch.headless.exporting import head_of, writer_of
from ftpwatch.headless.long_work import LongWork
from ftpwatch.knowledge.advisor import KnowledgeAdvisor
from ftpwatch.record.judging import KeepsJudgements
from ftpwatch.record.reader import Reader
from ftpwatch.wiring.converted import converted
from ftpwatch.wiring.opening import bring_to, wanted_of
from ftpwatch.wiring.overhearing import Kind, opened
from ftpwatch.wiring.version import judging_version

__all__ = ["Export", "export"]


class Export(msgspec.Struct, frozen=True):
    """What to write: of the file at `path`, or stdin, what the filter `wanted` asks for, between
    the times `since` and `until`.
    """

    path: Path | None
    format: str = "json"
    wanted: str = ""
    since: str | None = None
    until: str | None = None
    zone: str | None = None
    ascii_only: bool = False


def export(plan: Export, write: Callable[[str], object]) -> bool:
    """Write it, line by line; False where not all of it can be read. Raises UserError where none
    can.
    """
    lost: list[Entry] = []

    def put(entry: Entry) -> None:
        if isinstance(entry.event, EntriesUnreadable):
            lost[:] = [entry]
        write(line(entry))

    with ExitStack() as stack:
        source = stack.enter_context(opened(plan.path))
        if source.kind is Kind.RECORDING and plan.path is not None:
            path = plan.path
        else:
            path = stack.enter_context(converted(source, plan.zone)).journal.path
        reader = stack.enter_context(closing(Reader(path)))
        last = reader.last
        ends = last.at if last is not None and last.timed else None
        zone, _ = zone_of(plan.zone)
        wanted = wanted_of(plan.wanted, ends, plan.since, plan.until, zone)
        write(head_of(plan.format))
        line = writer_of(plan.format, ascii_only=plan.ascii_only)
        if not wanted.terms:
            for entry in reader.entries():
                put(entry)
            return not lost
        if any(term.field == "cause" for term in wanted.terms) and last is not None:
            _judge(reader, last.seq)
        _write_chosen(reader, wanted, put)
        return not lost


def _write_chosen(reader: Reader, wanted: Filter, put: Callable[[Entry], object]) -> None:
    work = LongWork("looking for what matches")
    try:
        for entry in reader.chosen(wanted, lambda seq: work.reach(f"entry {seq}")):
            put(entry)
    finally:
        work.end()


def _judge(reader: Reader, upto: int) -> None:
    """What was not judged as it was written, is now."""
    if reader.is_judged(judging_version()):
        return
    watch = Watch(KnowledgeAdvisor())
    version = judging_version()
    reader.learn((), version)
    learns = KeepsJudgements(lambda news, _: reader.learn(news, version), lambda: 0.0)
    watch.subscribe(learns.receive)
    bring_to(reader, watch, upto)
    watch.settle(float("inf"))
    reader.settle()
