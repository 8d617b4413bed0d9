"""The Advisor: core's protocol, answered from the knowledge files."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from msgspec.structs import replace

from ftpwatch.core.journal.vocabulary import Cause
from ftpwatch.core.judgement.advisor import KeepAliveAdvice, RetryAdvice
from ftpwatch.core.judgement.context import Context
from ftpwatch.core.state.explanation import ClockDefault, Comparison, Explanation
from ftpwatch.core.state.phases import Phase
from ftpwatch.core.state.state import ClockLimit, HostFacts, SessionState
from ftpwatch.core.state.verdict import Judged
from ftpwatch.knowledge.explain import explain
from ftpwatch.knowledge.identify import Identity, Recogniser
from ftpwatch.knowledge.limits import limits_in, questions
from ftpwatch.knowledge.loader import Knowledge, load
from ftpwatch.knowledge.model import ServerTable
from ftpwatch.knowledge.reference import compare
from ftpwatch.knowledge.verdict import advise_keep_alive, judge

__all__ = ["KnowledgeAdvisor"]

_OWN_LOG: Final = " (server)"


class KnowledgeAdvisor:
    """Judges by `knowledge`; without it, by the files that come with ftpwatch. `phase` and `server`
    are what somebody says of sessions that do not show it.
    """

    def __init__(
        self,
        knowledge: Knowledge | None = None,
        phase: Phase | None = None,
        server: ServerTable | None = None,
    ) -> None:
        self._knowledge = knowledge if knowledge is not None else load()
        self._phase, self._server = phase, server
        self._recogniser = Recogniser(self._knowledge.servers)

    def warm_up(self) -> Iterator[None]:
        """Compile what the first explanation would have to, a little at each step."""
        for table in self._knowledge.servers:
            for row in table.close:
                _ = row.pattern
            yield
        for family in self._knowledge.families:
            _ = family.pattern
        yield
        self._recogniser.by({"GREETING": ("",), "SYST": ("",), "FEAT": ("",), "NOOP": ("",)})

    def explain(self, context: Context) -> Explanation:
        if context.phase is None and self._phase is not None:
            context = replace(context, phase=self._phase)
        known = self._recogniser.of(context) or self._whose_log(context)
        named = Identity(self._server, ("named",)) if self._server is not None else known
        return explain(context, self._knowledge, named)

    def _whose_log(self, context: Context) -> Identity | None:
        """A server's own log says which it is."""
        form = context.source.format if context.source is not None else None
        name, is_its_own, _ = (form or "").partition(_OWN_LOG)
        tables = [table for table in self._knowledge.servers if table.name == name]
        return Identity(tables[0], ("its own log",)) if is_its_own and tables else None

    def when_to_retry(
        self, cause: Cause, attempt: int, share: float, *, passes: bool = False
    ) -> RetryAdvice:
        row = self._knowledge.causes.get(cause, self._knowledge.causes[Cause.UNKNOWN])
        if row.retry is None or (row.retry.only_cut and not passes):
            return RetryAdvice(None, f"{cause} does not pass by waiting")
        retry = row.retry
        wait = min(retry.most, retry.first * retry.growth ** (attempt - 1))
        return RetryAdvice(wait * (1 + retry.spread * share), row.summary, retry.needs_place)

    def limits_in(self, what: str, lines: Sequence[str]) -> Sequence[ClockLimit]:
        return tuple(limits_in(what, lines, self._knowledge))

    def questions(self, statements: Mapping[str, Sequence[str]]) -> Sequence[str]:
        return questions(self._recogniser.by(statements))

    def clocks(self, statements: Mapping[str, Sequence[str]]) -> Sequence[ClockDefault]:
        identity = self._recogniser.by(statements)
        clocks = identity.table.clock if identity is not None else ()
        return tuple(
            ClockDefault(
                clock=c.clock,
                directive=c.directive,
                default=c.default,
                reset_by=c.reset_by,
                not_reset_by=c.not_reset_by,
            )
            for c in clocks
        )

    def server(self, statements: Mapping[str, Sequence[str]]) -> str | None:
        identity = self._recogniser.by(statements)
        return None if identity is None else identity.table.name

    def judge(
        self,
        session: SessionState,
        host: HostFacts,
        at: float,
        before: Judged | None,
        ended: Explanation | None,
    ) -> Judged | None:
        return judge(session, host, at, before, ended, self._recogniser.by(host.said))

    def keep_alive(
        self, session: SessionState, host: HostFacts, judged: Judged | None
    ) -> KeepAliveAdvice | None:
        return advise_keep_alive(session, host, judged, self._recogniser.by(host.said))

    def compare(self, left: int, right: int) -> Comparison:
        return compare(left, right, self._knowledge)

    def meaning(self, code: int) -> str | None:
        row = self._knowledge.codes.get(code)
        return None if row is None else f"{row.meaning} {row.todo} ({row.source})"
