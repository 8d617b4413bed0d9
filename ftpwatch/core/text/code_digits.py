"""What the first two digits of a reply code say (RFC 959 §4.2.1), in our words."""

from typing import Final

from ftpwatch.core.ftp.reply import Group, ReplyClass, group_of, reply_class

__all__ = ["digit_words"]

_FIRST: Final = {
    ReplyClass.PRELIMINARY: "begun: another reply follows",
    ReplyClass.COMPLETION: "done: the command succeeded",
    ReplyClass.INTERMEDIATE: "so far good: another command is expected",
    ReplyClass.TRANSIENT_NEGATIVE: "not now: the same may work later",
    ReplyClass.PERMANENT_NEGATIVE: "no: the same will fail again",
    ReplyClass.PROTECTED: "a protected reply, to be decoded (RFC 2228 §5.1)",
    ReplyClass.UNDEFINED: "no standard defines this first digit",
}
_SECOND: Final = {
    Group.SYNTAX: "syntax, or a command of no other kind",
    Group.INFORMATION: "information: status, help",
    Group.CONNECTIONS: "the control or the data connection",
    Group.AUTHENTICATION: "login and account",
    Group.UNSPECIFIED: "no standard defines this second digit",
    Group.FILE_SYSTEM: "files and directories",
}


def digit_words(code: int) -> tuple[tuple[str, str], tuple[str, str]]:
    """The first digit as `4..`, the second as `.2.`, each with its meaning."""
    first, second = f"{code // 100}..", f".{code // 10 % 10}."
    return (first, _FIRST[reply_class(code)]), (second, _SECOND[group_of(code)])
