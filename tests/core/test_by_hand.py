"""What a user types: sent, asked about, refused; by the table, and whatever the line holds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftpwatch.core.ftp.by_hand import (
    MOST_BYTES,
    TABLE,
    Answer,
    Refusal,
    Typed,
    decision,
    read_typed,
    secrets_in,
    with_secrets_hidden,
)
from ftpwatch.core.ftp.command import MASK, Command, Secret, scrubber_of
from ftpwatch.tui.actions import ACTIONS


def becomes(text: str) -> Answer:
    typed = read_typed(text)
    if isinstance(typed, Refusal):
        return Answer.REFUSE
    return Answer.SEND if typed.doubt is None else Answer.ASK


@pytest.mark.parametrize(
    ("answer", "lines"),
    [
        (Answer.SEND, ("NOOP", "stat", "STAT /pub", "FEAT", "HELP", "HELP SITE", "SYST", "PWD",
                       "XPWD", "SITE HELP", "site help idle", "SITE IDLE", "SITE UMASK",
                       "SIZE a b", "MDTM a", "MLST", "MLST a")),
        (Answer.ASK, ("SITE IDLE 900", "SITE CHMOD 600 a", "SITE", "CWD /", "CDUP", "TYPE I",
                      "REST 0", "OPTS UTF8 ON", "PASV", "EPSV ALL", "DELE a", "RNFR a", "RNTO a",
                      "MKD a", "RMD a", "MDTM 20260101000000 a", "XSHA256 a", "XYZZY",
                      "SITE HELPME", "ALLO 1", "SITE PSWD a b")),
        (Answer.REFUSE, ("QUIT", "quit now", "REIN", "USER a", "PASS a", "ACCT a", "AUTH TLS",
                         "PROT C", "PBSZ 0", "CCC", "LIST", "LIST -la", "NLST", "MLSD", "RETR a",
                         "STOR a", "STOU", "APPE a", "PORT 1,2,3,4,5,6",
                         "EPRT |1|1.2.3.4|1|", "ABOR", "QUOTE PASS a",
                         "literal STAT")),
    ],
)  # fmt: skip
def test_harmless_ones_go_at_once_others_are_asked_and_some_refused(
    answer: Answer, lines: tuple[str, ...]
) -> None:
    assert {line: becomes(line) for line in lines} == dict.fromkeys(lines, answer)


def test_every_row_is_reached_has_a_reason_and_names_an_action_that_there_is() -> None:
    actions = {action.id for action in ACTIONS}
    for row in TABLE:
        assert row.verbs and row.why and not row.why.endswith(".")
        assert bool(row.action) == ("{key}" in row.instead)
        assert row.action in actions | {""}
    before: set[str] = set()
    for row in TABLE:
        assert not before & set(row.verbs), f"{row.verbs} never comes to this row"
        before |= set(row.verbs) if row.argument == ".*" else set()


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("", "type a command"), ("   ", "type a command"),
        ("NOOP\r\nDELE a", "control character"), ("NOOP\nDELE a", "control character"),
        ("NOOP\0", "control character"), ("SIZE a\rb", "control character"),
        ("STAT \x1b[31m", "control character"), ("STAT \ud800", "control character"),
        ("\xff\xf4\xff\xf2ABOR", "a word of 3 to 12 letters"),
        ("NÖÖP", "a word of 3 to 12 letters"),
        ("ls", "a word of 3 to 12 letters"), ("A" * 13, "a word of 3 to 12 letters"),
        ("421 STAT", "a word of 3 to 12 letters"),
        (f"STAT {'a' * MOST_BYTES}", f"a command has {MOST_BYTES} at most"),
        (f"STAT {'ä' * (MOST_BYTES // 2)}", "515 bytes"),
    ],
)  # fmt: skip
def test_what_is_no_command_is_refused_in_a_sentence(line: str, says: str) -> None:
    typed = read_typed(line)
    assert isinstance(typed, Refusal) and says in typed.text("")


def test_a_refusal_names_the_key_that_does_it_instead() -> None:
    typed = read_typed("QUIT")
    assert isinstance(typed, Refusal)
    assert typed.text("D") == "QUIT is not sent by hand: it ends the session; D closes it with QUIT"


@given(st.text(max_size=700))
def test_what_is_sent_is_one_line_in_utf_8_whatever_is_typed(text: str) -> None:
    typed = read_typed(text)
    if isinstance(typed, Typed):
        wire = typed.command.wire()
        assert wire.endswith(b"\r\n") and len(wire) <= MOST_BYTES + 2
        assert not {0, 10, 13, 255} & set(wire[:-2])
        assert wire[:-2].decode().lower() == text.strip(" ").lower() or "  " in text


def test_a_password_that_is_typed_is_sent_and_never_shown() -> None:
    typed = read_typed("SITE pswd old-secret new-secret")
    assert isinstance(typed, Typed) and typed.doubt is not None
    command = typed.command
    assert command.wire() == b"SITE pswd old-secret new-secret\r\n"
    assert str(command) == f"SITE PSWD {MASK}" and "secret" not in repr(command)
    assert secrets_in(command) == (Secret("old-secret"), Secret("new-secret"))
    assert decision(command).answer is Answer.ASK


@pytest.mark.parametrize("line", ["PSWD old-secret new-secret", "passwd   old-secret  new-secret"])
def test_a_password_is_not_shown_either_where_site_is_left_out(line: str) -> None:
    typed = read_typed(line)
    assert isinstance(typed, Typed)
    assert typed.command.wire().decode().rstrip().endswith("new-secret")
    assert str(typed.command) == f"{line.split()[0].upper()} {MASK}"
    assert secrets_in(typed.command) == (Secret("old-secret"), Secret("new-secret"))


def test_the_session_s_own_password_is_hidden_in_what_is_shown() -> None:
    hidden = with_secrets_hidden(
        Command("SITE", "LOGIN bob hunter22 now"), scrubber_of("bob", Secret("hunter22"))
    )
    assert hidden.wire() == b"SITE LOGIN bob hunter22 now\r\n"
    assert str(hidden) == f"SITE LOGIN bob {MASK} now"
    plain = Command("STAT", "/pub")
    assert with_secrets_hidden(plain, scrubber_of("bob", Secret("hunter22"))) is plain
