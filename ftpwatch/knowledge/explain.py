"""Weighs the findings and gives the explanation: a pure function of the context."""

from typing import Final

import msgspec

from ftpwatch.core.ftp.target import TlsMode
from ftpwatch.core.journal.vocabulary import Cause
from ftpwatch.core.judgement.context import Context
from ftpwatch.core.state.explanation import Alternative, Confidence, Explanation
from ftpwatch.core.state.state import ANNOUNCING_CODES
from ftpwatch.knowledge.circumstances import from_circumstances
from ftpwatch.knowledge.finding import Case, Finding, Kind
from ftpwatch.knowledge.identify import Identity
from ftpwatch.knowledge.loader import Knowledge
from ftpwatch.knowledge.outlived import from_outlived_limits
from ftpwatch.knowledge.strength import CERTAIN_TOGETHER, LEAD, LIKELY, NEAR, POSSIBLE, WITNESSED
from ftpwatch.knowledge.telling import Weighed, explanation_of, no_close, went_on
from ftpwatch.knowledge.words import from_words

__all__ = ["explain"]

_CONFIRMING: Final = Kind.PHASE | Kind.CLOCK | Kind.COMPANY | Kind.IDENTITY | Kind.OURS
_DECIDING: Final = (
    Kind.WORDS | Kind.CLOCK | Kind.COMPANY | Kind.IDENTITY | Kind.OURS | Kind.TRANSPORT
)
_STAYS: Final = frozenset({Cause.DATA_CONNECTION_FAILED})
_SUSPECTED: Final = frozenset({Cause.IDLE_TIMEOUT})
_FACTS: Final = frozenset(
    {Cause.CLIENT_QUIT, Cause.LOCAL, Cause.SERVER_GOODBYE, Cause.SERVER_UNREACHABLE}
)


def explain(context: Context, knowledge: Knowledge, identity: Identity | None) -> Explanation:
    """The likeliest cause with its evidence, what speaks against it, and the alternatives. Of
    several replies in one breath the one that says most counts.
    """
    replies = context.burst or (context.reply,)
    weighed = [
        _weigh(msgspec.structs.replace(context, reply=r), knowledge, identity) for r in replies
    ]
    most = max(weighed, key=lambda one: one.best.weight)
    if most.ends_nothing:
        return no_close(most, knowledge)
    if context.lives_on and most.best.cause not in _STAYS:
        return went_on(explanation_of(most, knowledge))
    return explanation_of(most, knowledge)


def _weigh(context: Context, knowledge: Knowledge, identity: Identity | None) -> Weighed:
    findings = [
        *from_words(context, knowledge, identity),
        *from_circumstances(context, identity),
    ]
    thought_of = {finding.cause for finding in findings}
    findings += [f for f in from_outlived_limits(context) if f.cause in thought_of]
    if _is_no_close(context, knowledge, findings):
        return Weighed(context, identity, Case(Cause.UNKNOWN, ()), ends_nothing=True)
    cases = _cases(findings, context)
    best = cases[0] if cases and _may_lead(cases[0], context) else Case(Cause.UNKNOWN, ())
    others = [case for case in cases if case is not best]
    confidence = _confidence(best, others)
    rivals = [_alternative(case, best) for case in others if _worth_telling(case, confidence)]
    return Weighed(
        context=context, identity=identity, best=best, confidence=confidence, rivals=tuple(rivals)
    )


def _cases(findings: list[Finding], context: Context) -> list[Case]:
    """Causes with their findings, the weightiest first."""
    causes = dict.fromkeys(f.cause for f in findings)
    if not context.solicited:
        causes.pop(Cause.CLIENT_QUIT, None)
    cases = [Case(c, tuple(f for f in findings if f.cause == c)) for c in causes]
    return sorted(cases, key=lambda case: -case.weight)


def _may_lead(case: Case, context: Context) -> bool:
    """It is more than what fits as much else would: where words announced an end that nobody
    understands, a clock that fits to the second, or what we did or saw ourselves.
    """
    if case.weight < POSSIBLE:
        return False
    announced = context.reply is not None and context.reply.code in ANNOUNCING_CODES
    return not announced or bool(case.kinds & _DECIDING)


def _is_no_close(context: Context, knowledge: Knowledge, findings: list[Finding]) -> bool:
    """The words belong to a reply that ends nothing, and nothing ended."""
    if context.reply is None or context.closure is not None:
        return False
    asked = context.reply.in_reply_to
    if asked is not None and asked.verb == "AUTH" and context.session.target.tls == TlsMode.TRY:
        return True
    if any(Kind.WORDS in f.kind and f.row is not None for f in findings):
        return False
    rows = (row for table in knowledge.servers for row in table.close if row.cause is None)
    return any(
        row.code == context.reply.code and row.pattern and row.pattern.search(context.reply.text)
        for row in rows
    )


def _confidence(best: Case, others: list[Case]) -> Confidence:
    kinds = best.kinds
    rival = max((case.weight for case in others if Kind.WORDS in case.kinds), default=0.0)
    is_confirmed = (
        Kind.WORDS in kinds and bool(kinds & _CONFIRMING) and best.weight >= CERTAIN_TOGETHER
    )
    fact = best.cause in _FACTS or (Kind.OURS in kinds and best.weight >= WITNESSED.weight)
    if best.cause == Cause.UNKNOWN or best.weight < LIKELY:
        return Confidence.POSSIBLE
    undecided = best.row is not None and bool(best.row.or_else)
    if (
        (is_confirmed or fact)
        and not undecided
        and not best.against
        and best.weight - rival >= LEAD
    ):
        return Confidence.CERTAIN
    return Confidence.LIKELY


def _worth_telling(case: Case, confidence: Confidence) -> bool:
    """A rival that may be true; or the first that people suspect, where something rules it out."""
    if case.cause in _SUSPECTED and case.against:
        return True
    return case.weight >= POSSIBLE and confidence is not Confidence.CERTAIN


def _alternative(case: Case, best: Case) -> Alternative:
    close = case.weight >= LIKELY and case.weight >= best.weight - NEAR
    confidence = Confidence.LIKELY if close else Confidence.POSSIBLE
    return Alternative(case.cause, confidence, case.against)
