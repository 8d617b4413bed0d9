"""`next_facts` folds an entry into the facts of one control connection. Pure. One file, as it is
one match over events.
"""

from typing import Final

from msgspec.structs import replace

from ftpwatch.core.ftp.command import Purpose
from ftpwatch.core.ftp.reply import ReplyClass, reply_class
from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import (
    CommandSent,
    ConnectionClosed,
    ConnectionFailed,
    ConnectionOpened,
    DataConnectionClosed,
    DataConnectionOpened,
    KeepAliveChanged,
    MalformedReply,
    ReplyOverdue,
    ReplyReceived,
    TlsEstablished,
)
from ftpwatch.core.journal.vocabulary import Role
from ftpwatch.core.state.closure import BURST_SECONDS
from ftpwatch.core.state.phases import LOGIN_VERBS, TRANSFER_VERBS, Phase
from ftpwatch.core.state.state import (
    ANNOUNCING_CODES,
    DATA_FAILURE_CODES,
    RTT_KEPT,
    Announcement,
    Answer,
    Closure,
    ConnectionFacts,
    KeepAliveRefusal,
    OwedReply,
    Tls,
)

__all__ = ["answers_quit", "next_facts", "refuses_login"]

_BURST_KEPT: Final = 5
_OWED_KEPT: Final = 16
_OF_USER: Final = (Purpose.LOGIN, Purpose.USER)
_LOGIN_LOST: Final = 530


def next_facts(facts: ConnectionFacts, phase: Phase, entry: Entry) -> ConnectionFacts:
    """Facts after `entry`; `phase` is the one before it."""
    at = entry.elapsed_seconds
    match entry.event:
        case CommandSent() as sent:
            return _after_command(facts, sent, at)
        case ReplyReceived() as reply:
            return _after_reply(facts, reply, phase, entry)
        case ConnectionOpened(local, peer):
            return replace(facts, local=local, peer=peer, opened_at=at)
        case TlsEstablished() as tls:
            return replace(facts, tls=_tls(tls))
        case ConnectionFailed() | MalformedReply() | ReplyOverdue() as trouble:
            return _after_trouble(facts, trouble, at)
        case ConnectionClosed() as closed:
            closure = Closure(
                seq=entry.seq,
                at=at,
                session=entry.session or "",
                connection=entry.connection or 0,
                event=closed,
                phase=phase,
                owing=facts.owing,
            )
            return replace(facts, closure=closure, owed=())
        case KeepAliveChanged():
            return replace(facts, keep_alive_refusal=None, logins_lost=0)
        case DataConnectionOpened() | DataConnectionClosed() as data:
            return _after_data(facts, data, at)
        case _:
            return facts


def _tls(tls: TlsEstablished) -> Tls:
    return Tls(
        protocol=tls.protocol,
        verified=tls.verified,
        cipher=tls.cipher,
        subject=tls.subject,
        issuer=tls.issuer,
        not_after=tls.not_after,
    )


def _after_trouble(
    facts: ConnectionFacts, trouble: ConnectionFailed | MalformedReply | ReplyOverdue, at: float
) -> ConnectionFacts:
    match trouble:
        case ConnectionFailed():
            return replace(facts, failure=trouble)
        case MalformedReply():
            return replace(facts, malformed=trouble, malformed_at=at)
        case ReplyOverdue():
            lost = bool(facts.owed) and not facts.overdue
            rtts = (*facts.rtts, None)[-RTT_KEPT:] if lost else facts.rtts
            return replace(facts, overdue=facts.overdue + 1, overdue_at=at, rtts=rtts)


def _after_data(
    facts: ConnectionFacts, data: DataConnectionOpened | DataConnectionClosed, at: float
) -> ConnectionFacts:
    if isinstance(data, DataConnectionOpened):
        return replace(facts, data_opened_at=at, data_closed=None)
    return replace(facts, data_closed=data, data_closed_at=at)


def _after_command(facts: ConnectionFacts, sent: CommandSent, at: float) -> ConnectionFacts:
    keep_alive = sent.is_keep_alive
    begins_listing = sent.purpose is Purpose.SETUP and sent.verb == "EPSV"
    owed = OwedReply(sent.number, sent.verb, sent.purpose, at)
    facts = replace(
        facts,
        last_command_at=at,
        command_before_at=facts.last_command_at,
        last_user_command_at=at if sent.purpose in _OF_USER else facts.last_user_command_at,
        sent_at={**facts.sent_at, sent.verb: at},
        owed=(*facts.owed, owed)[-_OWED_KEPT:],
        keep_alive_turns=facts.keep_alive_turns
        + (begins_listing or (keep_alive and sent.verb != "LIST")),
        quit_sent=facts.quit_sent or sent.is_quit,
    )
    if not keep_alive:
        return facts
    written = sent.verb if sent.argument is None else f"{sent.verb} {sent.argument}"
    return replace(
        facts,
        keep_alive_at=at,
        keep_alive_command=written,
        keep_alives_sent=facts.keep_alives_sent + 1,
    )


def _after_reply(
    facts: ConnectionFacts, reply: ReplyReceived, phase: Phase, entry: Entry
) -> ConnectionFacts:
    at, announcement, refusal = entry.elapsed_seconds, facts.announcement, facts.refusal
    if _may_announce(reply) or announcement is not None:
        announcement = _announced(facts, _announcement(facts, reply, phase, entry))
    data_failure = facts.data_failure
    if reply.code in DATA_FAILURE_CODES:
        data_failure = _announcement(facts, reply, phase, entry)
    if refuses_login(reply, "AUTH"):
        refusal = _announcement(facts, reply, phase, entry)
    facts = replace(
        facts,
        last_reply=reply,
        last_reply_at=at,
        overdue=0,
        announcement=announcement,
        refusal=refusal,
        data_failure=data_failure,
        quit_sent=facts.quit_sent or answers_quit(reply),
    )
    match reply.role:
        case Role.FINAL:
            return _after_final(facts, reply, at)
        case Role.GREETING:
            return replace(facts, greeting_at=at, greeting=reply.lines)
        case Role.PRELIMINARY if _verb(reply) in TRANSFER_VERBS:
            return replace(facts, transfer_began_at=at)
        case _:
            return facts


def _announcement(
    facts: ConnectionFacts, reply: ReplyReceived, phase: Phase, entry: Entry
) -> Announcement:
    if refuses_login(reply):
        phase = Phase.LOGIN  # also where QUIT was sent meanwhile
    last, before = facts.last_command_at, facts.command_before_at
    return Announcement(
        seq=entry.seq,
        at=entry.elapsed_seconds,
        reply=reply,
        phase=phase,
        last_command_at=last,
        command_before_at=before,
    )


def _may_announce(reply: ReplyReceived) -> bool:
    refused = reply.role is Role.GREETING and reply.is_negative
    return reply.code in ANNOUNCING_CODES or reply.code is None or refused


def _verb(reply: ReplyReceived) -> str | None:
    return reply.in_reply_to.verb if reply.in_reply_to is not None else None


def _announced(facts: ConnectionFacts, announcement: Announcement) -> Announcement | None:
    """The first announcement of a breath stands, and that of our QUIT, unless it only left after
    an attempt that had failed; an answered probe withdraws it, and one that came to nothing gives
    way to a later one.
    """
    reply, before = announcement.reply, facts.announcement
    if facts.failure is not None and answers_quit(reply):
        return before
    if _may_announce(reply):
        if before is None:
            return announcement
        survived = answers_quit(reply) and (announcement.last_command_at or 0.0) > before.at
        later = announcement.at - before.at > BURST_SECONDS
        if (later or survived) and not answers_quit(before.reply):
            return announcement
        if len(before.burst) == _BURST_KEPT:
            return before
        return replace(before, burst=(*before.burst, reply))
    probe = reply.in_reply_to is not None and reply.in_reply_to.purpose is Purpose.PROBE
    return None if probe and reply.role is Role.FINAL else before


def answers_quit(reply: ReplyReceived) -> bool:
    """It is the answer to QUIT."""
    return reply.in_reply_to is not None and reply.in_reply_to.is_quit


def refuses_login(reply: ReplyReceived, *verbs: str) -> bool:
    """It refuses USER, PASS or ACCT, or another of `verbs`."""
    verb = reply.in_reply_to.verb if reply.in_reply_to else None
    return reply.is_negative and (verb in LOGIN_VERBS or verb in verbs)


def _after_final(facts: ConnectionFacts, reply: ReplyReceived, at: float) -> ConnectionFacts:
    answered = reply.in_reply_to
    assert answered is not None
    verb = answered.verb
    rtt, least, kind = reply.latency_seconds, facts.least_rtt, reply_class(reply.code)
    if rtt is not None:
        least = rtt if least is None else min(least, rtt)
    facts = replace(
        facts,
        owed=_without(facts.owed, answered.number),
        longest_gap=max(facts.longest_gap, _gap(facts, reply)),
        answered={**facts.answered, verb: Answer(reply.code, at, reply.lines)},
        least_rtt=least,
        rtts=(*facts.rtts, rtt)[-RTT_KEPT:],
        ready_at=at if verb in LOGIN_VERBS and kind is ReplyClass.COMPLETION else facts.ready_at,
        transfer_ended_at=at if verb in TRANSFER_VERBS else facts.transfer_ended_at,
        failed_logins=facts.failed_logins + (verb in LOGIN_VERBS and kind.is_negative),
    )
    if answered.is_keep_alive:
        return _after_keep_alive(facts, reply)
    is_setup = verb == "PASV" and answered.purpose is Purpose.SETUP
    if is_setup and kind is ReplyClass.PERMANENT_NEGATIVE:
        return replace(facts, keep_alive_refusal=_refusal(facts, "LIST", reply))
    return facts


def _without(owed: tuple[OwedReply, ...], number: int) -> tuple[OwedReply, ...]:
    if len(owed) == 1 and owed[0].number == number:
        return ()  # as nearly always
    return tuple(other for other in owed if other.number != number)


def _after_keep_alive(facts: ConnectionFacts, reply: ReplyReceived) -> ConnectionFacts:
    """A lost login is no refusal of the command."""
    negative = reply_class(reply.code) is ReplyClass.PERMANENT_NEGATIVE
    lost = reply.code == _LOGIN_LOST
    refusal = _refusal(facts, facts.keep_alive_command or "", reply)
    return replace(
        facts,
        keep_alive_answer=reply,
        keep_alives_answered=facts.keep_alives_answered + (reply.code != 421),
        keep_alives_refused=facts.keep_alives_refused + negative,
        keep_alive_refusal=refusal if negative and not lost else None,
        logins_lost=facts.logins_lost + 1 if lost else 0,
    )


def _refusal(facts: ConnectionFacts, command: str, reply: ReplyReceived) -> KeepAliveRefusal:
    assert reply.in_reply_to is not None
    before = facts.keep_alive_refusal
    times = before.times + 1 if before is not None else 1
    return KeepAliveRefusal(command, reply.in_reply_to.verb, reply.code, times)


def _gap(facts: ConnectionFacts, reply: ReplyReceived) -> float:
    """The silence before the command that `reply` answers; none counts for a close."""
    owing, before = facts.owing, facts.command_before_at
    if owing is None or before is None or reply.code in ANNOUNCING_CODES:
        return 0.0
    return max(0.0, owing.sent_at - before)
