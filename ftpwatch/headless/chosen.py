"""Of what is written as lines, only what a filter asks for."""

from msgspec.structs import replace

from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.filter import Filter
from ftpwatch.core.journal.vocabulary import Cause
from ftpwatch.core.judgement.watch import Update
from ftpwatch.core.text.matching import Circumstances, hosts_of, matches
from ftpwatch.headless.lines import Lines

__all__ = ["Chosen"]


class Chosen:
    """Hands on to `lines` the entries that `wanted` asks for, and what explains such."""

    def __init__(self, lines: Lines, wanted: Filter) -> None:
        self._lines, self._wanted = lines, wanted
        self._hosts: dict[str, set[str]] = {}

    def show(self, update: Update) -> None:
        """Show what is left of `update`."""
        entry, judgement = update.entry, update.judgement
        if entry is not None and entry.session is not None and (hosts := hosts_of(entry)):
            self._hosts.setdefault(entry.session, set()).update(hosts)
        cause = judgement.explanation.cause if judgement is not None else None
        explained = [
            one for one in update.explained if self._matches(one.by, one.explanation.cause)
        ]
        if entry is None or not self._matches(entry, cause):
            update = replace(update, entry=None, verdicts=())
        self._lines.show(replace(update, explained=tuple(explained)))

    def _matches(self, entry: Entry, cause: Cause | None) -> bool:
        hosts = self._hosts.get(entry.session or "", ())
        return matches(self._wanted, entry, Circumstances(hosts, cause))
