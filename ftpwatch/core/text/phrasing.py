"""An entry in words: what the dialogue view and stream mode show of it.

Words are neutralised here, once for all views. Glyph and word carry the meaning; the tone says
which colour may repeat it. One file, as every kind of entry has its words here.
"""

from typing import Final, assert_never

import msgspec

from ftpwatch.core.bounds import TEN_YEARS
from ftpwatch.core.counted import counted
from ftpwatch.core.ftp.command import Purpose
from ftpwatch.core.ftp.reply import ReplyClass, code_text, reply_class
from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import (
    AnyEvent,
    CheckMade,
    ClockJumped,
    CommandSent,
    ConnectionClosed,
    ConnectionFailed,
    ConnectionOpened,
    ConnectionOpening,
    DataConnectionClosed,
    DataConnectionOpened,
    EntriesUnreadable,
    KeepAliveChanged,
    KeepAliveSkipped,
    LimitKnown,
    MalformedReply,
    MarkSet,
    ReconnectAbandoned,
    ReconnectScheduled,
    RecordingMoved,
    RecordingPaused,
    RecordingResumed,
    RepliesSkipped,
    ReplyOverdue,
    ReplyReceived,
    SessionAdded,
    SessionFailed,
    SessionRemoved,
    SourceOpened,
    SubscriberDropped,
    TlsEstablished,
    WatchStarted,
    WatchStopped,
)
from ftpwatch.core.journal.vocabulary import Cause, ClosedBy, Jump, LimitSource, Manner, Role
from ftpwatch.core.text.cause_text import cause_words
from ftpwatch.core.text.neutral import visible
from ftpwatch.core.text.tone import Tone

__all__ = [
    "Phrase",
    "closed_by",
    "format_duration",
    "milliseconds",
    "phrase",
    "within",
]


_TONES: Final = {
    ReplyClass.PRELIMINARY: Tone.PROGRESS,
    ReplyClass.COMPLETION: Tone.COMPLETION,
    ReplyClass.INTERMEDIATE: Tone.PROGRESS,
    ReplyClass.TRANSIENT_NEGATIVE: Tone.TRANSIENT,
    ReplyClass.PERMANENT_NEGATIVE: Tone.PERMANENT,
    ReplyClass.PROTECTED: Tone.PROGRESS,
    ReplyClass.UNDEFINED: Tone.TRANSIENT,
}
_WHO: Final = {
    ClosedBy.USER_PI: "us",
    ClosedBy.SERVER_PI: "the server",
    ClosedBy.NETWORK: "the network",
}
_HOW: Final = {
    Manner.FIN: "FIN",
    Manner.RESET: "RST",
    Manner.TLS_CLOSE: "TLS close",
    Manner.TIMEOUT: "timed out",
    Manner.LOCAL: "local",
}
_KNOWN_BY: Final = {
    LimitSource.MEASURED: "measured",
    LimitSource.OBSERVED: "seen now",
    LimitSource.ADVERTISED: "stated by the server",
    LimitSource.REMEMBERED: "seen in an earlier watch",
    LimitSource.DERIVED: "derived from another limit",
    LimitSource.DEFAULT: "the default of its kind",
}
_JUMPS: Final = {
    Jump.SLEEP: "this machine slept for",
    Jump.STEP: "the wall clock was set, by",
    Jump.STALL: "ftpwatch itself stood still for",
}


class Phrase(msgspec.Struct, frozen=True):
    """One row in words. `folded_lines` is over 1 where a multi-line reply is shown as one."""

    tone: Tone
    words: str
    latency_seconds: float | None = None
    folded_lines: int = 1


def milliseconds(seconds: float | None) -> str:
    """A latency as shown."""
    return "" if seconds is None else f"{seconds * 1000:.0f} ms"


def within(seconds: float) -> str:
    """How close together: `within 0.3 s`; a tenth of a second at least, as less looks like none."""
    return f"within {max(seconds, 0.1):.1f} s"


def format_duration(seconds: float | None) -> str:
    """A length of time as shown: `4s`, `2m05s`, `1h02m`."""
    if seconds is None:
        return "off"
    if not 0 <= seconds <= TEN_YEARS:
        return "for ever" if seconds > 0 else "0s"
    if seconds < 60:
        return f"{seconds:g}s" if seconds < 10 and seconds % 1 else f"{seconds:.0f}s"
    minutes, rest = divmod(int(seconds), 60)
    if minutes < 60:
        return f"{minutes}m{rest:02d}s" if rest else f"{minutes}m"
    hours, minutes = divmod(minutes, 60)
    return f"{hours}h{minutes:02d}m"


def phrase(entry: Entry, answer: Entry | None = None, sharing: int = 0) -> Phrase:
    """`entry` in words, with its `answer` where they share a row, or that `sharing` others do."""
    event = entry.event
    if answer is not None and _is_shared(event):
        own = phrase(entry)
        sentence = f"{sharing + 1} sessions: {own.words.rstrip('.')}{_until(entry, answer)}"
        return Phrase(own.tone, sentence, own.latency_seconds, own.folded_lines)
    match event:
        case CommandSent():
            return _command(event, answer)
        case ReplyReceived():
            return _reply(event)
        case ConnectionClosed():
            return Phrase(Tone.NOTE if event.solicited else Tone.CLOSE, _closed(event))
        case MarkSet(text):
            return Phrase(Tone.MARK, f"mark {visible(text)}" if text else "mark")
        case MalformedReply() | ReplyOverdue() | ConnectionFailed() | ReconnectAbandoned():
            return _trouble(event)
        case RepliesSkipped() | DataConnectionClosed(problem=str()):
            return Phrase(Tone.TRANSIENT, visible(_strange(event)))
        case (
            SubscriberDropped()
            | SessionFailed()
            | RecordingPaused()
            | RecordingResumed()
            | RecordingMoved()
            | EntriesUnreadable()
        ):
            return _own_trouble(event)
        case ClockJumped(gap, kind):
            return Phrase(Tone.TRANSIENT, f"{_JUMPS[kind]} {format_duration(round(abs(gap), 1))}")
        case _:
            return Phrase(Tone.NOTE, visible(_note(event)))


def _is_shared(event: AnyEvent) -> bool:
    """Sessions share a row of it."""
    match event:
        case ConnectionClosed() | ReconnectScheduled() | ReconnectAbandoned():
            return True
        case ReplyReceived(role=role):
            return role is Role.SPONTANEOUS
        case _:
            return False


def _until(entry: Entry, last: Entry) -> str:
    """How long it takes for all that share a row with `entry`, of which `last` is the last."""
    if isinstance(last.event, ReconnectScheduled):
        left = last.elapsed_seconds + last.event.delay_seconds - entry.elapsed_seconds
        return f", the last in {format_duration(round(left, 1))}"
    return f", all {within(last.elapsed_seconds - entry.elapsed_seconds)}"


def _command(sent: CommandSent, answer: Entry | None) -> Phrase:
    text = visible(sent.verb if sent.argument is None else f"{sent.verb} {sent.argument}")
    if not sent.is_keep_alive:
        by_hand = " (by hand)" if sent.purpose is Purpose.USER else ""
        return Phrase(Tone.SENT, f"{text}{by_hand}")
    if answer is None or not isinstance(answer.event, ReplyReceived):
        return Phrase(Tone.KEEP_ALIVE, f"{text} → …")
    reply = _reply(answer.event)
    answered_well = reply.tone in (Tone.COMPLETION, Tone.PROGRESS)
    tone = Tone.KEEP_ALIVE if answered_well else reply.tone
    return Phrase(tone, f"{text} → {reply.words}", reply.latency_seconds, reply.folded_lines)


def _reply(reply: ReplyReceived) -> Phrase:
    text = "".join(line for line in reply.lines[:1])
    if len(reply.lines) > 1:
        specific = next((line for line in reply.lines if line.strip()), text)
        text = f"{specific.strip()} ≡ {len(reply.lines)} lines"
    if reply.truncated_bytes:
        text += f" (cut: {reply.truncated_bytes} more bytes)"
    return Phrase(
        Tone.NOTE if reply.declines_a_question else _TONES[reply_class(reply.code)],
        visible(f"{code_text(reply.code)} {text}".rstrip()),
        reply.latency_seconds,
        len(reply.lines),
    )


def closed_by(closed: ConnectionClosed) -> str:
    """Who closed, how, and after which words."""
    if closed.by_us and closed.announced_by == 221:
        return "we closed after QUIT/221"
    text = f"closed by {_who(closed)}"
    if closed.manner not in (None, Manner.LOCAL):
        text += f" ({_HOW[closed.manner]})"
    if closed.reset_ttl_differs:
        text += " that something on the path sent"
    if closed.announced_by is not None:
        text += f" after {closed.announced_by}"
    elif not closed.by_us:
        text += ", no reply before it"
    return text


def _who(closed: ConnectionClosed) -> str:
    if closed.by is ClosedBy.USER_PI and closed.manner is not Manner.LOCAL:
        return "the client"
    return "somebody the log does not name" if closed.by is None else _WHO[closed.by]


def _closed(closed: ConnectionClosed) -> str:
    text = closed_by(closed)
    if closed.idle_seconds is not None:
        text += f"; last command {closed.idle_seconds:.1f} s before"
    if closed.open_seconds is not None:
        text += f", connected {format_duration(round(closed.open_seconds, 1))}"
    return text


def _trouble(
    event: MalformedReply | ReplyOverdue | ConnectionFailed | ReconnectAbandoned,
) -> Phrase:
    match event:
        case MalformedReply(raw, problem):
            shown = visible(raw[:60].decode("latin-1"))
            return Phrase(Tone.TRANSIENT, visible(f"not a reply: {problem}: {shown}"))
        case ReplyOverdue(_, verb, stage, waited):
            what = f"{verb} ({stage})" if verb else str(stage)
            return Phrase(Tone.TRANSIENT, visible(f"no answer to {what} for {waited:.0f} s"))
        case ConnectionFailed(stage, problem):
            return Phrase(Tone.CLOSE, visible(f"failed at {stage}: {problem}"))
        case ReconnectAbandoned(_, Cause.LOCAL):
            return Phrase(Tone.NOTE, "will not reconnect: you closed it")
        case ReconnectAbandoned(attempts, cause):
            tries = counted(attempts, "attempt")
            return Phrase(
                Tone.CLOSE, visible(f"will not reconnect after {tries}: {cause_words(cause)}")
            )
        case _:
            assert_never(event)


def _strange(event: RepliesSkipped | DataConnectionClosed) -> str:
    if isinstance(event, DataConnectionClosed):
        return f"data connection: {event.problem}"
    replies = counted(event.count, "reply", "replies")
    how = f"within {event.seconds:.1f} s, {event.bytes} bytes, counted and not kept"
    return f"a flood: {replies} more {how}"


_OwnTrouble = (
    SubscriberDropped
    | SessionFailed
    | RecordingPaused
    | RecordingResumed
    | RecordingMoved
    | EntriesUnreadable
)


def _own_trouble(event: _OwnTrouble) -> Phrase:
    match event:
        case SessionFailed(problem):
            text = f"an error of ftpwatch itself: {problem}; all else goes on"
            return Phrase(Tone.PERMANENT, visible(text))
        case RecordingMoved(path, problem):
            return Phrase(Tone.PERMANENT, visible(f"recording goes on in {path}: {problem}"))
        case EntriesUnreadable(first, last, problem):
            which = f"entry {first}" if first == last else f"entries {first} to {last}"
            return Phrase(Tone.PERMANENT, visible(f"{which} cannot be read: {problem}"))
        case SubscriberDropped(name, problem):
            return Phrase(Tone.PERMANENT, visible(f"{name} stopped: {problem}"))
        case RecordingPaused(_, problem):
            return Phrase(Tone.PERMANENT, visible(f"recording paused: {problem}"))
        case RecordingResumed(_, lost):
            return Phrase(Tone.NOTE, visible(f"recording again; {lost or 'nothing was lost'}"))
        case _:
            assert_never(event)


_Note = (
    WatchStarted
    | WatchStopped
    | SessionAdded
    | SessionRemoved
    | LimitKnown
    | CheckMade
    | ConnectionOpening
    | ConnectionOpened
    | TlsEstablished
    | KeepAliveChanged
    | KeepAliveSkipped
    | ReconnectScheduled
    | SourceOpened
    | DataConnectionOpened
    | DataConnectionClosed
)


def _note(event: _Note) -> str:  # noqa: C901 a table of words, one line a kind
    """Not yet neutralised: `phrase` does it for all of them."""
    match event:
        case WatchStarted(version):
            return f"watch started, ftpwatch {version}"
        case WatchStopped(why):
            return f"watch stopped: {why}"
        case SourceOpened():
            return _source(event)
        case DataConnectionOpened(_, peer, by):
            mode = "active" if by is ClosedBy.SERVER_PI else "passive"
            return f"data connection to {peer or 'an unknown address'} ({mode})"
        case DataConnectionClosed():
            return _data_closed(event)
        case SessionAdded(target) if not target.user:
            where = f" with {target.host}:{target.port}" if target.host else ""
            return f"a session of somebody else's client{where}"
        case SessionAdded(target):
            seconds, command = target.keep_alive_seconds, target.keep_alive_command
            keep = "off" if seconds is None else f"{command} every {format_duration(seconds)}"
            what = "a test session on" if target.twin else "watching"
            return f"{what} {target.host}:{target.port} as {target.user}, keep-alive {keep}"
        case SessionRemoved():
            return "no longer watched"
        case LimitKnown(host, port, clock, limit, source):
            name = clock.replace("_", "-")
            how = _KNOWN_BY.get(source, source)
            return f"{host}:{port}: {name} limit {format_duration(limit)}, {how}"
        case CheckMade(check, _, _, ok, seconds, result):
            good = "ok" if ok else "no"
            return f"check {check}: {good}, {result} ({seconds * 1000:.0f} ms)"
        case ConnectionOpening(host, port, attempt):
            again = f", attempt {attempt}" if attempt > 1 else ""
            return f"connecting to {host}:{port}{again}" if host else "a connection begins"
        case ConnectionOpened(_, peer):
            return f"connected to {peer}" if peer else "connected"
        case TlsEstablished(protocol, cipher, verified):
            trust = "verified" if verified else "NOT VERIFIED"
            return f"{protocol} {cipher}, certificate {trust}" if protocol else "TLS stands"
        case KeepAliveChanged(interval, command, by):
            what = "off" if interval is None else f"{command} every {format_duration(interval)}"
            return f"keep-alive {what} (by {by})"
        case KeepAliveSkipped(why):
            return f"keep-alive skipped: {why}"
        case ReconnectScheduled(delay, attempt, cause):
            soon = format_duration(round(delay, 1))
            return f"attempt {attempt} in {soon} (after {cause_words(cause)})"
        case _:
            assert_never(event)


def _source(source: SourceOpened) -> str:
    """Where entries of others come from."""
    kind = f"a {source.kind}" if source.format is None else f"a {source.kind} of {source.format}"
    times = "" if source.timed else ", without times: only the order is known"
    return "; ".join((f"{source.name}: {kind}{times}", *source.notes))


def _data_closed(closed: DataConnectionClosed) -> str:
    sizes = [
        f"{count} bytes {way}"
        for count, way in ((closed.bytes_sent, "sent"), (closed.bytes_received, "received"))
        if count
    ]
    lasted = [] if closed.seconds is None else [f"open {format_duration(round(closed.seconds, 1))}"]
    how = [] if closed.manner is None else [_HOW[closed.manner]]
    return ", ".join(["data connection closed", *how, *sizes, *lasted])
