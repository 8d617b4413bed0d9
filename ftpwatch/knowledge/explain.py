"""Weighs the findings and gives the explanation: a pure function of the context."""

from typing import Final

import msgspec

from ftpwatch.core.context import Context
from ftpwatch.core.explanation import Advice, Alternative, Confidence, Explanation
from ftpwatch.core.phases import Phase
from ftpwatch.knowledge.advice import advise, notes_on
from ftpwatch.knowledge.circumstances import from_circumstances, measured_seconds
from ftpwatch.knowledge.finding import Finding, Kind, stated_seconds
from ftpwatch.knowledge.identify import Identity, identify
from ftpwatch.knowledge.loader import Knowledge
from ftpwatch.knowledge.model import CauseRow, CloseRow
from ftpwatch.knowledge.words import from_words

__all__ = ["explain"]

_LIKELY: Final = 2.5
_POSSIBLE: Final = 0.9
_CONFIRMING: Final = Kind.PHASE | Kind.CLOCK | Kind.COMPANY | Kind.IDENTITY | Kind.OURS
_STAYS: Final = frozenset({"data_connection_failed"})
_SUSPECTED: Final = frozenset({"idle_timeout"})
_FACTS: Final = frozenset({"client_quit", "local", "server_goodbye", "server_unreachable"})


class _Case(msgspec.Struct, frozen=True):
    """All findings on one cause."""

    cause: str
    findings: tuple[Finding, ...]

    @property
    def weight(self) -> float:
        return sum(finding.weight for finding in self.findings)

    @property
    def evidence(self) -> tuple[str, ...]:
        return tuple(f.words for f in self.findings if f.weight > 0)

    @property
    def against(self) -> tuple[str, ...]:
        return tuple(f.words for f in self.findings if f.weight < 0)

    @property
    def kinds(self) -> Kind:
        found = Kind(0)
        for finding in self.findings:
            found |= finding.kind if finding.weight > 0 else Kind(0)
        return found

    @property
    def row(self) -> CloseRow | None:
        return next((f.row for f in self.findings if f.row is not None), None)


def explain(context: Context, knowledge: Knowledge) -> Explanation:
    """The likeliest cause with its evidence, what speaks against it, and the alternatives. Of
    several replies in one breath the one that says most.
    """
    told = [
        _explain(msgspec.structs.replace(context, reply=reply), knowledge)
        for reply in context.in_one_breath or (context.reply,)
    ]
    weight, best = max(told, key=lambda weighed: weighed[0])
    if context.lives_on and best.cause not in _STAYS:
        return _went_on(best)
    return best if weight > told[0][0] else told[0][1]


def _explain(context: Context, knowledge: Knowledge) -> tuple[float, Explanation]:
    """The explanation, and what it weighs."""
    identity = identify(context, knowledge.servers)
    findings = [
        *from_words(context, knowledge, identity),
        *from_circumstances(context, identity),
    ]
    if _is_no_close(context, knowledge, findings):
        return 0.0, _no_close(context, knowledge, identity)
    cases = _cases(findings, context)
    best = cases[0] if cases and cases[0].weight >= _POSSIBLE else _Case("unknown", ())
    others = [case for case in cases if case is not best]
    return best.weight, _told(context, knowledge, identity, best, others)


def _went_on(told: Explanation) -> Explanation:
    """What was announced did not come."""
    return msgspec.structs.replace(
        told,
        cause=None,
        confidence=Confidence.CERTAIN,
        summary="The server said this and stayed: it answered a NOOP afterwards. Nothing ended.",
        why="",
        evidence=("the session answered a command after it",),
        against=(),
        alternatives=(),
        advice=Advice(),
        directive=None,
        clock=None,
        limit_seconds=None,
        observed_seconds=None,
    )


def _cases(findings: list[Finding], context: Context) -> list[_Case]:
    """Causes with their findings, the weightiest first."""
    causes = dict.fromkeys(f.cause for f in findings)
    if not context.solicited:
        causes.pop("client_quit", None)
    cases = [_Case(c, tuple(f for f in findings if f.cause == c)) for c in causes]
    return sorted(cases, key=lambda case: -case.weight)


def _is_no_close(context: Context, knowledge: Knowledge, findings: list[Finding]) -> bool:
    """The words belong to a reply that ends nothing, and nothing ended."""
    if context.reply is None or context.closure is not None:
        return False
    if any(Kind.WORDS in f.kind and f.row is not None for f in findings):
        return False
    rows = (row for table in knowledge.servers for row in table.close if row.cause is None)
    return any(
        row.code == context.reply.code and row.pattern and row.pattern.search(context.reply.text)
        for row in rows
    )


def _no_close(context: Context, knowledge: Knowledge, identity: Identity | None) -> Explanation:
    assert context.reply is not None
    return Explanation(
        code=context.reply.code,
        cause=None,
        confidence=Confidence.LIKELY,
        heading=_heading(context),
        meaning=_meaning(context, knowledge),
        summary="This reply ends nothing: the session goes on.",
        solicited=context.solicited,
        server=identity.table.name if identity else None,
    )


def _told(
    context: Context,
    knowledge: Knowledge,
    identity: Identity | None,
    best: _Case,
    others: list[_Case],
) -> Explanation:
    cause, row = knowledge.causes[best.cause], best.row
    limit = stated_seconds(context.reply.text) if context.reply and cause.clock else None
    clock = row.clock if row is not None and row.clock else cause.clock
    confidence = _confidence(best, others)
    rivals = [_alternative(case, best) for case in others if _worth_telling(case, confidence)]
    named = _server_name(identity, best)
    own_row = row if Kind.IDENTITY in best.kinds or identity is None else None
    note = row.note if row is not None and Kind.IDENTITY in best.kinds else None
    advice: Advice = advise(cause, own_row, identity, context, limit)
    return Explanation(
        code=context.reply.code if context.reply else None,
        cause=best.cause,
        confidence=confidence,
        heading=_heading(context),
        meaning=_meaning(context, knowledge),
        summary=" ".join(filter(None, (_summary(cause, context), note, _cut_transfer(context)))),
        solicited=context.solicited,
        why=cause.why,
        evidence=best.evidence or ("nothing that was seen decides",),
        against=best.against,
        alternatives=tuple(rivals),
        advice=advice,
        server=named,
        directive=_directive(own_row, identity, clock) if named is not None else None,
        clock=clock,
        limit_seconds=limit,
        observed_seconds=_observed(best.cause, context),
        notes=notes_on(best.cause, row, None, knowledge),
    )


def _summary(cause: CauseRow, context: Context) -> str:
    if cause.id == "client_quit" and (context.reply is None or context.reply.code != 221):
        return "We sent QUIT, and the connection ended without a goodbye: an end we wanted."
    return cause.summary


def _cut_transfer(context: Context) -> str | None:
    """A goodbye inside a transfer: RFC 959 lets a transfer end first, not every server does."""
    if context.phase is Phase.TRANSFER and context.reply is not None and context.reply.code == 221:
        return "A transfer was open: the file is probably incomplete, as no 226 had come."
    return None


def _observed(cause: str, context: Context) -> float | None:
    """What we measured of the clock that struck; nothing where the server did not decide it."""
    if context.slept_seconds is not None:
        return None
    measured = measured_seconds(cause, context)
    return None if measured is None else round(measured, 1)


def _confidence(best: _Case, others: list[_Case]) -> Confidence:
    kinds = best.kinds
    rival = max((case.weight for case in others if Kind.WORDS in case.kinds), default=0.0)
    said = Kind.WORDS in kinds and bool(kinds & _CONFIRMING) and best.weight >= 4
    fact = best.cause in _FACTS or (Kind.OURS in kinds and best.weight >= 8)
    if best.cause == "unknown" or best.weight < _LIKELY:
        return Confidence.POSSIBLE
    undecided = best.row is not None and bool(best.row.or_else)
    if (said or fact) and not undecided and not best.against and best.weight - rival >= 2:
        return Confidence.CERTAIN
    return Confidence.LIKELY


def _worth_telling(case: _Case, confidence: Confidence) -> bool:
    """A rival that may be true; or the first that people suspect, where something rules it out."""
    if case.cause in _SUSPECTED and case.against:
        return True
    return case.weight >= _POSSIBLE and confidence is not Confidence.CERTAIN


def _alternative(case: _Case, best: _Case) -> Alternative:
    close = case.weight >= _LIKELY and case.weight >= best.weight - 1
    confidence = Confidence.LIKELY if close else Confidence.POSSIBLE
    return Alternative(case.cause, confidence, case.against)


def _heading(context: Context) -> str:
    reply, closure, failure = context.reply, context.closure, context.failure
    if reply is not None:
        return f"{reply.code:03d} {reply.text}".rstrip()
    if failure is not None:
        return f"failed at {failure.stage}: {failure.problem}"
    assert closure is not None
    return f"closed by {closure.event.by} ({closure.event.manner}), no word from the server"


def _meaning(context: Context, knowledge: Knowledge) -> str:
    reply = context.reply
    if reply is None:
        return (
            "No reply announced it: only the end of the connection was seen (RFC 1123 §4.1.2.11)."
        )
    row = knowledge.codes.get(reply.code)
    meaning = f"{row.meaning} ({row.source})" if row else "No standard defines this code."
    if reply.code == 421 and context.phase is Phase.GREETING:
        meaning += " Here it stands in place of the greeting 220."
    return meaning


def _server_name(identity: Identity | None, best: _Case) -> str | None:
    if identity is not None:
        return identity.table.name
    names = {f.server for f in best.findings if f.server is not None}
    return names.pop() if len(names) == 1 else None


def _directive(row: CloseRow | None, identity: Identity | None, clock: str | None) -> str | None:
    if row is not None and row.directive is not None:
        return row.directive
    if identity is None or clock is None:
        return None
    return next((c.directive for c in identity.table.clock if c.clock == clock), None)
