"""The Advisor: core's protocol, answered from the knowledge files."""

from collections.abc import Mapping, Sequence

from ftpwatch.core.context import Context
from ftpwatch.core.explanation import ClockDefault, Comparison, Explanation
from ftpwatch.core.protocols import RetryAdvice
from ftpwatch.core.state import KnownLimit
from ftpwatch.knowledge.explain import explain
from ftpwatch.knowledge.identify import identify_by
from ftpwatch.knowledge.limits import limits_in, questions
from ftpwatch.knowledge.loader import Knowledge, load
from ftpwatch.knowledge.reference import compare

__all__ = ["KnowledgeAdvisor"]


class KnowledgeAdvisor:
    """Judges by `knowledge`; without it, by the files that come with ftpwatch."""

    def __init__(self, knowledge: Knowledge | None = None) -> None:
        self._knowledge = knowledge if knowledge is not None else load()

    def explain(self, context: Context) -> Explanation:
        return explain(context, self._knowledge)

    def when_to_retry(self, cause: str, attempt: int, share: float) -> RetryAdvice:
        row = self._knowledge.causes.get(cause, self._knowledge.causes["unknown"])
        if row.retry is None:
            return RetryAdvice(None, f"{cause} does not pass by waiting")
        retry = row.retry
        wait = min(retry.most, retry.first * retry.growth ** (attempt - 1))
        return RetryAdvice(wait * (1 + retry.spread * share), row.summary, retry.needs_place)

    def limits_in(self, what: str, lines: Sequence[str]) -> Sequence[KnownLimit]:
        return tuple(limits_in(what, lines, self._knowledge))

    def questions(self, said: Mapping[str, Sequence[str]]) -> Sequence[str]:
        return questions(said, self._knowledge)

    def clocks(self, said: Mapping[str, Sequence[str]]) -> Sequence[ClockDefault]:
        texts = {verb: "\n".join(lines) for verb, lines in said.items()}
        identity = identify_by(texts, self._knowledge.servers)
        clocks = identity.table.clock if identity is not None else ()
        return tuple(ClockDefault(c.clock, c.directive, c.default) for c in clocks)

    def compare(self, left: int, right: int) -> Comparison:
        return compare(left, right, self._knowledge)

    def meaning(self, code: int) -> str | None:
        row = self._knowledge.codes.get(code)
        return None if row is None else f"{row.meaning} {row.todo} ({row.source})"
