"""Both directions of somebody else's control connection: the same events however the bytes are cut,
and the same as our own sessions publish for the same words.
"""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftpwatch.core.conversation.conversation import OverheardConversation
from ftpwatch.core.conversation.overheard import Overheard
from ftpwatch.core.ftp.command import Command, Purpose
from ftpwatch.core.ftp.command_parser import CommandParser, parse_command
from ftpwatch.core.ftp.reply_parser import Malformed
from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import (
    AnyEvent,
    CommandSent,
    ConnectionClosed,
    ConnectionFailed,
    ReplyReceived,
    SourceOpened,
)
from ftpwatch.core.journal.vocabulary import ClosedBy, Manner, Role, SourceKind, Stage

BEGAN = datetime(2026, 3, 1, 10, tzinfo=UTC)
WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\r\n\0\xff"), max_size=20)
COMMANDS = st.builds(
    lambda verb, words: f"{verb} {words}".strip(),
    st.sampled_from(["USER", "pass", "NOOP", "LIST", "QUIT", "ABOR", "X", "", "12 x", "ACCT"]),
    WORDS,
)


def events_of(pieces: list[bytes]) -> list[object]:
    parser = CommandParser()
    items = [item for piece in pieces for item in parser.feed(piece)]
    return [*items, *parser.finish()]


@settings(max_examples=80, deadline=None)
@given(st.lists(COMMANDS, max_size=5), st.data())
def test_commands_are_the_same_however_the_stream_is_cut(
    lines: list[str], data: st.DataObject
) -> None:
    whole = "".join(f"{line}\r\n" for line in lines).encode()
    cuts = sorted(data.draw(st.sets(st.integers(0, len(whole)), max_size=6)))
    pieces = [whole[a:b] for a, b in zip([0, *cuts], [*cuts, len(whole)], strict=True)]
    assert (
        events_of(pieces)
        == events_of([whole])
        == events_of([whole[i : i + 1] for i in range(len(whole))])
    )


@settings(max_examples=80, deadline=None)
@given(WORDS)
def test_no_argument_of_pass_or_acct_is_shown(secret: str) -> None:
    for verb in ("PASS", "pass", "ACCT"):
        item = parse_command(f"{verb} {secret}".encode())
        if isinstance(item, Command):
            assert item.shown_argument in ("••••", None)
        else:
            assert len(secret.strip()) < 4 or secret.encode() not in item.raw


@pytest.mark.parametrize(
    "line", [b"", b"hi there", b"\xff\xf4\xff\xf2", b"A" * 9_000, b"LIST \x1b[2J", b"1USER x"]
)
def test_what_is_no_command_is_given_as_such(line: bytes) -> None:
    (item,) = events_of([line + b"\r\n"])
    assert isinstance(item, Malformed) or item == Command("HI", "there")


def test_telnet_signals_before_an_abort_are_taken_off() -> None:
    assert events_of([b"\xff\xf4\xff\xf2ABOR\r\n"]) == [Command("ABOR")]


def test_a_421_in_the_segment_of_a_200_is_spontaneous_and_one_that_crosses_a_noop_its_answer() -> (
    None
):
    conversation = OverheardConversation(from_start=False)
    list(conversation.client_said(b"NOOP\r\n", 0.0))
    both = list(conversation.server_said(b"200 ok\r\n421 Timeout.\r\n", 0.1))
    assert [event.role for event in both if isinstance(event, ReplyReceived)] == [
        Role.FINAL, Role.SPONTANEOUS,
    ]  # fmt: skip
    list(conversation.client_said(b"NOOP\r\n", 0.2))
    (crossed,) = conversation.server_said(b"421 Timeout.\r\n", 0.2)
    assert isinstance(crossed, ReplyReceived) and crossed.in_reply_to is not None


@pytest.mark.parametrize(
    ("reply", "verb"),
    [(b"331 ?", "USER"), (b"230 in", "PASS"), (b"227 (1,2,3,4,5,6)", "PASV"), (b"221 bye", "QUIT")],
)
def test_where_a_log_hides_the_commands_the_code_says_what_was_asked(
    reply: bytes, verb: str
) -> None:
    conversation = OverheardConversation(from_start=False)
    (event,) = conversation.server_said(reply + b"\r\n", 0.0)
    assert isinstance(event, ReplyReceived) and event.in_reply_to is not None
    assert (event.in_reply_to.number, event.in_reply_to.verb) == (0, verb)


class Source:
    """Tells one session what it sees, a second apart."""

    def __init__(self, *, timed: bool = True) -> None:
        self.entries: list[Entry] = []
        source = SourceOpened(SourceKind.LOG, "x", None, timed)
        self.session = Overheard(source, self.entries.append).session("one", "ftp", "192.0.2.1")
        self.now = BEGAN
        self.timed = timed

    def at(self) -> datetime | None:
        self.now += timedelta(seconds=1)
        return self.now if self.timed else None

    def server(self, text: str) -> None:
        self.session.server_said(f"{text}\r\n".encode(), self.at())

    def client(self, text: str) -> None:
        self.session.client_said(f"{text}\r\n".encode(), self.at())

    def events(self, kind: type[AnyEvent]) -> list[AnyEvent]:
        return [entry.event for entry in self.entries if isinstance(entry.event, kind)]


def logged_in(*, timed: bool = True) -> Source:
    source = Source(timed=timed)
    source.server("220 hi")
    source.client("USER bob")
    source.server("331 ?")
    source.client("PASS secret")
    source.server("230 in")
    return source


def test_an_end_is_described_as_our_own_are() -> None:
    source = logged_in()
    source.client("NOOP")
    source.server("421 Timeout.")
    source.session.ended(ClosedBy.SERVER_PI, Manner.FIN, source.at())
    (closed,) = source.events(ConnectionClosed)
    assert isinstance(closed, ConnectionClosed)
    assert (closed.announced_by, closed.solicited) == (421, False)
    assert (closed.idle_seconds, closed.open_seconds) == (2.0, 7.0)


def test_without_times_an_end_has_no_lengths() -> None:
    source = logged_in(timed=False)
    source.session.ended(ClosedBy.SERVER_PI, Manner.FIN, None)
    (closed,) = source.events(ConnectionClosed)
    assert isinstance(closed, ConnectionClosed)
    assert (closed.idle_seconds, closed.open_seconds) == (None, None)
    assert not any(entry.timed for entry in source.entries)


def test_an_end_before_the_login_is_a_failed_attempt_first() -> None:
    source = Source()
    source.server("220 hi")
    source.client("USER bob")
    source.server("530 no")
    source.session.ended(ClosedBy.SERVER_PI, Manner.RESET, source.at())
    (failed,) = source.events(ConnectionFailed)
    assert failed == ConnectionFailed(Stage.LOGIN, "530 no")


def test_a_password_that_the_server_echoes_is_scrubbed() -> None:
    source = logged_in()
    source.client("CWD secret")
    source.server("550 secret: no such directory")
    assert "secret" not in repr(list(source.events(ReplyReceived)))


def test_commands_of_others_have_a_purpose_of_their_own() -> None:
    sent = logged_in().events(CommandSent)
    assert {event.purpose for event in sent if isinstance(event, CommandSent)} == {Purpose.CLIENT}
