"""Puts a judgement into words: the Explanation of what was weighed."""

import msgspec

from ftpwatch.core.ftp.reply import code_text
from ftpwatch.core.journal.vocabulary import Cause, Stage
from ftpwatch.core.judgement.context import Context
from ftpwatch.core.state.explanation import Advice, Alternative, Confidence, Explanation
from ftpwatch.core.state.phases import Phase
from ftpwatch.core.text.phrasing import closed_by
from ftpwatch.knowledge.advice import advise, notes_on
from ftpwatch.knowledge.clock_findings import measured_seconds
from ftpwatch.knowledge.cures import clock_of, cures_for
from ftpwatch.knowledge.finding import Case, Kind, fits, stated_seconds
from ftpwatch.knowledge.identify import Identity
from ftpwatch.knowledge.loader import Knowledge
from ftpwatch.knowledge.model import CauseRow, CloseRow
from ftpwatch.knowledge.outlived import outlived

__all__ = ["Weighed", "explanation_of", "no_close", "went_on"]


class Weighed(msgspec.Struct, frozen=True):
    """A judgement on `context`: the best case, how sure it is, and what else may be true."""

    context: Context
    identity: Identity | None
    best: Case
    confidence: Confidence = Confidence.LIKELY
    rivals: tuple[Alternative, ...] = ()
    ends_nothing: bool = False


def explanation_of(weighed: Weighed, knowledge: Knowledge) -> Explanation:
    """The judgement as an explanation, with the advice that follows from it."""
    context, identity, best = weighed.context, weighed.identity, weighed.best
    cause, row = knowledge.causes[best.cause], best.row
    limit = stated_seconds(context.reply.text) if context.reply and cause.clock else None
    clock = row.clock if row is not None and row.clock else cause.clock
    named = _server_name(identity, best)
    own_row = row if Kind.IDENTITY in best.kinds or identity is None else None
    note = row.note if row is not None and Kind.IDENTITY in best.kinds else None
    cures = cures_for(cause, identity, context, limit)
    advice = advise(cause, own_row, identity, context, cures)
    if own_row is not None and own_row.directive is not None and identity is None:
        advice = _doubted(advice, own_row, knowledge)
    if (cut := _cut_transfer(context)) is not None:
        step = f"check the file that was being transferred: {cut}"
        advice = Advice((step, *advice.client), advice.server)
    return Explanation(
        code=context.reply.code if context.reply else None,
        cause=best.cause,
        confidence=weighed.confidence,
        heading=_heading(context),
        meaning=_meaning(context, knowledge),
        summary=" ".join(filter(None, (_summary(cause, context), note))),
        solicited=context.solicited,
        why=cause.why,
        evidence=_evidence(best, context),
        against=best.against,
        alternatives=weighed.rivals,
        advice=advice,
        server=named,
        directive=_directive(own_row, identity, clock) if named is not None else None,
        clock=clock,
        limit_seconds=limit,
        observed_seconds=_observed(best.cause, context),
        passes=_was_cut(context),
        notes=notes_on(best.cause, own_row, None, knowledge),
        title=cause.title,
        sentence=_sentence(weighed, cause, limit),
        cures=tuple(cure for cure in cures if cure.step in advice.client),
    )


def _doubted(advice: Advice, row: CloseRow, knowledge: Knowledge) -> Advice:
    """Its first step for the server is a setting of a server that only the words name."""
    first, *others = advice.server
    whose = next(table.name for table in knowledge.servers if row in table.close)
    return Advice(advice.client, (f"if this is {whose}: {first}", *others))


def _sentence(weighed: Weighed, cause: CauseRow, limit_seconds: float | None) -> str:
    """With the limit, where the server states it or it was known before."""
    context = weighed.context
    clock = clock_of(cause)
    known = context.limit(clock) if clock is not None else None
    limit = limit_seconds or (known.limit_seconds if known is not None else None)
    unsure = weighed.confidence is Confidence.POSSIBLE or bool(context.ends)
    measured = measured_seconds(cause.id, context)
    if not limit_seconds and limit is not None and measured is not None:
        unsure = unsure or not fits(measured, limit)
    unsure = unsure or outlived(cause.id, context) is not None
    if cause.stated is None or limit is None or unsure:
        return _summary(cause, context)
    return cause.stated.replace("{limit}", f"{limit:g} s")


def _evidence(best: Case, context: Context) -> tuple[str, ...]:
    """With how far the source can be trusted, where that matters."""
    evidence = best.evidence or ("nothing that was seen decides",)
    if context.reply is not None and context.reply.code is None:
        evidence += ("the log shows these words without their reply code",)
    if context.source is not None and Kind.CLOCK in best.kinds:
        evidence += context.source.notes
    return evidence


def _was_cut(context: Context) -> bool:
    """A handshake ended in the middle, or met silence: nobody refused anything."""
    if context.failure is None or context.failure.stage is not Stage.TLS or context.reply:
        return False
    ended = context.closure is not None and not context.closure.event.by_us
    return ended or context.connection.overdue > 0


def _summary(cause: CauseRow, context: Context) -> str:
    if (past := outlived(cause.id, context)) is not None:
        return past.sentence
    if cause.id == Cause.CLIENT_QUIT and (context.reply is None or context.reply.code != 221):
        who = "We" if context.source is None else "The client"
        return f"{who} sent QUIT, and the connection ended without a goodbye: a wanted end."
    if context.source is not None and cause.overheard is not None:
        return cause.overheard
    return cause.summary


def _cut_transfer(context: Context) -> str | None:
    """A goodbye inside a transfer: RFC 959 lets a transfer end first, not every server does."""
    if context.phase is Phase.TRANSFER and context.reply is not None and context.reply.code == 221:
        return "a transfer was open, and no 226 had come: it is probably incomplete"
    return None


def _observed(cause: Cause, context: Context) -> float | None:
    """What we measured of the clock that struck; nothing where the server did not decide it."""
    if context.slept_seconds is not None or context.ends:
        return None  # what ended together was met by one event, not each by its own clock
    measured = measured_seconds(cause, context)
    return None if measured is None else round(measured, 1)


def went_on(explanation: Explanation) -> Explanation:
    """What was announced did not come."""
    return msgspec.structs.replace(
        explanation,
        cause=None,
        confidence=Confidence.CERTAIN,
        summary="The server said this and stayed: it answered a NOOP afterwards. Nothing ended.",
        title="Still connected",
        sentence="The server said this and stayed: it answered a NOOP afterwards.",
        cures=(),
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


def no_close(weighed: Weighed, knowledge: Knowledge) -> Explanation:
    """The words belong to a reply that ends nothing."""
    context, identity = weighed.context, weighed.identity
    assert context.reply is not None
    return Explanation(
        code=context.reply.code,
        cause=None,
        confidence=Confidence.LIKELY,
        heading=_heading(context),
        meaning=_meaning(context, knowledge),
        summary="This reply ends nothing: the session goes on.",
        title="Nothing ended",
        sentence="This reply ends nothing: the session goes on.",
        solicited=context.solicited,
        server=identity.table.name if identity else None,
    )


def _heading(context: Context) -> str:
    reply, closure, failure = context.reply, context.closure, context.failure
    if reply is not None:
        return f"{code_text(reply.code)} {reply.text}".rstrip()
    if context.data is not None:
        return f"data connection: {context.data.problem}"
    if failure is not None:
        return f"failed at {failure.stage}: {failure.problem}"
    assert closure is not None
    return closed_by(closure.event)


def _meaning(context: Context, knowledge: Knowledge) -> str:
    reply = context.reply
    if context.data is not None:
        return "No reply says it: the client could not use the data connection (RFC 959 §3.2)."
    if reply is not None and reply.code is None:
        return "The log shows the words of a reply, and not its code."
    if reply is None:
        return (
            "No reply announced it: only the end of the connection was seen (RFC 1123 §4.1.2.11)."
        )
    row = knowledge.codes.get(reply.code or 0)
    meaning = f"{row.meaning} ({row.source})" if row else "No standard defines this code."
    if reply.code == 421 and context.phase is Phase.GREETING:
        meaning += " Here it stands in place of the greeting 220."
    return meaning


def _server_name(identity: Identity | None, best: Case) -> str | None:
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
