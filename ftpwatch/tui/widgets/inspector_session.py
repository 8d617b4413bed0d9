"""What was known of a session at the moment of a row, as lines: clocks, TLS, both ends. Pure."""

from collections.abc import Iterator
from typing import Final

from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import ReplyReceived
from ftpwatch.core.journal.vocabulary import SourceKind
from ftpwatch.core.judgement.inspection import ClockReading, Inspection
from ftpwatch.core.state.certificate import CERTIFICATE_WARNING_DAYS, days_left, valid_until
from ftpwatch.core.state.limits import is_outlived
from ftpwatch.core.state.state import ConnectionFacts, SessionState, Tls
from ftpwatch.core.text.limits_text import known_by
from ftpwatch.core.text.neutral import visible
from ftpwatch.core.text.phrasing import format_duration
from ftpwatch.tui.signs import bar
from ftpwatch.tui.widgets.blocks import LABEL_WIDTH, Line, Room, headed, plain, row

__all__ = ["network_lines", "session_lines"]

_UNREAD: Final = "what was known then cannot be read"
_NO_SESSION: Final = "this row is of the watch, not of a session"
_BAR: Final = 10
_SIGN: Final = "✗ "


def session_lines(inspection: Inspection, server: str | None, room: Room) -> list[Line]:
    """Everything that belongs to the session."""
    if inspection.pair.entry.session is None:
        return headed("SESSION", plain("below", _NO_SESSION, room), room)
    if inspection.session is None:
        return headed("SESSION", plain("below", _UNREAD, room), room)
    return [
        *headed("CLOCKS AT THAT MOMENT", _clocks(inspection, room), room),
        *headed("TLS", _tls(inspection, room), room),
        *headed("SESSION", _session(inspection, inspection.session, server, room), room),
        *headed("REPLIES OF THE SESSION", _ledger(inspection.session, room), room),
    ]


# --- network -----------------------------------------------------------------------------------


def network_lines(inspection: Inspection, room: Room) -> list[Line]:
    """How long the reply took, and how much of that was the network's."""
    seconds = inspection.pair.seconds
    if seconds is None:
        return []
    lines = row("took", _span(seconds), room, "heading")
    reply = inspection.pair.reply
    rtt = reply.event.rtt_seconds if reply and isinstance(reply.event, ReplyReceived) else None
    if rtt is None:
        return [*lines, *row("of that", f"network not recorded: {_why_no_rtt(inspection)}", room)]
    server = max(0.0, seconds - rtt)
    words = f"network {_span(rtt)} (round trip as the kernel measures it), server {_span(server)}"
    return [*lines, *row("of that", words, room)]


def _why_no_rtt(inspection: Inspection) -> str:
    if inspection.source is not None:
        return f"a {inspection.source.kind} does not tell it"
    return "only Linux tells it, and older recordings do not have it"


def _span(seconds: float) -> str:
    if seconds < 0.001:
        return f"{seconds * 1000:.2f} ms"
    if seconds < 1:
        return f"{seconds * 1000:.3g} ms"
    return format_duration(round(seconds, 1))


# --- clocks ------------------------------------------------------------------------------------


def _clocks(inspection: Inspection, room: Room) -> list[Line]:
    if inspection.facts is None:
        return plain("below", "no connection stood", room)
    return [line for reading in inspection.clocks for line in _clock(reading, room)]


def _clock(reading: ClockReading, room: Room) -> Iterator[Line]:
    """Where it stood against its limit, then what it counts from."""
    style = "cause" if reading.struck else ""
    name = f"{_SIGN if reading.struck else ''}{reading.clock.replace('_', ' ')}"
    stood = _stood(reading)
    limit = reading.limit.limit_seconds if reading.limit is not None else reading.struck_seconds
    of = f" of {format_duration(limit)}" if limit is not None and reading.runs else ""
    if reading.limit is not None:
        of += f" ({known_by(reading.limit.source)})"
    gauge = ""
    if limit and reading.seconds is not None and reading.runs:
        gauge = f"{bar(reading.seconds / limit, _BAR, room.signs)} "
    if reading.runs and limit is None and reading.seconds is not None:
        of = ", no limit known here"
    first, *rest = row(name, f"{gauge}{stood}{of}{_came(reading, limit)}", room, style)
    if reading.struck:
        first[0] = (style, first[0][1])
    yield from (first, *rest)
    notes = [f"since {reading.since}"] if reading.runs and reading.seconds is not None else []
    if reading.default is not None:
        directive, default = visible(reading.default.directive), visible(reading.default.default)
        notes.append(f"{directive}, by default {default}")
    yield from row("", " · ".join(notes), room, "below")


def _came(reading: ClockReading, limit_seconds: float | None) -> str:
    """Whether it struck, and whether its limit had passed by then."""
    seconds = reading.seconds if reading.runs else None
    past = limit_seconds is not None and seconds is not None
    past = past and is_outlived(limit_seconds or 0.0, seconds or 0.0)
    if not reading.struck:
        return " · past the limit" if past else ""
    return " · this one struck, past its limit" if past else " · this one struck"


def _stood(reading: ClockReading) -> str:
    if reading.seconds is None:
        return "not known" if reading.runs else reading.since
    stood = format_duration(round(reading.seconds, 1))
    return stood if reading.runs else f"{reading.since} {stood}"


# --- TLS ---------------------------------------------------------------------------------------


def _tls(inspection: Inspection, room: Room) -> list[Line]:
    facts = inspection.facts
    if facts is None:
        return plain("below", "no connection stood", room)
    if facts.tls is None:
        return plain("below", _no_tls(inspection, facts), room)
    tls = facts.tls
    lines = row("protocol", visible(tls.protocol) or "not recorded", room)
    lines += row("cipher", visible(tls.cipher) or "not recorded", room)
    return [*lines, *_certificate(tls, inspection, room)]


def _no_tls(inspection: Inspection, facts: ConnectionFacts) -> str:
    if inspection.source is not None:
        return f"none up to here, as far as the {inspection.source.kind} shows"
    wanted = inspection.session is not None and inspection.session.target.tls != "off"
    if wanted and facts.ready_at is None:
        return "wanted, and not agreed on up to here"
    return "none: everything goes in clear"


def _certificate(tls: Tls, inspection: Inspection, room: Room) -> list[Line]:
    if inspection.source is not None:
        return row("certificate", f"not recorded: a {inspection.source.kind} is read", room)
    if not tls.verified:
        return row("certificate", "NOT VERIFIED: what it says is not read", room, "cause")
    if tls.subject is None and tls.not_after is None:
        return row("certificate", "verified; what it says is not recorded", room)
    lines = row("certificate", f"verified, {visible(tls.subject or 'without a subject')}", room)
    lines += row("issued by", visible(tls.issuer or "not recorded"), room)
    words, warns = _validity(tls, inspection.pair.moment)
    return [*lines, *row("valid until", words, room, "cause" if warns else "")]


def _validity(tls: Tls, entry: Entry) -> tuple[str, bool]:
    """Until when, and how long that is from the moment of the row; whether that is a warning."""
    until = valid_until(tls.not_after or "")
    if until is None:
        return visible(tls.not_after or "not recorded"), False
    written = f"{until:%Y-%m-%d %H:%M} UTC"
    if not entry.timed:
        return written, False
    days = days_left(until, entry.at)
    if days < 0:
        return f"{written}: expired {_days(-days)} before", True
    warns = days < CERTIFICATE_WARNING_DAYS
    return f"{written}, {_days(days)} left{': renew it' if warns else ''}", warns


def _days(days: int) -> str:
    return f"{days:,} day{'s' if days != 1 else ''}"


# --- session -----------------------------------------------------------------------------------


def _session(
    inspection: Inspection, session: SessionState, server: str | None, room: Room
) -> list[Line]:
    target, facts = session.target, inspection.facts
    lines = row("target", visible(f"{target.host}:{target.port}"), room)
    lines += row("server", visible(server or "not recognised by what it said so far"), room)
    if facts is None:
        return lines
    which = f"{facts.number} of {session.connections} up to here, {session.phase}"
    lines += row("connection", which, room)
    lines += row("our end", visible(facts.local or "") or _no_address(inspection), room)
    lines += row("their end", visible(facts.peer or "") or _no_address(inspection), room)
    return [*lines, *_keep_alive(inspection, session, facts, room)]


def _keep_alive(
    inspection: Inspection, session: SessionState, facts: ConnectionFacts, room: Room
) -> list[Line]:
    counts = f"{facts.keep_alives_sent} sent, {facts.keep_alives_answered} answered"
    if facts.keep_alives_refused:
        counts = f"{counts}, {facts.keep_alives_refused} refused"
    if inspection.source is not None:
        return row("keep-alive", f"NOOPs of the client: {counts}", room)
    every = session.target.keep_alive_seconds
    kind = f"{session.target.keep_alive_command} every {format_duration(every)}"
    return row("keep-alive", visible(f"{'off' if every is None else kind}: {counts}"), room)


def _no_address(inspection: Inspection) -> str:
    if inspection.source is not None and inspection.source.kind is SourceKind.LOG:
        return "not in the log"
    return "not known up to here"


def _ledger(session: SessionState, room: Room) -> list[Line]:
    """How many there were of each code, across its connections."""
    counts = [f"{code} ×{count:,}" for code, count in sorted(session.replies.items())]
    lines = plain("", "   ".join(counts) or "none up to here", room)
    if session.replies_skipped:
        skipped = f"and {session.replies_skipped:,} of floods, counted and not kept"
        lines += plain("below", skipped, room, LABEL_WIDTH)
    return lines
