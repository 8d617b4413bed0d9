"""Commands that a user types: what is sent at once, what is asked about first, what is refused.

The first row of the table that fits decides, by verb and where it matters by argument; what no row
knows is asked about. Whatever would break the dialogue is refused: a login, TLS or the end of the
session by hand, and what waits for a data connection that nobody opens.
"""

import re
from enum import StrEnum, auto
from typing import Final

import msgspec

from ftpwatch.core.ftp.command import MASK, Command, Scrubber, Secret, is_sendable

__all__ = [
    "MOST_BYTES", "Answer", "Refusal", "Row", "Typed", "decision", "read_typed", "secrets_in",
    "with_secrets_hidden",
]  # fmt: skip

# ProFTPD takes 512 with the line end, unless CommandBufferSize says otherwise.
MOST_BYTES: Final = 510
_COMMAND: Final = re.compile(r"([A-Za-z][A-Za-z0-9]{2,11})(?: +(.*))?\Z", re.DOTALL)
# What follows these holds a password: ProFTPD, Serv-U, WS_FTP, Titan and RaidenFTPD know them
# behind SITE; who leaves that out means the same.
_SECRETIVE: Final = re.compile(
    r"(?:SITE +)?"
    r"((?:PSWD|CHPASS|CHGPASS|CPWD|CHPWD|PASSWD|PASSWORD|PASS|ADDUSER|USERADD) +)(.*)\Z",
    re.IGNORECASE | re.DOTALL,
)
_ANY: Final = r".*"
_NONE: Final = r""


class Answer(StrEnum):
    """What becomes of a typed command."""

    SEND = auto()
    ASK = auto()
    REFUSE = auto()


class Row(msgspec.Struct, frozen=True):
    """`verbs` with an argument that `argument` matches as a whole, in any case: what becomes of
    them, and why. `instead` is what does it rather, by the key of `action`, which stands for
    `{key}` in it.
    """

    verbs: tuple[str, ...]
    answer: Answer
    why: str
    argument: str = _ANY
    action: str = ""
    instead: str = ""


class Typed(msgspec.Struct, frozen=True):
    """A command that can be sent; `doubt` is why it is asked about first, None where it is not."""

    command: Command
    doubt: str | None = None


class Refusal(msgspec.Struct, frozen=True):
    """Why a line is not sent. `instead` is what does it rather, by the key of `action`."""

    why: str
    action: str = ""
    instead: str = ""

    def text(self, key: str) -> str:
        """In a sentence; `key` is that of `action`."""
        return f"{self.why}; {self.instead.format(key=key)}" if self.instead else self.why


def _sends(verbs: str, why: str, argument: str = _ANY) -> Row:
    return Row(tuple(verbs.split()), Answer.SEND, why, argument)


def _asks(verbs: str, why: str, argument: str = _ANY) -> Row:
    return Row(tuple(verbs.split()), Answer.ASK, why, argument)


def _refuses(verbs: str, why: str, action: str = "", instead: str = "") -> Row:
    return Row(tuple(verbs.split()), Answer.REFUSE, why, _ANY, action, instead)


TABLE: Final = (
    _sends("NOOP", "it changes nothing (RFC 959 §4.1.3)"),
    _sends("STAT", "it tells, or lists over the control connection (RFC 959 §4.1.3)"),
    _sends("HELP", "it tells (RFC 959 §4.1.3)"),
    _sends("SYST", "it tells (RFC 959 §4.1.3)"),
    _sends("FEAT", "it tells (RFC 2389 §3)"),
    _sends("PWD XPWD", "it tells (RFC 959 §4.1.1)"),
    _sends("SIZE", "it tells (RFC 3659 §4)"),
    _sends("MLST", "it tells, over the control connection (RFC 3659 §7)"),
    _asks("MDTM", "on some servers it sets the time of a file", r"\d{14}(\.\d+)? .*"),
    _sends("MDTM", "it tells (RFC 3659 §3)"),
    _sends("SITE", "it tells", r"HELP( .*)?"),
    _sends("SITE", "without a value it tells", r"(IDLE|UMASK|QUOTA)"),
    _asks("SITE", "it changes the server's idle limit for this session", r"IDLE .*"),
    _asks("SITE", "what SITE does is the server's own matter"),
    _asks("CWD XCWD CDUP XCUP", "it changes the directory that later commands speak of"),
    _asks("TYPE MODE STRU", "it changes how later listings are sent"),
    _asks("REST", "it changes where the next transfer begins"),
    _asks("OPTS LANG HOST CLNT", "it changes how the server speaks"),
    _asks(
        "PASV EPSV LPSV SPSV",
        "the reply shows the address that the server names; nobody connects to the port it opens",
    ),
    _asks("RNFR", "it is half of a renaming, which a keep-alive in between may end"),
    _asks("RNTO DELE RMD XRMD MKD XMKD MFMT MFCT MFF ALLO SMNT", "it changes files on the server"),
    _asks("HASH XCRC XMD5 XSHA XSHA1 XSHA256 XSHA512 MD5", "the server reads a whole file for it"),
    _refuses("QUIT", "it ends the session", "say_quit", "{key} closes it with QUIT"),
    _refuses("REIN", "it ends the login", "reconnect", "{key} reconnects and logs in anew"),
    _refuses(
        "USER PASS ACCT", "ftpwatch logs in by itself, when it connects", "reconnect",
        "{key} reconnects and logs in anew",
    ),
    _refuses(
        "AUTH ADAT CCC CONF ENC MIC PBSZ PROT",
        "TLS is agreed on when ftpwatch connects (--tls), not by hand",
    ),
    _refuses(
        "LIST NLST MLSD", "it needs a data connection, and by hand there is none", "set_command",
        "STAT and a path lists without one, and {key} makes LIST the keep-alive",
    ),
    _refuses("RETR STOR STOU APPE", "it needs a data connection, and by hand there is none"),
    _refuses(
        "PORT EPRT LPRT", "the server would connect to an address at which nobody listens"
    ),
    _refuses("QUOTE LITERAL", "it is a word of other clients; type what would follow it"),
    _refuses("ABOR", "nothing is under way that it could end, and some servers answer it twice"),
)  # fmt: skip
_UNKNOWN: Final = _asks("", "it is none of the commands that are known to be harmless")


def read_typed(text: str) -> Typed | Refusal:
    """What a user typed, as a command. One line of text, MOST_BYTES long at most."""
    text = text.strip(" ")
    if not text:
        return Refusal("type a command, as STAT or SITE HELP")
    if not is_sendable(text):
        return Refusal("it holds a control character; a command is one line of text")
    match = _COMMAND.match(text)
    if match is None:
        return Refusal("a command begins with a word of 3 to 12 letters, as STAT or SITE HELP")
    if (size := len(text.encode())) > MOST_BYTES:
        return Refusal(f"it has {size} bytes; a command has {MOST_BYTES} at most")
    verb, argument = match[1].upper(), match[2] or None
    row = _row(verb, argument or "")
    if row.answer is Answer.REFUSE:
        return Refusal(f"{verb} is not sent by hand: {row.why}", row.action, row.instead)
    doubt = row.why if row.answer is Answer.ASK else None
    return Typed(_command(verb, argument), doubt)


def decision(command: Command) -> Row:
    """The row of the table for `command`."""
    return _row(command.verb, _plain(command))


def secrets_in(command: Command) -> tuple[Secret, ...]:
    """Passwords that `command` carries beside those that are known: what follows SITE PSWD."""
    match = _SECRETIVE.match(f"{command.verb} {_plain(command)}")
    return tuple(map(Secret, match[2].split())) if match is not None else ()


def with_secrets_hidden(command: Command, scrub: Scrubber) -> Command:
    """`command` as it is sent, which shows no secret that `scrub` knows."""
    plain = _plain(command)
    shown = scrub.text(command.shown_argument or "")
    if shown == (command.shown_argument or ""):
        return command
    return Command(command.verb, Secret(plain), shown)


def _command(verb: str, argument: str | None) -> Command:
    match = _SECRETIVE.match(f"{verb} {argument}") if argument else None
    if argument is None or match is None or not match[2]:
        return Command(verb, argument)
    shown = f"{match[1].upper()}{MASK}" if verb == "SITE" else MASK
    return Command(verb, Secret(argument), re.sub(" +", " ", shown))


def _row(verb: str, argument: str) -> Row:
    fitting = (row for row in TABLE if verb in row.verbs and _fits(row, argument))
    return next(fitting, _UNKNOWN)


def _fits(row: Row, argument: str) -> bool:
    return re.fullmatch(row.argument, argument, re.IGNORECASE | re.DOTALL) is not None


def _plain(command: Command) -> str:
    argument = command.argument
    return argument._revealed() if isinstance(argument, Secret) else argument or ""
